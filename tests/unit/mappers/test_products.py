"""Products are paired by one name or one SKU, follow QuickBooks afterwards, and what cannot be bought is said plainly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.products import (
    Catalogues,
    Link,
    Product,
    ProductStep,
    QuickBooksItem,
    find_pairs,
    plan_products,
    suggest_products,
)

REALM = "9130001"
PEN = QuickBooksItem("11", "Pen, blue", "Office:Pen, blue", "PEN-1")


def decided(
    products: list[Product], items: list[QuickBooksItem], links: Mapping[str, Link] | None = None, **more: Any
) -> list[ProductStep]:
    return plan_products(Catalogues(products, items, links or {}, more.get("refused", frozenset()), REALM))


def only(*products: Product, items: list[QuickBooksItem], **more: Any) -> ProductStep:
    steps = decided(list(products), items, **more)
    assert len(steps) == 1
    return steps[0]


@pytest.mark.parametrize(
    ("product", "by"),
    [
        (Product("1", "PEN, BLUE"), "name"),
        (Product("1", "Office:Pen, blue"), "name"),
        (Product("1", "Ballpoint", "pen-1"), "SKU pen-1"),
        (Product("1", "Pen, blue", "PEN-1"), "name"),
        (Product("1", "Ballpoint", external_id=f"qbo:{REALM}:item:11"), "the id that Precoro keeps"),
        (Product("1", "Ballpoint", qbo_id="11"), "the id that Precoro keeps"),
    ],
)
def test_one_name_one_sku_or_an_id_kept_from_before_makes_a_pair(product: Product, by: str) -> None:
    step = only(product, items=[PEN])
    assert (step.what, step.item) == ("pair", PEN)
    assert step.sentence == f"{product.name} belongs to Pen, blue, by {by}"


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (QuickBooksItem("11", "Gift box", kind="Group"), "a bundle: cannot be bought on a bill"),
        (QuickBooksItem("11", "Gift box", for_purchase=False), "not for purchase"),
    ],
)
def test_a_counterpart_that_cannot_be_bought_is_said_and_not_paired(item: QuickBooksItem, why: str) -> None:
    step = only(Product("1", "Gift box"), items=[item])
    assert step.what == "problem"
    assert why in step.sentence


@pytest.mark.parametrize(
    ("products", "items"),
    [
        ([Product("1", "Office")], [QuickBooksItem("11", "Office", kind="Category")]),
        ([Product("1", "Pen, blue")], [QuickBooksItem("11", "Pen, blue", active=False)]),
        ([Product("1", "Pen, blue")], [PEN, QuickBooksItem("12", "Pen, blue", "Gifts:Pen, blue")]),
        ([Product("1", "Pen, blue"), Product("2", "Pen, blue")], [PEN]),
        ([Product("1", "A", "S"), Product("2", "B", "S")], [QuickBooksItem("11", "C", sku="S")]),
        ([Product("1", "Pen")], [PEN]),
        ([Product("1", "A", ""), Product("2", "B", "")], [QuickBooksItem("11", "C", sku="")]),
    ],
)
def test_what_is_no_product_or_not_the_only_one_is_left_alone(
    products: list[Product], items: list[QuickBooksItem]
) -> None:
    assert {step.what for step in decided(products, items)} == {"unchanged"}


def test_a_name_and_a_sku_that_point_to_different_items_are_for_a_person() -> None:
    red = QuickBooksItem("12", "Pen, red", sku="PEN-2")
    step = only(Product("1", "Pen, blue", "PEN-2"), items=[PEN, red])
    assert (
        step.sentence == "Pen, blue has the name of Pen, blue in QuickBooks, but the SKU of Pen, red. Pair it by hand."
    )
    step = only(Product("1", "Pen, blue", "P-9"), items=[PEN])
    assert step.sentence == "Pen, blue has the SKU P-9, Pen, blue in QuickBooks has PEN-1. Pair it by hand."


def test_an_item_that_two_products_point_to_belongs_to_neither_by_itself() -> None:
    steps = decided([Product("1", "Ballpoint", "PEN-1"), Product("2", "Pen, blue")], [PEN])
    assert [step.what for step in steps] == ["problem", "problem"]
    assert steps[0].sentence == "Ballpoint is not the only one that could be Pen, blue in QuickBooks. Pair it by hand."


def test_an_item_that_is_paired_already_is_not_paired_again() -> None:
    steps = decided(
        [Product("1", "Pen, blue"), Product("2", "Ballpoint")], [PEN], {"2": Link("11", "Pen, blue", "PEN-1")}
    )
    assert [step.what for step in steps] == ["unchanged", "tag"]


def test_a_refused_pair_is_never_made_again() -> None:
    refused = {("1", "11")}
    named = Product("1", "Pen, blue", external_id=f"qbo:{REALM}:item:11")
    assert only(named, items=[PEN], refused=refused).what == "unchanged"
    assert suggest_products(Catalogues([named], [PEN], {}, refused, REALM)) == []


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("", f"qbo:{REALM}:item:11"),
        (f"qbo:{REALM}:item:7", f"qbo:{REALM}:item:11"),
        (f"qbo:{REALM}:item:11", None),
        ("11", None),
        ("warehouse-4711", None),
        ("qbo:1:item:7", None),
    ],
)
def test_the_id_is_written_only_where_nothing_of_others_stands(written: str, tag: str | None) -> None:
    assert only(Product("1", "Pen, blue", external_id=written), items=[PEN]).external_id == tag
    paired = Product("1", "Pen, blue", "PEN-1", external_id=written)
    assert [step.external_id for step in decided([paired], [PEN], {"1": Link("11")})] == [tag]


TAGGED = f"qbo:{REALM}:item:11"


@pytest.mark.parametrize(
    ("product", "link", "name", "sku"),
    [
        (Product("1", "Pen", "PEN-1", external_id=TAGGED), Link("11", "Pen", "PEN-1"), "Pen, blue", None),
        (Product("1", "Pen, blue", "P", external_id=TAGGED), Link("11", "Pen, blue", "P"), None, "PEN-1"),
        (Product("1", "Pen", "P", external_id=TAGGED), Link("11", "Pen", "P"), "Pen, blue", "PEN-1"),
        (Product("1", "Ours", "PEN-1", external_id=TAGGED), Link("11", "Pen, black", "PEN-1"), "Pen, blue", None),
    ],
)
def test_what_was_renamed_in_quickbooks_is_renamed_in_precoro(
    product: Product, link: Link, name: str | None, sku: str | None
) -> None:
    step = only(product, items=[PEN], links={"1": link})
    assert (step.what, step.name, step.sku) == ("rename", name, sku)


def test_a_name_that_people_gave_in_precoro_stays_until_quickbooks_renames() -> None:
    links = {"1": Link("11", "Pen, blue", "PEN-1")}
    assert only(Product("1", "Our pen", "X", external_id=TAGGED), items=[PEN], links=links).what == "unchanged"


def test_a_sku_that_was_taken_away_in_quickbooks_stays_in_precoro() -> None:
    item = QuickBooksItem("11", "Pen, blue", sku="")
    product = Product("1", "Pen, blue", "PEN-1", external_id=TAGGED)
    assert only(product, items=[item], links={"1": Link("11", "Pen, blue", "PEN-1")}).what == "unchanged"


def test_a_name_that_is_too_long_for_precoro_is_said() -> None:
    step = only(
        Product("1", "Pen", external_id=TAGGED), items=[QuickBooksItem("11", "P" * 301)], links={"1": Link("11", "Pen")}
    )
    assert step.what == "problem"
    assert "longer than Precoro's 300 characters" in step.sentence


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([QuickBooksItem("11", "Pen", active=False)], "Pen is inactive in QuickBooks"),
        ([QuickBooksItem("11", "Pen", for_purchase=False)], "Pen is not for purchase"),
        ([], "it is no longer in QuickBooks"),
    ],
)
def test_a_pair_that_can_no_longer_be_used_is_said_with_its_remedy(items: list[QuickBooksItem], why: str) -> None:
    step = only(Product("1", "Pen"), items=items, links={"1": Link("11")})
    assert step.what == "problem"
    assert why in step.sentence


def test_near_names_are_suggested_but_only_what_can_be_bought() -> None:
    items = [
        QuickBooksItem("11", "Copy paper, case"),
        QuickBooksItem("12", "Copy paper case", kind="Group"),
        QuickBooksItem("13", "Steel sheet 3 mm"),
    ]
    suggestions = suggest_products(
        Catalogues([Product("1", "Paper, copy"), Product("2", "Steel sheet 5 mm")], items, {}, set(), REALM)
    )
    assert [(suggestion.left, suggestion.right) for suggestion in suggestions if suggestion.score >= 80] == [
        ("1", "11")
    ]


NAMES = st.sampled_from(["Pen", "pen", "Paper", "Toner 26X", "Box"])
SKUS = st.sampled_from(["", "P-1", "p-1", "P-2"])


@st.composite
def both(draw: st.DrawFn) -> Catalogues:
    ours = draw(st.lists(st.builds(Product, st.just(""), NAMES, SKUS, st.booleans()), max_size=5))
    kinds, truth = st.sampled_from(["Service", "Group", "Category"]), st.booleans()
    theirs = draw(
        st.lists(st.builds(QuickBooksItem, st.just(""), NAMES, st.just(""), SKUS, truth, kinds, truth), max_size=5)
    )
    products = [Product(f"p{n}", product.name, product.sku, product.active) for n, product in enumerate(ours)]
    items = [
        QuickBooksItem(f"i{n}", product.name, "", product.sku, product.active, product.kind, product.for_purchase)
        for n, product in enumerate(theirs)
    ]
    return Catalogues(products, items, {}, frozenset(), REALM)


@given(both())
def test_nothing_is_paired_twice_and_every_active_product_is_answered_once(catalogues: Catalogues) -> None:
    pairs = [step for step in find_pairs(catalogues).values() if step.what == "pair" and step.item]
    assert len({step.item.key for step in pairs if step.item}) == len(pairs)
    assert all(
        step.item.active and step.item.for_purchase and step.item.kind == "Service" for step in pairs if step.item
    )
    assert [step.product for step in plan_products(catalogues)] == [step for step in catalogues.products if step.active]


@given(both(), st.randoms())
def test_the_order_of_the_catalogues_does_not_matter(catalogues: Catalogues, chance: Any) -> None:
    products, items = list(catalogues.products), list(catalogues.items)
    chance.shuffle(products)
    chance.shuffle(items)
    shuffled = Catalogues(products, items, {}, frozenset(), REALM)
    assert find_pairs(shuffled) == find_pairs(catalogues)
