"""What people look at of what waits for them: each cause with what it holds up, the records of one cause, and counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, Row, Select, SelectBase, case, func, select, tuple_
from sqlalchemy.orm import Session

from mappers.problems import CODES
from mappers.remedies import Act, Remedy
from store import records
from store.base import MoneySum
from store.companies import Connection
from store.records import ATTACHMENT, PAYMENT, Record
from workers import lookup
from workers.attention import subjects
from workers.attention.causes import FAILED, cause_names, has_failed, is_held, waiting, waits_for, waits_since
from workers.records.views import RecordRow, row_of, shown_with
from workers.runtime import Runtime

GONE_OUT = frozenset({records.SYNCED, records.REMOVED, records.NEVER})
"""The states of records that wait for nobody any more."""
CauseKey = tuple[int, str, str | None]
"""The id of the connection of a cause, its code and its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionCause:
    """One cause for which records of a connection are held or failed, and what it holds up.

    Args:
        code, subject: the problem, and what has to be put right, such as `supplier:9001`; both together name the cause
        about: the name of the subject, such as the supplier's
        sentence: what is wrong; what the code means where the records do not share one sentence
        remedy: what puts it right; None where each record has its own
        records: how many wait, by kind
        amounts: how much money waits, by currency
        since: since when the oldest of them waits
    """

    connection: str
    state: str
    code: str
    subject: str | None
    about: str | None
    sentence: str
    remedy: Remedy | None
    records: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class WaitingRecord(RecordRow):
    """One record that a cause holds up: a document, payment, supplier or file.

    Args:
        name: its name, such as `invoice:203`; of a file that of its document
        since: since when it waits
    """

    kind: str
    name: str
    since: datetime | None


@dataclass
class Weight:
    """How many of some records there are by kind, how much money by currency, and since when the oldest waits."""

    records: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    since: datetime | None = None

    def add(self, kind: str, currency: str | None, number: int, amount: Decimal | None, since: datetime | None) -> None:
        """Add the records of one kind in one currency."""
        self.records[kind] = self.records.get(kind, 0) + number
        if currency and amount is not None:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount
        self.since = min(filter(None, (self.since, since)), default=None)


@dataclass(frozen=True, slots=True)
class AttentionCounts:
    """How many causes wait for a person, and how many records are held or failed."""

    causes: int
    held: int
    failed: int


def causes(
    runtime: Runtime, connections: Collection[str] | None = None, *, limit: int, offset: int = 0
) -> list[AttentionCause]:
    """Return the causes in connections of these names, or in all: what failed, then what holds up the most.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        return causes_in(session, lookup.connections_named(session, connections), limit=limit, offset=offset)


def cause(runtime: Runtime, code: str, subject: str | None, connection: str) -> AttentionCause | None:
    """Return one cause of a connection; None when nothing waits for it. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connections = [lookup.connection_named(session, connection)]
        table = waiting([connections[0].id])
        is_it = (table.c.code == code, table.c.subject.is_not_distinct_from(subject))
        causes = _grouped(table).where(*is_it).limit(1)
        return next(iter(_described(session, connections, table, causes)), None)


def causes_in(
    session: Session, connections: Sequence[Connection], *, limit: int, offset: int = 0
) -> list[AttentionCause]:
    """Return the causes in these connections, as `causes` does."""
    table = waiting([connection.id for connection in connections])
    return _described(session, connections, table, _grouped(table).limit(limit).offset(offset))


def waiting_records(
    runtime: Runtime, code: str, subject: str | None, connection: str, *, limit: int, before: int | None = None
) -> list[WaitingRecord]:
    """Return the records that one cause of a connection holds up, the newest first.

    `before` is the `record_id` that the page before ended with. Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, moment):
        waiting_ids = _waiting_ids(session, code, subject, connection)
        if before is not None:
            waiting_ids = waiting_ids.where(Record.id < before)
        page = waiting_ids.order_by(Record.id.desc()).limit(limit)
        shown = select(Record, waits_since()).where(Record.id.in_(page)).options(*shown_with())
        rows = session.execute(shown.order_by(Record.id.desc())).all()
        names = _record_names(session, [record for record, _ in rows])
        return [
            WaitingRecord(**row_of(record, moment), kind=record.kind, name=names[record.id], since=since)
            for record, since in rows
        ]


def waiting_count(runtime: Runtime, code: str, subject: str | None, connection: str) -> int:
    """Return how many records one cause of a connection holds up. Raises NoSuchConnectionError and AmbiguousNameError."""
    with runtime.read() as (session, _):
        return _count(session, _waiting_ids(session, code, subject, connection))


def standing(runtime: Runtime, connection: str, record_ids: Collection[int]) -> list[WaitingRecord]:
    """Return how these records of a connection stand now, the newest first; those of other connections are left out.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, moment):
        connection_id = lookup.connection_named(session, connection).id
        chosen = select(Record).where(Record.connection_id == connection_id, Record.id.in_(record_ids))
        rows = session.scalars(chosen.options(*shown_with()).order_by(Record.id.desc())).all()
        names = _record_names(session, rows)
        return [
            WaitingRecord(**row_of(record, moment), kind=record.kind, name=names[record.id], since=None)
            for record in rows
        ]


