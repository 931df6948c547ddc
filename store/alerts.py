"""Alerts: of which causes people were told, the channels that messages go to, and the messages that are still to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, delete, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.alerts.cause import AlertCause, Kind
from mappers.alerts.decision import Alert, Decision
from mappers.alerts.message import Message
from store.base import Base, Encrypted, ExactJson, UtcTime
from store.companies import Connection

RETENTION = timedelta(days=90)
"""For how long what people were told of is kept after its end."""
OPEN = text("solved_at IS NULL")


class AlertRow(Base):
    """A cause from its beginning to its end, as it was last observed: `mappers.alerts` says what each value means."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Kind] = mapped_column(String(20))
    connection: Mapped[str | None] = mapped_column(String(40), index=True)
    sentence: Mapped[str] = mapped_column(String(1000))
    page: Mapped[str] = mapped_column(String(300))
    records: Mapped[int] = mapped_column()
    amounts: Mapped[dict[str, Decimal]] = mapped_column(ExactJson)
    since: Mapped[datetime | None] = mapped_column(UtcTime)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    solved_at: Mapped[datetime | None] = mapped_column(UtcTime, index=True)

    __table_args__ = (Index("one_open_alert", "key", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)


class Channel(Base):
    """Where messages go: an address with its secrets, for one connection or, without one, for the whole installation.

    `title` is what may be shown of the address, `failing_since` and `failure` what came of it when it last failed.
    """

    __tablename__ = "alert_channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connections.id"))
    address: Mapped[str] = mapped_column(Encrypted)
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcTime)
    failure: Mapped[str | None] = mapped_column(String(300))


class OutgoingMessage(Base):
    """A message for one channel, or for the file when there is none, until it is sent or given up.

    Nobody takes it before `not_before`: that lies ahead while a process sends it, and after a try that failed.
    """

    __tablename__ = "alert_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("alert_channels.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(UtcTime, index=True)


def open_alerts(session: Session) -> list[Alert]:
    """Return the alerts that are not over, in the order in which they began."""
    rows = session.scalars(select(AlertRow).where(AlertRow.solved_at.is_(None)).order_by(AlertRow.id))
    return [_alert(row) for row in rows]


def told_since(session: Session, moment: datetime) -> set[str]:
    """Return the keys of the causes that people were told of since a moment."""
    return set(session.scalars(select(AlertRow.key).where(AlertRow.told_at >= moment)))


def keep(session: Session, decision: Decision) -> None:
    """Keep what became of the alerts; one that ended before anybody was told is forgotten."""
    rows = {row.key: row for row in session.scalars(select(AlertRow).where(AlertRow.solved_at.is_(None)))}
    for alert in (*decision.open, *decision.closed):
        row = rows.get(alert.cause.key)
        if alert.solved_at is not None and alert.told_at is None:
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(AlertRow(**_values(alert)))
        else:
            for name, value in _values(alert).items():
                setattr(row, name, value)


def channels_with_connections(session: Session) -> list[tuple[Channel, str | None]]:
    """Return every channel with the name of its connection, by name."""
    rows = select(Channel, Connection.slug).outerjoin(Connection, Connection.id == Channel.connection_id)
    return [(channel, slug) for channel, slug in session.execute(rows.order_by(Channel.name))]


def channel_named(session: Session, name: str) -> Channel | None:
    """Return the channel of this name."""
    return session.scalar(select(Channel).where(Channel.name == name))


def hand_over(session: Session, channel_id: int | None, message: Message, now: datetime) -> None:
    """Keep a message until it is sent."""
    row = OutgoingMessage(channel_id=channel_id, made_at=now, title=message.title, body=message.body, not_before=now)
    session.add(row)


def is_any_due(session: Session, now: datetime) -> bool:
    """Say whether any message can be sent."""
    return session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.not_before <= now).limit(1)) is not None


def take(session: Session, now: datetime, lease: timedelta) -> OutgoingMessage | None:
    """Take the oldest message that can be sent: nobody else gets it before the lease has ended."""
    due = select(OutgoingMessage.id).where(OutgoingMessage.not_before <= now).order_by(OutgoingMessage.id).limit(1)
    taken = (
        update(OutgoingMessage)
        .where(OutgoingMessage.id == due.scalar_subquery(), OutgoingMessage.not_before <= now)
        .values(not_before=now + lease, attempts=OutgoingMessage.attempts + 1)
    )
    return session.scalar(taken.returning(OutgoingMessage))


def note_sent(session: Session, message: OutgoingMessage, now: datetime) -> None:
    """Note that a message was sent: nobody needs its text any more."""
    session.execute(delete(OutgoingMessage).where(OutgoingMessage.id == message.id))
    note_success(session, message.channel_id, now)


def note_failure(session: Session, message: OutgoingMessage, why: str, now: datetime, again_in: float | None) -> None:
    """Note that a message could not be sent, and when it is tried again; None gives it up."""
    this = OutgoingMessage.id == message.id
    if again_in is None:
        session.execute(delete(OutgoingMessage).where(this))
    else:
        later = now + timedelta(seconds=again_in)
        session.execute(update(OutgoingMessage).where(this).values(not_before=later))
    note_trouble(session, message.channel_id, why, now)


def note_success(session: Session, channel_id: int | None, now: datetime) -> None:
    """Note that a channel works."""
    works = {"sent_at": now, "failing_since": None, "failure": None}
    session.execute(update(Channel).where(Channel.id == channel_id).values(**works))


def note_trouble(session: Session, channel_id: int | None, why: str, now: datetime) -> None:
    """Note that a channel does not work, and since when."""
    channel = update(Channel).where(Channel.id == channel_id)
    session.execute(channel.values(failure=why[:300]))
    session.execute(channel.where(Channel.failing_since.is_(None)).values(failing_since=now))


def failing_channels(session: Session) -> Sequence[Channel]:
    """Return the channels that did not work when a message last went there."""
    return session.scalars(select(Channel).where(Channel.failing_since.isnot(None)).order_by(Channel.name)).all()


def names_connection(slug: str) -> ColumnElement[bool]:
    """Say that a message names a connection, as `mappers.alerts.message.is_about` does."""
    body = OutgoingMessage.body
    return or_(body.startswith(f"{slug}: ", autoescape=True), body.contains(f"\n{slug}: ", autoescape=True))


def forget(session: Session, before: datetime) -> None:
    """Remove what was over before the retention."""
    session.execute(delete(AlertRow).where(AlertRow.solved_at < before - RETENTION))


def _alert(row: AlertRow) -> Alert:
    cause = AlertCause(
        key=row.key,
        kind=row.kind,
        connection=row.connection,
        sentence=row.sentence,
        page=row.page,
        records=row.records,
        amounts={currency: Decimal(amount) for currency, amount in row.amounts.items()},
        since=row.since,
    )
    return Alert(cause=cause, begun_at=row.begun_at, told_at=row.told_at, gone_at=row.gone_at, solved_at=row.solved_at)


def _values(alert: Alert) -> dict[str, Any]:
    """Return the columns of an alert."""
    cause = alert.cause
    return {
        "key": cause.key,
        "kind": cause.kind,
        "connection": cause.connection,
        "sentence": cause.sentence[:1000],
        "page": cause.page[:300],
        "records": cause.records,
        "amounts": dict(cause.amounts),
        "since": cause.since,
        "begun_at": alert.begun_at,
        "told_at": alert.told_at,
        "gone_at": alert.gone_at,
        "solved_at": alert.solved_at,
    }
