"""Precoro payloads and QuickBooks companies as they come, for the stories and the properties."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

from mappers.books import BookEntry, Books, FieldOption, PurchasePreferences, TaxCode, TaxComponent, TaxRate
from mappers.documents.document import Document
from mappers.documents.outcomes import Body, Create, Plan, Sent, Update
from mappers.documents.plan import plan
from mappers.documents.reading import load_document
from mappers.policy import Policy

ACCOUNT_FIELD, CLASS_FIELD, CUSTOMER_FIELD, LOCATION_FIELD = 17030, 17031, 17032, 2100
POLICY = Policy(default_line_account="60")


def field_value(field_id: int, *options: dict[str, Any], document: bool = False) -> dict[str, Any]:
    """Return one answered custom field with its embedded options."""
    owner = "documentCustomField" if document else "itemCustomField"
    return {"id": field_id + 1, "value": None, owner: {"id": field_id}, "options": {"data": list(options)}}


def option(option_id: int, **more: Any) -> dict[str, Any]:
    """Return an embedded option."""
    return {"id": option_id, "name": f"Option {option_id}", **more}


def tax(tax_id: int, percent: str, amount: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a tax of a line."""
    return {"id": tax_id, "name": f"Tax {percent}", "value": percent, "usedTaxPercent": "100", "sum": amount, **more}


def discount(discount_id: int, percent: str, document: int | None = None) -> dict[str, Any]:
    """Return a discount of a line, or the echo of the document's."""
    entry: dict[str, Any] = {"id": discount_id, "name": "Bulk", "value": percent, "unit": "%"}
    return entry if document is None else entry | {"documentDiscount": {"id": document}}


def line(line_id: int = 88001, quantity: str = "10", price: str | None = "50.00", **more: Any) -> dict[str, Any]:
    """Return one line, in the wrappers that Precoro puts around lists."""
    row: dict[str, Any] = {
        "id": line_id,
        "sku": "PEN-1",
        "name": "Pen, blue",
        "description": "Box of 12",
        "ordered": Decimal(quantity),
        "price": None if price is None else Decimal(price),
        "currency": "USD",
        "freeOfCharge": False,
        "item": None,
    }
    lists: dict[str, list[Any]] = {"taxes": [], "discounts": [], "dataItemCustomFields": []}
    return row | {name: {"data": rows} for name, rows in lists.items()} | _wrapped(more)


def _wrapped(more: dict[str, Any]) -> dict[str, Any]:
    lists = {"taxes", "discounts", "dataItemCustomFields", "items", "dataDocumentCustomFields"}
    return {name: {"data": value} if name in lists else value for name, value in more.items()}


def payload(**more: Any) -> dict[str, Any]:
    """Return an approved invoice over 500.00 from Acme Supply; lists are wrapped as Precoro does."""
    base: dict[str, Any] = {
        "id": 956598,
        "idn": "203",
        "customName": "INV-203",
        "invoiceNumber": "S-88123",
        "status": 2,
        "statusString": "approved",
        "logicType": 2,
        "isServiceOrder": False,
        "createDate": "2026-10-05T10:00:00+00:00",
        "updateDate": "2026-10-06T10:00:00+00:00",
        "issueDate": "2026-10-04T00:00:00+00:00",
        "requiredDate": "2026-11-03T00:00:00+00:00",
        "approvalDate": "2026-10-06T10:00:00+00:00",
        "currency": "USD",
        "exchangeRate": {"USD": 1},
        "sum": "500.00",
        "netSum": "500.00",
        "note": None,
        "paymentTerm": {"id": 12},
        "qboId": None,
        "externalId": None,
        "parentData": None,
        "supplier": {"id": 9001, "name": "Acme Supply"},
        "legalEntity": {"id": 2, "name": "Widgets Inc"},
        "items": [line()],
        "taxes": [],
        "discounts": [],
        "dataDocumentCustomFields": [],
    }
    return _wrapped(base | copy.deepcopy(more))


