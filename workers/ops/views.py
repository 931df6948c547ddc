"""What people look at of what happened: events, actions of people, and jobs that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from store import events as event_store
from store.events import Event
from store.history import ActionRow
from store.job import RECORD_JOB, TieoutJob
from store.records import Record
from workers.errors import NoSuchJobError
from workers.lookup import connection_named
from workers.runtime import Runtime

SOURCES = (event_store.PRECORO, event_store.QUICKBOOKS)
STATUSES = (event_store.KEPT, event_store.IGNORED, event_store.UNREADABLE)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a service: the record it hints at, what became of it, and the payload as it came."""

    id: int
    received_at: datetime
    source: str
    company: str | None
    subject: str | None
    operation: str | None
    status: str
    reason: str | None
    payload: Any


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """One thing that a person did: to what, in which connection, from what to what, and which documents waited for it.

    Args:
        place: where they did it: on the command line, in the console or in the dashboard
        address, session_id: from which address, and in which session of the console
    """

    id: int
    at: datetime
    who: str
    place: str | None
    address: str | None
    session_id: int | None
    action: str
    subject: str
    connection: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FailedJob:
    """One job that RQ holds as failed: what it was about, and the last line of its traceback."""

    id: str
    ended_at: datetime | None
    title: str | None
    error: str


@dataclass(frozen=True, slots=True)
class FailedJobDetail(FailedJob):
    """One failed job with its whole traceback, and the record that it was about, if that is still there."""

    traceback: str
    record: str | None
    connection: str | None


def events(
    runtime: Runtime,
    *,
    connection: str | None = None,
    source: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    limit: int,
    before: int | None = None,
) -> list[EventRow]:
    """Return the events that match, the newest first; `before` is the id that the page before ended with.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    newest = select(Event).order_by(Event.id.desc()).limit(limit)
    if source:
        newest = newest.where(Event.source == source)
    if status:
        newest = newest.where(Event.status == status)
    if since is not None:
        newest = newest.where(Event.received_at >= since)
    if before is not None:
        newest = newest.where(Event.id < before)
    with runtime.read() as (session, _):
        companies = _companies(session, connection) if connection else (true(),)
        rows = [row for company in companies for row in session.scalars(newest.where(company))]
    return [_event(row) for row in sorted(rows, key=attrgetter("id"), reverse=True)[:limit]]


def actions(
    runtime: Runtime, connection: str | None = None, *, limit: int, before: int | None = None
) -> list[ActionTaken]:
    """Return what people did, the newest first: all of it, or what they did to a connection and what belongs to it.

    `before` is the id that the page before ended with. Raises NoSuchConnectionError and AmbiguousNameError.
    """
    newest = select(ActionRow).order_by(ActionRow.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(ActionRow.id < before)
    with runtime.read() as (session, _):
        places = _places(connection_named(session, connection).slug) if connection else (true(),)
        rows = [row for place in places for row in session.scalars(newest.where(place))]
    return [_action(row) for row in sorted(rows, key=attrgetter("id"), reverse=True)[:limit]]


def failed_jobs(runtime: Runtime, *, limit: int | None = None, offset: int = 0) -> list[FailedJob]:
    """Return the jobs that RQ holds as failed, the oldest first. Raises RedisError."""
    last = -1 if limit is None else offset + limit - 1
    ids = FailedJobRegistry(queue=runtime.queue).get_job_ids(offset, last)
    jobs = (runtime.queue.fetch_job(job_id) for job_id in ids)
    return [_failed_job(job) for job in jobs if job is not None]


def failed_job(runtime: Runtime, job_id: str) -> FailedJobDetail:
    """Return one job that RQ holds as failed. Raises NoSuchJobError and RedisError."""
    is_failed = job_id in FailedJobRegistry(queue=runtime.queue)
    job = runtime.queue.fetch_job(job_id) if is_failed else None
    if job is None:
        raise NoSuchJobError(job_id)
    with runtime.read() as (session, _):
        is_of_record = isinstance(job, TieoutJob) and job.is_ours and job.func_name == RECORD_JOB
        record = session.get(Record, job.args[0]) if is_of_record else None
        names = (record.name, record.connection.slug) if record else (None, None)
    row = _failed_job(job)
    return FailedJobDetail(row.id, row.ended_at, row.title, row.error, _traceback(job), *names)


def _places(slug: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what was done in a connection and to itself: each has an index of its own to go by."""
    return (ActionRow.connection == slug, and_(ActionRow.connection.is_(None), ActionRow.subject == slug))


def _companies(session: Session, name: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of the events about each company of a connection: each has an index of its own to go by."""
    connection = connection_named(session, name)
    return (
        and_(Event.source == event_store.PRECORO, Event.company == str(connection.precoro_id)),
        and_(Event.source == event_store.QUICKBOOKS, Event.company == connection.qbo.realm),
    )


def _event(row: Event) -> EventRow:
    return EventRow(
        row.id,
        row.received_at,
        row.source,
        row.company,
        row.subject,
        row.operation,
        row.status,
        row.reason,
        row.payload,
    )


def _action(row: ActionRow) -> ActionTaken:
    origin = row.place, row.address, row.session_id
    return ActionTaken(row.id, row.at, row.who, *origin, row.action, row.subject, row.connection, row.details or {})


def _failed_job(job: Job) -> FailedJob:
    lines = _traceback(job).splitlines()
    return FailedJob(job.id, job.ended_at and job.ended_at.astimezone(UTC), job.description, lines[-1] if lines else "")


def _traceback(job: Job) -> str:
    result = job.latest_result()
    return ((result.exc_string if result else None) or "").strip()
