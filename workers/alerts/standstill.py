"""What has stopped: the clock, the workers, or everything that is due in a connection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from mappers.alerts.cause import CLOCK, STANDSTILL, WORKERS, AlertCause
from settings import Settings
from store import companies, duties, history, records
from store.base import MoneySum
from store.companies import Connection
from store.records import Record
from workers.alerts.look import OPERATIONS, Look, page_of, policy_of
from workers.attention.views import Weight

ALARMS = 5
"""After how many times the setting `clock_alarm` the clock has stopped: a long duty lasts longer than once."""


def has_clock_stopped(ticked: datetime | None, moment: datetime, settings: Settings) -> bool:
    """Say whether the clock has not ticked for so long that it is not only busy."""
    return ticked is None or moment - ticked > timedelta(seconds=ALARMS * settings.clock_alarm)


def clock(look: Look) -> Iterator[AlertCause]:
    """Yield that no clock runs; only a worker can observe that."""
    ticked = duties.last_tick(look.session)
    if has_clock_stopped(ticked, look.moment, look.settings):
        sentence = "The clock has stopped, so nothing is sent. Start it."
        yield AlertCause(key=CLOCK, kind=CLOCK, connection=None, sentence=sentence, page=OPERATIONS, since=ticked)


def workers(look: Look) -> Iterator[AlertCause]:
    """Yield that no worker lives, once there is something to work for."""
    if look.connections and not duties.living_workers(look.session, look.moment):
        sentence = "No worker runs, so nothing is sent. Start them."
        yield AlertCause(key=WORKERS, kind=WORKERS, connection=None, sentence=sentence, page=OPERATIONS)


def standstill(look: Look) -> Iterator[AlertCause]:
    """Yield the connections in which something has been due for long, and nothing was decided meanwhile."""
    for connection in look.connections:
        hours = policy_of(connection).alert_standstill_hours
        since = look.moment - look.hours(hours)
        weight = _due(look, connection, since)
        if connection.state != companies.CONNECTED or not weight.records:
            continue
        moved = history.last_decision(look.session, connection.id)
        if moved is None or moved < since:
            yield AlertCause(
                key=f"{STANDSTILL}:{connection.slug}",
                kind=STANDSTILL,
                connection=connection.slug,
                sentence=_sentence(connection, look.moment),
                page=page_of(connection, "operations"),
                records=sum(weight.records.values()),
                amounts=weight.amounts,
                since=weight.since,
            )


def _due(look: Look, connection: Connection, since: datetime) -> Weight:
    """Return what has been due in a connection since before a moment, and is not postponed."""
    due = select(Record.kind, Record.currency, func.count(), MoneySum(Record.amount), func.min(Record.requested_at))
    old = due.where(Record.connection_id == connection.id, *_has_waited(since, look.moment))
    weight = Weight()
    for part in look.session.execute(old.group_by(Record.kind, Record.currency)):
        weight.add(*part)
    return weight


def _has_waited(since: datetime, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say that a record has been due since before a moment."""
    return (
        or_(Record.requested_version > Record.handled_version, Record.write_back_due),
        Record.state != records.NEVER,
        Record.requested_at <= since,
        or_(Record.not_before.is_(None), Record.not_before <= moment),
    )


def _sentence(connection: Connection, moment: datetime) -> str:
    """Return what stands still, and what the connection waits for if it does."""
    rests = connection.backoff_until is not None and connection.backoff_until > moment
    why = f" It waits: {connection.backoff_reason}" if rests and connection.backoff_reason else ""
    return f"Documents are due, and nothing has moved for too long.{why}"
