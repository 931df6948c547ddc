"""Make and change purchase orders, invoices and credit notes from the short descriptions that a person would give.

A description: {"company", "supplier" (name or id), "number" (shown as customName), "invoiceNumber" (the supplier's),
"issueDate", "dueDate", "currency", "rate", "discount" (percent), "location" (of QuickBooks), "office", "note",
"purchaseOrder", "allocatedInvoice", "parent" (running numbers), "creditNote": true, "attachments": [{"name", "content"}],
"class" (where the whole document has one), "fields": {custom field: option}, "lines": [...]}, and any property of the full
object under its own name. A line: {"name", "item" (of the catalogue: name, SKU or id), "quantity", "price", "total" (a
service line), "account", "class", "customer", "fields", "taxes": ["VAT 20"], "discount" (percent), "discountAmount",
"free": true}.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from standins.control import WrongInputError
from standins.precoro.statuses import set_status
from standins.precoro.sums import add_up, in_company_currency
from standins.precoro.world import now, stamp
from standins.seed import COMPANIES

if TYPE_CHECKING:
    from standins.precoro.settings import Settings
    from standins.precoro.world import Company, Record, World

CREDIT_NOTE, FROM_ORDER = 1, 2
CREDIT_NOTES = (1, 5)
SUMS = ("sum", "netSum", "sumInCompanyCurrency", "netSumInCompanyCurrency", "withholdingTaxSum")
FIELDS_OF_LINE = {"account": "QuickBooks Accounts", "class": "QuickBooks Classes", "customer": "QuickBooks Customers"}
FIELDS_OF_DOCUMENT = {"location": "QuickBooks Locations", "class": "QuickBooks Classes"}
LINE_KEYS = {
    *FIELDS_OF_LINE,
    *("id", "name", "item", "quantity", "price", "total", "taxes", "tax", "discount", "discountAmount", "free"),
    *("sku", "description", "unit", "currency", "type", "purchaseOrderItem", "usedTaxPercent", "fields"),
}
PRECORO_MARGIN = Decimal("1.01")


class Scribe:
    """Writes the documents of one company."""

    def __init__(self, world: World, company: Company, settings: Settings) -> None:
        self._world = world
        self._company = company
        self._settings = settings

    def create(self, collection: str, description: Record) -> Record:
        """Make a document of `purchaseorders` or `invoices`, a draft unless `status` says otherwise, and keep it."""
        supplier = self._named("suppliers", description.get("supplier"))
        document = self._blank(collection, supplier, description)
        self.change(document, description)
        return self._company.add(collection, document)

    def change(self, document: Record, description: Record) -> None:
        """Lay a description over a document and add it up again."""
        known = set(document) | set(self._STEPS) | {"company", "do", "creditNote"}
        unknown = sorted(set(description) - known)
        if unknown:
            raise WrongInputError(f"A document has no {unknown[0]!r}. Known: {', '.join(sorted(known))}")
        for key, step in self._STEPS.items():
            if key in description:
                step(self, document, description[key])
        raw = {key: value for key, value in description.items() if key in document and key not in self._STEPS}
        document.update(raw)
        if {"lines", "discount", "currency", "rate"} & set(description) or "items" not in description:
            self._echo_discounts(document)
            add_up(document, self._settings)
        document.update({key: value for key, value in raw.items() if key in {"sum", "netSum", "withholdingTaxSum"}})
        in_company_currency(document)

    def _blank(self, collection: str, supplier: Record, description: Record) -> Record:
        moment = stamp(now())
        number = self._company.next_number(collection)
        currency = description.get("currency") or supplier["currency"]
        prefix, own = _KINDS[collection]
        document = {
            "id": self._world.next_id(collection),
            "idn": number,
            "customName": f"{prefix}-{number}",
            "status": 0,
            "statusString": "draft",
            "logicType": 0,
            "isServiceOrder": False,
            "createDate": moment,
            "updateDate": moment,
            "requiredDate": _midnight(now().date() + timedelta(days=30)),
            "approvalDate": None,
            "currency": currency,
            "exchangeRate": {currency: self._rate(currency)},
            **dict.fromkeys(SUMS, Decimal(0)),
            "note": None,
            "creditPeriodDays": 30,
            "paymentTerm": {"id": supplier["paymentTerms"][0]["id"]} if supplier["paymentTerms"] else None,
            "qboId": None,
            "externalId": None,
            "externalIntegrationLog": None,
            "integrationStatus": None,
            "supplier": {"id": supplier["id"], "name": supplier["name"]},
            "location": {"id": next(iter(self._company.records["locations"]), None)},
            "legalEntity": {"id": next(iter(self._company.records["legalentities"]), None)},
            "creator": {"id": 11, "email": self._company.user, "firstname": "Ann", "lastname": "Lee"},
            "items": [],
            "taxes": [],
            "discounts": [],
            "dataDocumentCustomFields": [],
            "attachments": [],
        }
        return document | own(number)

    def _rate(self, currency: str) -> Decimal:
        """Return Precoro's own rate for today: near that of QuickBooks, but not the same."""
        seeded = next((one for one in COMPANIES if one.precoro.id == self._company.id), None)
        rate = seeded.quickbooks.exchange_rate(currency, now().date()) if seeded else None
        if currency == self._company.currency or rate is None:
            return Decimal(1)
        return (rate * PRECORO_MARGIN).quantize(Decimal("0.000001"))

    def _named(self, collection: str, name: object) -> Record:
        found = self._company.by_name(collection, name)
        if found is None:
            raise WrongInputError(f"{self._company.name} has no {name!r} in {collection}")
        return found

    def _set_supplier(self, document: Record, name: object) -> None:
        supplier = self._named("suppliers", name["id"] if isinstance(name, dict) else name)
        document["supplier"] = {"id": supplier["id"], "name": supplier["name"]}

    def _set_currency(self, document: Record, currency: str) -> None:
        document["currency"] = currency
        document["exchangeRate"] = {currency: self._rate(currency)}

    def _set_rate(self, document: Record, rate: object) -> None:
        document["exchangeRate"] = {document["currency"]: Decimal(str(rate))}

    def _set_location(self, document: Record, name: object) -> None:
        self._choose(document, FIELDS_OF_DOCUMENT["location"], name)

    def _set_class(self, document: Record, name: object) -> None:
        self._choose(document, FIELDS_OF_DOCUMENT["class"], name)

    def _set_fields(self, document: Record, chosen: dict[str, object]) -> None:
        for field, name in chosen.items():
            self._choose(document, field, name)

    def _choose(self, document: Record, field_name: str, name: object) -> None:
        """Choose the option of one field of the whole document, or none; the other fields stay as they are."""
        field = self._named("documentcustomfields", field_name)
        others = [one for one in document["dataDocumentCustomFields"] if one["field"] != field["id"]]
        document["dataDocumentCustomFields"] = [*others, *([self._chosen(field, name)] if name else [])]

    def _set_office(self, document: Record, name: object) -> None:
        document["location"] = {"id": self._named("locations", name)["id"]}

    def _set_discount(self, document: Record, percent: object) -> None:
        document["discounts"] = [self._discount(percent, "%", "Discount")] if percent else []

    def _discount(self, value: object, unit: str, name: str) -> Record:
        return {"id": self._world.next_id("values"), "name": name, "value": Decimal(str(value)), "unit": unit}

    def _set_order(self, document: Record, number: object) -> None:
        order = self._of_number("purchaseorders", number)
        document["purchaseOrder"] = {"id": order["id"], "idn": order["idn"]}
        document["logicType"] = FROM_ORDER
        if not document["items"]:
            self._copy_lines(document, order)

    def _copy_lines(self, document: Record, order: Record) -> None:
        """Bill everything that was ordered, as Precoro does until somebody changes the lines."""
        for key in ("taxes", "discounts", "dataDocumentCustomFields"):
            document[key] = deepcopy(order[key])
        document["items"] = [
            {**deepcopy(line), "id": self._world.next_id("lines"), "purchaseOrderItem": {"id": line["id"]}}
            for line in order["items"]
        ]

    def _set_allocated(self, document: Record, number: object) -> None:
        invoice = self._of_number("invoices", number)
        document["allocatedInvoice"] = {"id": invoice["id"], "idn": invoice["idn"]}

    def _set_parent(self, document: Record, number: object) -> None:
        parent = self._of_number("invoices", number)
        document["parentData"] = {"id": parent["id"], "idn": parent["idn"]}

    def _set_credit_note(self, document: Record, yes: object) -> None:
        document["logicType"] = CREDIT_NOTE if yes else 0

    def _of_number(self, collection: str, number: object) -> Record:
        key = number.get("idn") if isinstance(number, dict) else number
        found = self._company.find(collection, key) or next(
            (one for one in self._company.all(collection) if one["customName"] == key), None
        )
        if found is None:
            raise WrongInputError(f"{self._company.name} has no {number!r} in {collection}")
        return found

    def _set_attachments(self, document: Record, files: list[Record]) -> None:
        document["attachments"] = [
            {
                "id": self._world.next_id("attachments"),
                "name": file["name"],
                "size": file.get("size", len(file.get("content", ""))),
                "formatType": file["name"].rpartition(".")[2],
                "uploadDate": stamp(now()),
                "content": file.get("content", ""),
            }
            for file in files
        ]

    def _set_lines(self, document: Record, lines: list[Record]) -> None:
        """Replace the lines; one that keeps its id or its name stays the same line."""
        before = list(document["items"])
        document["taxes"] = []
        document["items"] = [self._line(document, line, before) for line in lines]

    def _line(self, document: Record, line: Record, before: list[Record]) -> Record:
        unknown = sorted(set(line) - LINE_KEYS)
        if unknown:
            raise WrongInputError(f"A line has no {unknown[0]!r}. Known: {', '.join(sorted(LINE_KEYS))}")
        product = self._named("items", line["item"]) if line.get("item") else None
        name = line.get("name") or (product["name"] if product else "")
        same = next((one for one in before if one["id"] == line.get("id") or one["name"] == name), None)
        if same:
            before.remove(same)
        price = Decimal(str(line.get("price", product["price"] if product else 0)))
        if document["logicType"] in CREDIT_NOTES and self._settings.credit_note_sign == "negative":
            price = -abs(price)
        written = {
            "id": same["id"] if same else self._world.next_id("lines"),
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
            "taxes": [self._tax(document, tax, line) for tax in _several(line.get("taxes", line.get("tax")))],
            "discounts": self._line_discounts(document, line),
            "dataItemCustomFields": self._line_fields(line),
        }
        if "total" in line:
            written["netTotal"] = Decimal(str(line["total"]))
            del written["price"]
        if line.get("purchaseOrderItem"):
            written["purchaseOrderItem"] = {"id": line["purchaseOrderItem"]}
        return written

    def _line_fields(self, line: Record) -> list[Record]:
        chosen = {field: line[key] for key, field in FIELDS_OF_LINE.items() if line.get(key)} | line.get("fields", {})
        return [self._chosen(self._named("itemcustomfields", field), option) for field, option in chosen.items()]

    def _tax(self, document: Record, name: object, line: Record) -> Record:
        tax = self._named("taxes", name)
        share = str(line.get("usedTaxPercent", 100))
        shown = {"name": tax["name"], "value": tax["value"], "usedTaxPercent": share}
        shown["isWithholdingTax"] = tax["isWithholdingTax"]
        header = next((one for one in document["taxes"] if one["name"] == tax["name"]), None)
        if header is None:
            header = {"id": self._world.next_id("values"), **shown, "tax": {"id": tax["id"]}}
            document["taxes"].append(header)
        return {"id": tax["id"], **shown, "sum": Decimal(0), "documentTax": {"id": header["id"]}}

    def _line_discounts(self, document: Record, line: Record) -> list[Record]:
        found = []
        if line.get("discount"):
            found.append(self._discount(line["discount"], "%", "Line discount"))
        if line.get("discountAmount"):
            found.append(self._discount(line["discountAmount"], document["currency"], "Line discount"))
        return found

    def _echo_discounts(self, document: Record) -> None:
        for line in document["items"]:
            own = [one for one in line["discounts"] if not one.get("documentDiscount")]
            echoed = document["discounts"] if self._settings.echo_discounts else []
            line["discounts"] = own + [
                {**one, "id": self._world.next_id("values"), "documentDiscount": {"id": one["id"]}} for one in echoed
            ]

    def _chosen(self, field: Record, name: object) -> Record:
        option = next((one for one in self._company.all("options") if _is_option(one, field, name)), None)
        if option is None:
            raise WrongInputError(f"{field['name']} has no option {name!r}")
        return {
            "id": self._world.next_id("values"),
            "value": option["name"],
            "type": "select",
            "field": field["id"],
            "option": option["id"],
        }

    _STEPS: ClassVar[dict[str, Callable[[Scribe, Record, Any], None]]] = {
        "creditNote": _set_credit_note,
        "logicType": lambda _, document, kind: document.update(logicType=kind),
        "status": lambda _, document, status: set_status(document, status),
        "supplier": _set_supplier,
        "number": lambda _, document, name: document.update(customName=name),
        "currency": _set_currency,
        "rate": _set_rate,
        "issueDate": lambda _, document, day: document.update(issueDate=_date(day)),
        "createDate": lambda _, document, day: document.update(createDate=_date(day)),
        "requiredDate": lambda _, document, day: document.update(requiredDate=_date(day)),
        "dueDate": lambda _, document, day: document.update(requiredDate=_date(day)),
        "location": _set_location,
        "class": _set_class,
        "fields": _set_fields,
        "office": _set_office,
        "discount": _set_discount,
        "purchaseOrder": _set_order,
        "allocatedInvoice": _set_allocated,
        "parent": _set_parent,
        "attachments": _set_attachments,
        "lines": _set_lines,
    }
    """What of a description is not simply a property of the object, in the order in which it is laid over it."""