def invoice(**more: Any) -> Document:
    """Return an invoice from its payload."""
    return load_document("invoice", payload(**more))


def order(**more: Any) -> Document:
    """Return a purchase order from its payload."""
    numbered = {"id": 481223, "idn": "57", "customName": "PO-2026-057", "invoiceNumber": None, "logicType": 0}
    return load_document("purchase_order", payload(**numbered | {"issueDate": None} | more))


def us_books(preferences: PurchasePreferences | None = None, **more: Any) -> Books:
    """Return the books of Widgets Inc in Austin, with everything paired."""
    books = Books(
        connection="widgets",
        realm="9341",
        country="US",
        preferences=preferences
        or PurchasePreferences(
            class_per_line=True, track_departments=True, track_customers=True, billable_tracking=True
        ),
        accounts={
            "33": BookEntry("33", "Accounts Payable (A/P)", kind="Accounts Payable", currency="USD"),
            "42": BookEntry("42", "Office supplies", kind="Expense"),
            "60": BookEntry("60", "Uncategorised expense", kind="Expense"),
            "61": BookEntry("61", "Old rent", kind="Expense", active=False),
            "70": BookEntry("70", "Taxes withheld", kind="Other Current Liability"),
        },
        classes={"5000000000000142238": BookEntry("5000000000000142238", "Sales"), "8": BookEntry("8", "Support")},
        customers={"21": BookEntry("21", "Kookies by Kathy")},
        departments={"1": BookEntry("1", "East"), "2": BookEntry("2", "West")},
        items={
            "19": BookEntry("19", "Pen, blue", kind="NonInventory", expense_account="42"),
            "20": BookEntry("20", "Stapler", kind="Service", for_purchase=False),
        },
        terms={"3": BookEntry("3", "Net 30")},
        vendors={
            "56": BookEntry("56", "Acme Supply", currency="USD"),
            "57": BookEntry("57", "Bolt Ltd", currency="USD"),
        },
        pairs={
            ("supplier", "9001"): "56",
            ("supplier", "9002"): "57",
            ("account", "880"): "42",
            ("account", "881"): "61",
            ("class", "900"): "5000000000000142238",
            ("class", "901"): "8",
            ("customer", "910"): "21",
            ("location", "991"): "1",
            ("location", "992"): "2",
            ("item", "3301"): "19",
            ("item", "3302"): "20",
            ("term", "12"): "3",
            ("withholding", "77"): "70",
        },
        fields={
            ACCOUNT_FIELD: "account",
            CLASS_FIELD: "class",
            CUSTOMER_FIELD: "customer",
            LOCATION_FIELD: "location",
        },
        options=(
            FieldOption(ACCOUNT_FIELD, 880, "Office supplies", "6000"),
            FieldOption(CLASS_FIELD, 900, "Sales"),
            FieldOption(CLASS_FIELD, 901, "Support"),
            FieldOption(LOCATION_FIELD, 991, "East", "E"),
            FieldOption(LOCATION_FIELD, 992, "West", "W"),
        ),
    )
    return dataclasses.replace(books, **more)


