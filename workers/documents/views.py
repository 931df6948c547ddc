"""What people look at of documents: lists of them, and one with all that happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.orm import Session, defer

from mappers.documents.pages import precoro_page
from mappers.documents.status import APPROVALS as EVERY_APPROVAL
from mappers.documents.status import Approval
from mappers.policy import Policy, load_policy
from mappers.web_addresses import in_quickbooks
from store import attachments, records
from store.base import holds
from store.companies import CONNECTED
from store.records import ProblemRow, Record, RecordKind
from workers.attachments.views import FileRow, files_of, waiting_files
from workers.documents.drift_views import DriftRow, shown_of
from workers.lookup import connection_ids, document_named
from workers.records.timeline import Happening, timeline_of
from workers.records.views import RecordDetail, RecordRow, detail_of, row_of, shown_with
from workers.runtime import Runtime

WORKING = CONNECTED
"""The state of a connection whose documents are worked on."""
DOCUMENT_KINDS = records.DOCUMENT_KINDS
STATES = records.STATES
APPROVALS = EVERY_APPROVAL


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
        drift: what people changed in QuickBooks
    """

    connection_state: str
    read_at: datetime | None
    written_back_at: datetime | None
    external_id: str | None
    precoro_id: str
    files: tuple[FileRow, ...]
    drift: DriftRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents a list holds; texts match a part of what they are about, whatever the case.

    Args:
        connections: the names of connections; None means all
        states: those of the documents, or of files of theirs that wait; none means any
        text: a part of the number in Precoro, in QuickBooks or of the supplier, of the running number, or of the supplier's name
        approval: how far it was approved in Precoro when it was last read
        problem, subject: the code of a problem that a document has, and what that is about
    """

    connections: Collection[str] | None = None
    states: Collection[str] = ()
    kind: str | None = None
    text: str | None = None
    supplier: str | None = None
    number: str | None = None
    amount: Decimal | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    approval: Approval | None = None
    problem: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """How many documents match, and how many would in each state if any were wanted."""

    matches: int
    by_state: Mapping[str, int]


def documents(runtime: Runtime, wanted: Wanted, *, limit: int, before: int | None = None) -> list[DocumentRow]:
    """Return the documents that match, the newest first; `before` is the `record_id` that the page before ended with.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, moment):
        matching = select(Record.id).where(*_narrowed(session, wanted), *_in_states(session, wanted))
        if before is not None:
            matching = matching.where(Record.id < before)
        page = matching.order_by(Record.id.desc()).limit(limit)
        shown = (
            select(Record)
            .where(Record.id.in_(page))
            .options(*shown_with(), defer(Record.sent))
            .order_by(Record.id.desc())
        )
        rows = session.scalars(shown).all()
        files = waiting_files(session, rows)
    connections = {record.connection_id: record.connection for record in rows}
    policies = {connection_id: load_policy(connection.policy) for connection_id, connection in connections.items()}
    return [
        DocumentRow(
            **row_of(record, moment),
            **_twin_of(record, policies[record.connection_id]),
            waiting_files=files.get(record.id, ()),
        )
        for record in rows
    ]


def counts(runtime: Runtime, wanted: Wanted) -> DocumentCounts:
    """Return how many documents match, and how many there are in each state. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        in_states = and_(true(), *_in_states(session, wanted))
        by = (Record.connection_id, Record.kind, Record.state)  # in the order of the index that holds them all
        counted = select(*by, func.count(), func.count(case((in_states, 1))))
        rows = session.execute(counted.where(*_narrowed(session, wanted)).group_by(*by)).all()
    by_state: dict[str, int] = Counter()
    for _, _, state, number, _ in rows:
        by_state[state] += number
    return DocumentCounts(
        matches=sum(matches for *_, matches in rows),
        by_state={state: by_state[state] for state in STATES if state in by_state},
    )


def document(runtime: Runtime, name: str, connection: str | None = None) -> DocumentDetail:
    """Return everything about one document. Raises NoSuchDocumentError, AmbiguousNameError, NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        named = document_named(session, name, connection)
        record = session.scalars(select(Record).where(Record.id == named.id).options(*shown_with())).one()
        return DocumentDetail(
            **detail_of(session, record, moment),
            **_twin_of(record, load_policy(record.connection.policy)),
            waiting_files=waiting_files(session, [record]).get(record.id, ()),
            connection_state=record.connection.state,
            read_at=record.read_at,
            written_back_at=record.written_back_at,
            external_id=record.external_id,
            precoro_id=record.precoro_id,
            files=files_of(session, record, moment),
            drift=shown_of(session, record),
        )


