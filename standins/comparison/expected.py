"""What must stand in QuickBooks because of a Precoro document, worked out independently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

MARKER = re.compile(r"tieout:(?P<connection>[^:\s]+):(?P<kind>invoice|purchase_order):(?P<id>\d+)\s*$")
STANDING = frozenset({2, 4, 5, 11})
PENDING_RECEIPT = 9
REMOVED = frozenset({3, 8})
CREDIT_NOTES = frozenset({1, 5})
CENT = Decimal("0.01")
HUNDRED = Decimal(100)

ENTITY_OF_KIND = {"invoice": "bill", "credit_note": "vendorcredit", "purchase_order": "purchaseorder"}
TAKEN_FILES = frozenset(
    "ai csv doc docx eps gif jpeg jpg ods pdf png rtf tif txt xls xlsx xml".split()  # noqa: SIM905 - as the page lists them
)
"""Endings of the files that QuickBooks takes (docs/reference/quickbooks.md, Attachments)."""
TITLES = {"bill": "Bill", "vendorcredit": "Credit", "purchaseorder": "PO"}


class Must(Enum):
    """What the status of a document asks of QuickBooks."""

    STAND = "stand"
    NOT_STAND = "not stand"
    EITHER = "either"
    """Between two approvals: what was approved last may stand, and is not compared."""


@dataclass(frozen=True)
class SentDocument:
    """One Precoro document with the kind of entity it becomes ("invoice", "credit_note", "purchase_order")."""

    kind: str
    raw: Json
    history: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the id that stands in markers."""
        return str(self.raw["id"])

    @property
    def name(self) -> str:
        """Return what people call it."""
        return str(self.raw["customName"])

    @property
    def status(self) -> str:
        """Return the status in words, with the revisions that led to it."""
        approved = "approved, " if self.raw["status"] == max(REMOVED) and "approve" in self.history else ""
        revised = ", revised" if "revise" in self.history and self.raw["status"] in STANDING else ""
        return f"{approved}{self.raw['statusString']}{revised}"


def documents(company: Json, kinds: Sequence[str]) -> list[SentDocument]:
    """Return the documents of a company's state that are of the given kinds, oldest first."""
    sent = []
    for collection in ("purchaseorders", "invoices"):
        for raw in company[collection]:
            kind = "purchase_order" if collection == "purchaseorders" else "invoice"
            if kind == "invoice" and raw["logicType"] in CREDIT_NOTES:
                kind = "credit_note"
            if kind in kinds:
                history = tuple(company.get("history", {}).get(str(raw["id"]), ()))
                sent.append(SentDocument(kind, raw, history))
    return sent


def files(document: SentDocument) -> list[str]:
    """Return the names of the files that go along with a document."""
    shown = document.raw.get("attachments", [])
    return [file["name"] for file in shown if file["name"].rpartition(".")[2].lower() in TAKEN_FILES and file["size"]]


def must(document: SentDocument) -> Must:
    """Return what the status asks for.

    Split children never stand; an invoice over nothing has nothing to post. An invoice that was approved once and waits
    for approval again may stand as it was.
    """
    raw = document.raw
    nothing_to_post = document.kind != "purchase_order" and payable(document) == 0
    if raw.get("parentData") or raw["status"] in REMOVED or nothing_to_post:
        return Must.NOT_STAND
    if raw["status"] in STANDING or (raw["status"] == PENDING_RECEIPT and raw["approvalDate"]):
        return Must.STAND
    return Must.EITHER if raw["approvalDate"] else Must.NOT_STAND


def payable(document: SentDocument) -> Decimal:
    """Return what the supplier is to get: `sum` less withholding tax; credits are positive."""
    raw = document.raw
    total = Decimal(raw["sum"])
    if Decimal(raw.get("withholdingTaxSum") or 0):
        taxes = [tax for line in raw["items"] for tax in line["taxes"]]
        total = Decimal(raw["netSum"]) + sum(
            (-Decimal(tax["sum"]) if tax["isWithholdingTax"] else Decimal(tax["sum"]) for tax in taxes), Decimal(0)
        )
    return abs(total) if document.kind == "credit_note" else total


def line_amounts(document: SentDocument, *, with_tax: bool) -> list[tuple[str, Decimal]]:
    """Return (name, amount) of every line that has something to post."""
    percent = [Decimal(discount["value"]) for discount in document.raw["discounts"] if discount["unit"] == "%"]
    amounts = []
    for line in document.raw["items"]:
        net = _line_net(line, percent)
        tax = sum(
            (Decimal(line_tax["sum"]) for line_tax in line["taxes"] if not line_tax["isWithholdingTax"]), Decimal(0)
        )
        quantity = line.get("ordered")
        if quantity != 0 or "netTotal" in line:
            amount = net.quantize(CENT, ROUND_HALF_UP) + (tax if with_tax else 0)
            amounts.append((line["name"], abs(amount) if document.kind == "credit_note" else amount))
    return amounts


def ordered_lines(document: SentDocument) -> list[str]:
    """Return the ids of the lines of orders that an invoice bills."""
    if document.kind != "invoice":
        return []
    billed = (line.get("purchaseOrderItem") for line in document.raw["items"])
    return [str(line["id"]) for line in billed if line]


def _line_net(line: Json, document_percent: Sequence[Decimal]) -> Decimal:
    if line["freeOfCharge"]:
        return Decimal(0)
    net = Decimal(line["netTotal"]) if "netTotal" in line else Decimal(line["ordered"]) * Decimal(line["price"])
    own = [discount for discount in line["discounts"] if not discount.get("documentDiscount")]
    for discount in own:
        if discount["unit"] == "%":
            net *= 1 - Decimal(discount["value"]) / HUNDRED
    net -= sum((Decimal(discount["value"]) for discount in own if discount["unit"] != "%"), Decimal(0))
    for value in document_percent:
        net *= 1 - value / HUNDRED
    return net


def same_supplier(document: SentDocument, vendor: Json | None, twins: Mapping[str, str]) -> bool:
    """Tell whether a vendor is the document's supplier, by name or known pair."""
    supplier = document.raw["supplier"]
    if vendor is None:
        return False
    if twins.get(str(supplier["id"])) == vendor["Id"]:
        return True
    return _as_read(supplier["name"]) == _as_read(vendor["DisplayName"].removesuffix(" (deleted)"))


def _as_read(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    return " ".join(re.findall(r"\w+", plain))
