"""What the on-call engineer looks at first: who works, what is due and for how long, and who has fallen silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from redis.exceptions import RedisError
from rq.registry import FailedJobRegistry
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store import duties, events, records
from store.companies import Connection
from store.records import Record
from store.tasks import UNDER_WAY, Task
from workers import lookup
from workers.runtime import Runtime


@dataclass(frozen=True, slots=True)
class LivingWorker:
    """A worker process that lived a moment ago: its machine, its number there, and when it said so."""

    host: str
    process: int
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What waits in a connection, and when each service was last heard.

    Args:
        due: how many records are to be looked at or written back; `oldest_due` is since when the first of them is
        tasks: how many long actions run
        precoro_event, quickbooks_event: when the last event of each service came
        quickbooks_read: when the changes of QuickBooks were last read
    """

    connection: str
    state: str
    due: int
    oldest_due: datetime | None
    tasks: int
    precoro_event: datetime | None
    quickbooks_event: datetime | None
    quickbooks_read: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the whole installation does.

    Args:
        at: the moment at which that was so
        ticked_at: when a clock last ticked
        queued, failed_jobs: how many jobs RQ holds; None while Redis does not answer
        troubles: the unexpected errors with which duties of the clock ended, by the name of the duty
    """

    at: datetime
    workers: tuple[LivingWorker, ...]
    ticked_at: datetime | None
    queued: int | None
    failed_jobs: int | None
    troubles: Mapping[str, str]
    connections: tuple[Pulse, ...]


def overview(runtime: Runtime, connections: Collection[str] | None = None) -> Overview:
    """Return how the installation does, with connections of these names or with all.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    queued, failed_jobs = _jobs(runtime)
    with runtime.read() as (session, moment):
        rows = lookup.connections_named(session, connections)
        return Overview(
            at=moment,
            workers=tuple(LivingWorker(*worker) for worker in duties.workers(session, moment)),
            ticked_at=duties.last_tick(session),
            queued=queued,
            failed_jobs=failed_jobs,
            troubles={duty.name: duty.trouble or "" for duty in duties.troubled(session)},
            connections=tuple(_pulses(session, rows)),
        )


def _jobs(runtime: Runtime) -> tuple[int | None, int | None]:
    """Return how many jobs wait and how many failed, or neither."""
    with suppress(RedisError):
        return len(runtime.queue), FailedJobRegistry(queue=runtime.queue).count
    return None, None


def _pulses(session: Session, connections: Sequence[Connection]) -> list[Pulse]:
    """Return the pulse of each connection."""
    ids = [connection.id for connection in connections]
    is_due = or_(Record.requested_version > Record.handled_version, Record.write_back_due)
    number_due = select(Record.connection_id, func.count(), func.min(Record.requested_at)).where(
        is_due, Record.state != records.NEVER
    )  # of all connections: an index holds what is due, and nothing else
    due = {id_: (number, oldest) for id_, number, oldest in session.execute(number_due.group_by(Record.connection_id))}
    running = select(Task.connection_id, func.count()).where(Task.state.in_(UNDER_WAY), Task.connection_id.in_(ids))
    tasks = {id_: number for id_, number in session.execute(running.group_by(Task.connection_id))}  # noqa: C416 - rows are no pairs to mypy
    return [
        Pulse(
            connection=connection.slug,
            state=connection.state,
            due=due.get(connection.id, (0, None))[0],
            oldest_due=due.get(connection.id, (0, None))[1],
            tasks=tasks.get(connection.id, 0),
            precoro_event=connection.precoro.last_event_at,
            quickbooks_event=events.last_received(session, events.QUICKBOOKS, connection.qbo.realm),
            quickbooks_read=connection.qbo.changes_read_at,
        )
        for connection in connections
    ]
