"""How many calls each company cost, by day and kind: counted from the rows of calls, and kept as sums when those are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, Executable, Select, String, UniqueConstraint, case, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.history import CallRow

RETENTION = timedelta(days=90)
"""How long each call is kept; its day's sums are kept for good."""


class DaySum(Base):
    """The calls of one kind that one company cost on one day (UTC), written when the rows of that day are forgotten."""

    __tablename__ = "call_sums"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    service: Mapped[str] = mapped_column(String(40))
    company: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(80))
    metered: Mapped[bool] = mapped_column()
    calls: Mapped[int] = mapped_column()
    failed: Mapped[int] = mapped_column()

    __table_args__ = (UniqueConstraint("day", "service", "company", "kind", "metered"),)


@dataclass(frozen=True, order=True)
class Usage:
    """How many calls of one kind one company cost on one day, and how many of them failed."""

    day: date
    service: str
    company: str
    kind: str
    metered: bool
    calls: int
    failed: int


def kind_of(service: str, method: str, path: str) -> str:
    """Return what a call is counted as: its method and collection, without ids, as in `GET bill` or `PATCH invoices`."""
    if service not in {"quickbooks", "precoro"}:
        return method
    words = [part for part in path.split("/") if part.replace("_", "").isalpha() and part != "company"]
    return f"{method} {'/'.join(words)}".strip()[:80]


def usage_since(session: Session, day: date) -> list[Usage]:
    """Return the usage from a day on, the newest day last."""
    sums = select(
        DaySum.day, DaySum.service, DaySum.company, DaySum.kind, DaySum.metered, DaySum.calls, DaySum.failed
    ).where(DaySum.day >= day)
    return sorted([*_rows(session, sums), *_rows(session, _counted(session).where(CallRow.at >= _begin(day)))])


def metered_since(session: Session, day: date) -> dict[date, int]:
    """Return how many calls QuickBooks metered on each day from a day on, of all companies together."""
    on = _day(session)
    metered = select(on, func.count()).where(
        CallRow.at >= _begin(day), CallRow.service == "quickbooks", CallRow.metered
    )
    return {date.fromisoformat(str(text)): number for text, number in session.execute(metered.group_by(on))}


def forget(session: Session, moment: datetime) -> int:
    """Keep the sums of the days that are older than the retention, and remove their calls; returns how many."""
    first = _begin((moment - RETENTION).date())
    old = CallRow.at < first
    for usage in list(_rows(session, _counted(session).where(old))):
        session.add(DaySum(**vars(usage)))
    return session.connection().execute(delete(CallRow).where(old)).rowcount


def _counted(session: Session) -> Select[Any]:
    """Return the statement that counts rows of calls by day, company and kind."""
    day = _day(session)
    by = (day, CallRow.service, CallRow.company, CallRow.kind, CallRow.metered)
    failed = func.sum(case((CallRow.fault.is_(None), 0), else_=1))
    return select(*by, func.count(), failed).group_by(*by)


def _day(session: Session) -> Any:
    """Return the day of a call in UTC, whatever zone the database thinks in."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return func.date(CallRow.at if is_sqlite else func.timezone("UTC", CallRow.at))


def _rows(session: Session, statement: Executable) -> Iterator[Usage]:
    for day, service, company, kind, metered, calls, failed in session.execute(statement):
        yield Usage(date.fromisoformat(str(day)), service, company, kind, bool(metered), calls, int(failed))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
