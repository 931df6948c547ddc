"""What people look at, from the command line and on pages: connections, documents, events and what was called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mappers.documents.document import DocumentKind
from store import records
from store.companies import Connection
from store.events import Event
from store.history import ActionRow, CallRow, PlanRow
from store.records import ProblemRow, Record
from store.reference import Pair
from store.tasks import Change, Task

KINDS: Mapping[str, DocumentKind] = {
    "invoice": records.INVOICE,
    "purchase_order": records.PURCHASE_ORDER,
    "purchase-order": records.PURCHASE_ORDER,
    "po": records.PURCHASE_ORDER,
}
"""How people may write the kind of a document."""


@dataclass(frozen=True)
class Name:
    """How a person named a document: `INV-203`, `203`, or with its kind, `invoice:203`."""

    text: str
    kind: DocumentKind | None

    @classmethod
    def read(cls, text: str) -> Name:
        """Split the kind off, when one is given."""
        kind, colon, rest = text.partition(":")
        if colon and kind.casefold() in KINDS:
            return cls(rest, KINDS[kind.casefold()])
        return cls(text, None)


def connections(session: Session) -> Sequence[Connection]:
    """Return every connection with both companies, by name."""
    both = (joinedload(Connection.precoro), joinedload(Connection.qbo))
    return session.scalars(select(Connection).options(*both).order_by(Connection.slug)).all()


def counts(session: Session, connection_id: int) -> dict[str, int]:
    """Return how many documents of a connection are in each state, in the order of the states."""
    of_it = (Record.connection_id == connection_id, Record.kind != records.SUPPLIER)
    counted = select(Record.state, func.count()).where(*of_it).group_by(Record.state)
    found = {state: number for state, number in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
    return {state: found[state] for state in records.STATES if state in found}


def paired(session: Session, connection_id: int) -> dict[str, int]:
    """Return how many pairs of each kind a connection has."""
    counted = select(Pair.kind, func.count()).where(Pair.connection_id == connection_id).group_by(Pair.kind)
    return {kind: number for kind, number in session.execute(counted.order_by(Pair.kind))}  # noqa: C416 - as above


def documents(
    session: Session, *, connection: str | None, state: str | None, kind: str | None, most: int
) -> Sequence[Record]:
    """Return the documents that match, the newest first, with their problems and connections."""
    wanted: list[ColumnElement[bool]] = []
    if connection:
        wanted.append(Record.connection.has(Connection.slug == connection))
    if state:
        wanted.append(Record.state == state)
    if kind:
        wanted.append(Record.kind == KINDS[kind])
    return _loaded(session, *wanted, most=most)


def named(session: Session, name: Name, connection: str | None) -> Sequence[Record]:
    """Return the documents that go by this name: by number, else by running number (idn)."""
    scope: list[ColumnElement[bool]] = []
    if connection:
        scope.append(Record.connection.has(Connection.slug == connection))
    if name.kind:
        scope.append(Record.kind == name.kind)
    by_number = _loaded(session, func.lower(Record.number) == name.text.casefold(), *scope)
    return by_number or _loaded(session, Record.idn == name.text, *scope)


def calls(session: Session, record_id: int, most: int = 50) -> Sequence[CallRow]:
    """Return the last calls that were made for a record, the oldest of them first."""
    found = select(CallRow).where(CallRow.record_id == record_id).order_by(CallRow.id.desc()).limit(most)
    return session.scalars(found).all()[::-1]


def plans(session: Session, record_id: int, most: int = 20) -> Sequence[PlanRow]:
    """Return the last decisions about a record, the oldest of them first."""
    found = select(PlanRow).where(PlanRow.record_id == record_id).order_by(PlanRow.id.desc()).limit(most)
    return session.scalars(found).all()[::-1]


def actions(session: Session, *, connection: str | None, most: int) -> Sequence[ActionRow]:
    """Return what people did, the newest first: all of it, or what they did to a connection and its documents."""
    found = session.scalars(select(ActionRow).order_by(ActionRow.id.desc()).execution_options(yield_per=500))
    ours = (one for one in found if connection in {None, one.subject, (one.details or {}).get("connection")})
    return list(islice(ours, most))


def events(
    session: Session, *, source: str | None, status: str | None, since: datetime | None, most: int
) -> Sequence[Event]:
    """Return the events that match, the newest first."""
    found = select(Event).order_by(Event.id.desc()).limit(most)
    if source:
        found = found.where(Event.source == source)
    if status:
        found = found.where(Event.status == status)
    if since:
        found = found.where(Event.received_at >= since)
    return session.scalars(found).all()


def tasks(session: Session, *, connection: str | None, most: int) -> Sequence[Task]:
    """Return the tasks that match, the newest first, with their connections."""
    found = select(Task).options(joinedload(Task.connection)).order_by(Task.id.desc()).limit(most)
    if connection:
        found = found.where(Task.connection.has(Connection.slug == connection))
    return session.scalars(found).all()


def changes(session: Session, task_id: int) -> Sequence[Change]:
    """Return the rows of a task's plan, in order."""
    return session.scalars(select(Change).where(Change.task_id == task_id).order_by(Change.position)).all()


def whole(session: Session, record_id: int) -> Record:
    """Return a record with its problems."""
    return session.scalars(select(Record).where(Record.id == record_id).options(selectinload(Record.problems))).one()


def held_by_cause(session: Session, connection_id: int | None = None) -> list[dict[str, Any]]:
    """Return each cause for which documents are held, with how many wait for it, the commonest first."""
    found = (
        select(ProblemRow.code, ProblemRow.subject, func.min(ProblemRow.remedy), func.count())
        .join(Record, Record.id == ProblemRow.record_id)
        .where(Record.state == records.HELD, Record.kind != records.SUPPLIER)
        .group_by(ProblemRow.code, ProblemRow.subject)
        .order_by(func.count().desc(), ProblemRow.code)
    )
    if connection_id is not None:
        found = found.where(Record.connection_id == connection_id)
    names = ("code", "subject", "remedy", "documents")
    return [dict(zip(names, row, strict=True)) for row in session.execute(found)]


def _loaded(session: Session, *wanted: ColumnElement[bool], most: int | None = None) -> Sequence[Record]:
    """Return records with what is shown of them."""
    found = (
        select(Record)
        .where(*wanted, or_(Record.kind == records.INVOICE, Record.kind == records.PURCHASE_ORDER))
        .options(joinedload(Record.connection).joinedload(Connection.precoro), selectinload(Record.problems))
        .options(joinedload(Record.connection).joinedload(Connection.qbo))
        .order_by(Record.id.desc())
        .limit(most)
    )
    return session.scalars(found).all()
