"""What people look at: what they were told of, and the channels that messages go to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from mappers.alerts.cause import ALERT_KINDS, Kind
from store import alerts
from store.alerts import AlertRow, OutgoingMessage
from workers.errors import NoSuchAlertError
from workers.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAlert:
    """A cause that people are told of, from its beginning to its end.

    Args:
        alert: its number
        connection: the connection that it is about; None for the whole installation
        meaning: what its kind means
        sentence: what is wrong
        page: the path of the page of the console where it is put right
        records, amounts: how many records it is about, and how much money, by currency, as last observed
        since: since when it is so, if that is known
        begun_at: when it was first observed
        told_at: when people were last told of it; None as long as they were not
        solved_at: when it was over
    """

    alert: int
    connection: str | None
    kind: str
    meaning: str
    sentence: str
    page: str
    records: int
    amounts: Mapping[str, Decimal]
    since: datetime | None
    begun_at: datetime
    told_at: datetime | None
    solved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChannel:
    """Where messages go, without the secrets of its address.

    Args:
        connection: the connection of whose causes it tells; None for those of all, and of the installation
        title: what may be shown of the address
        sent_at: when a message last went there
        failing_since, failure: since when it fails, and why
        waiting: how many messages wait to be sent there
    """

    name: str
    connection: str | None
    title: str
    sent_at: datetime | None
    failing_since: datetime | None
    failure: str | None
    waiting: int


@dataclass(frozen=True, slots=True)
class AlertCount:
    """How many causes of one kind there are, and how many records they are about."""

    causes: int
    records: int


def shown(
    runtime: Runtime,
    connections: Collection[str] | None = None,
    *,
    is_over: bool,
    limit: int,
    before: int | None = None,
) -> list[ShownAlert]:
    """Return what is there now or what is over, the newest first; of these connections, or of the whole installation.

    `before` is the number that the page before ended with.
    """
    rows = select(AlertRow).where(AlertRow.solved_at.isnot(None) if is_over else AlertRow.solved_at.is_(None))
    if connections is not None:
        rows = rows.where(AlertRow.connection.in_(connections))
    if before is not None:
        rows = rows.where(AlertRow.id < before)
    with runtime.read() as (session, _):
        return [_shown(row) for row in session.scalars(rows.order_by(AlertRow.id.desc()).limit(limit))]


def alert(runtime: Runtime, number: int) -> ShownAlert:
    """Return one alert. Raises NoSuchAlertError."""
    with runtime.read() as (session, _):
        row = session.get(AlertRow, number)
    if row is None:
        raise NoSuchAlertError(number)
    return _shown(row)


def counts(runtime: Runtime) -> dict[Kind, AlertCount]:
    """Return what is there now of each kind, also of those of which there is nothing."""
    of_kind = select(AlertRow.kind, func.count(), func.sum(AlertRow.records)).where(AlertRow.solved_at.is_(None))
    with runtime.read() as (session, _):
        rows = session.execute(of_kind.group_by(AlertRow.kind)).all()
    present = {kind: AlertCount(causes, records) for kind, causes, records in rows}
    return {kind: present.get(kind, AlertCount(0, 0)) for kind in ALERT_KINDS}


def channels(runtime: Runtime) -> list[ShownChannel]:
    """Return every channel, by name."""
    numbers = select(OutgoingMessage.channel_id, func.count().label("number")).group_by(OutgoingMessage.channel_id)
    with runtime.read() as (session, _):
        waiting = {row.channel_id: row.number for row in session.execute(numbers)}
        return [
            ShownChannel(
                name=channel.name,
                connection=connection,
                title=channel.title,
                sent_at=channel.sent_at,
                failing_since=channel.failing_since,
                failure=channel.failure,
                waiting=waiting.get(channel.id, 0),
            )
            for channel, connection in alerts.channels_with_connections(session)
        ]


def _shown(row: AlertRow) -> ShownAlert:
    return ShownAlert(
        alert=row.id,
        connection=row.connection,
        kind=row.kind,
        meaning=ALERT_KINDS[row.kind],
        sentence=row.sentence,
        page=row.page,
        records=row.records,
        amounts={currency: Decimal(amount) for currency, amount in row.amounts.items()},
        since=row.since,
        begun_at=row.begun_at,
        told_at=row.told_at,
        solved_at=row.solved_at,
    )
