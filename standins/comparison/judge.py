"""Compare two states to the cent: what is missing, extra, doubled or different in QuickBooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from standins.companies.seeds import COMPANIES
from standins.comparison.expected import (
    CENT,
    ENTITY_OF_KIND,
    MARKER,
    TITLES,
    Json,
    Must,
    SentDocument,
    documents,
    files,
    line_amounts,
    must,
    ordered_lines,
    payable,
    same_supplier,
)
from standins.comparison.payments import payment_rows
from standins.comparison.result import ZERO, ComparedRow, Comparison

KIND_OF_ENTITY = {"bill": "invoice", "vendorcredit": "invoice", "purchaseorder": "purchase_order"}
ALL_KINDS = tuple(ENTITY_OF_KIND)
PAIRED_COMPANIES = {str(company.precoro.id): company.quickbooks.realm for company in COMPANIES}


def judge(
    precoro: Json,
    quickbooks: Json,
    *,
    kinds: Sequence[str] = ("invoice",),
    held: Collection[str] = (),
    companies: Mapping[str, str] = PAIRED_COMPANIES,
    payments: bool = False,
) -> Comparison:
    """Compare the states of both stand-ins.

    `kinds` are the documents that are sent; `held` the ids or names of documents that are known to wait for a person;
    `companies` the realm of each Precoro company; `payments` says that payments of bills come back.
    """
    comparison = Comparison()
    for company, realm in companies.items():
        if company in precoro["companies"] and realm in quickbooks["companies"]:
            sent = documents(precoro["companies"][company], kinds)
            books = _Books(quickbooks["companies"][realm], company, sent)
            comparison.rows += [books.row(document, held) for document in sent]
            comparison.rows += books.unexplained(sent, kinds)
            if payments:
                comparison.rows += payment_rows(precoro["companies"][company], quickbooks["companies"][realm])
    return comparison


class _Books:
    """The entities of one QuickBooks company, by the marker in their notes."""

    def __init__(self, books: Json, company: str, sent: Iterable[SentDocument]) -> None:
        self._orders = {
            str(line["id"]): order for order in sent if order.kind == "purchase_order" for line in order.raw["items"]
        }
        self._vendors = {vendor["Id"]: vendor for vendor in books["vendor"]}
        self._twins = {
            str(supplier): vendor
            for pair in COMPANIES
            if str(pair.precoro.id) == company
            for supplier, vendor in pair.twins
        }
        self._attachables = books.get("attachable", [])
        self._entities = [(kind, entity) for kind in KIND_OF_ENTITY for entity in books[kind]]
        self._marked: dict[tuple[str, str], list[tuple[str, Json]]] = defaultdict(list)
        for kind, entity in self._entities:
            marker = MARKER.search(entity.get("PrivateNote", ""))
            if marker:
                self._marked[marker["kind"], marker["id"]].append((kind, entity))

    def row(self, document: SentDocument, held: Collection[str]) -> ComparedRow:
        """Return the row of a document."""
        standing = self._marked.get(_key(document), [])
        required = must(document)
        amount = payable(document) if required is Must.STAND else None
        entity = ", ".join(_title(kind, record) for kind, record in standing) or _absent(document, required)
        total = sum((Decimal(record["TotalAmt"]) for _, record in standing), ZERO) if standing else None
        verdict, detail = self._verdict(document, required, standing)
        if held and {document.id, document.name} & set(held) and verdict != "ok":
            verdict, detail = "held", ""
        return ComparedRow(
            document.name,
            document.status,
            document.raw["currency"],
            amount,
            entity,
            total,
            verdict,
            detail,
            document.kind,
        )

    def _verdict(self, document: SentDocument, required: Must, standing: list[tuple[str, Json]]) -> tuple[str, str]:
        if len(standing) > 1:
            return "DOUBLED", "several entities carry its marker"
        if required is Must.NOT_STAND:
            return ("EXTRA", f"a document that is {document.raw['statusString']}") if standing else ("ok", "")
        if required is Must.EITHER:
            return "waits", "for its next approval"
        if not standing:
            return "MISSING", ""
        kind, entity = standing[0]
        detail = self._what_differs(document, kind, entity)
        return ("DIFFERENT", detail) if detail else ("ok", "")

    def _what_differs(self, document: SentDocument, kind: str, entity: Json) -> str:
        """Return the first thing that differs, empty when the entity is what the document asks for."""
        if kind != ENTITY_OF_KIND[document.kind]:
            return f"a {TITLES[kind]} instead of a {TITLES[ENTITY_OF_KIND[document.kind]]}"
        vendor = self._vendors.get(entity["VendorRef"]["value"])
        if not same_supplier(document, vendor, self._twins):
            return f"vendor {vendor['DisplayName'] if vendor else 'unknown'!r}"
        currency = entity.get("CurrencyRef", {}).get("value", document.raw["currency"])
        if currency != document.raw["currency"]:
            return f"currency {currency}"
        line = _line_that_differs(document, entity)
        if Decimal(entity["TotalAmt"]) != payable(document):
            return line or "the total"
        return (
            line
            or _lines_against_total(entity)
            or self._missing_link(document, entity)
            or self._missing_file(document, kind, entity)
        )

    def _missing_file(self, document: SentDocument, kind: str, entity: Json) -> str:
        """Name the first file that should hang on an entity once and does not."""
        names = files(document)
        hanging = [attachable["FileName"] for attachable in self._attachables if _hangs_on(attachable, kind, entity)]
        return next(
            (
                f"file {name} hangs on it {hanging.count(name)} times"
                for name in names
                if hanging.count(name) != names.count(name)
            ),
            "",
        )

    def _missing_link(self, document: SentDocument, entity: Json) -> str:
        """Name the first order that a bill should be linked to and is not; one that is younger or closed takes no link."""
        linked = {link["TxnId"] for line in entity["Line"] for link in line.get("LinkedTxn", [])}
        for line_id in ordered_lines(document):
            order = self._orders.get(line_id)
            standing = self._marked.get(_key(order), []) if order else []
            for kind, ordered in standing:
                takes_links = ordered["TxnDate"] <= entity["TxnDate"] and ordered["POStatus"] != "Closed"
                if takes_links and ordered["Id"] not in linked:
                    return f"no link to {_title(kind, ordered)}"
        return ""

    def unexplained(self, compared: Iterable[SentDocument], kinds: Sequence[str]) -> list[ComparedRow]:
        """Return entities whose marker names no document, and those that look like a copy of another."""
        names = {_key(document) for document in compared}
        sent = {ENTITY_OF_KIND[kind] for kind in kinds}
        rows = [
            self._without_document(kind, entity, "EXTRA", f"its marker names {key[0]} {key[1]}, which is not there")
            for key, marked in self._marked.items()
            for kind, entity in marked
            if key not in names and kind in sent
        ]
        return rows + [
            self._without_document(kind, entity, "DOUBLED", "same vendor, number and total as another")
            for kind, entity in self._copies()
        ]

    def _copies(self) -> list[tuple[str, Json]]:
        """Return entities that repeat the vendor, number and total of another marker's."""
        firsts: dict[tuple[str, ...], Json] = {}
        copies = []
        for kind, entity in self._entities:
            number = entity.get("DocNumber")
            key = (kind, entity["VendorRef"]["value"], str(number).casefold(), str(Decimal(entity["TotalAmt"]) + ZERO))
            if not number:
                continue
            first = firsts.setdefault(key, entity)
            if first is not entity and _marker(first) != _marker(entity):
                copies.append((kind, entity))
        return copies

    def _without_document(self, kind: str, entity: Json, verdict: str, detail: str) -> ComparedRow:
        currency = entity.get("CurrencyRef", {}).get("value", "")
        number = entity.get("DocNumber", "-")
        return ComparedRow(
            number, "-", currency, None, _title(kind, entity), Decimal(entity["TotalAmt"]), verdict, detail
        )


