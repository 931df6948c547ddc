"""Our copies of suppliers and vendors: what is known of both without a call, and how new it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from mappers.suppliers.fields import LABELS
from store.companies import Connection, QboCompany
from store.records import SUPPLIER, Record
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.records.work import Work
from workers.reference import cache as reference_cache

Row = Mapping[str, Any]


def supplier(session: Session, precoro_company_id: int, key: str) -> Entry | None:
    """Return our copy of a supplier."""
    return session.scalar(select(Entry).where(*_suppliers(precoro_company_id), Entry.key == key))


def vendor(session: Session, qbo_company_id: int, key: str) -> Entry | None:
    """Return our copy of a vendor."""
    return session.scalar(select(Entry).where(*_vendors(qbo_company_id), Entry.key == key))


def suppliers(session: Session, connection: Connection) -> Sequence[Entry]:
    """Return our copies of the suppliers that are not gone, by name."""
    existing = select(Entry).where(*_suppliers(connection.precoro_id), Entry.gone_at.is_(None))
    return session.scalars(existing.order_by(Entry.name, Entry.id)).all()


def vendors(session: Session, connection: Connection) -> Sequence[Entry]:
    """Return our copies of the vendors that are not gone, by name."""
    existing = select(Entry).where(*_vendors(connection.qbo_id), Entry.gone_at.is_(None))
    return session.scalars(existing.order_by(Entry.name, Entry.id)).all()


def row_of(entry: Entry | None) -> dict[str, Any] | None:
    """Return the row that a copy was made of; None when it is gone, or when an earlier version kept no row."""
    if entry is None or entry.gone_at is not None:
        return None
    row: dict[str, Any] | None = (entry.details or {}).get("row")
    return row


def supplier_rows(session: Session, connection: Connection, keys: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """Return the rows that the copies of these suppliers were made of, by key."""
    entries = session.scalars(select(Entry).where(*_suppliers(connection.precoro_id), Entry.key.in_(list(keys))))
    return {entry.key: row_of(entry) for entry in entries}


def vendor_rows(session: Session, connection: Connection, keys: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """Return the rows that the copies of these vendors were made of, by key."""
    entries = session.scalars(select(Entry).where(*_vendors(connection.qbo_id), Entry.key.in_(list(keys))))
    return {entry.key: row_of(entry) for entry in entries}


def is_fresh(entry: Entry | None, work: Work) -> bool:
    """Say whether a copy was read after the event that asks for a look, or lately when no event does."""
    requested_at = work.record.requested_at
    if row_of(entry) is None or entry is None:
        return False
    if requested_at is None or entry.seen_at >= requested_at:
        return True
    lately = timedelta(seconds=work.settings.catch_up)
    return not work.record.only_events and entry.seen_at >= requested_at - lately


def keep_suppliers(session: Session, serving: Connection, rows: Sequence[Row], asked_at: datetime) -> None:
    """Keep suppliers as they were read, and make those that have changed due in the company's other connections.

    `asked_at` is a moment before the call: an event after it may be news.
    """
    before = _known_facts(session, serving.precoro_id, [str(row["id"]) for row in rows])
    changed = [row for row in rows if before.get(str(row["id"])) != _facts(reference_cache.DETAILS["supplier"](row))]
    same = [str(row["id"]) for row in rows if row not in changed]
    unchanged = update(Entry).where(*_suppliers(serving.precoro_id), Entry.key.in_(same))
    session.execute(unchanged.values(seen_at=asked_at))
    if not changed:
        return
    reference_cache.keep_precoro(session, serving.precoro_id, SUPPLIER, changed, asked_at)
    session.execute(
        update(Record)
        .where(
            Record.precoro_company_id == serving.precoro_id,
            Record.connection_id != serving.id,
            Record.kind == SUPPLIER,
            Record.precoro_id.in_([str(row["id"]) for row in changed]),
        )
        .values(
            requested_version=Record.requested_version + 1, requested_at=func.coalesce(Record.requested_at, asked_at)
        )
    )


def keep_vendor(session: Session, company: QboCompany, row: Row, moment: datetime) -> None:
    """Keep a vendor as QuickBooks answered it."""
    reference_cache.keep_quickbooks(session, company, "Vendor", [row], moment)


def _suppliers(company_id: int) -> tuple[ColumnElement[bool], ...]:
    return Entry.side == PRECORO, Entry.company_id == company_id, Entry.kind == SUPPLIER


def _vendors(company_id: int) -> tuple[ColumnElement[bool], ...]:
    return Entry.side == QUICKBOOKS, Entry.company_id == company_id, Entry.kind == "vendor"


def _known_facts(session: Session, company_id: int, keys: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return what the copies of these suppliers hold that another connection may have to act on."""
    entries = session.scalars(
        select(Entry).where(*_suppliers(company_id), Entry.key.in_(keys), Entry.gone_at.is_(None))
    )
    return {entry.key: _facts(entry.details or {}) for entry in entries}


def _facts(details: Row) -> tuple[Any, ...]:
    """Return what a copy holds that another connection may have to act on."""
    row = details.get("row") or {}
    return (
        *(details.get(name) for name in LABELS),
        row.get("enable"),
        row.get("status"),
        row.get("currencies"),
        row.get("externalId"),
        row.get("updateDate"),
    )