def uk_books(preferences: PurchasePreferences | None = None, **more: Any) -> Books:
    """Return the same books in London: multicurrency, VAT of 20 %, 5 % and 0 %, and a two-rate code."""
    since = date(2011, 1, 4)
    rates = {
        "9": TaxRate("9", "VAT 20", values=((Decimal(20), since, None),)),
        "10": TaxRate("10", "VAT 5", values=((Decimal(5), since, None),)),
        "11": TaxRate("11", "VAT 0", special="ZERO_RATE", values=((Decimal(0), since, None),)),
        "12": TaxRate("12", "Levy 7", values=((Decimal(7), since, None),)),
        "13": TaxRate("13", "RC 20", special="REVERSE_CHARGE", values=((Decimal(20), since, None),)),
        "14": TaxRate("14", "RC -20", special="REVERSE_CHARGE", values=((Decimal(-20), since, None),)),
    }
    codes = {
        "2": TaxCode("2", "20.0% S", rates=(TaxComponent("9"),)),
        "3": TaxCode("3", "5.0% R", rates=(TaxComponent("10"),)),
        "4": TaxCode("4", "0.0% Z", rates=(TaxComponent("11"),)),
        "5": TaxCode("5", "20 % and levy", rates=(TaxComponent("9"), TaxComponent("12", order=1))),
        "6": TaxCode("6", "20.0% RC", rates=(TaxComponent("13"), TaxComponent("14", order=1))),
    }
    base = us_books(preferences)
    taxes = {("tax", "5"): "9", ("tax", "6"): "10", ("tax", "7"): "11", ("tax", "8"): "12", ("tax", "9"): "13"}
    pounds = {
        "56": BookEntry("56", "Acme Supply", currency="GBP"),
        "57": BookEntry("57", "Bolt Ltd", currency="GBP"),
        "58": BookEntry("58", "Acme Europe", currency="EUR"),
    }
    accounts = dict(base.accounts) | {
        "33": BookEntry("33", "Creditors", kind="Accounts Payable", currency="GBP"),
        "34": BookEntry("34", "Creditors - EUR", kind="Accounts Payable", currency="EUR"),
    }
    return dataclasses.replace(
        base,
        **{
            "country": "GB",
            "home_currency": "GBP",
            "precoro_currency": "GBP",
            "multicurrency": True,
            "vendors": pounds,
            "accounts": accounts,
            "tax_codes": codes,
            "tax_rates": rates,
            "pairs": dict(base.pairs) | taxes | {("supplier", "9003"): "58"},
            **more,
        },
    )


def answer_of(made: Create | Update, id_: str = "145") -> Body:
    """Return what QuickBooks answers to a write: its own ids, totals and tokens."""
    answer = copy.deepcopy(made.body)
    for place, row in enumerate(answer["Line"], start=1):
        row.setdefault("Id", str(place))
        row["LineNum"] = place
        if "GlobalTaxCalculation" not in answer:
            row[row["DetailType"]]["TaxCodeRef"] = {"value": "NON"}
    tax_total = (answer.get("TxnTaxDetail") or {}).get("TotalTax", Decimal(0))
    total = sum((row["Amount"] for row in answer["Line"]), tax_total)
    answer |= {"Id": id_, "SyncToken": str(int(answer.get("SyncToken", -1)) + 1), "TotalAmt": total}
    return answer | ({"Balance": total} if made.type == "Bill" else {}) | {"MetaData": {}, "domain": "QBO"}


def sent_of(made: Create | Update, document: Document, **more: Any) -> Sent:
    """Return what the shell remembers of a write."""
    answer = answer_of(made)
    ids = dict(zip(made.line_keys, (row["Id"] for row in answer["Line"]), strict=False))
    sent = Sent(
        made.type, "145", answer["SyncToken"], made.mapped, answer, document.version, made.digest, ids,
        first_rate=made.mapped.get("ExchangeRate"), sources=made.sources,
    )  # fmt: skip
    return dataclasses.replace(sent, **more)


def made(document: Document, books: Books | None = None, policy: Policy = POLICY, **more: Any) -> Create:
    """Plan a create and return it; anything else fails with what was planned instead."""
    planned = plan(document, None, books or us_books(), policy, **more)
    assert isinstance(planned, Create), planned
    return planned


def codes(planned: Plan) -> set[str]:
    """Return the codes of the problems of a hold, or of the notes of anything else."""
    rows: Any = getattr(planned, "problems", None) or getattr(planned, "notes", ())
    return {row.code for row in rows}


def amounts(create: Create) -> list[Decimal]:
    """Return the amounts of the lines of a create."""
    return [row["Amount"] for row in create.body["Line"]]
