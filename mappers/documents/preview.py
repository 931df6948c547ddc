"""What would be sent, as people read it: names in place of ids, and lines that add up to the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mappers.documents.outcomes import Body, Create, Update

LISTS = {
    "VendorRef": "vendor",
    "AccountRef": "account",
    "APAccountRef": "account",
    "ClassRef": "class",
    "CustomerRef": "customer",
    "DepartmentRef": "department",
    "ItemRef": "item",
    "SalesTermRef": "term",
    "TaxCodeRef": "tax_code",
    "TaxRateRef": "tax_rate",
}
"""Fields of an entity that hold an id, and the list of QuickBooks that the id is from."""
Names = Mapping[tuple[str, str], str]
"""The name of each entry of a list, by the list and its id; of a purchase order its number."""
ORDER = "purchase_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """A line as it would stand in QuickBooks; tax that stands apart from the lines is one, too.

    `order` is the purchase order that it is linked to. Money is in the currency of the document.
    """

    description: str
    account: str
    item: str
    quantity: Decimal | None
    unit_price: Decimal | None
    class_name: str
    customer: str
    tax_code: str
    order: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntity:
    """An entity as it would stand in QuickBooks; `moved_from` is the date that the document has in Precoro, if another."""

    type: str
    number: str
    vendor: str
    location: str
    dated: date
    moved_from: date | None
    due_on: date | None
    currency: str
    rate: Decimal | None
    total: Decimal
    lines: tuple[PreviewLine, ...]


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each reference in an entity: its field and the id."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    if isinstance(value, dict):
        for field, content in value.items():
            if field in LISTS and isinstance(content, dict) and "value" in content:
                yield field, str(content["value"])
            yield from references(content)


def linked_orders(body: Body) -> Iterator[str]:
    """Yield the id of each purchase order that a line is linked to."""
    for line in body.get("Line", []):
        yield from (link["TxnId"] for link in line.get("LinkedTxn", []))


def preview(change: Create | Update, names: Names, *, currency: str, precoro_date: date | None) -> PreviewEntity:
    """Return what a change would put into QuickBooks, with the names of its references.

    `currency` is that of the document, `precoro_date` its date in Precoro.
    """
    return entity(change.type, change.body, change.total, names, currency=currency, precoro_date=precoro_date)


def entity(
    type_: str, body: Body, total: Decimal, names: Names, *, currency: str, precoro_date: date | None = None
) -> PreviewEntity:
    """Return an entity as people read it; `precoro_date` is the date that its document has in Precoro."""
    dated = date.fromisoformat(body["TxnDate"])
    return PreviewEntity(
        type=type_,
        number=body.get("DocNumber") or "",
        vendor=_name(body, "VendorRef", names),
        location=_name(body, "DepartmentRef", names),
        dated=dated,
        moved_from=precoro_date if precoro_date != dated else None,
        due_on=date.fromisoformat(body["DueDate"]) if body.get("DueDate") else None,
        currency=currency,
        rate=body.get("ExchangeRate"),
        total=total,
        lines=(*_lines(body, names), *_taxes(body, names)),
    )


def _lines(body: Body, names: Names) -> Iterator[PreviewLine]:
    """Yield the lines; a class of the whole transaction stands on each."""
    for line in body["Line"]:
        detail = line.get(line.get("DetailType"), {})
        yield PreviewLine(
            description=line.get("Description", ""),
            account=_name(detail, "AccountRef", names),
            item=_name(detail, "ItemRef", names),
            quantity=detail.get("Qty"),
            unit_price=detail.get("UnitPrice"),
            class_name=_name(detail, "ClassRef", names) or _name(body, "ClassRef", names),
            customer=_name(detail, "CustomerRef", names),
            tax_code=_name(detail, "TaxCodeRef", names),
            order=", ".join(names.get((ORDER, link["TxnId"]), link["TxnId"]) for link in line.get("LinkedTxn", [])),
            amount=line.get("Amount", Decimal(0)),
        )


def _taxes(body: Body, names: Names) -> Iterator[PreviewLine]:
    """Yield the tax of each rate, where tax stands apart from the lines."""
    for line in body.get("TxnTaxDetail", {}).get("TaxLine", []):
        rate = _name(line.get("TaxLineDetail", {}), "TaxRateRef", names)
        yield PreviewLine(
            description=f"Tax: {rate}", account="", item="", quantity=None, unit_price=None, class_name="", customer="",
            tax_code="", order="", amount=line["Amount"],
        )  # fmt: skip


def _name(fields: Mapping[str, Any], field: str, names: Names) -> str:
    """Return the name of a reference, or its id where the lists do not have it."""
    reference = fields.get(field)
    if not reference:
        return ""
    id_ = str(reference["value"])
    return names.get((LISTS[field], id_), id_)
