"""Products on their page: found, paired by hand and unpaired."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import REALM, Stage
from workers.products import pair_all, views
from workers.tasks import commands
from workers.tasks import views as task_views

People = Callable[..., Visitor]
SLUG = "widgets-inc"
PRODUCTS = f"/c/{SLUG}/products"
SCRIPT = '<img src=x onerror="document.title=1">\u202e'
BUY = {"Type": "NonInventory", "ExpenseAccountRef": {"value": "42"}}


@pytest.fixture
def both(stage: Stage) -> tuple[str, str]:
    """Return the ids of a product and of the item that it may be, once both sides were read."""
    product = stage.precoro.post("items", company=1, name="Kite, Zephyr")
    item = stage.quickbooks.post(f"item?realm={REALM}", Name="Zephyr kite", **BUY)
    task = commands.start(stage.runtime, SLUG, pair_all.NAME, {}, "ann", confirmed=True)
    stage.until(lambda: task_views.task(stage.runtime, task).state == "done", "the suggestions")
    return str(product["id"]), str(item["Id"])


def test_what_may_belong_together_is_shown_with_what_speaks_for_it_and_paired(
    stage: Stage, people: People, both: tuple[str, str]
) -> None:
    product, item = both
    visitor = people("accountant")
    page = visitor.get(f"{PRODUCTS}?state=suggested").text
    assert "Zephyr kite" in page
    assert "score 94" in page
    assert "Paired." in visitor.follow(f"{PRODUCTS}/pair?state=suggested", product=product, item=item)
    (row,) = views.products(stage.runtime, SLUG, text="zephyr").rows
    assert (row.state, row.item) == ("paired", item)
    assert "What was sent stays as it is." in visitor.follow(f"{PRODUCTS}/unpair", product=product)
    assert "is not paired." in visitor.follow(f"{PRODUCTS}/unpair", product=product)


def test_a_product_is_paired_by_hand_with_what_a_search_finds(people: People, both: tuple[str, str]) -> None:
    product, item = both
    page = people("accountant").get(f"{PRODUCTS}?pair={product}&title=Kite&twin=zephyr").text
    assert "Pair Kite with" in page
    assert re.search(rf'name="item" value="{item}"', page)


@pytest.mark.usefixtures("both")
def test_what_cannot_be_bought_is_refused_and_who_only_looks_gets_no_button(stage: Stage, people: People) -> None:
    assert "Pair by hand" not in people("viewer").get(PRODUCTS).text
    visitor = people("accountant")
    visitor.get(PRODUCTS)
    bundles = stage.quickbooks.rows(REALM, "item")
    bundle = next(item["Id"] for item in bundles if item["Name"] == "Gift box")
    pallet = next(row.key for row in views.products(stage.runtime, SLUG, text="Pallet").rows)
    assert "They cannot be paired: " in visitor.follow(f"{PRODUCTS}/pair", product=pallet, item=bundle)
    assert "No product matches." in visitor.get(f"{PRODUCTS}?text=nobody&page=0").text


def test_a_sync_leads_to_its_task(people: People) -> None:
    visitor = people("accountant")
    visitor.get(PRODUCTS)
    assert re.fullmatch(rf"/c/{SLUG}/tasks/\d+", visitor.post(f"{PRODUCTS}/sync", all="yes").location)


def test_names_that_are_scripts_are_shown_as_they_are(stage: Stage, people: People) -> None:
    stage.precoro.post("items", company=1, name=SCRIPT)
    task = commands.start(stage.runtime, SLUG, pair_all.NAME, {}, "ann", confirmed=True)
    stage.until(lambda: task_views.task(stage.runtime, task).state in {"done", "planned"}, "the products")
    page = people("accountant").get(f"{PRODUCTS}?text=img").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert "\u202e" not in page
