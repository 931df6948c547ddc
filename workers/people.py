"""What people do: send, ignore, pause, resume, pair, replay and requeue. Each act leaves its row in the history."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rq.exceptions import InvalidJobOperation
from rq.exceptions import NoSuchJobError as NoJob
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from store import companies, events, history, records, reference
from store.companies import CONNECTED, DISCONNECTED, PAUSED, Connection, QboCompany
from store.events import Event
from store.records import Record, replace_problems
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers import clients
from workers.connections import connect
from workers.reference import company, pairs
from workers.runtime import Runtime

PAIRED: Mapping[str, tuple[str, str]] = pairs.SIDES
"""Each kind of pair that a person makes one by one: the kind of its entries in Precoro and in QuickBooks."""

KINDS = {"purchase order": records.PURCHASE_ORDER, "invoice": records.INVOICE, "supplier": records.SUPPLIER}
"""The subjects of Precoro's events that are kept in step."""

BATCH = 500
"""How many events are replayed in one transaction."""

SLACK = timedelta(minutes=5)
"""How much earlier than an event the changes of QuickBooks are read again."""


class CannotError(Exception):
    """An act that is not possible now; the message says why and what to do."""


class NotThereError(CannotError):
    """What was named does not exist."""


class BeingWorkedOnError(CannotError):
    """A worker holds the record."""

    def __init__(self, record: Record) -> None:
        super().__init__(
            f"{record.number or record.idn} is being worked on at this moment. Try again in a minute: "
            f"tieout documents show {record.kind}:{record.idn}"
        )


class NotPausedError(CannotError):
    """A disconnected connection is not resumed but connected again."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"QuickBooks no longer accepts {slug}. Connect it again: tieout connections reconnect {slug}")


class NoSuchConnectionError(NotThereError):
    """No connection has this name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no connection named {slug}. See: tieout connections list")


class NoSuchEntryError(NotThereError):
    """Neither the key nor the name of an entry is known."""

    def __init__(self, side: str, kind: str, text: str, slug: str) -> None:
        super().__init__(
            f"{side} has no {kind.replace('_', ' ')} with the id or name {text} in the lists as they were last read. "
            f"Read them again: tieout connections refresh {slug}"
        )


class SeveralEntriesError(CannotError):
    """A name stands for several entries."""

    def __init__(self, side: str, kind: str, text: str, keys: Collection[str]) -> None:
        super().__init__(f"{side} has more than one {kind} named {text}. Name one by its id: {', '.join(sorted(keys))}")


class NoSuchJobError(NotThereError):
    """RQ has no failed job with this id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no failed job {job_id}. See: tieout jobs failed")


def send(runtime: Runtime, record_id: int, who: str, accepted: Sequence[str] = ()) -> None:
    """Send a document now: before all others, whatever it was held or left out for.

    `accepted` are the codes of problems that the person steps over. What the document's state in Precoro or the go-live
    rules out stays unsent; the record then says so.
    """
    with runtime.write() as (session, moment):
        record = session.get_one(Record, record_id)
        session.execute(
            update(Record)
            .where(Record.id == record_id, Record.state == records.NEVER)
            .values(state=records.OPEN, reason=None)
        )
        records.revive(session, record_id, moment, asked=True, accepted=accepted)
        _note(session, moment, who, "send", record, accepted=list(accepted))
    runtime.dispatch()


def ignore(runtime: Runtime, record_id: int, who: str, why: str = "") -> None:
    """Leave a document out from now on; what stands in QuickBooks because of it stays. Raises BeingWorkedOnError."""
    reason = f"ignored by {who}" + (f": {why}" if why else "")
    with runtime.write() as (session, moment):
        record = session.get_one(Record, record_id)
        taken = session.execute(
            update(Record)
            .where(Record.id == record_id, or_(Record.lease_until.is_(None), Record.lease_until <= moment))
            .values(
                state=records.NEVER,
                reason=reason[:1000],
                done=Record.wanted,
                wanted_at=None,
                asked=False,
                write_back_due=False,
            )
            .returning(Record.id)
        ).first()
        if taken is None:
            raise BeingWorkedOnError(record)
        replace_problems(session, record_id, [])
        _note(session, moment, who, "ignore", record, why=why)


def pause(runtime: Runtime, slug: str, who: str) -> None:
    """Stop working for a connection; events are kept, and what they are about waits."""
    with runtime.write() as (session, moment):
        connection = named(session, slug)
        if connection.state == DISCONNECTED:
            raise NotPausedError(slug)
        connection.state = PAUSED
        history.note(session, moment, who, "pause", slug)


def resume(runtime: Runtime, slug: str, who: str) -> None:
    """Go on after a pause, and end a rest early. Raises NotPausedError for a disconnected connection."""
    with runtime.write() as (session, moment):
        connection = named(session, slug)
        if connection.state == DISCONNECTED:
            raise NotPausedError(slug)
        connection.state = CONNECTED
        companies.rested(session, connection.id)
        both = connection.precoro, connection.qbo
        history.note(session, moment, who, "resume", slug)
    clients.ask_again(runtime, *both)
    runtime.dispatch()


def pair(runtime: Runtime, slug: str, kind: str, precoro: str, quickbooks: str, who: str) -> int:
    """Pair two entries, each named by its id or its exact name; returns how many held documents that releases.

    Raises NoSuchEntryError and SeveralEntriesError.
    """
    ours, theirs = PAIRED[kind]
    with runtime.write() as (session, moment):
        connection = named(session, slug)
        left = key_of(session, connection, PRECORO, ours, precoro)
        right = key_of(session, connection, QUICKBOOKS, theirs, quickbooks)
        before = reference.pairs(session, connection.id, [(kind, left)]).get((kind, left))
        waiting = records.waiting_for(session, connection.id, pairs.subject(kind, left))
        released = pairs.pair(session, connection, kind, left, right, moment)
        history.note(
            session, moment, who, "pair", f"{kind}:{left}", before=before, after=right, waiting=waiting, connection=slug
        )
    runtime.dispatch()
    return released


def refresh(runtime: Runtime, slug: str, who: str) -> tuple[dict[str, int], dict[str, int]]:
    """Read the company and the lists of both sides again and pair equal names; returns what each list has, and new pairs."""
    with runtime.write() as (session, moment):
        connection = named(session, slug)
        connection_id, qbo_id = connection.id, connection.qbo_id
        history.note(session, moment, who, "refresh", slug)
    company.look(runtime, qbo_id)
    counted = connect.import_lists(runtime, connection_id)
    paired = pairs.pair_equal_names(runtime, connection_id)
    runtime.dispatch()
    return counted, paired


def reconnect(runtime: Runtime, slug: str, code: str, realm: str, *, redirect: str, who: str) -> None:
    """Give a connection fresh permission and go on with what waited. Raises ConnectError and RemoteError."""
    connect.reconnect(runtime, slug, code, realm, redirect=redirect)
    with runtime.write() as (session, moment):
        companies.rested(session, named(session, slug).id)
        history.note(session, moment, who, "reconnect", slug)
    runtime.dispatch()


def replay(runtime: Runtime, event_ids: Sequence[int], who: str) -> tuple[int, int]:
    """Make due again what these events are about; returns how many documents, and how many companies' changes."""
    wanted: set[int | None] = set()
    changed: set[int | None] = set()
    for start in range(0, len(event_ids), BATCH):
        with runtime.write() as (session, moment):
            batch = event_ids[start : start + BATCH]
            found = session.scalars(select(Event).where(Event.id.in_(batch)).order_by(Event.id)).all()
            wanted |= {_want(session, event, moment) for event in found if event.source == events.PRECORO}
            changed |= {_read_again(session, event) for event in found if event.source == events.QUICKBOOKS}
            history.note(session, moment, who, "replay", f"{len(batch)} events", events=list(batch))
    runtime.dispatch()
    return len(wanted - {None}), len(changed - {None})


