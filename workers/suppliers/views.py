"""What people look at of suppliers: pairs, suggestions, what only one side has, and what is asked about fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from mappers.suppliers.merge import Question
from store.companies import Connection
from store.records import HELD, SUPPLIER, ProblemRow, Record
from store.reference import OPEN, Entry, Pair, Suggestion
from workers.suppliers import cache
from workers.suppliers import records as supplier_records


@dataclass(frozen=True)
class Paired:
    """A supplier and its vendor, and where they stand."""

    supplier: Entry
    vendor: Entry | None
    how: str
    state: str


@dataclass(frozen=True)
class Suggested:
    """A supplier and a vendor that may belong together."""

    supplier: Entry
    vendor: Entry
    score: int
    evidence: list[str]


@dataclass(frozen=True)
class Asked:
    """What a person has to decide about a supplier."""

    supplier: str
    name: str
    problems: list[ProblemRow] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass(frozen=True)
class Overview:
    """Both lists of a connection, as far as they are there and active."""

    paired: list[Paired]
    suggested: list[Suggested]
    precoro_only: list[Entry]
    quickbooks_only: list[Entry]
    asked: list[Asked]


def overview(session: Session, connection: Connection) -> Overview:
    """Return everything about the suppliers of a connection."""
    suppliers = {one.key: one for one in cache.suppliers(session, connection)}
    vendors = {one.key: one for one in cache.vendors(session, connection)}
    pairs = session.scalars(
        select(Pair).where(Pair.connection_id == connection.id, Pair.kind == SUPPLIER).order_by(Pair.id)
    ).all()
    told = session.execute(select(Record.precoro_id, Record.state).where(*_of(connection)))
    states = {key: state for key, state in told}  # noqa: C416 - rows are no pairs to mypy
    taken = {one.precoro_key for one in pairs}, {one.qbo_key for one in pairs}
    return Overview(
        [
            Paired(suppliers[one.precoro_key], vendors.get(one.qbo_key), one.how, states.get(one.precoro_key, "open"))
            for one in pairs
            if one.precoro_key in suppliers
        ],
        [
            Suggested(suppliers[one.precoro_key], vendors[one.qbo_key], one.score, one.evidence)
            for one in _suggestions(session, connection)
            if one.precoro_key in suppliers.keys() - taken[0] and one.qbo_key in vendors.keys() - taken[1]
        ],
        [one for one in suppliers.values() if one.active and one.key not in taken[0]],
        [one for one in vendors.values() if one.active and one.key not in taken[1]],
        asked(session, connection),
    )


def asked(session: Session, connection: Connection) -> list[Asked]:
    """Return the suppliers about which a person has to decide, with both values of every field that is asked about."""
    held = select(Record).where(*_of(connection), Record.state == HELD).options(selectinload(Record.problems))
    return [
        Asked(one.precoro_id, one.number or one.precoro_id, list(one.problems), supplier_records.questions_of(one))
        for one in session.scalars(held.order_by(Record.number))
    ]


def _of(connection: Connection) -> tuple[ColumnElement[bool], ...]:
    return (Record.connection_id == connection.id, Record.kind == SUPPLIER)


def _suggestions(session: Session, connection: Connection) -> list[Suggestion]:
    found = select(Suggestion).where(
        Suggestion.connection_id == connection.id, Suggestion.kind == SUPPLIER, Suggestion.state == OPEN
    )
    return list(session.scalars(found.order_by(Suggestion.score.desc(), Suggestion.id)))
