"""What happened, append-only: every outbound call, every plan that was decided, everything a person did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from store.base import Base, ExactJson, UtcTime
from store.records import Record

COMMAND_LINE, IN_CONSOLE, IN_DASHBOARD = "command line", "console", "dashboard"
"""The places where people act."""
ORIGIN = "origin"
"""Under what a session of the database keeps where the person acts for whom it works."""
DISCONNECT = "disconnect"
HOLD = "hold"
"""The decision to hold a record."""


class Origin(NamedTuple):
    """Where a person acts: the place, and of a browser its address and the session of the user."""

    place: str | None
    address: str | None = None
    session_id: int | None = None


class CallRow(Base):
    """One call to a service: no token, no body (docs/explanation/safety.md, Every call is limited and recorded)."""

    __tablename__ = "calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    service: Mapped[str] = mapped_column(String(40))
    company: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("records.id"), index=True)
    method: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(80), default="")
    request_id: Mapped[str | None] = mapped_column(String(50))
    status: Mapped[int | None] = mapped_column()
    fault: Mapped[str | None] = mapped_column(String(60))
    trace: Mapped[str | None] = mapped_column(String(100))
    milliseconds: Mapped[int] = mapped_column()
    metered: Mapped[bool] = mapped_column(default=False)


class PlanRow(Base):
    """One decision about a record: what was to be done, and the notes on it."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    decision: Mapped[str] = mapped_column(String(20))
    summary: Mapped[str] = mapped_column(String(2000))


class ActionRow(Base):
    """One thing a person did, and the connection that it was about, if it was one.

    `place` is where they did it, from which address and in which session: users of the console and those of the machine, who
    give commands, may have one name. None of them is known of what was done before this was kept, and of what no person did.
    """

    __tablename__ = "actions"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    connection: Mapped[str | None] = mapped_column(String(40), index=True)
    details: Mapped[Any] = mapped_column(ExactJson, default=dict)
    place: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(60))
    session_id: Mapped[int | None] = mapped_column()

    __table_args__ = (Index("actions_by_subject", "connection", "subject"),)


def note(
    session: Session,
    moment: datetime,
    who: str,
    action: str,
    subject: str,
    *,
    before: Any = None,
    after: Any = None,
    waiting: Sequence[str] = (),
    connection: str | None = None,
    **details: Any,
) -> None:
    """Write down who did what to whom, from what to what, and which documents (`invoice:203`) waited for it."""
    changed = {"before": before, "after": after, "waiting": list(waiting)}
    origin: Origin = session.info.get(ORIGIN) or Origin(None)
    session.add(
        ActionRow(
            at=moment,
            who=who[:200],
            action=action[:60],
            subject=subject[:200],
            connection=connection,
            details={**{name: value for name, value in changed.items() if value not in (None, [])}, **details},
            place=origin.place,
            address=origin.address and origin.address[:60],
            session_id=origin.session_id,
        )
    )


def held_since() -> ColumnElement[datetime]:
    """Return the moment of the first decision to hold a record after any other decision about it."""
    other = aliased(PlanRow)
    last_other = select(func.max(other.id)).where(other.record_id == Record.id, other.decision != HOLD)
    since = select(func.min(PlanRow.at)).where(
        PlanRow.record_id == Record.id,
        PlanRow.decision == HOLD,
        PlanRow.id > func.coalesce(last_other.correlate(Record).scalar_subquery(), 0),
    )
    return since.correlate(Record).scalar_subquery()


def last_decision(session: Session, connection_id: int) -> datetime | None:
    """Return when something was last decided in a connection."""
    decided = select(PlanRow.at).join(Record).where(Record.connection_id == connection_id)
    return session.scalar(decided.order_by(PlanRow.id.desc()).limit(1))


def last_disconnected(session: Session, slug: str) -> ActionRow | None:
    """Return who disconnected a connection, unless it was connected again since."""
    ends = select(ActionRow).where(
        ActionRow.subject == slug, ActionRow.action.in_(("connect", "reconnect", DISCONNECT))
    )
    last = session.scalars(ends.order_by(ActionRow.id.desc()).limit(1)).first()
    return last if last is not None and last.action == DISCONNECT else None


def forget(session: Session, before: datetime, *, days: int = 90) -> None:
    """Remove decisions older than the retention, but never the last one about a record."""
    last = select(func.max(PlanRow.id)).group_by(PlanRow.record_id)
    session.execute(delete(PlanRow).where(PlanRow.at < before - timedelta(days=days), PlanRow.id.notin_(last)))
