"""What of the payments of bills must stand in Precoro, and what does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from standins.comparison.expected import MARKER, Json
from standins.comparison.result import PAYMENT, ZERO, ComparedRow

EXTERNAL_ID = re.compile(r"qbo:\d+:(?P<payment>[a-z]+:[^:]+):bill:(?P<bill>[^:]+)$")
RECORDED = 0
"""The status of a payment in Precoro that is not cancelled."""

Key = tuple[str, str]
"""Payment (`billpayment:105`) and id of the bill."""


def payment_rows(precoro: Json, books: Json) -> list[ComparedRow]:
    """Return a row for each payment of each bill that stands for an invoice, and for what Precoro shows beyond them."""
    invoices = {str(invoice["id"]): invoice for invoice in precoro["invoices"]}
    bills = dict(_bills(books, invoices))
    recorded = _recorded(precoro["payments"])
    paid = {key: amount for key, amount in _paid(books) if key[1] in bills}
    rows = [_row(key, amount, bills[key[1]], recorded.get(key, [])) for key, amount in paid.items()]
    return rows + [_extra(key, payments, bills) for key, payments in recorded.items() if key not in paid]


def _bills(books: Json, invoices: Mapping[str, Json]) -> Iterable[tuple[str, Json]]:
    """Yield the id of each bill that carries our marker, and its invoice."""
    for bill in books["bill"]:
        marker = MARKER.search(bill.get("PrivateNote", ""))
        if marker and marker["kind"] == "invoice" and marker["id"] in invoices:
            yield bill["Id"], invoices[marker["id"]]


def _paid(books: Json) -> Iterable[tuple[Key, Decimal]]:
    """Yield what each payment puts on each bill."""
    for payment in books.get("billpayment", []):
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for line in payment["Line"]:
            for link in line["LinkedTxn"]:
                if link["TxnType"] == "Bill":
                    amounts[link["TxnId"]] += Decimal(line["Amount"])
        for bill, amount in amounts.items():
            yield (f"billpayment:{payment['Id']}", bill), amount


def _recorded(payments: Iterable[Json]) -> dict[Key, list[Json]]:
    """Return the payments in Precoro that came from QuickBooks and are not cancelled, by what they stand for."""
    recorded: dict[Key, list[Json]] = defaultdict(list)
    for payment in payments:
        match = EXTERNAL_ID.match(payment["externalId"] or "")
        if match and payment["status"] == RECORDED:
            recorded[match["payment"], match["bill"]].append(payment)
    return recorded


def _row(key: Key, amount: Decimal, invoice: Json, payments: list[Json]) -> ComparedRow:
    ours = sum((Decimal(payment["sumPaid"]) for payment in payments), ZERO)
    verdict = "ok" if ours == amount else "DIFFERENT" if payments else "MISSING"
    if len(payments) > 1:
        verdict = "DOUBLED"
    return ComparedRow(
        invoice["customName"], invoice["statusString"], invoice["currency"], ours if payments else None, _title(key),
        amount, verdict, kind=PAYMENT,
    )  # fmt: skip


def _extra(key: Key, payments: list[Json], bills: Mapping[str, Json]) -> ComparedRow:
    invoice = bills.get(key[1], {"customName": "-", "statusString": "-", "currency": ""})
    ours = sum((Decimal(payment["sumPaid"]) for payment in payments), ZERO)
    return ComparedRow(
        invoice["customName"], invoice["statusString"], invoice["currency"], ours, "-", None, "EXTRA",
        f"{_title(key)} pays it no more", kind=PAYMENT,
    )  # fmt: skip


def _title(key: Key) -> str:
    return f"Payment {key[0].partition(':')[2]}"
