"""Pages of documents in Precoro, as a report reads and keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.document import Document, DocumentKind
from mappers.documents.reading import UnreadableDocument, load_document
from mappers.tie_out.period import Period
from outbound.wire import JsonObject
from store import companies, tie_out
from store.companies import Connection
from store.tie_out import Report
from workers.rows import id_of, with_ids
from workers.tasks.action import Step
from workers.tie_out.fields import is_amount, is_currency
from workers.tie_out.scope import period_of

SHOWN = (
    "id", "idn", "customName", "invoiceNumber", "status", "statusString", "logicType", "currency", "exchangeRate", "sum",
    "sumPaid", "supplier", "legalEntity", "approvalDate", "updateDate", "issueDate", "createDate", "requiredDate",
    "purchaseOrder", "allocatedInvoice", "parentData", "parentIdn", "splitIndex",
)  # fmt: skip
"""What is kept of a row."""


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """A page that was read and kept; `is_changed` says that it shows a document as it was not read before."""

    rows: Sequence[JsonObject]
    more: bool
    total: int | None
    is_changed: bool


def read_page(step: Step, report: Report, kind: DocumentKind, since: datetime, number: int) -> DocumentsPage:
    """Read a page of what was modified since a moment, and keep it. One call."""
    page = step.precoro.documents_since(kind, since, page=number)
    with step.write() as (session, _):
        rows = {id_of(row): _shown(row) for row in with_ids(kind, page.rows)}
        before = tie_out.documents(session, report.id, kind, list(rows))
        serves = cache(partial(_serves, session, step.connection))
        kept = [_kept(serves, period_of(report), kind, key, row) for key, row in rows.items()]
        tie_out.keep_documents(session, report.id, kept)
    is_changed = any(before.get(key) != row for key, row in rows.items())
    return DocumentsPage(page.rows, page.more, page.total, is_changed)


def read_receipts(step: Step, report: Report, since: datetime, number: int) -> DocumentsPage:
    """Read a page of receipts that were modified since a moment, and keep which orders they are of. One call."""
    page = step.precoro.page("receipts", number, modified_since=since)
    with step.write() as (session, _):
        kept = [_receipt(row) for row in with_ids("receipts", page.rows)]
        tie_out.keep_documents(session, report.id, kept)
    return DocumentsPage(page.rows, page.more, page.total, is_changed=False)


def _receipt(row: JsonObject) -> dict[str, Any]:
    order = row.get("purchaseOrder")
    shown = {"order": order["id"]} if isinstance(order, dict) and order.get("id") else {}
    return {"kind": tie_out.RECEIPT, "precoro_id": id_of(row), "is_ours": False, "in_period": False, "shown": shown}


def read_document(kind: str, shown: Mapping[str, Any]) -> Document | None:
    """Return a row that was kept as a document without lines; None when it shows too little."""
    try:
        document = load_document("purchase_order" if kind == "purchase_order" else "invoice", dict(shown))
    except UnreadableDocument:
        return None
    amounts = document.total, document.paid or Decimal(0), document.exchange_rate or Decimal(0)
    return document if is_currency(document.currency) and all(map(is_amount, amounts)) else None


def _shown(row: JsonObject) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN if name in row}


def _serves(session: Session, connection: Connection, entity: int | None) -> bool:
    """Say whether a connection serves a legal entity."""
    serving = companies.connection_for_entity(session, connection.precoro_id, None if entity is None else str(entity))
    return serving is not None and serving.id == connection.id


def _kept(
    serves: Callable[[int | None], bool], period: Period, kind: str, key: str, shown: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is kept of a row; one that cannot be read belongs to every connection, and to every period."""
    document = read_document(kind, shown)
    is_ours = in_period = True
    if document is not None:
        is_ours = serves(document.legal_entity_id)
        approved = document.approval_date.date() if document.approval_date else None
        in_period = document.dated in period or approved in period
    return {"kind": kind, "precoro_id": key, "is_ours": is_ours, "in_period": in_period, "shown": dict(shown)}