def failed_jobs(runtime: Runtime) -> list[Job]:
    """Return the jobs that RQ holds as failed, the oldest first. Raises RedisError."""
    found = (runtime.queue.fetch_job(job_id) for job_id in FailedJobRegistry(queue=runtime.queue).get_job_ids())
    return [job for job in found if job is not None]


def requeue(runtime: Runtime, job_id: str, who: str) -> None:
    """Give a failed job back to RQ: its record starts its attempts afresh. Raises NoSuchJobError and RedisError."""
    try:
        FailedJobRegistry(queue=runtime.queue).requeue(job_id)
    except (InvalidJobOperation, NoJob) as error:
        raise NoSuchJobError(job_id) from error
    with runtime.write() as (session, moment):
        history.note(session, moment, who, "requeue", job_id)


def named(session: Session, slug: str) -> Connection:
    """Return the connection of this name. Raises NoSuchConnectionError."""
    found = companies.named(session, slug)
    if found is None:
        raise NoSuchConnectionError(slug)
    return found


def key_of(session: Session, connection: Connection, side: str, kind: str, text: str) -> str:
    """Return the key of the entry that has this key, or this very name."""
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    found = session.execute(
        select(Entry.key, Entry.name).where(
            Entry.side == side,
            Entry.company_id == company,
            Entry.kind == kind,
            or_(Entry.key == text, Entry.name == text),
        )
    ).all()
    keys = {row.key for row in found if row.key == text} or {row.key for row in found}
    shown = "Precoro" if side == PRECORO else "QuickBooks"
    if not keys:
        raise NoSuchEntryError(shown, kind, text, connection.slug)
    if len(keys) > 1:
        raise SeveralEntriesError(shown, kind, text, keys)
    key: str = keys.pop()
    return key


def _want(session: Session, event: Event, moment: datetime) -> int | None:
    """Make due what a Precoro event is about, a supplier in every connection; None when it is about none of ours."""
    subject, _, key = (event.subject or "").partition(":")
    kind = KINDS.get(subject)
    serving = companies.serving(session, int(event.company or 0))
    if kind is None or not serving:
        return None
    idn = event.payload.get("idn")
    wanted = serving if kind == records.SUPPLIER else serving[:1]
    raised = [records.want(session, one, kind, key, None if idn is None else str(idn), moment) for one in wanted]
    return raised[0]


def _read_again(session: Session, event: Event) -> int | None:
    """Make the changes of a QuickBooks company due, from before the event; None when the company is not connected."""
    company = session.scalar(select(QboCompany).where(QboCompany.realm == event.company))
    if company is None:
        return None
    since = event.received_at - SLACK
    company.changes_due = True
    company.changes_since = min(company.changes_since or since, since)
    return company.id


def _note(session: Session, moment: datetime, who: str, action: str, record: Record, **details: Any) -> None:
    """Write down what a person did to a document."""
    subject = f"{record.kind}:{record.idn or record.precoro_id}"
    history.note(session, moment, who, action, subject, connection=record.connection.slug, **details)
