"""What people look at of products: what each is paired with, what it might be, and why its item cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.products import views
from workers.products.cache import KIND
from workers.runtime import Runtime

BOUGHT = {"kind": "NonInventory", "for_purchase": True}


@pytest.fixture
def catalogues(runtime: Runtime) -> Runtime:
    """Keep a product of each state, and two that are inactive, of which one is paired."""
    connection_id = rows.connected(runtime.store)
    active = {"1": "Bolts", "2": "Anvil", "3": "Canvas", "4": "Drill"}
    for key, name in active.items():
        rows.entry(runtime.store, PRECORO, KIND, key, name)
    for key, name in {"5": "Engine", "6": "Flute"}.items():
        rows.entry(runtime.store, PRECORO, KIND, key, name, active=False)
    for key, name in {"11": "Bolts, 10 mm", "12": "Anvil", "15": "Engine"}.items():
        rows.entry(runtime.store, QUICKBOOKS, KIND, key, name, data=BOUGHT)
    rows.entry(runtime.store, QUICKBOOKS, KIND, "14", "Drill", active=False, data=BOUGHT)
    for product, item in (("2", "12"), ("4", "14"), ("5", "15")):
        rows.pair(runtime.store, connection_id, KIND, product, item)
    rows.suggestion(runtime.store, connection_id, KIND, "1", "11", score=84, evidence=["nearly the same name"])
    return runtime


def test_products_are_listed_by_name_each_in_its_state(catalogues: Runtime) -> None:
    products = views.products(catalogues, "widgets")
    catalogues.close()
    assert_frozen(products)
    assert [(row.name, row.state) for row in products.rows] == [
        ("Anvil", "paired"), ("Bolts", "suggested"), ("Canvas", "not in QuickBooks"), ("Drill", "cannot be used"),
        ("Engine", "paired"),
    ]  # fmt: skip


def test_an_item_has_its_name_beside_its_id_and_a_reason_where_it_cannot_be_used(catalogues: Runtime) -> None:
    products = {row.name: row for row in views.products(catalogues, "Company 9130001").rows}
    assert (products["Anvil"].item, products["Anvil"].item_name, products["Anvil"].why) == ("12", "Anvil", None)
    assert (products["Drill"].item, products["Drill"].item_name) == ("14", "Drill")
    assert "Drill" in (products["Drill"].why or "")
    [suggestion] = products["Bolts"].suggestions
    assert (suggestion.item, suggestion.name, suggestion.score) == ("11", "Bolts, 10 mm", 84)


def test_a_state_narrows_the_list(catalogues: Runtime) -> None:
    assert [row.name for row in views.products(catalogues, "widgets", "paired").rows] == ["Anvil", "Engine"]


@pytest.mark.parametrize(
    ("text", "names"),
    [("bolts", ["Bolts"]), ("ANVIL", ["Anvil"]), ("14", ["Drill"]), ("3", ["Canvas"]), ("e", ["Engine"]), ("%", [])],
)
def test_a_search_narrows_the_list_and_its_counts(catalogues: Runtime, text: str, names: list[str]) -> None:
    page = views.products(catalogues, "widgets", None, text)
    assert [row.name for row in page.rows] == names
    assert sum(page.by_state.values()) == len(names)


def test_products_are_paged_and_counted_by_state(catalogues: Runtime) -> None:
    page = views.products(catalogues, "widgets", limit=2, offset=1)
    assert [row.name for row in page.rows] == ["Bolts", "Canvas"]
    assert page.by_state == {"paired": 2, "suggested": 1, "not in QuickBooks": 1, "cannot be used": 1}
    assert views.products(catalogues, "widgets", "paired").by_state == page.by_state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "paired"),
        ({"data": {**BOUGHT, "kind": "Group"}}, "cannot be used"),
        ({"data": {**BOUGHT, "kind": "Category"}}, "cannot be used"),
        ({"data": {"kind": "Service"}}, "cannot be used"),
        ({"data": {"for_purchase": True}}, "paired"),
        ({"active": False}, "cannot be used"),
        ({"gone_at": rows.LONG_AGO}, "cannot be used"),
    ],
)
def test_the_state_that_is_counted_is_the_one_that_a_reason_is_given_for(
    runtime: Runtime, values: dict[str, Any], state: str
) -> None:
    connection_id = rows.connected(runtime.store)
    rows.entry(runtime.store, PRECORO, KIND, "1", "Bolts")
    rows.entry(runtime.store, QUICKBOOKS, KIND, "11", "Bolts", **{"data": BOUGHT, **values})
    rows.pair(runtime.store, connection_id, KIND, "1", "11")
    page = views.products(runtime, "widgets")
    assert (page.by_state, [row.state for row in page.rows]) == ({state: 1}, [state])
    assert (page.rows[0].why is None) == (state == "paired")
