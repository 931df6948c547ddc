"""Documents that QuickBooks may hold already, judged by the vendor's recent entities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mappers import problems
from mappers.books import Books, RecentEntity
from mappers.documents.document import BILL, EXPENSE, PURCHASE_ORDER, Document
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, currency_of
from mappers.documents.outcomes import Sent
from mappers.money import rounded, written
from mappers.policy import Policy
from mappers.problems import Problem
from mappers.text import document_number, find_marker, is_same_number, marker

EXPENSE_DAYS = timedelta(days=5)
"""How far from a bill an expense of the same amount is dated that may have paid for the same thing."""


def own_entity(document: Document, type_: str, books: Books) -> RecentEntity | None:
    """Return the recent entity that carries this document's own marker: of several the one that Precoro names, not a copy."""
    mark = marker(books.connection, document.kind, document.id)
    marked = [entity for entity in books.recent_entities if entity.type == type_ and entity.marker == mark]
    return next((entity for entity in marked if _is_named(document, None, entity)), marked[0] if marked else None)


def hold_duplicates(document: Document, sent: Sent | None, books: Books, policy: Policy, findings: Findings) -> None:
    """Hold a document that the vendor seems to have in QuickBooks already.

    That is an entity of the same number, or a foreign one of the same total and date.
    What carries our own marker for this document, or is what we sent for it or Precoro's `qboId` or `externalId` names, is no
    duplicate.
    """
    type_, day = document.entity_type, document.issue_date or document.create_date
    vendor_id = books.twin("supplier", document.supplier_id)
    numbers = _numbers(document, type_, books, policy)
    total = rounded(document.total, document.currency)
    mark = marker(books.connection, document.kind, document.id)
    for entity in books.recent_entities:
        if (
            entity.type != type_
            or entity.vendor_id != vendor_id
            or entity.marker == mark
            or _is_named(document, sent, entity)
        ):
            continue
        same_number = any(is_same_number(entity.number, number) for number in numbers)
        same_figures = entity.marker is None and entity.total == total and entity.date == day
        if same_number or same_figures:
            findings.hold(problems.possible_duplicate(type_, entity.id, _described(document, entity)))


def entered_again(document: Document, sent: Sent, books: Books) -> Problem | None:
    """Return the problem of what people entered in QuickBooks beside what was sent, as long as it stands there."""
    for entity in books.recent_entities:
        if sent.doubled_by is not None and (entity.type, entity.id) == (sent.type, sent.doubled_by):
            return problems.entered_again(sent.type, entity.id, _described(document, entity), sent.id)
    return None


def hold_expenses(document: Document, books: Books, findings: Findings) -> None:
    """Hold an invoice that somebody may have booked already as an expense or cheque: the bank feed books such things again."""
    day = document.issue_date or document.create_date
    if document.entity_type != BILL or day is None:
        return
    total = rounded(document.total, document.currency)
    for entity in books.recent_entities:
        if entity.type == EXPENSE and entity.total == total and abs(entity.date - day) <= EXPENSE_DAYS:
            findings.hold(problems.possible_expense(entity.id, _described(document, entity)))


def _described(document: Document, entity: RecentEntity) -> str:
    """Return number, amount and date of an entity, as people look for it in QuickBooks."""
    return f"{entity.number or 'no number'}, {written(entity.total, document.currency)}, {entity.date}"


def _numbers(document: Document, type_: str, books: Books, policy: Policy) -> set[str]:
    """Return the number in full and as QuickBooks would hold it, shortened."""
    if type_ == PURCHASE_ORDER and not books.preferences.custom_numbers:
        return set()
    suppliers = type_ != PURCHASE_ORDER and policy.bill_number == "supplier" and document.supplier_number
    number = suppliers or document.number
    return {number, document_number(number)[0]}


def _is_named(document: Document, sent: Sent | None, entity: RecentEntity) -> bool:
    ids = {document.qbo_id, (document.external_id or "").rpartition(":")[2], sent.id if sent else None}
    return entity.id in ids


def is_same(entity: Mapping[str, Any], mapped: Mapped, books: Books) -> bool:
    """Tell whether an entity has the vendor, currency and total of the mapped one.

    If it carries the marker as well, it may be adopted.
    """
    vendor = (entity.get("VendorRef") or {}).get("value")
    currency = currency_of(entity) or books.home_currency
    return (
        vendor == mapped.body["VendorRef"]["value"]
        and currency == (currency_of(mapped.body) or books.home_currency)
        and Decimal(entity.get("TotalAmt") or 0) == mapped.total
    )


def is_marked(entity: Mapping[str, Any], document: Document, books: Books) -> bool:
    """Tell whether the entity carries the marker of this very document."""
    return find_marker(entity.get("PrivateNote")) == marker(books.connection, document.kind, document.id)
