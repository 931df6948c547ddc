"""A seed of any size: the same chance makes the same companies, alike on both sides and consistent in themselves."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from standins import wire
from standins.companies.growing import FIRST_SUPPLIER
from standins.precoro.app import create_app as create_precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks.app import create_app as create_quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import US, Books, bill, category_line

SEED = {"size": {"suppliers": 200, "documents": 300, "booked": 0.5}, "random": 7}


def state(app: Flask) -> Any:
    return wire.loads(app.test_client().get("/_control/state").data)["companies"]


@pytest.fixture(scope="module")
def books() -> Any:
    return state(create_quickbooks(QuickBooksSettings(limits=False), seed=SEED))[US]


@pytest.fixture(scope="module")
def precoro() -> Any:
    return state(create_precoro(PrecoroSettings(limits=False), seed=SEED))["1"]


def documents(precoro: Any) -> list[Any]:
    return [*precoro["invoices"], *precoro["purchaseorders"]]


def test_there_is_as_much_as_was_asked_for(precoro: Any) -> None:
    assert len(precoro["suppliers"]) == 200
    assert len(documents(precoro)) == 300
    assert {document["statusString"] for document in documents(precoro)} == {"approved"}


def test_suppliers_are_paired_with_vendors_by_their_names(books: Any, precoro: Any) -> None:
    vendors = {row["DisplayName"] for row in books["vendor"]}
    grown = [row["name"] for row in precoro["suppliers"] if row["id"] >= FIRST_SUPPLIER]
    assert len(set(grown)) == len(grown) == 165
    assert set(grown) <= vendors
    assert len(vendors) == len(books["vendor"])


def test_what_was_booked_stands_on_both_sides_to_the_cent(books: Any, precoro: Any) -> None:
    entered = {row["Id"]: row for kind in ("bill", "purchaseorder") for row in books[kind]}
    booked = [document for document in documents(precoro) if document["qboId"]]
    assert len(booked) == len(entered)
    assert 100 < len(booked) < 200
    for document in booked:
        row = entered[document["qboId"]]
        assert Decimal(row["TotalAmt"]) == Decimal(document["sum"])
        assert row["VendorRef"]["name"] == document["supplier"]["name"]
        assert row["DocNumber"] in (document.get("invoiceNumber"), document["customName"])
        assert row["TxnDate"] == document.get("issueDate", document["createDate"])[:10]
        assert [line["Description"] for line in row["Line"]] == [line["name"] for line in document["items"]]


def test_ids_are_unique_and_references_resolve(books: Any) -> None:
    for kind, rows in books.items():
        assert len({row["Id"] for row in rows}) == len(rows), kind
    vendors = {row["Id"]: row for row in books["vendor"]}
    owed: dict[str, Decimal] = {}
    for row in books["bill"]:
        owed[row["VendorRef"]["value"]] = owed.get(row["VendorRef"]["value"], Decimal(0)) + row["TotalAmt"]
    assert all(Decimal(vendors[identity]["Balance"]) == amount for identity, amount in owed.items())


def test_the_same_chance_makes_the_same_companies_and_another_one_others(books: Any, precoro: Any) -> None:
    assert state(create_quickbooks(QuickBooksSettings(limits=False), seed=SEED))[US] == books
    other = state(create_precoro(PrecoroSettings(limits=False), seed={**SEED, "random": 8}))["1"]
    assert [supplier["name"] for supplier in other["suppliers"]] != [
        supplier["name"] for supplier in precoro["suppliers"]
    ]


def test_a_seeded_bill_has_what_a_written_one_has_and_can_be_changed_and_paid() -> None:
    app = create_quickbooks(QuickBooksSettings(limits=False), seed={"size": {"documents": 20}})
    us = Books(app.test_client(), US)
    seeded = us.query("SELECT * FROM Bill ORDERBY Id MAXRESULTS 1")["Bill"][0]
    written = us.write("Bill", bill({**category_line(5), "Description": "Pens"}, DocNumber="S-1"))
    assert set(seeded) == set(written)
    assert set(seeded["Line"][0]) == set(written["Line"][0])
    assert int(written["Id"]) > int(seeded["Id"]) + 15
    changed = us.write("Bill", {**seeded, "PrivateNote": "Checked"})
    assert (changed["SyncToken"], changed["TotalAmt"]) == ("1", seeded["TotalAmt"])
    us.control(f"bill/{seeded['Id']}", {"do": "pay"})
    assert us.read("Bill", seeded["Id"])["Balance"] == 0

    order = us.query("SELECT * FROM PurchaseOrder MAXRESULTS 1")["PurchaseOrder"][0]
    new = {key: order[key] for key in ("VendorRef", "APAccountRef", "Line", "TxnDate")}
    assert set(us.write("PurchaseOrder", {**new, "DocNumber": "PO-1"})) == set(order)


@pytest.mark.parametrize("create", [create_quickbooks, create_precoro])
@pytest.mark.parametrize(
    "seed", ["big", {"size": {"bills": 5}}, {"size": {"documents": -1}}, {"size": {"booked": 2}}, {"size": {}, "x": 1}]
)
def test_a_seed_that_cannot_be_is_refused_and_nothing_is_lost(create: Callable[[], Flask], seed: Any) -> None:
    client = create().test_client()
    before = client.get("/_control/state").data
    assert client.post("/_control/reset", json={"seed": seed}).status_code == 400
    assert client.get("/_control/state").data == before
