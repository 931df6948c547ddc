"""Documents made and changed from the short descriptions that people give.

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
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from standins.control.body import WrongInputError
from standins.precoro.company import now, stamp
from standins.precoro.documents.blanks import new_document, rate_of_today
from standins.precoro.documents.choices import choose, named
from standins.precoro.documents.lines import echo_discounts, new_discount, replace_lines
from standins.precoro.documents.statuses import set_status
from standins.precoro.documents.sums import add_up, in_company_currency

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

CREDIT_NOTE, FROM_ORDER = 1, 2
FIELDS = {"location": "QuickBooks Locations", "class": "QuickBooks Classes"}


class Scribe:
    """Writes the documents of one company."""

    def __init__(self, company: CompanyRecords, settings: PrecoroSettings) -> None:
        self._company = company
        self._settings = settings

    def create(self, collection: str, description: Record) -> Record:
        """Make a document of `purchaseorders` or `invoices`, a draft unless `status` says otherwise, and keep it."""
        supplier = named(self._company, "suppliers", description.get("supplier"))
        currency = description.get("currency") or supplier["currency"]
        document = new_document(self._company, collection, supplier, currency)
        self.change(document, description)
        return self._company.add(collection, document)

    def change(self, document: Record, description: Record) -> None:
        """Lay a description over a document and add it up again."""
        keys = set(document) | set(self._STEPS) | {"company", "do", "creditNote"}
        unknown = sorted(set(description) - keys)
        if unknown:
            raise WrongInputError(f"A document has no {unknown[0]!r}. Known: {', '.join(sorted(keys))}")
        for key, step in self._STEPS.items():
            if key in description:
                step(self, document, description[key])
        raw = {key: value for key, value in description.items() if key in document and key not in self._STEPS}
        document.update(raw)
        if {"lines", "discount", "currency", "rate"} & set(description) or "items" not in description:
            echo_discounts(self._company, self._settings, document)
            add_up(document, self._settings)
        document.update({key: value for key, value in raw.items() if key in {"sum", "netSum", "withholdingTaxSum"}})
        in_company_currency(document)

    def _set_supplier(self, document: Record, name: object) -> None:
        supplier = named(self._company, "suppliers", name["id"] if isinstance(name, dict) else name)
        document["supplier"] = {"id": supplier["id"], "name": supplier["name"]}

    def _set_currency(self, document: Record, currency: str) -> None:
        document["currency"] = currency
        document["exchangeRate"] = {currency: rate_of_today(self._company, currency)}

    def _set_rate(self, document: Record, rate: object) -> None:
        document["exchangeRate"] = {document["currency"]: Decimal(str(rate))}

    def _set_location(self, document: Record, name: object) -> None:
        choose(self._company, document, FIELDS["location"], name)

    def _set_class(self, document: Record, name: object) -> None:
        choose(self._company, document, FIELDS["class"], name)

    def _set_fields(self, document: Record, chosen: dict[str, object]) -> None:
        for field, name in chosen.items():
            choose(self._company, document, field, name)

    def _set_office(self, document: Record, name: object) -> None:
        document["location"] = {"id": named(self._company, "locations", name)["id"]}

    def _set_discount(self, document: Record, percent: object) -> None:
        document["discounts"] = [new_discount(self._company, percent, "%", "Discount")] if percent else []

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
            {**deepcopy(line), "id": self._company.next_id("lines"), "purchaseOrderItem": {"id": line["id"]}}
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
        document = self._company.find(collection, key) or next(
            (document for document in self._company.all(collection) if document["customName"] == key), None
        )
        if document is None:
            raise WrongInputError(f"{self._company.name} has no {number!r} in {collection}")
        return document

    def _set_attachments(self, document: Record, files: list[Record]) -> None:
        """Hang files on a document; one with an id is there already and stays."""
        document["attachments"] = [
            file
            if "id" in file
            else {
                "id": self._company.next_id("attachments"),
                "name": file["name"],
                "size": file.get("size", len(file.get("content", ""))),
                "formatType": file["name"].rpartition(".")[2],
                "uploadDate": stamp(now()),
                "content": file.get("content", ""),
            }
            for file in files
        ]

    def _set_lines(self, document: Record, lines: list[Record]) -> None:
        replace_lines(self._company, self._settings, document, lines)

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


def _date(value: str | None) -> str | None:
    """Take "2026-11-23" or a whole moment."""
    return value if value is None or "T" in value else f"{value}T00:00:00+00:00"
