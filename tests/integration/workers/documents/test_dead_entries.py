"""A document that needs an entry that was made inactive in QuickBooks is held for it, and goes on when it is active again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.reference import PRECORO, QUICKBOOKS, Entry, Pair
from tests.stage import REALM, Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
KINDS = {"account": "account", "class": "class", "customer": "customer", "location": "department", "item": "item"}


def a_pair(stage: Stage, kind: str) -> tuple[str, str]:
    """Return the name in Precoro and the id in QuickBooks of an entry of a kind whose twin is active and used by nothing else."""
    with stage.runtime.read() as (session, _):
        rows = select(Entry.name, Pair.qbo_key).where(
            Pair.kind == kind,
            Entry.side == PRECORO,
            Entry.kind == ("item" if kind == "item" else "option"),
            Entry.key == Pair.precoro_key,
        )
        active = set(
            session.scalars(select(Entry.key).where(Entry.side == QUICKBOOKS, Entry.kind == KINDS[kind], Entry.active))
        )
        return next((name, key) for name, key in session.execute(rows.order_by(Pair.id)) if key in active)


def description(kind: str, name: str) -> dict[str, Any]:
    """Return an invoice that needs an entry."""
    form = {"number": "INV-950", "invoiceNumber": "S-950"}
    if kind == "location":
        return {**form, "location": name, "lines": [PAPER]}
    return {**form, "lines": [{**PAPER, kind: name}]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_told", [True, False], ids=["with an event", "without one"])
def test_what_needs_an_inactive_entry_is_held_and_goes_on_when_it_is_active_again(
    stage: Stage, kind: str, is_told: bool
) -> None:
    name, key = a_pair(stage, kind)
    code = "item_unusable" if kind == "item" else "entry_unusable"
    stage.quickbooks.post("webhooks", drop=0.0 if is_told else 1.0)
    stage.quickbooks.post(f"{KINDS[kind]}/{key}?realm={REALM}", do="deactivate")
    if is_told:
        stage.settle()
    invoice = stage.approved(**description(kind, name))
    stage.until_state(invoice, "held")
    stage.until(
        lambda: [problem.code for problem in stage.record(invoice).problems] == [code],
        "the entry to be named",
    )
    stage.quickbooks.post("webhooks", drop=0.0)
    stage.quickbooks.post(f"{KINDS[kind]}/{key}?realm={REALM}", do="activate")
    stage.until_state(invoice, "synced")
