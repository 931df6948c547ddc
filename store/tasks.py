"""Long actions of people: a task is read page by page, planned as a list of changes, and applied batch by batch.

    reading -> planned -> applying -> done
                                   -> failed, or cancelled at any time before

A task that is `planned` waits for a person who has looked at its changes. Where it stands is committed after every step, so
that a task goes on where it was, whatever died meanwhile. The id of a change is the `requestid` of the write it makes.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, cast

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from mappers.remedies import Remedy
from store.base import Base, EncryptedJson, ExactJson, Moment, RemedyJson, UtcTime
from store.companies import CONNECTED, Connection

TaskState: TypeAlias = Literal["reading", "planned", "applying", "done", "failed", "cancelled"]
READING: Final = "reading"
PLANNED: Final = "planned"
APPLYING: Final = "applying"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
UNDER_WAY = (READING, APPLYING)
ENDED = (DONE, FAILED, CANCELLED)

ChangeState: TypeAlias = Literal["waiting", "sending", "applied", "refused", "skipped"]
WAITING: Final = "waiting"
SENDING: Final = "sending"
APPLIED: Final = "applied"
REFUSED: Final = "refused"
SKIPPED: Final = "skipped"
UNCHANGED, PROBLEM = "unchanged", "problem"
"""The words (`Change.what`) of rows with nothing to apply; all other words are changes."""


class Task(Base):
    """One long action: what is asked, how far it has come, and who works on it."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    action: Mapped[str] = mapped_column(String(40))
    arguments: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    who: Mapped[str] = mapped_column(String(200))
    state: Mapped[TaskState] = mapped_column(String(10), default=READING)
    cursor: Mapped[Any] = mapped_column(ExactJson, nullable=True)
    confirmed: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None] = mapped_column()
    now: Mapped[str | None] = mapped_column(String(300))
    reason: Mapped[str | None] = mapped_column(String(1000))
    not_before: Mapped[datetime | None] = mapped_column(UtcTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcTime)
    claim: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    connection: Mapped[Connection] = relationship()

    __table_args__ = (Index("tasks_by_state", "state", "connection_id"),)


TASKS = cast("Table", Task.__table__)


class Change(Base):
    """One row of a task's plan: what is to be done to which subject, and what came of it."""

    __tablename__ = "changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    position: Mapped[int] = mapped_column()
    what: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(100))
    sentence: Mapped[str] = mapped_column(String(2000))
    remedy: Mapped[Remedy | None] = mapped_column(RemedyJson)
    body: Mapped[Any] = mapped_column(EncryptedJson, nullable=True)
    state: Mapped[ChangeState] = mapped_column(String(8), default=WAITING)
    sends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str | None] = mapped_column(String(2000))

    __table_args__ = (Index("changes_in_turn", "task_id", "state", "position"),)

    @property
    def resent(self) -> bool:
        """Say whether it was sent before and the answer never seen: it may have landed."""
        return self.sends > 1


@dataclass(frozen=True)
class TaskClaim:
    """The right to take the next step of a task until the lease ends."""

    task_id: int
    number: int


def due_since(now: Moment, recent: Moment) -> ColumnElement[bool]:
    """Say that the next step of a task should be queued now; what was queued since `recent` may still arrive."""
    return and_(_is_free(now), or_(Task.queued_at.is_(None), Task.queued_at <= recent))


def claim(session: Session, task_id: int, now: datetime, lease: float) -> TaskClaim | None:
    """Take a task for one step; None when it is not its time or somebody else has it."""
    number = session.scalar(
        update(Task)
        .where(Task.id == task_id, _is_free(now))
        .values(claim=Task.claim + 1, lease_until=now + timedelta(seconds=lease), queued_at=None)
        .returning(Task.claim)
    )
    return TaskClaim(task_id, number) if number is not None else None


def is_claimed_by(claim: TaskClaim) -> ColumnElement[bool]:
    """Say that the claim is still the newest of its task."""
    return and_(Task.id == claim.task_id, Task.claim == claim.number)


def give_back(session: Session, claim: TaskClaim, **values: Any) -> bool:
    """Give a task back with how far it has come; False when it was taken over. What a person cancelled stays so."""
    released = update(Task).where(is_claimed_by(claim)).values(lease_until=None).returning(Task.state)
    state = session.scalar(released)
    if state in UNDER_WAY and values:
        session.execute(update(Task).where(is_claimed_by(claim)).values(**values))
    return state is not None


def add_changes(session: Session, task_id: int, planned: Sequence[Mapping[str, Any]]) -> None:
    """Store the plan of a task; what has nothing to apply is done from the beginning."""
    rows = [
        {
            "id": uuid.uuid4().hex,
            "task_id": task_id,
            "position": position,
            "state": SKIPPED if change["what"] in {UNCHANGED, PROBLEM} else WAITING,
            "sends": 0,
            **change,
        }
        for position, change in enumerate(planned)
    ]
    if rows:
        session.execute(insert(Change), rows)


def next_changes(session: Session, task_id: int, limit: int) -> list[Change]:
    """Return what is to be applied next: first what was sent and not answered, then the rest in order."""
    waiting = select(Change).where(Change.task_id == task_id, Change.state.in_((SENDING, WAITING)))
    return list(session.scalars(waiting.order_by(Change.state, Change.position).limit(limit)))


def mark_sending(changes: Sequence[Change], now: datetime) -> None:
    """Note before the call that these changes are sent now: if the answer is never seen, they may have landed."""
    for change in changes:
        change.state, change.sends, change.sent_at = SENDING, change.sends + 1, now


def counts(session: Session, task_id: int) -> Counter[str]:
    """Return how many rows of a plan there are of each word."""
    statement = select(Change.what, func.count()).where(Change.task_id == task_id).group_by(Change.what)
    return Counter({what: number for what, number in session.execute(statement)})  # noqa: C416 - rows are no pairs to mypy


def outcomes(session: Session, task_id: int) -> Counter[str]:
    """Return how many changes are in each state."""
    statement = select(Change.state, func.count()).where(
        Change.task_id == task_id, Change.what.notin_((UNCHANGED, PROBLEM))
    )
    return Counter({state: number for state, number in session.execute(statement.group_by(Change.state))})  # noqa: C416


def forget(session: Session, before: datetime, *, days: int = 90) -> None:
    """Remove tasks that ended longer ago than the retention, with all their changes: they may name people."""
    old = select(Task.id).where(Task.state.in_(ENDED), Task.ended_at < before - timedelta(days=days))
    session.execute(delete(Change).where(Change.task_id.in_(old)))
    session.execute(delete(Task).where(Task.id.in_(old)))


def _is_free(now: Moment) -> ColumnElement[bool]:
    """Say that a task has a next step, its time has come, nobody works on it, and its connection is connected."""
    connected = select(Connection.id).where(Connection.id == Task.connection_id, Connection.state == CONNECTED).exists()
    return and_(
        Task.state.in_(UNDER_WAY),
        or_(Task.not_before.is_(None), Task.not_before <= now),
        or_(Task.lease_until.is_(None), Task.lease_until <= now),
        connected,
    )
