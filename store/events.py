"""Events of both services, kept as they came: one row each, committed before it is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, ExactJson, UtcTime
from store.records import INVOICE, PURCHASE_ORDER, SUPPLIER, RecordKind

Source: TypeAlias = Literal["precoro", "quickbooks"]
PRECORO: Final = "precoro"
QUICKBOOKS: Final = "quickbooks"

Status: TypeAlias = Literal["kept", "ignored", "unreadable"]
KEPT: Final = "kept"
IGNORED: Final = "ignored"
UNREADABLE: Final = "unreadable"

MERGE_OPERATIONS = ("merge", "merged")
"""What QuickBooks calls a merge in its two envelopes."""
KIND_OF_SUBJECT: Mapping[str, RecordKind] = {
    "purchase order": PURCHASE_ORDER,
    "invoice": INVOICE,
    "supplier": SUPPLIER,
}
"""The subjects of Precoro's events that are kept in step, and their kind of record."""


class Event(Base):
    """One event: a hint that a record changed, and the payload it came with."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(String(12))
    company: Mapped[str | None] = mapped_column(String(40), index=True)
    status: Mapped[Status] = mapped_column(String(12))
    identity: Mapped[str | None] = mapped_column(String(200), unique=True)
    subject: Mapped[str | None] = mapped_column(String(100))
    operation: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(500))
    payload: Mapped[Any] = mapped_column(ExactJson)
    received_at: Mapped[datetime] = mapped_column(UtcTime, index=True)

    __table_args__ = (Index("events_by_subject", "subject", "company"),)


def merges(session: Session, realm: str, since: datetime) -> Sequence[Event]:
    """Return the events about merges in a QuickBooks company since a moment, the oldest first."""
    statement = select(Event).where(
        Event.source == QUICKBOOKS,
        Event.company == realm,
        Event.received_at >= since,
        Event.operation.in_(MERGE_OPERATIONS),
    )
    return session.scalars(statement.order_by(Event.id)).all()


def last_received(session: Session, source: Source, company: str) -> datetime | None:
    """Return when the last event about a company came."""
    newest = select(Event.received_at).where(Event.company == company, Event.source == source)
    return session.scalar(newest.order_by(Event.id.desc()).limit(1))


def days_with_events(session: Session, source: Source, company: str, since: datetime) -> set[date]:
    """Return the days (UTC) on which events about a company came, from a moment on."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    day = func.date(Event.received_at if is_sqlite else func.timezone("UTC", Event.received_at))
    days = select(day).where(Event.company == company, Event.source == source, Event.received_at >= since).distinct()
    return {date.fromisoformat(str(text)) for text in session.scalars(days)}


def forget(session: Session, before: datetime, *, days: int = 90) -> None:
    """Remove events older than the retention: they are hints, and the records they hinted at stay."""
    session.execute(delete(Event).where(Event.received_at < before - timedelta(days=days)))
