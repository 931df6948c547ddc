"""Purchase orders: what they have that bills do not, and what they lack."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from mappers.books import BookEntry, PurchasePreferences
from mappers.documents.outcomes import Nothing, Read, Update
from mappers.documents.plan import plan
from mappers.documents.purchase_orders import STATUS_NOTES, status_note
from tests.unit.mappers.cases import (
    CLASS_FIELD,
    LOCATION_FIELD,
    codes,
    field_value,
    line,
    made,
    option,
    order,
    sent_of,
    us_books,
)
from tests.unit.mappers.documents.plans import ORDERS


def test_an_order_is_dated_by_its_creation_and_always_names_accounts_payable() -> None:
    create = made(order(), policy=ORDERS)
    assert create.type == "PurchaseOrder"
    assert create.body["TxnDate"] == "2026-10-05"
    assert create.body["APAccountRef"] == {"value": "33"}
    assert create.body["DocNumber"] == "PO-2026-057"
    assert create.body["POStatus"] == "Open"


def test_two_payables_accounts_in_one_currency_need_a_choice() -> None:
    books = us_books()
    second = BookEntry("35", "Other payables", kind="Accounts Payable", currency="USD")
    books = dataclasses.replace(books, accounts=dict(books.accounts) | {"35": second})
    assert codes(plan(order(), None, books, ORDERS)) == {"payable_account_missing"}
    chosen = dataclasses.replace(ORDERS, payable_accounts={"USD": "35"})
    assert made(order(), books, chosen).body["APAccountRef"] == {"value": "35"}
    wrong = dataclasses.replace(ORDERS, payable_accounts={"USD": "42"})
    assert codes(plan(order(), None, books, wrong)) == {"payable_account_unusable"}


def test_the_location_goes_into_the_private_note_with_a_visible_note() -> None:
    create = made(
        order(dataDocumentCustomFields=[field_value(LOCATION_FIELD, option(991, name="East"))]), policy=ORDERS
    )
    assert "DepartmentRef" not in create.body
    assert "Location: East" in create.body["PrivateNote"]
    assert codes(create) == {"location_in_private_note"}


def test_one_class_per_transaction_stands_in_the_header() -> None:
    rows = [line(1, dataItemCustomFields=[field_value(CLASS_FIELD, option(900))]), line(2)]
    books = us_books(PurchasePreferences(class_per_transaction=True))
    create = made(order(items=rows, sum="1000.00"), books, ORDERS)
    assert create.body["ClassRef"] == {"value": "5000000000000142238"}
    assert all("ClassRef" not in row[row["DetailType"]] for row in create.body["Line"])


def test_quickbooks_numbers_the_order_itself_without_custom_numbers() -> None:
    create = made(order(), us_books(PurchasePreferences(custom_numbers=False)), ORDERS)
    assert "DocNumber" not in create.body
    assert "PO-2026-057" in create.body["PrivateNote"]
    assert codes(create) == {"number_by_quickbooks"}


def test_an_order_of_nothing_is_sent_and_a_closed_one_arrives_closed() -> None:
    assert made(order(items=[line(freeOfCharge=True)], sum="0.00"), policy=ORDERS).total == 0
    assert made(order(status=11), policy=ORDERS).body["POStatus"] == "Closed"


def test_a_company_without_purchase_orders_or_items_on_purchases_holds_them() -> None:
    books = us_books(PurchasePreferences(purchase_orders=False, items_on_purchases=False))
    held = plan(order(items=[line(item={"id": 3301})]), None, books, ORDERS)
    assert codes(held) == {"purchase_orders_off", "items_on_purchases_off"}


@pytest.mark.parametrize(
    ("sent", "current", "sentence"),
    [
        ("Open", {"POStatus": "Open"}, None),
        (None, {"POStatus": "Closed"}, None),
        ("Open", {}, None),
        ("Open", {"POStatus": "Closed", "LinkedTxn": []}, "where no bill is linked to it"),
        (
            "Open",
            {"POStatus": "Closed", "LinkedTxn": [{"TxnType": "Bill", "TxnId": "7"}]},
            "where Bill 7 is linked to it",
        ),
        ("Closed", {"POStatus": "Open"}, "It is open in QuickBooks"),
    ],
)
def test_a_status_in_quickbooks_that_is_not_the_one_sent_is_noted(
    sent: str | None, current: dict[str, Any], sentence: str | None
) -> None:
    note = status_note({"POStatus": sent} if sent else {}, current)
    assert note is None if sentence is None else note is not None and sentence in note.sentence
    assert note is None or note.code in STATUS_NOTES


def test_an_order_gets_the_date_of_a_bill_that_waits_for_it_and_keeps_it() -> None:
    document = order()
    sent = sent_of(made(document, policy=ORDERS), document)
    waited_for = us_books(billed_from=date(2026, 10, 2))
    need = Read("PurchaseOrder", "145")
    assert plan(document, sent, waited_for, ORDERS) == need
    billed = sent.answer | {"LinkedTxn": [{"TxnId": "9", "TxnType": "Bill"}]}
    planned = plan(document, sent, waited_for, ORDERS, answers={need: billed})
    assert isinstance(planned, Update)
    assert (planned.body["TxnDate"], planned.mapped["TxnDate"]) == ("2026-10-02", "2026-10-02")
    assert planned.body["Line"] == [
        {**row, row["DetailType"]: {"AccountRef": {"value": "60"}}} for row in billed["Line"]
    ]
    moved = sent_of(planned, document)
    assert plan(document, moved, us_books(), ORDERS) == Nothing(
        "synced", "This approved version stands in QuickBooks.", settled=True
    )


def test_a_later_bill_moves_no_order() -> None:
    document = order()
    sent = sent_of(made(document, policy=ORDERS), document)
    later = us_books(billed_from=date(2026, 12, 1))
    assert isinstance(plan(document, sent, later, ORDERS), Nothing)
