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
from workers.reference import cache as reference

Row = Mapping[str, Any]


def supplier(session: Session, precoro_company_id: int, key: str) -> Entry | None:
    """Return our copy of a supplier."""
    return _copy(session, PRECORO, precoro_company_id, "supplier", key)


def vendor(session: Session, qbo_company_id: int, key: str) -> Entry | None:
    """Return our copy of a vendor."""
    return _copy(session, QUICKBOOKS, qbo_company_id, "vendor", key)


def all_of(session: Session, side: str, company_id: int, kind: str) -> Sequence[Entry]:
    """Return all copies of one side that are still there, by name."""
    there = select(Entry).where(
        Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, Entry.gone_at.is_(None)
    )
    return session.scalars(there.order_by(Entry.name, Entry.id)).all()


def row_of(entry: Entry | None) -> dict[str, Any] | None:
    """Return the row that a copy was made of, unless it is of a version of Tieout that kept none, or is gone."""
    if entry is None or entry.gone_at is not None:
        return None
    row: dict[str, Any] | None = (entry.details or {}).get("row")
    return row


def rows(
    session: Session, side: str, company_id: int, kind: str, keys: Iterable[str]
) -> dict[str, dict[str, Any] | None]:
    """Return the rows that the copies of one side were made of, by key."""
    entries = session.scalars(
        select(Entry).where(
            Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, Entry.key.in_(list(keys))
        )
    )
    return {entry.key: row_of(entry) for entry in entries}


def is_fresh(entry: Entry | None, work: Work) -> bool:
    """Say whether a copy is as new as what asks for a look: read after the event, or lately when no event asks."""
    requested_at = work.record.requested_at
    if row_of(entry) is None or entry is None:
        return False
    if requested_at is None or entry.seen_at >= requested_at:
        return True
    lately = timedelta(seconds=work.settings.catch_up)
    return not work.record.only_events and entry.seen_at >= requested_at - lately


def keep_suppliers(session: Session, serving: Connection, rows: Sequence[Row], seen_at: datetime) -> None:
    """Keep suppliers as they were read, and make them due in the other connections of the company if they have changed.

    `seen_at` is a moment before the call: what is told later may be news.
    """
    before = _told(session, serving.precoro_id, [str(row["id"]) for row in rows])
    changed = [row for row in rows if before.get(str(row["id"])) != _shared(reference.DETAILS["supplier"](row))]
    same = [str(row["id"]) for row in rows if row not in changed]
    session.execute(update(Entry).where(*_of(serving.precoro_id, same)).values(seen_at=seen_at))
    if not changed:
        return
    reference.keep_precoro(session, serving.precoro_id, "supplier", changed, seen_at)
    session.execute(
        update(Record)
        .where(
            Record.precoro_company_id == serving.precoro_id,
            Record.connection_id != serving.id,
            Record.kind == SUPPLIER,
            Record.precoro_id.in_([str(row["id"]) for row in changed]),
        )
        .values(
            requested_version=Record.requested_version + 1, requested_at=func.coalesce(Record.requested_at, seen_at)
        )
    )


def keep_vendor(session: Session, company: QboCompany, row: Row, moment: datetime) -> None:
    """Keep a vendor as QuickBooks answered it."""
    reference.keep_quickbooks(session, company, "Vendor", [row], moment)


def _copy(session: Session, side: str, company_id: int, kind: str, key: str) -> Entry | None:
    return session.scalar(
        select(Entry).where(Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, Entry.key == key)
    )


def _told(session: Session, company_id: int, keys: Sequence[str]) -> dict[str, Any]:
    """Return what the copies of these suppliers tell."""
    found = session.scalars(select(Entry).where(*_of(company_id, keys), Entry.gone_at.is_(None)))
    return {entry.key: _shared(entry.details or {}) for entry in found}


def _of(company_id: int, keys: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (Entry.side == PRECORO, Entry.company_id == company_id, Entry.kind == "supplier", Entry.key.in_(keys))


def _shared(details: Row) -> tuple[Any, ...]:
    """Return what a copy tells that another connection may have to act on."""
    row = details.get("row") or {}
    return (
        *(details.get(name) for name in LABELS),
        row.get("enable"),
        row.get("status"),
        row.get("currencies"),
        row.get("externalId"),
        row.get("updateDate"),
    )
