"""Both catalogues in a house, as tests look at them and change them."""

from __future__ import annotations

from typing import Any

from store.companies import Connection
from store.tasks import Change
from tests.integration.workers.long_actions import run
from tests.stage import REALM, Stage
from workers.products import views
from workers.products.pair_all import NAME
from workers.products.views import ProductRow
from workers.reference import pairs

SLUG = "widgets-inc"
BUY = {"Type": "NonInventory", "ExpenseAccountRef": {"value": "42"}}


def item(stage: Stage, name: str, **values: Any) -> str:
    """Create a product in QuickBooks as a person would, and return its id."""
    created = stage.quickbooks.post(f"item?realm={REALM}", Name=name, **{**BUY, **values})
    return str(created["Id"])


def product(stage: Stage, name: str, **values: Any) -> str:
    """Create an item of Precoro's catalogue as a person would, and return its id."""
    return str(stage.precoro.post("items", company=1, name=name, **values)["id"])


def sync(stage: Stage, **arguments: Any) -> list[Change]:
    """Sync to the end and return the rows of the plan."""
    return run(stage, SLUG, NAME, **arguments)


def about(planned: list[Change], key: str) -> list[tuple[str, str]]:
    return [(change.what, change.sentence) for change in planned if change.subject == f"item:{key}"]


def in_precoro(stage: Stage, key: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = stage.precoro.rows("1", "items")
    return next(row for row in rows if str(row["id"]) == key)


def twin(stage: Stage, key: str) -> str | None:
    with stage.runtime.read() as (session, _):
        return pairs.paired(session, session.get_one(Connection, 1), "item").get(key)


def listed(stage: Stage, key: str) -> ProductRow:
    return next(row for row in views.products(stage.runtime, SLUG).rows if row.key == key)
