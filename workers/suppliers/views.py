"""What people look at of suppliers: pairs, suggestions, what only one side has, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from mappers.counterparts import SUPPLIER_IN
from mappers.problems import Problem
from mappers.suppliers.merge import Question
from mappers.web_addresses import in_quickbooks
from store.base import holds
from store.companies import Connection
from store.records import HELD, OPEN, SUPPLIER, SYNCED, Record
from store.reference import OPEN as UNDECIDED
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair, Suggestion
from workers.lookup import connection_named
from workers.records.outcome import problem_of
from workers.reference.pairs import SUPPLIER_KINDS
from workers.runtime import Runtime
from workers.suppliers import records as supplier_records

IN_PRECORO, IN_QUICKBOOKS = PRECORO, QUICKBOOKS
DONE = SYNCED
"""The state of a supplier whose vendor stands in QuickBooks and agrees with it."""
PARTY_KINDS = {PRECORO: SUPPLIER, QUICKBOOKS: "vendor"}
Supplier, Vendor = aliased(Entry, name="supplier"), aliased(Entry, name="vendor")


@dataclass(frozen=True, slots=True)
class PairedSupplier:
    """A supplier and its vendor, how the pair came about, the state of the supplier, and the page of the vendor."""

    supplier: str
    name: str
    vendor: str | None
    vendor_name: str | None
    how: str
    state: str
    qbo_page: str | None


@dataclass(frozen=True, slots=True)
class SuggestedVendor:
    """A supplier and a vendor that may belong together, with the score and what speaks for it."""

    supplier: str
    name: str
    vendor: str
    vendor_name: str
    score: int
    evidence: tuple[str, ...]
    qbo_page: str | None


@dataclass(frozen=True, slots=True)
class UnpairedCompany:
    """A supplier or a vendor that only one side has, and the page of a vendor."""

    id: str
    name: str
    qbo_page: str | None


@dataclass(frozen=True, slots=True)
class SupplierState:
    """Where a supplier stands, with its problems and both values of every field that a person is asked about.

    `due` says that it is still to be brought up to date.
    """

    supplier: str
    name: str
    state: str
    reason: str | None
    due: bool
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class SupplierCounts:
    """How many suppliers and vendors there are of each sort."""

    paired: int
    suggested: int
    precoro_only: int
    quickbooks_only: int
    held: int


def counts(runtime: Runtime, slug: str, text: str | None = None) -> SupplierCounts:
    """Return how many rows each of the lists below has. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        return SupplierCounts(
            _count(session, _pairs(connection).where(*_is_called(session, text, Supplier, Vendor))),
            _count(session, _suggestions(connection).where(*_is_called(session, text, Supplier, Vendor))),
            _count(session, _unpaired(connection, PRECORO).where(*_is_called(session, text, Entry))),
            _count(session, _unpaired(connection, QUICKBOOKS).where(*_is_called(session, text, Entry))),
            _count(session, _searched_held(session, connection, text)),
        )


def pairs(
    runtime: Runtime, slug: str, text: str | None = None, *, limit: int | None = None, offset: int = 0
) -> list[PairedSupplier]:
    """Return the pairs of a connection, the oldest first; `text` is a part of a name, or an id.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        matching = _pairs(connection).where(*_is_called(session, text, Supplier, Vendor))
        rows = session.execute(matching.order_by(Pair.id).limit(limit).offset(offset))
        return [PairedSupplier(*row, qbo_page=_page(connection, row[2])) for row in rows]


def suggestions(
    runtime: Runtime, slug: str, text: str | None = None, *, limit: int | None = None, offset: int = 0
) -> list[SuggestedVendor]:
    """Return what may belong together, the highest score first; `text` is a part of a name, or an id.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        matching = _suggestions(connection).where(*_is_called(session, text, Supplier, Vendor))
        return _suggested(session, connection, matching.limit(limit).offset(offset))


def suggestions_of(session: Session, connection: Connection, supplier_key: str) -> tuple[SuggestedVendor, ...]:
    """Return the vendors that a supplier may be, the highest score first."""
    return tuple(_suggested(session, connection, _suggestions(connection).where(Supplier.key == supplier_key)))


def unpaired(
    runtime: Runtime, slug: str, side: str, text: str | None = None, *, limit: int | None = None, offset: int = 0
) -> list[UnpairedCompany]:
    """Return the active suppliers or vendors that only one side has, by name; `text` is a part of it, or an id.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        matching = _unpaired(connection, side).where(*_is_called(session, text, Entry))
        rows = session.execute(matching.order_by(Entry.name, Entry.id).limit(limit).offset(offset))
        has_page = side == QUICKBOOKS
        return [UnpairedCompany(key, name, _page(connection, key) if has_page else None) for key, name in rows]


def held(
    runtime: Runtime, slug: str, text: str | None = None, *, limit: int | None = None, offset: int = 0
) -> list[SupplierState]:
    """Return the suppliers about which a person has to decide, by name; `text` is a part of it, or an id.

    Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, _):
        matching = _searched_held(session, connection_named(session, slug), text)
        rows = matching.options(selectinload(Record.problems)).order_by(Record.number, Record.id)
        return [_state(record) for record in session.scalars(rows.limit(limit).offset(offset))]