def timeline(runtime: Runtime, name: str, connection: str | None = None, *, limit: int) -> tuple[Happening, ...]:
    """Return the last things that happened to a document, the oldest of them first. Raises what `document` does."""
    with runtime.read() as (session, _):
        return timeline_of(session, document_named(session, name, connection), limit)


def counts_by_state(
    session: Session, connection_ids: Collection[int], kinds: Sequence[RecordKind] = DOCUMENT_KINDS
) -> Mapping[int, Mapping[str, int]]:
    """Return how many records of each connection, by its id, are in each state, in the order of the states."""
    by = (Record.connection_id, Record.kind, Record.state)  # in the order of the index that holds them all
    counted = select(*by, func.count()).where(Record.connection_id.in_(connection_ids), Record.kind.in_(kinds))
    rows = session.execute(counted.group_by(*by)).all()
    counts: dict[int, dict[str, int]] = {}
    for connection_id, _, state, number in sorted(rows, key=lambda row: STATES.index(row.state)):
        of_connection = counts.setdefault(connection_id, {})
        of_connection[state] = of_connection.get(state, 0) + number
    return counts


def _twin_of(record: Record, policy: Policy) -> dict[str, Any]:
    """Return the fields of a document that no other record has; `policy` is that of its connection."""
    return {
        "document": record.name,
        "issued_on": record.issued_on,
        "qbo_type": record.qbo_type,
        "qbo_id": record.qbo_id,
        "qbo_number": record.qbo_number if record.qbo_id else None,
        "precoro_page": precoro_page(policy, record.kind, record.precoro_id, record.idn or ""),
        "qbo_page": in_quickbooks(record.connection.qbo.environment, record.qbo_type, record.qbo_id),
    }


def _narrowed(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of the documents that are wanted, in whatever state."""
    conditions: list[ColumnElement[bool]] = [
        Record.connection_id.in_(connection_ids(session, wanted.connections)),
        Record.kind.in_({wanted.kind} if wanted.kind else DOCUMENT_KINDS),
    ]
    if wanted.amount is not None:
        conditions.append(cast(Record.amount, Numeric) == cast(literal(str(wanted.amount)), Numeric))
    if wanted.issued_from:
        conditions.append(Record.issued_on >= wanted.issued_from)
    if wanted.issued_to:
        conditions.append(Record.issued_on <= wanted.issued_to)
    if wanted.approval:
        conditions.append(Record.approval == wanted.approval)
    if wanted.text:
        conditions.append(holds(session, Record.searched, wanted.text))
    if wanted.problem or wanted.subject:
        conditions.append(Record.id.in_(_with_problem(wanted)))
    texts = ((Record.supplier, wanted.supplier), (Record.number, wanted.number))
    return conditions + [holds(session, column, text) for column, text in texts if text]


def _in_states(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the condition that a document, or a file of it that waits, is in a wanted state."""
    if not wanted.states:
        return []
    has_file = attachments.has_file_in(wanted.states, connection_ids(session, wanted.connections))
    return [or_(Record.state.in_(wanted.states), has_file)]


def _with_problem(wanted: Wanted) -> Select[int]:
    """Return the ids of the records that have a wanted problem."""
    names = {ProblemRow.code: wanted.problem, ProblemRow.subject: wanted.subject}
    return select(ProblemRow.record_id).where(*(column == name for column, name in names.items() if name))
