"""Replaying events that were missed, and requeueing failed jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rq.exceptions import InvalidJobOperation
from rq.exceptions import NoSuchJobError as NoJob
from rq.registry import FailedJobRegistry
from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.text import plural
from store import companies, events, history, records
from store.companies import QboCompany
from store.events import Event
from workers.errors import NoSuchEventError, NoSuchJobError
from workers.runtime import Runtime

BATCH = 500
"""How many events are replayed in one transaction."""

SLACK = timedelta(minutes=5)
"""How much earlier than an event the changes of QuickBooks are read again."""


def events_to_replay(
    runtime: Runtime, event_ids: Sequence[int], *, since: datetime | None = None, source: str | None = None
) -> list[int]:
    """Return the ids of these events, or else of all since a moment, the oldest first. Raises NoSuchEventError."""
    wanted = select(Event.id).order_by(Event.id)
    if source:
        wanted = wanted.where(Event.source == source)
    if since:
        wanted = wanted.where(Event.received_at >= since)
    if event_ids:
        wanted = wanted.where(Event.id.in_(event_ids))
    with runtime.read() as (session, _):
        existing = list(session.scalars(wanted))
    missing = sorted(set(event_ids) - set(existing))
    if missing:
        raise NoSuchEventError(missing)
    return existing


def replay(runtime: Runtime, event_ids: Sequence[int], who: str) -> tuple[int, int]:
    """Make due again what these events are about; returns how many documents, and how many companies' changes."""
    requested: set[int | None] = set()
    changed: set[int | None] = set()
    for start in range(0, len(event_ids), BATCH):
        with runtime.write() as (session, moment):
            batch = event_ids[start : start + BATCH]
            replayed = session.scalars(select(Event).where(Event.id.in_(batch)).order_by(Event.id)).all()
            requested |= {_request(session, event, moment) for event in replayed if event.source == events.PRECORO}
            changed |= {_read_again(session, event) for event in replayed if event.source == events.QUICKBOOKS}
            history.note(session, moment, who, "replay", plural(len(batch), "event"), events=list(batch))
    runtime.dispatch()
    return len(requested - {None}), len(changed - {None})


def requeue(runtime: Runtime, job_id: str, who: str) -> None:
    """Give a failed job back to RQ: its record starts its attempts afresh. Raises NoSuchJobError and RedisError."""
    try:
        FailedJobRegistry(queue=runtime.queue).requeue(job_id)
    except (InvalidJobOperation, NoJob, ValueError) as error:  # RQ raises the last one for what cannot be an id
        raise NoSuchJobError(job_id) from error
    with runtime.write() as (session, moment):
        history.note(session, moment, who, "requeue", job_id)


def _request(session: Session, event: Event, moment: datetime) -> int | None:
    """Make due what a Precoro event is about, a supplier in every connection; None when it is about none of ours."""
    subject, _, key = (event.subject or "").partition(":")
    kind = events.KIND_OF_SUBJECT.get(subject)
    connections = companies.connections_of(session, int(event.company or 0))
    if kind is None or not connections:
        return None
    idn = event.payload.get("idn")
    idn = None if idn is None else str(idn)
    serving = connections if kind == records.SUPPLIER else connections[:1]
    ids = [records.request(session, connection, kind, key, idn, moment) for connection in serving]
    return ids[0]


def _read_again(session: Session, event: Event) -> int | None:
    """Make the changes of a QuickBooks company due, from before the event; None when the company is not connected."""
    company = session.scalar(select(QboCompany).where(QboCompany.realm == event.company))
    if company is None:
        return None
    since = event.received_at - SLACK
    company.changes_due = True
    company.changes_since = min(company.changes_since or since, since)
    return company.id
