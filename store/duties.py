"""Periodic duties: each is a row that one clock claims at a time, so that any number of clocks may run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.text import clean
from store.base import Base, UtcTime, insert

TICK = "tick"
WORKER = "worker:"
ALIVE, FORGOTTEN = timedelta(seconds=45), timedelta(days=1)
"""For how long after its last beat a worker is taken for living, and its row is kept."""


class Duty(Base):
    """One periodic duty: when it was last begun, and the unexpected error that it ended with, if any."""

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    begun_at: Mapped[datetime | None] = mapped_column(UtcTime)
    trouble: Mapped[str | None] = mapped_column(String(1000))


def begin(session: Session, name: str, now: datetime, every: float) -> bool:
    """Take a duty if it has not been begun within `every` seconds; exactly one of several clocks gets it."""
    first = insert(session, Duty).values(name=name, begun_at=now)
    again = first.on_conflict_do_update(
        index_elements=["name"],
        set_={"begun_at": now, "trouble": None},
        where=or_(Duty.begun_at.is_(None), Duty.begun_at <= now - timedelta(seconds=every)),
    )
    return session.scalar(again.returning(Duty.name)) is not None


def lock(session: Session, name: str) -> None:
    """Let no other process do this part of a duty until this transaction has ended."""
    session.execute(select(Duty.name).where(Duty.name == name).with_for_update())


def begun_at(session: Session) -> dict[str, datetime | None]:
    """Return when each duty was last begun."""
    return {duty.name: duty.begun_at for duty in session.scalars(select(Duty))}


def note_trouble(session: Session, name: str, trouble: str) -> None:
    """Note the unexpected error of a duty; it is cleared when the duty is begun again."""
    session.execute(update(Duty).where(Duty.name == name).values(trouble=clean(trouble)[:1000]))


def troubled(session: Session) -> Sequence[Duty]:
    """Return the duties that last ended with an unexpected error."""
    return session.scalars(select(Duty).where(Duty.trouble.isnot(None)).order_by(Duty.name)).all()


def worker(host: str, process: int) -> str:
    """Return the name of the row that says when a worker process last lived."""
    return f"{WORKER}{host[:60]}:{process}"


def living_workers(session: Session, now: datetime) -> int:
    """Return how many worker processes lived a moment ago."""
    lately = select(func.count()).where(Duty.name.startswith(WORKER), Duty.begun_at > now - ALIVE)
    return session.scalar(lately) or 0


def workers(session: Session, now: datetime) -> list[tuple[str, int, datetime]]:
    """Return the machine, the process and the last beat of each worker that lived a moment ago."""
    lately = select(Duty.name, Duty.begun_at).where(Duty.name.startswith(WORKER), Duty.begun_at > now - ALIVE)
    rows = session.execute(lately.order_by(Duty.name)).all()
    names = ((name.removeprefix(WORKER).rpartition(":"), begun_at) for name, begun_at in rows)
    return [(host, int(process), begun_at) for (host, _, process), begun_at in names if begun_at]


def end(session: Session, name: str) -> None:
    """Remove a row: that worker has ended."""
    session.execute(delete(Duty).where(Duty.name == name))


def forget(session: Session, before: datetime) -> None:
    """Remove the rows of workers that were killed."""
    session.execute(delete(Duty).where(Duty.name.startswith(WORKER), Duty.begun_at < before - FORGOTTEN))


def last_tick(session: Session) -> datetime | None:
    """Return when a clock last ticked."""
    return session.scalar(select(Duty.begun_at).where(Duty.name == TICK))
