"""Lines of a document from short descriptions: product, price, taxes, discounts, custom fields."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from standins.control.body import WrongInputError
from standins.precoro.documents.choices import named, value_of

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

CREDIT_NOTES = (1, 5)
FIELDS = {"account": "QuickBooks Accounts", "class": "QuickBooks Classes", "customer": "QuickBooks Customers"}
KEYS = {
    *FIELDS,
    *("id", "name", "item", "quantity", "price", "total", "taxes", "tax", "discount", "discountAmount", "free"),
    *("sku", "description", "unit", "currency", "type", "purchaseOrderItem", "usedTaxPercent", "fields"),
}


def replace_lines(
    company: CompanyRecords, settings: PrecoroSettings, document: Record, descriptions: list[Record]
) -> None:
    """Replace the lines; one that keeps its id or its name stays the same line."""
    before = list(document["items"])
    document["taxes"] = []
    document["items"] = [_line(company, settings, document, line, before) for line in descriptions]


def echo_discounts(company: CompanyRecords, settings: PrecoroSettings, document: Record) -> None:
    """Let every line show the discount of the whole document, where the settings want that."""
    for line in document["items"]:
        own = [discount for discount in line["discounts"] if not discount.get("documentDiscount")]
        echoed = document["discounts"] if settings.echo_discounts else []
        line["discounts"] = own + [
            {**discount, "id": company.next_id("values"), "documentDiscount": {"id": discount["id"]}}
            for discount in echoed
        ]


def new_discount(company: CompanyRecords, value: object, unit: str, name: str) -> Record:
    """Return a discount in percent, or in a currency."""
    return {"id": company.next_id("values"), "name": name, "value": Decimal(str(value)), "unit": unit}


def _line(
    company: CompanyRecords, settings: PrecoroSettings, document: Record, line: Record, before: list[Record]
) -> Record:
    unknown = sorted(set(line) - KEYS)
    if unknown:
        raise WrongInputError(f"A line has no {unknown[0]!r}. Known: {', '.join(sorted(KEYS))}")
    product = named(company, "items", line["item"]) if line.get("item") else None
    name = line.get("name") or (product["name"] if product else "")
    same = _take_same(before, line.get("id"), name)
    price = _price(settings, document, line, product)
    written = {
        "id": same["id"] if same else company.next_id("lines"),
        "sku": line.get("sku", product["sku"] if product else None),
        "name": name,
        "description": line.get("description", ""),
        "unit": line.get("unit", product["unit"] if product else "piece"),
        "type": line.get("type", 0),
        "logicType": 0,
        "ordered": Decimal(str(line.get("quantity", 1))),
        "received": 0,
        "rejected": 0,
        "invoiced": 0,
        "price": price,
        "currency": line.get("currency", document["currency"]),
        "freeOfCharge": bool(line.get("free", False)),
        "item": {"id": product["id"]} if product else None,
        "taxes": [_tax(company, document, tax, line) for tax in _several(line.get("taxes", line.get("tax")))],
        "discounts": _discounts(company, document, line),
        "dataItemCustomFields": _fields(company, line),
    }
    if "total" in line:
        written["netTotal"] = Decimal(str(line["total"]))
        del written["price"]
    ordered = line.get("purchaseOrderItem") or ((same or {}).get("purchaseOrderItem") or {}).get("id")
    if ordered:
        written["purchaseOrderItem"] = {"id": ordered}
    return written


def _take_same(before: list[Record], identity: object, name: str) -> Record | None:
    """Take the line that is described out of those that were there before."""
    same = next((line for line in before if line["id"] == identity or line["name"] == name), None)
    if same:
        before.remove(same)
    return same


def _price(settings: PrecoroSettings, document: Record, line: Record, product: Record | None) -> Decimal:
    price = Decimal(str(line.get("price", product["price"] if product else 0)))
    negative = document["logicType"] in CREDIT_NOTES and settings.credit_note_sign == "negative"
    return -abs(price) if negative else price


def _fields(company: CompanyRecords, line: Record) -> list[Record]:
    chosen = {field: line[key] for key, field in FIELDS.items() if line.get(key)} | line.get("fields", {})
    return [value_of(company, named(company, "itemcustomfields", field), option) for field, option in chosen.items()]


def _tax(company: CompanyRecords, document: Record, name: object, line: Record) -> Record:
    """Return a tax of a line, and list it among those of the document."""
    tax = named(company, "taxes", name)
    share = str(line.get("usedTaxPercent", 100))
    shown = {"name": tax["name"], "value": tax["value"], "usedTaxPercent": share}
    shown["isWithholdingTax"] = tax["isWithholdingTax"]
    header = next((header for header in document["taxes"] if header["name"] == tax["name"]), None)
    if header is None:
        header = {"id": company.next_id("values"), **shown, "tax": {"id": tax["id"]}}
        document["taxes"].append(header)
    return {"id": tax["id"], **shown, "sum": Decimal(0), "documentTax": {"id": header["id"]}}


def _discounts(company: CompanyRecords, document: Record, line: Record) -> list[Record]:
    discounts = []
    if line.get("discount"):
        discounts.append(new_discount(company, line["discount"], "%", "Line discount"))
    if line.get("discountAmount"):
        discounts.append(new_discount(company, line["discountAmount"], document["currency"], "Line discount"))
    return discounts


def _several(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