def _hangs_on(attachable: Json, kind: str, entity: Json) -> bool:
    holders = [link["EntityRef"] for link in attachable.get("AttachableRef", []) if "FileName" in attachable]
    return (kind, entity["Id"]) in [(str(holder["type"]).lower(), holder["value"]) for holder in holders]


def _key(document: SentDocument) -> tuple[str, str]:
    return ("purchase_order" if document.kind == "purchase_order" else "invoice", document.id)


def _marker(entity: Json) -> str:
    marker = MARKER.search(entity.get("PrivateNote", ""))
    return marker.group() if marker else ""


def _title(kind: str, entity: Json) -> str:
    return f"{TITLES[kind]} {entity['Id']}"


def _absent(document: SentDocument, required: Must) -> str:
    if required is Must.NOT_STAND and document.raw.get("externalId"):
        return "removed"
    return "-"


def _line_that_differs(document: SentDocument, entity: Json) -> str:
    """Name the first line whose amount is more than a cent off."""
    taxed = bool(Decimal(entity.get("TxnTaxDetail", {}).get("TotalTax", 0)))
    expected = line_amounts(document, with_tax=not taxed)
    actual_amounts = [Decimal(line["Amount"]) for line in entity["Line"]]
    if len(expected) != len(actual_amounts):
        return ""
    for place, ((name, amount), actual) in enumerate(zip(expected, actual_amounts, strict=True), 1):
        if abs(amount - actual) > CENT:
            return f'line {place} "{name}"'
    return ""


def _lines_against_total(entity: Json) -> str:
    lines = sum((Decimal(line["Amount"]) for line in entity["Line"]), ZERO)
    tax = Decimal(entity.get("TxnTaxDetail", {}).get("TotalTax", 0))
    return "" if lines + tax == Decimal(entity["TotalAmt"]) else "its lines do not add up to its total"
