"""Writes to either service that are about to be made: stored with their exact body before the call, settled after it.

An intent that stays open is a write whose answer was never seen; it is settled before anything new is planned
(docs/explanation/safety.md, Settle before you plan). Its id is the `requestid` of a call to QuickBooks and is used again only to send the very same row.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, EncryptedJson, UtcTime
from store.companies import Connection
from store.records import Record

Operation: TypeAlias = Literal["create", "update", "delete"]
CREATE: Final = "create"
UPDATE: Final = "update"
DELETE: Final = "delete"

IntentState: TypeAlias = Literal["open", "landed", "refused", "lost"]
OPEN: Final = "open"
LANDED: Final = "landed"
REFUSED: Final = "refused"
LOST: Final = "lost"


class Intent(Base):
    """One write: what is sent, how often it was sent, and how it ended; `entity_id` is what it changes there."""

    __tablename__ = "intents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), index=True)
    operation: Mapped[Operation] = mapped_column(String(8))
    type: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[Any] = mapped_column(EncryptedJson)
    plan: Mapped[Any] = mapped_column(EncryptedJson)
    state: Mapped[IntentState] = mapped_column(String(8), default=OPEN)
    fault: Mapped[str | None] = mapped_column(String(1000))
    sends: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


def begin(
    session: Session,
    record_id: int,
    now: datetime,
    *,
    operation: Operation,
    type_: str,
    entity_id: str | None,
    body: Any,
    plan: Any,
) -> Intent:
    """Store a write that is about to be sent; `plan` is what recording its outcome will need."""
    intent = Intent(
        id=uuid.uuid4().hex,
        record_id=record_id,
        operation=operation,
        type=type_,
        entity_id=entity_id,
        body=body,
        plan=plan,
        state=OPEN,
        sends=1,
        created_at=now,
        sent_at=now,
    )
    session.add(intent)
    return intent


def unsettled(session: Session, record_id: int) -> Sequence[Intent]:
    """Return the writes of a record whose answers were never seen, the oldest first."""
    unanswered = select(Intent).where(Intent.record_id == record_id, Intent.state == OPEN)
    return session.scalars(unanswered.order_by(Intent.created_at)).all()


def landed(session: Session, record_id: int) -> Sequence[Intent]:
    """Return the writes of a record that landed, as far back as they are kept."""
    return session.scalars(select(Intent).where(Intent.record_id == record_id, Intent.state == LANDED)).all()


def open_creates(session: Session, qbo_company_id: int, type_: str, *, besides: int) -> Sequence[Intent]:
    """Return the creates of a type in a QuickBooks company that have no answer yet, but for those of one record."""
    unanswered = (
        select(Intent)
        .join(Record, Record.id == Intent.record_id)
        .join(Connection, Connection.id == Record.connection_id)
        .where(
            Intent.state == OPEN,
            Intent.operation == CREATE,
            Intent.type == type_,
            Connection.qbo_id == qbo_company_id,
            Record.id != besides,
        )
    )
    return session.scalars(unanswered).all()


def resend(session: Session, intent_id: str, now: datetime) -> None:
    """Note that the same bytes go out once more."""
    session.execute(update(Intent).where(Intent.id == intent_id).values(sends=Intent.sends + 1, sent_at=now))


def has_landed(session: Session, record_id: int) -> bool:
    """Say whether a write for a record has landed, as far back as writes are kept."""
    landed = select(Intent.id).where(Intent.record_id == record_id, Intent.state == LANDED)
    return session.scalar(landed.limit(1)) is not None


def forget(session: Session, before: datetime, *, days: int = 90) -> None:
    """Remove writes that ended longer ago than the retention: their bodies may name people."""
    session.execute(delete(Intent).where(Intent.state != OPEN, Intent.closed_at < before - timedelta(days=days)))


def close(session: Session, intent_id: str, now: datetime, state: IntentState, fault: str | None = None) -> None:
    """Record how a write ended: a fact, which anybody who saw it may record."""
    session.execute(
        update(Intent)
        .where(Intent.id == intent_id, Intent.state == OPEN)
        .values(state=state, fault=fault and fault[:1000], closed_at=now)
    )
