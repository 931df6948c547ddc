"""An independent reading of the rules by which QuickBooks refuses an entity, written from its documentation only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

import simplejson

from mappers.books import Books

CENT = Decimal("0.01")
KINDS = {"ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"}


def broken_rules(type_: str, body: dict[str, Any], books: Books) -> list[str]:
    """Return every rule that the entity breaks, with the fault it would meet."""
    simplejson.dumps(body, use_decimal=True)
    checks = (_header, _credit, _lines, _texts, _tax, _currency)
    return [broken for check in checks for broken in check(type_, body, books)]


def total_of(body: dict[str, Any]) -> Decimal:
    """Return the TotalAmt that QuickBooks works out."""
    tax = (body.get("TxnTaxDetail") or {}).get("TotalTax", Decimal(0))
    return sum((line["Amount"] for line in body["Line"]), Decimal(tax))


def _header(type_: str, body: dict[str, Any], books: Books) -> Iterator[str]:
    vendor = books.vendors.get(body["VendorRef"]["value"])
    if vendor is None or not vendor.active:
        yield "610 vendor"
    if type_ == "PurchaseOrder" and "APAccountRef" not in body:
        yield "2020 APAccountRef"
    if "APAccountRef" in body and books.accounts[body["APAccountRef"]["value"]].kind != "Accounts Payable":
        yield "6430 APAccountRef"
    if not body.get("Line"):
        yield "2020 Line"
    for name in ("TxnDate",) if type_ == "VendorCredit" else ("TxnDate", "DueDate"):
        date.fromisoformat(body[name])
    closed = books.preferences.book_close_date
    if type_ != "PurchaseOrder" and closed and date.fromisoformat(body["TxnDate"]) <= closed:
        yield "6210 closed"
    if "DepartmentRef" in body and (type_ == "PurchaseOrder" or not books.preferences.track_departments):
        yield "dropped DepartmentRef"
    if "ClassRef" in body and (type_ != "PurchaseOrder" or not books.preferences.class_per_transaction):
        yield "dropped ClassRef"


def _credit(type_: str, body: dict[str, Any], _: Books) -> Iterator[str]:
    if type_ == "VendorCredit" and {"DueDate", "SalesTermRef"} & set(body):
        yield "2010 a vendor credit has no due date and no terms"
    if type_ == "VendorCredit" and total_of(body) < 0:
        yield "6000 amount of a vendor credit"


def _lines(_: str, body: dict[str, Any], books: Books) -> Iterator[str]:
    for line in body["Line"]:
        if line["DetailType"] not in KINDS or len(KINDS & set(line)) != 1:
            yield "DetailType"
        if line["Amount"] != line["Amount"].quantize(CENT):
            yield f"2140 Amount {line['Amount']}"
        detail = line[line["DetailType"]]
        yield from _item(line, detail, books) if "ItemRef" in detail else _account(detail, books)
        if "ClassRef" in detail and not books.classes[detail["ClassRef"]["value"]].active:
            yield "2500 class"
        if ("CustomerRef" in detail) != (detail.get("BillableStatus") in {"Billable", "NotBillable"}):
            yield "6310 customer and billable status"


def _item(line: dict[str, Any], detail: dict[str, Any], books: Books) -> Iterator[str]:
    item = books.items.get(detail["ItemRef"]["value"])
    if item is None or not item.active or not item.for_purchase:
        yield "2500 item"
    if not detail["Qty"]:
        yield "6520 quantity"
    product = detail["Qty"] * detail["UnitPrice"]
    for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN):
        if product.quantize(CENT, rounding) != line["Amount"]:
            yield f"6070 {detail['Qty']} x {detail['UnitPrice']} is not {line['Amount']}"


def _account(detail: dict[str, Any], books: Books) -> Iterator[str]:
    account = books.accounts.get(detail["AccountRef"]["value"])
    if account is None or not account.active or account.kind.startswith("Accounts "):
        yield "2500 account"


def _texts(_: str, body: dict[str, Any], books: Books) -> Iterator[str]:
    if len(body.get("DocNumber", "")) > 21:
        yield "2050 DocNumber"
    texts = [body["PrivateNote"], *(line.get("Description", "") for line in body["Line"])]
    for text in texts:
        if len(text) > 4000:
            yield "2050 text"
        if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text):
            yield "2040 text"
    if not re.search(rf"(?:^|\n)tieout:{books.connection}:(?:invoice|purchase_order):\d+\Z", body["PrivateNote"]):
        yield "no marker"


def _tax(_: str, body: dict[str, Any], books: Books) -> Iterator[str]:
    mode, detail = body.get("GlobalTaxCalculation"), body.get("TxnTaxDetail")
    codes = [line[line["DetailType"]].get("TaxCodeRef", {}).get("value") for line in body["Line"]]
    if books.is_us or mode == "NotApplicable":
        if detail or any(codes) or (books.is_us and mode):
            yield "6100 or 6170 tax"
    elif mode != "TaxExcluded" or detail is None:
        yield f"tax mode {mode}"
    elif not all(code in books.tax_codes and books.tax_codes[code].active for code in codes):
        yield "6000 a rate on every line"
    else:
        yield from _tax_lines(body, detail, codes, books)


def _tax_lines(body: dict[str, Any], detail: dict[str, Any], codes: list[str], books: Books) -> Iterator[str]:
    if detail["TotalTax"] != sum((row["Amount"] for row in detail["TaxLine"]), Decimal(0)):
        yield "tax lines do not add up"
    bases: dict[str, Decimal] = {}
    for line, code in zip(body["Line"], codes, strict=True):
        for component in books.tax_codes[code].rates:
            bases[component.rate_id] = bases.get(component.rate_id, Decimal(0)) + line["Amount"]
    rows = {row["TaxLineDetail"]["TaxRateRef"]["value"]: row["TaxLineDetail"] for row in detail["TaxLine"]}
    if len(rows) != len(detail["TaxLine"]) or set(rows) != set(bases):
        yield f"tax lines of rates {sorted(rows)}, codes have {sorted(bases)}"
    for rate_id, row in rows.items():
        if row["PercentBased"] or row["NetAmountTaxable"] != bases.get(rate_id):
            yield f"NetAmountTaxable of {rate_id}"


def _currency(_: str, body: dict[str, Any], books: Books) -> Iterator[str]:
    vendor = books.vendors[body["VendorRef"]["value"]]
    currency = body.get("CurrencyRef", {}).get("value", books.home_currency)
    if (vendor.currency or books.home_currency) != currency:
        yield "6000 currency of the vendor"
    if books.multicurrency and "CurrencyRef" not in body:
        yield "2020 CurrencyRef"
    if (currency != books.home_currency) != ("ExchangeRate" in body) or body.get("ExchangeRate") == 1:
        yield "ExchangeRate"
