"""What people look at of documents: lists of them, and one with all that happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from mappers.documents.document import DocumentKind
from mappers.documents.pages import precoro_page
from mappers.policy import load_policy
from mappers.web_addresses import in_quickbooks
from store import attachments, records
from store.companies import CONNECTED
from store.records import Record, RecordKind
from workers.attachments.views import FileRow, files_of, waiting_files
from workers.lookup import connection_named, document_named
from workers.records.timeline import Happening, timeline_of
from workers.records.views import RecordDetail, RecordRow, detail_of, row_of, shown_with
from workers.runtime import Runtime

WORKING = CONNECTED
"""The state of a connection whose documents are worked on."""
KINDS: tuple[DocumentKind, ...] = (records.INVOICE, records.PURCHASE_ORDER)
STATES = records.STATES


@dataclass(frozen=True, kw_only=True)
class DocumentRow(RecordRow):
    """One document in a list: what people recognise it by, and what stands in QuickBooks because of it.

    Args:
        document: its name, such as `invoice:203`
        qbo_type, qbo_id, qbo_number, qbo_page: what stands in QuickBooks, and the address of its page
        waiting_files: its files that were not sent, and why
        precoro_page: the address of its page in Precoro, where a person has set how these read
    """

    document: str
    issued_on: date | None
    qbo_type: str | None
    qbo_id: str | None
    qbo_number: str | None
    qbo_page: str | None
    waiting_files: tuple[str, ...]
    precoro_page: str | None


@dataclass(frozen=True, kw_only=True)
class DocumentDetail(DocumentRow, RecordDetail):
    """One document with all that happened to it, its identity in Precoro and its files.

    Args:
        external_id: the id that Tieout wrote on the document in Precoro
    """

    connection_state: str
    read_at: datetime | None
    written_back_at: datetime | None
    external_id: str | None
    precoro_id: str
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents a list holds; texts match a part of the name or number, whatever the case."""

    connection: str | None = None
    state: str | None = None
    kind: str | None = None
    supplier: str | None = None
    number: str | None = None
    amount: Decimal | None = None
    issued_from: date | None = None
    issued_to: date | None = None


def documents(runtime: Runtime, wanted: Wanted, *, limit: int, before: int | None = None) -> list[DocumentRow]:
    """Return the documents that match, the newest first; `before` is the `record_id` that the page before ended with.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, moment):
        matching = _matching(session, wanted)
        if before is not None:
            matching.append(Record.id < before)
        rows = session.scalars(
            select(Record).where(*matching).options(*shown_with()).order_by(Record.id.desc()).limit(limit)
        ).all()
        files = waiting_files(session, rows)
    return [
        DocumentRow(**row_of(record, moment), **_twin_of(record), waiting_files=files.get(record.id, ()))
        for record in rows
    ]


def document(runtime: Runtime, name: str, connection: str | None = None) -> DocumentDetail:
    """Return everything about one document. Raises NoSuchDocumentError, AmbiguousNameError, NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        named = document_named(session, name, connection)
        record = session.scalars(select(Record).where(Record.id == named.id).options(*shown_with())).one()
        return DocumentDetail(
            **detail_of(session, record, moment),
            **_twin_of(record),
            waiting_files=waiting_files(session, [record]).get(record.id, ()),
            connection_state=record.connection.state,
            read_at=record.read_at,
            written_back_at=record.written_back_at,
            external_id=record.external_id,
            precoro_id=record.precoro_id,
            files=files_of(session, record, moment),
        )


def timeline(runtime: Runtime, name: str, connection: str | None = None, *, limit: int) -> tuple[Happening, ...]:
    """Return the last things that happened to a document, the oldest of them first. Raises what `document` does."""
    with runtime.read() as (session, _):
        return timeline_of(session, document_named(session, name, connection), limit)


def counts_by_state(session: Session, kinds: Sequence[RecordKind] = KINDS) -> Mapping[int, Mapping[str, int]]:
    """Return how many records of each connection, by its id, are in each state, in the order of the states."""
    counted = select(Record.connection_id, Record.state, func.count()).where(Record.kind.in_(kinds))
    counts: dict[int, dict[str, int]] = {}
    rows = session.execute(counted.group_by(Record.connection_id, Record.state)).all()
    for connection_id, state, number in sorted(rows, key=lambda row: STATES.index(row.state)):
        counts.setdefault(connection_id, {})[state] = number
    return counts


def _twin_of(record: Record) -> dict[str, Any]:
    """Return the fields of a document that no other record has."""
    policy = load_policy(record.connection.policy)
    return {
        "document": record.name,
        "issued_on": record.issued_on,
        "qbo_type": record.qbo_type,
        "qbo_id": record.qbo_id,
        "qbo_number": record.qbo_number if record.qbo_id else None,
        "precoro_page": precoro_page(policy, record.kind, record.precoro_id, record.idn or ""),
        "qbo_page": in_quickbooks(record.connection.qbo.environment, record.qbo_type, record.qbo_id),
    }


def _matching(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of the documents that are wanted."""
    conditions: list[ColumnElement[bool]] = [Record.kind.in_({wanted.kind} if wanted.kind else KINDS)]
    if wanted.connection:
        conditions.append(Record.connection_id == connection_named(session, wanted.connection).id)
    if wanted.state:
        conditions.append(or_(Record.state == wanted.state, attachments.has_file_in(wanted.state)))
    if wanted.amount is not None:
        conditions.append(cast(Record.amount, Numeric) == cast(literal(str(wanted.amount)), Numeric))
    if wanted.issued_from:
        conditions.append(Record.issued_on >= wanted.issued_from)
    if wanted.issued_to:
        conditions.append(Record.issued_on <= wanted.issued_to)
    texts = ((Record.supplier, wanted.supplier), (Record.number, wanted.number))
    return conditions + [column.icontains(text, autoescape=True) for column, text in texts if text]