def supplier(runtime: Runtime, record_id: int) -> SupplierState:
    """Return where one supplier stands, by the id of its record; it need not be held."""
    with runtime.read() as (session, _):
        record = select(Record).where(Record.id == record_id).options(selectinload(Record.problems))
        return _state(session.scalars(record).one())


def _pairs(connection: Connection) -> Select[str, str, str, str, str, str]:
    """Return the pairs whose supplier is still there."""
    return (
        select(Supplier.key, Supplier.name, Vendor.key, Vendor.name, Pair.how, func.coalesce(Record.state, OPEN))
        .select_from(Pair)
        .join(Supplier, and_(*_is_entry(Supplier, connection, PRECORO), Supplier.key == _supplier_key()))
        .outerjoin(Vendor, and_(*_is_entry(Vendor, connection, QUICKBOOKS), Vendor.key == Pair.qbo_key))
        .outerjoin(Record, and_(*_of(connection), Record.precoro_id == Pair.precoro_key))
        .where(Pair.connection_id == connection.id, Pair.kind.in_(SUPPLIER_KINDS))
    )


def _is_called(session: Session, text: str | None, *entries: Any) -> tuple[ColumnElement[bool], ...]:
    """Say that one of these entries has a text in its name, or as its id; nothing without a text."""
    if not text:
        return ()
    return (or_(*(holds(session, entry.name, text) | (entry.key == text) for entry in entries)),)


def _searched_held(session: Session, connection: Connection, text: str | None) -> Select[Record]:
    """Return the held suppliers of which a text is a part of the name, or the id."""
    held = select(Record).where(*_of(connection), Record.state == HELD)
    return held.where(holds(session, Record.number, text) | (Record.precoro_id == text)) if text else held


def _page(connection: Connection, vendor: str | None) -> str | None:
    """Return the address of a vendor in QuickBooks."""
    return in_quickbooks(connection.qbo.environment, "vendor", vendor)


def _supplier_key() -> ColumnElement[str]:
    """Return the key of the supplier of a pair: that of a pair in another currency ends with it, as in `9001:EUR`."""
    without_currency = func.substr(Pair.precoro_key, 1, func.length(Pair.precoro_key) - len(":EUR"))
    return case((Pair.kind == SUPPLIER_IN, without_currency), else_=Pair.precoro_key)


def _suggestions(connection: Connection) -> Select[str, str, str, str, int, list[str]]:
    """Return the undecided suggestions of which both sides are still there and free."""
    columns = (Supplier.key, Supplier.name, Vendor.key, Vendor.name, Suggestion.score, Suggestion.evidence)
    return (
        select(*columns)
        .select_from(Suggestion)
        .join(Supplier, and_(*_is_entry(Supplier, connection, PRECORO), Supplier.key == Suggestion.precoro_key))
        .join(Vendor, and_(*_is_entry(Vendor, connection, QUICKBOOKS), Vendor.key == Suggestion.qbo_key))
        .where(
            Suggestion.connection_id == connection.id,
            Suggestion.kind == SUPPLIER,
            Suggestion.state == UNDECIDED,
            ~_is_paired(connection, Pair.precoro_key == Suggestion.precoro_key),
            ~_is_paired(connection, Pair.qbo_key == Suggestion.qbo_key),
        )
    )


def _suggested(
    session: Session, connection: Connection, suggestions: Select[str, str, str, str, int, list[str]]
) -> list[SuggestedVendor]:
    """Return suggestions as people see them, the highest score first."""
    rows = session.execute(suggestions.order_by(Suggestion.score.desc(), Suggestion.id))
    return [
        SuggestedVendor(supplier, name, vendor, vendor_name, score, tuple(evidence), _page(connection, vendor))
        for supplier, name, vendor, vendor_name, score, evidence in rows
    ]


def _unpaired(connection: Connection, side: str) -> Select[str, str]:
    """Return the active entries of a side that have no pair."""
    pair_key = Pair.precoro_key if side == PRECORO else Pair.qbo_key
    return select(Entry.key, Entry.name).where(
        *_is_entry(Entry, connection, side), Entry.active, ~_is_paired(connection, pair_key == Entry.key)
    )


def _is_entry(entry: Any, connection: Connection, side: str) -> tuple[ColumnElement[bool], ...]:
    """Say that an entry is a supplier or vendor of this connection that is still there."""
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    return (entry.side == side, entry.company_id == company, entry.kind == PARTY_KINDS[side], entry.gone_at.is_(None))


def _is_paired(connection: Connection, with_key: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Pair.connection_id == connection.id, Pair.kind.in_(SUPPLIER_KINDS), with_key)


def _of(connection: Connection) -> tuple[ColumnElement[bool], ...]:
    """Say that a record is of a supplier of this connection, as its unique index needs it."""
    of_company = Record.precoro_company_id == connection.precoro_id, Record.scope == connection.id
    return (Record.connection_id == connection.id, Record.kind == SUPPLIER, *of_company)


def _count(session: Session, rows: Select[*tuple[Any, ...]]) -> int:
    """Count rows without their columns, so that the database leaves out the joins that only show more of a row."""
    return session.scalar(rows.with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _state(record: Record) -> SupplierState:
    return SupplierState(
        record.precoro_id,
        record.number or record.precoro_id,
        record.state,
        record.reason,
        record.requested_version > record.handled_version,
        tuple(problem_of(row) for row in record.problems),
        tuple(supplier_records.questions_of(record)),
    )