def _order_keys(_: str) -> Record:
    return {
        "statusReceiving": 0,
        "statusPayment": 0,
        "statusSending": 0,
        "invoicedSum": Decimal(0),
        "deliverToName": None,
        "prepaymentPercent": 0,
        "postpaymentPercent": 100,
        "relatedReceipts": [],
    }


def _invoice_keys(number: str) -> Record:
    return {
        "invoiceNumber": f"S-{number}",
        "fromSupplier": False,
        "issueDate": _midnight(now().date()),
        "sumPaid": Decimal("0.00"),
        "sumPaidInCompanyCurrency": Decimal(0),
        "deliveryNote": None,
        "purchaseOrder": None,
        "allocatedInvoice": None,
        "parentData": None,
        "isRequiredTaxesForItems": False,
        "payments": [],
    }


def _expense_keys(_: str) -> Record:
    return {
        "expenseDate": _midnight(now().date()),
        "sumPaid": Decimal("0.00"),
        "sumPaidInCompanyCurrency": Decimal(0),
        "payments": [],
    }


_KINDS: dict[str, tuple[str, Callable[[str], Record]]] = {
    "purchaseorders": ("PO", _order_keys),
    "invoices": ("INV", _invoice_keys),
    "expenses": ("EXP", _expense_keys),
}
"""For every kind of document: the letters of its number, and the properties that only it has."""


def _midnight(day: date) -> str:
    return stamp(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _date(value: str | None) -> str | None:
    """Take "2026-11-23" or a whole moment."""
    return value if value is None or "T" in value else f"{value}T00:00:00+00:00"


def _several(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _is_option(option: Record, field: Record, name: object) -> bool:
    return option["field"] == field["id"] and name in (option["id"], option["name"], option["code"])
