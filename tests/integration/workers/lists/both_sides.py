"""The lists of a house, as tests look at them and change them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from store.reference import Pair
from store.tasks import Change
from tests.integration.workers.long_actions import run
from tests.stage import REALM, Stage
from workers.lists import mirror

SLUG = "widgets-inc"
ACCOUNTS, CLASSES, CUSTOMERS, LOCATIONS = 17030, 17031, 17032, 2100


def import_lists(stage: Stage, *names: str) -> list[Change]:
    """Import these lists, or all, to the end; returns the rows of the plan."""
    return run(stage, SLUG, mirror.IMPORT, **mirror.arguments(stage.runtime, SLUG, names, "all"))


def update_lists(stage: Stage, *names: str) -> list[Change]:
    """Update these lists, or all, to the end; returns the rows of the plan."""
    return run(stage, SLUG, mirror.UPDATE, **mirror.arguments(stage.runtime, SLUG, names, "nothing"))


def words(planned: list[Change]) -> Counter[str]:
    return Counter(change.what for change in planned)


def options(stage: Stage, field: int = ACCOUNTS) -> dict[str, dict[str, Any]]:
    """Return the options of a custom field in Precoro by name."""
    fields = [*stage.precoro.rows("1", "itemcustomfields"), *stage.precoro.rows("1", "documentcustomfields")]
    rows = next(row["options"] for row in fields if row["id"] == field)
    assert len({(str(row["parent"]), row["name"]) for row in rows}) == len(rows), "doubled"
    return {row["name"]: row for row in rows}


def account(stage: Stage, name: str, **values: Any) -> dict[str, Any]:
    """Create an account in QuickBooks as a person would."""
    values = {"AccountType": "Expense", "AccountSubType": "Travel", **values}
    created: dict[str, Any] = stage.quickbooks.post(f"account?realm={REALM}", Name=name, **values)
    return created


def pairs_of(stage: Stage, kind: str) -> dict[str, str]:
    with stage.runtime.read() as (session, _):
        pairs = session.scalars(select(Pair).where(Pair.kind == kind))
        return {pair.precoro_key: pair.qbo_key for pair in pairs}
