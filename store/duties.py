"""Periodic duties: each is a row that one clock claims at a time, so that any number of clocks may run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.text import clean
from store.base import Base, UtcTime

TICK = "tick"


class Duty(Base):
    """One periodic duty: when it was last begun, and the unexpected error that it ended with, if any."""

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    begun_at: Mapped[datetime | None] = mapped_column(UtcTime)
    trouble: Mapped[str | None] = mapped_column(String(1000))


def begin(session: Session, name: str, now: datetime, every: float) -> bool:
    """Take a duty if it has not been begun within `every` seconds; exactly one of several clocks gets it."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    session.execute(insert(Duty).values(name=name).on_conflict_do_nothing())
    taken = session.execute(
        update(Duty)
        .where(Duty.name == name, or_(Duty.begun_at.is_(None), Duty.begun_at <= now - timedelta(seconds=every)))
        .values(begun_at=now, trouble=None)
        .returning(Duty.name)
    )
    return taken.first() is not None


def note_trouble(session: Session, name: str, trouble: str) -> None:
    """Note the unexpected error of a duty; it is cleared when the duty is begun again."""
    session.execute(update(Duty).where(Duty.name == name).values(trouble=clean(trouble)[:1000]))


def troubled(session: Session) -> Sequence[Duty]:
    """Return the duties that last ended with an unexpected error."""
    return session.scalars(select(Duty).where(Duty.trouble.isnot(None)).order_by(Duty.name)).all()


def last_tick(session: Session) -> datetime | None:
    """Return when a clock last ticked."""
    return session.scalar(select(Duty.begun_at).where(Duty.name == TICK))
