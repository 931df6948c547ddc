"""What people look at of what happened: events, actions of people, and jobs that failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import and_, or_, select

from store import events as event_store
from store.events import Event
from store.history import ActionRow
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
    """One thing that a person did: to what, in which connection, from what to what, and which documents waited for it."""

    id: int
    at: datetime
    who: str
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


def events(
    runtime: Runtime,
    *,
    source: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    limit: int,
    before: int | None = None,
) -> list[EventRow]:
    """Return the events that match, the newest first; `before` is the id that the page before ended with."""
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
        return [_event(row) for row in session.scalars(newest)]


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
        if connection:
            slug = connection_named(session, connection).slug
            on_itself = and_(ActionRow.connection.is_(None), ActionRow.subject == slug)
            newest = newest.where(or_(ActionRow.connection == slug, on_itself))
        return [_action(row) for row in session.scalars(newest)]


def failed_jobs(runtime: Runtime) -> list[FailedJob]:
    """Return the jobs that RQ holds as failed, the oldest first. Raises RedisError."""
    ids = FailedJobRegistry(queue=runtime.queue).get_job_ids()
    jobs = (runtime.queue.fetch_job(job_id) for job_id in ids)
    return [_failed_job(job) for job in jobs if job is not None]


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
    return ActionTaken(row.id, row.at, row.who, row.action, row.subject, row.connection, row.details or {})


def _failed_job(job: Job) -> FailedJob:
    result = job.latest_result()
    lines = ((result.exc_string if result else None) or "").strip().splitlines()
    return FailedJob(job.id, job.ended_at and job.ended_at.astimezone(UTC), job.description, lines[-1] if lines else "")
