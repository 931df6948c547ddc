"""What people look at of drift: lists of what was changed in QuickBooks, and one change field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from mappers.documents.differences import keys_in_order
from mappers.documents.drift import field_of
from mappers.documents.fields import DriftField, FieldState
from mappers.documents.outcomes import Sent
from mappers.documents.preview import LISTS, Names, references
from mappers.web_addresses import in_quickbooks
from store import drift
from store.companies import Connection
from store.drift import Drift
from store.records import Record
from workers.documents.preview import names_in
from workers.errors import NoDriftError
from workers.lookup import connection_ids, document_named
from workers.records import writes
from workers.runtime import Runtime

STATES = drift.STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedField:
    """One field that people changed: what was sent, what QuickBooks holds now, and what Precoro says."""

    field: str
    name: str
    sent: str | None
    now: str | None
    precoro: str | None
    money: bool
    state: FieldState


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """What people changed in QuickBooks of one document, when, and what was decided about it.

    Args:
        changed_at, changed_by: when and by whom, as far as QuickBooks tells
        standing: the state of the document
    """

    record_id: int
    document: str
    connection: str
    number: str | None
    supplier: str | None
    standing: str
    kind: str
    state: FieldState
    qbo_type: str | None
    qbo_id: str | None
    qbo_page: str | None
    currency: str | None
    total_sent: Decimal | None
    total_now: Decimal | None
    changed_at: datetime | None
    changed_by: str | None
    found_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    fields: tuple[ChangedField, ...]

    @property
    def difference(self) -> Decimal | None:
        """Return how much more QuickBooks holds than was sent."""
        if self.total_sent is None or self.total_now is None:
            return None
        return self.total_now - self.total_sent

    @property
    def summary(self) -> str:
        """Say in short what was changed: `Amount of line 1, Account of line 2`."""
        return ", ".join(field.name for field in self.fields) or f"{self.kind} in QuickBooks"


def drifts(
    runtime: Runtime,
    connections: Collection[str] | None = None,
    states: Collection[str] = (),
    *,
    limit: int,
    before: int | None = None,
) -> list[DriftRow]:
    """Return what was changed, the newest document first; `before` is the `record_id` that the page before ended with.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, _):
        wanted = (
            select(Drift, Record)
            .join(Record, Record.id == Drift.record_id)
            .options(joinedload(Record.connection).joinedload(Connection.qbo))
        )
        wanted = wanted.where(Record.connection_id.in_(connection_ids(session, connections)))
        if states:
            wanted = wanted.where(Drift.state.in_(states))
        if before is not None:
            wanted = wanted.where(Record.id < before)
        rows = session.execute(wanted.order_by(Record.id.desc()).limit(limit)).all()
        return _rows(session, [(row, record) for row, record in rows])


@dataclass(frozen=True, slots=True)
class DriftWeight:
    """How many changes are in a state, and by how much the totals differ, by currency."""

    number: int
    differences: Mapping[str, Decimal]


def weights(runtime: Runtime, connections: Collection[str] | None = None) -> Mapping[str, DriftWeight]:
    """Return what the changes come to by their state. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        rows = drift.totals(session, connection_ids(session, connections))
    by_state: dict[str, DriftWeight] = {}
    for row in rows:
        so_far = by_state.get(row.state, DriftWeight(0, {}))
        differences = {**so_far.differences, row.currency or "": row.difference}
        by_state[row.state] = DriftWeight(so_far.number + row.number, differences)
    return by_state


def drift_of(runtime: Runtime, document: str, connection: str | None = None) -> DriftRow:
    """Return what was changed of one document. Raises NoDriftError, NoSuchDocumentError, AmbiguousNameError, NoSuchConnectionError."""
    with runtime.read() as (session, _):
        record = document_named(session, document, connection)
        shown = shown_of(session, record)
    if shown is None:
        raise NoDriftError(record.number or record.name, record.name, record.connection.slug)
    return shown


def shown_of(session: Session, record: Record) -> DriftRow | None:
    """Return what was changed of a record, None when nothing was."""
    row = drift.drift_of(session, record.id)
    return None if row is None else _rows(session, [(row, record)])[0]


def _rows(session: Session, rows: Sequence[tuple[Drift, Record]]) -> list[DriftRow]:
    """Return changes with the names of all that was sent refers to, looked up once a company."""
    sent = {record.id: writes.load_sent(record) for _, record in rows}
    keys: dict[int, set[tuple[str, str]]] = {}
    for _, record in rows:
        last = sent[record.id]
        of_company = keys.setdefault(record.connection.qbo_id, set())
        of_company |= {(LISTS[field], id_) for field, id_ in references(last.body)} if last is not None else set()
    names = {company_id: names_in(session, company_id, wanted, ()) for company_id, wanted in keys.items()}
    return [_row(record, row, sent[record.id], names[record.connection.qbo_id]) for row, record in rows]


def _row(record: Record, row: Drift, sent: Sent | None, names: Names) -> DriftRow:
    return DriftRow(
        record_id=record.id,
        document=record.name,
        connection=record.connection.slug,
        number=record.number,
        supplier=record.supplier,
        standing=record.state,
        kind=row.kind,
        state=row.state,
        qbo_type=record.qbo_type,
        qbo_id=record.qbo_id,
        qbo_page=in_quickbooks(record.connection.qbo.environment, record.qbo_type, record.qbo_id),
        currency=record.currency,
        total_sent=row.total_sent,
        total_now=row.total_now,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        found_at=row.found_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        fields=_fields(record, row.changes, sent, names),
    )


def _fields(record: Record, changes: Sequence[DriftField], sent: Sent | None, names: Names) -> tuple[ChangedField, ...]:
    return tuple(
        ChangedField(
            field=field.change.field,
            name=field.change.label,
            sent=field.change.before,
            now=field.change.after,
            precoro=_precoro(record, field, sent, names),
            money=field.change.money,
            state=field.state,
        )
        for field in changes
    )


def _precoro(record: Record, field: DriftField, sent: Sent | None, names: Names) -> str | None:
    """Return what Precoro says: its total as it was last read, else what its approved version was sent as."""
    if field.change.field == "TotalAmt" and record.amount is not None:
        return f"{record.amount:,.2f}"
    if sent is None:
        return None
    lines = [sent.line_ids[key] for key in keys_in_order(sent.line_ids, sent.answer)]
    return field_of(sent.body, field.change, lines, names)