def gone_out(rows: Iterable[WaitingRecord]) -> Weight:
    """Return what has gone out of records that waited."""
    weight = Weight()
    for row in rows:
        if row.state in GONE_OUT:
            weight.add(row.kind, row.currency, 1, row.amount, row.since)
    return weight


def number_of_causes(runtime: Runtime, connections: Collection[str] | None = None) -> int:
    """Return how many causes wait in connections of these names, or in all. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        return _count(session, cause_names(lookup.connection_ids(session, connections)))


def counts(runtime: Runtime, connections: Collection[str] | None = None) -> AttentionCounts:
    """Return how much waits for a person in connections of these names, or in all. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        ids = lookup.connection_ids(session, connections)
        held, failed = (select(Record.id).where(condition(ids)) for condition in (is_held, has_failed))
        return AttentionCounts(_count(session, cause_names(ids)), _count(session, held), _count(session, failed))


def _count(session: Session, rows: SelectBase) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _described(
    session: Session, connections: Sequence[Connection], table: CTE, grouped: Select[Any]
) -> list[AttentionCause]:
    """Return the causes of some rows, each with what it holds up."""
    by_id = {connection.id: connection for connection in connections}
    rows = session.execute(grouped).all()
    weights = _weights(session, table, rows)
    companies = {id_: connection.precoro_id for id_, connection in by_id.items()}
    about = [(companies[row.connection_id], row.subject) for row in rows if row.subject and row.code != FAILED]
    subject_names = subjects.names(session, about)
    return [
        AttentionCause(
            connection=by_id[row.connection_id].slug,
            state=row.state,
            code=row.code,
            subject=row.subject,
            about=subject_names.get((companies[row.connection_id], row.subject or "")),
            sentence=_sentence(row),
            remedy=_remedy(row),
            **weights[row.connection_id, row.code, row.subject],
        )
        for row in rows
    ]


def _waiting_ids(session: Session, code: str, subject: str | None, connection: str) -> Select[int]:
    """Return the ids of the records that one cause of a connection holds up."""
    return select(Record.id).where(waits_for(lookup.connection_named(session, connection).id, code, subject))


def _grouped(table: CTE) -> Select[Any]:
    """Return a row for each cause."""
    key = (table.c.connection_id, table.c.state, table.c.code, table.c.subject)
    first = (func.min(table.c.sentence).label("sentence"), func.min(table.c.remedy).label("remedy"))
    last = (func.max(table.c.sentence).label("last_sentence"), func.max(table.c.remedy).label("last_remedy"))
    what_failed_first = case((table.c.state == records.FAILED, 0), else_=1)
    order = (what_failed_first, func.count().desc(), table.c.code, table.c.subject, table.c.connection_id)
    return select(*key, *first, *last).group_by(*key).order_by(*order)


def _weights(session: Session, table: CTE, causes: Sequence[Row[Any]]) -> Mapping[CauseKey, Mapping[str, Any]]:
    """Return how many records each cause holds up, how much money, and since when."""
    key = (table.c.connection_id, table.c.code, table.c.subject)
    names = (table.c.connection_id, table.c.code, func.coalesce(table.c.subject, ""))
    parts = (
        select(*key, Record.kind, Record.currency, func.count(), MoneySum(Record.amount), func.min(waits_since()))
        .join(Record, Record.id == table.c.record_id)
        .where(tuple_(*names).in_([(row.connection_id, row.code, row.subject or "") for row in causes]))
        .group_by(*key, Record.kind, Record.currency)
    )
    weights: dict[CauseKey, Weight] = defaultdict(Weight)
    for connection_id, code, subject, *part in session.execute(parts):
        weights[connection_id, code, subject].add(*part)
    return {cause: vars(weight) for cause, weight in weights.items()}


def _send_again(reason: str | None) -> Remedy:
    """Return the remedy of all records that failed for a reason."""
    arguments = {"cause": FAILED, **({"reason": reason} if reason else {})}
    words = "Look at the traceback of a job, and send all of them again once the cause is gone."
    return Remedy(words, (Act("list_failed_jobs"), Act("send_all_again", arguments)))


def _sentence(cause: Row[Any]) -> str:
    """Return the sentence that the records of a cause share, or else what its code means."""
    sentence: str = cause.sentence or ""
    return sentence if cause.sentence == cause.last_sentence else CODES.get(cause.code, sentence)


def _remedy(cause: Row[Any]) -> Remedy | None:
    """Return the remedy that the records of a cause share, or None."""
    if cause.code == FAILED:
        return _send_again(cause.subject)
    remedy: Remedy = cause.remedy
    return remedy if remedy == cause.last_remedy else None


def _record_names(session: Session, waiting: Sequence[Record]) -> Mapping[int, str]:
    """Return the names of records by id: of a file that of its document, of a payment its key."""
    documents = {record.scope for record in waiting if record.kind == ATTACHMENT}
    owners = session.scalars(select(Record).where(Record.id.in_(documents))) if documents else ()
    owner_names = {owner.id: owner.name for owner in owners}
    return {
        record.id: owner_names[record.scope]
        if record.kind == ATTACHMENT
        else record.precoro_id
        if record.kind == PAYMENT
        else record.name
        for record in waiting
    }
