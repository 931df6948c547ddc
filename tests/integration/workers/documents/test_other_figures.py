"""What QuickBooks answers is compared with what was meant; what differs waits for a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from standins.quickbooks.documents import rules
from standins.quickbooks.documents.amounts import total_of
from tests.stage import REALM, Stage
from workers.documents import commands, views

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def codes(stage: Stage, document: dict[str, Any]) -> list[str]:
    return [problem.code for problem in stage.record(document).problems]


@pytest.fixture
def differing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return an invoice whose bill QuickBooks worked out a cent lower than its lines."""
    with monkeypatch.context() as wrong:
        wrong.setattr(rules, "total_of", lambda record: total_of(record) - Decimal("0.01"))
        invoice = stage.approved(number="INV-410", invoiceNumber="S-410", lines=[PAPER])
        stage.settle()
    return invoice


def test_a_total_that_quickbooks_answers_otherwise_is_held_at_once(stage: Stage, differing: dict[str, Any]) -> None:
    record = stage.record(differing)
    assert (record.state, codes(stage, differing)) == ("held", ["total_differs_in_quickbooks"])
    assert "its total is 539.99 instead of 540.00" in record.problems[0].sentence
    assert record.qbo_id == stage.bills()[0]["Id"]


def test_what_is_corrected_in_quickbooks_goes_on_by_itself(stage: Stage, differing: dict[str, Any]) -> None:
    bill = stage.bills()[0]
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"PrivateNote": bill["PrivateNote"]})
    stage.until_state(differing, "synced")
    assert [note["code"] for note in stage.record(differing).notes] == ["corrected"]


def test_what_is_overwritten_holds_the_figures_of_precoro(stage: Stage, differing: dict[str, Any]) -> None:
    shown = views.document(stage.runtime, "INV-410")
    commands.overwrite(stage.runtime, shown, "ann")
    stage.settle()
    assert stage.record(differing).state == "synced"
    assert stage.bills()[0]["TotalAmt"] == 540


def test_what_is_kept_stays_in_quickbooks_and_asks_no_more(stage: Stage, differing: dict[str, Any]) -> None:
    shown = views.document(stage.runtime, "INV-410")
    commands.keep(stage.runtime, shown, "ann")
    stage.settle()
    record = stage.record(differing)
    assert (record.state, record.reason) == ("synced", "Kept as it is in QuickBooks.")
    assert stage.bills()[0]["TotalAmt"] == Decimal("539.99")
    stage.change(differing, note="seen")
    stage.settle()
    assert stage.record(differing).state == "synced"
