"""Hands what is due to RQ: SQL says what is due, RQ only carries it.

The receiver, the workers and the clock dispatch in the same two steps: `pick` marks records as queued inside the
caller's transaction, and `push` hands them to RQ once that is committed. A job that never arrives costs nothing but
time: its record is due again two minutes later.

Why: docs/explanation/safety.md, SQL is the truth.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Integer, Row, Select, Update, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from settings import Settings
from store import tasks
from store.base import UtcTime
from store.companies import CONNECTED, Connection
from store.job import RECORD_JOB, TASK_JOB, JsonQueue
from store.records import PURCHASE_ORDER, RECORDS, Record, due_since, under_way
from store.tasks import TASKS, Task

NOT_IN_JOB_IDS = re.compile(r"[^A-Za-z0-9_-]")
RESULT_SECONDS = 300
PICK_LOCK = 0x7E1
"""What callers of `pick` lock in Postgres: any number that nobody else locks in this database."""
JOB_COLUMNS = (Record.id, Record.kind, Record.precoro_id, Record.idn, Record.number, Record.requested_by_person)
QueueError = RedisError


@dataclass(frozen=True)
class Queued:
    """A record, or the next step of a task, that is to be handed to RQ."""

    id: int
    name: str
    title: str
    by_person: bool = False
    job: str = RECORD_JOB


def connect(settings: Settings) -> Redis:
    """Open Redis with short timeouts: no caller waits for a dead one."""
    return Redis.from_url(
        settings.redis,
        socket_connect_timeout=1,
        socket_timeout=2,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )


def queue(redis: Redis, settings: Settings) -> Queue:
    """Return the one queue, with JSON in place of pickle."""
    return JsonQueue(settings.queue, redis, default_timeout=settings.job_timeout)


def pick(session: Session, now: datetime, settings: Settings, *, connection_id: int | None = None) -> list[Queued]:
    """Mark what is due as queued, at most a few records of each connection, in turns; or only in one connection.

    The caller commits, and then pushes what is returned. Of several callers one goes first, as in SQLite anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(PICK_LOCK)))
    free = _free_places(session, now, settings, connection_id)
    chosen = [_due_in(session, now, settings, id_, places) for id_, places in free.items()]
    in_turn = [item for item in chain.from_iterable(zip_longest(*chosen)) if item]
    if in_turn:
        ids = [item.id for item in in_turn]
        session.execute(update(RECORDS).where(RECORDS.c.id.in_(ids)).values(queued_at=now))
    return sorted(in_turn, key=lambda item: not item.by_person)


def pick_one(connection: DatabaseConnection, now: datetime, settings: Settings, record_id: int) -> list[Queued]:
    """Mark one record as queued if it is due and its connection has room: `pick` for one event, in one statement."""
    parameters = {
        "record": record_id,
        "now": now,
        "recent": now - timedelta(seconds=settings.queued_for),
        "limit": settings.claims_each,
    }
    row = connection.execute(_PICK_ONE, parameters).first()
    return [_queued(row)] if row else []


def pick_tasks(session: Session, now: datetime, settings: Settings) -> list[Queued]:
    """Mark the tasks as queued whose next step is due, the oldest first; the caller commits, and then pushes them."""
    parameters = {"moment": now, "recent": now - timedelta(seconds=settings.queued_for)}
    rows = session.connection().execute(_PICK_TASKS, parameters).all()
    return [
        Queued(id_, f"task-{id_}-{uuid.uuid4().hex[:8]}", f"task {id_}: {action}", job=TASK_JOB)
        for id_, action in sorted((row.id, row.action) for row in rows)
    ]


def push(queue: Queue, picked: Sequence[Queued]) -> None:
    """Hand records to RQ. Raises QueueError; whoever can, calls `unpick` then."""
    if not picked:
        return
    jobs = [
        Queue.prepare_data(
            item.job,
            args=(item.id,),
            job_id=item.name,
            description=item.title,
            result_ttl=RESULT_SECONDS,
            at_front=item.by_person,
        )
        for item in picked
    ]
    # In one round trip and without MULTI: what is not queued after all is due again.
    pipeline = queue.connection.pipeline(transaction=False)
    queue.enqueue_many(jobs, pipeline=pipeline)
    pipeline.execute()


def unpick(session: Session, picked: Sequence[Queued]) -> None:
    """Take back that records and tasks were queued: Redis did not take them."""
    for table, job in ((Record, RECORD_JOB), (Task, TASK_JOB)):
        ids = [item.id for item in picked if item.job == job]
        session.execute(update(table).where(table.id.in_(ids)).values(queued_at=None))


def _free_places(session: Session, now: datetime, settings: Settings, connection_id: int | None) -> dict[int, int]:
    """Return how many more records of each connection may be under way at once."""
    parameters = {"now": now, "recent": now - timedelta(seconds=settings.queued_for), "connection": connection_id}
    statement = _BUSY_IN_ALL if connection_id is None else _BUSY_IN_ONE
    rows = session.connection().execute(statement, parameters)
    return {id_: (1 if backoffs else settings.claims_each) - used for id_, backoffs, used in rows}


def _due_in(session: Session, now: datetime, settings: Settings, connection_id: int, places: int) -> list[Queued]:
    """Return what is due in one connection: a person's click first, purchase orders before their bills, then by age.

    What a service gave no clear answer about comes after everything else, and what was tried longest ago before the others.
    """
    if places <= 0:
        return []
    parameters = {
        "connection": connection_id,
        "now": now,
        "recent": now - timedelta(seconds=settings.queued_for),
        "places": places,
    }
    return [_queued(row) for row in session.connection().execute(_IN_TURN, parameters)]


def _busy_statement() -> Select[int, int, int]:
    """Build the statement of `_free_places`: it runs after every job, and at every tick for all connections."""
    now, recent = bindparam("now", type_=UtcTime), bindparam("recent", type_=UtcTime)
    busy = func.count(case(((Record.lease_until > now) | (Record.queued_at > recent), 1)))
    return (
        select(Connection.id, Connection.backoffs, busy)
        .outerjoin(Record, (Record.connection_id == Connection.id) & under_way(Record))
        .where(Connection.state == CONNECTED)
        .group_by(Connection.id)
        .order_by(Connection.id)
    )


def _in_turn_statement() -> Select[int, str, str, str | None, str | None, bool]:
    """Build the statement of `_due_in`: it runs after every job, for every connection."""
    now, recent = bindparam("now", type_=UtcTime), bindparam("recent", type_=UtcTime)
    requested = select(*JOB_COLUMNS).where(
        Record.connection_id == bindparam("connection", type_=Integer), due_since(now, recent)
    )
    suspects_last = (
        Record.unanswered_since.isnot(None),
        case((Record.unanswered_since.isnot(None), Record.not_before)),
    )
    order = (Record.requested_by_person.desc(), (Record.kind != PURCHASE_ORDER), Record.requested_at, Record.id)
    places = bindparam("places", type_=Integer)
    return (
        requested.order_by(suspects_last[0], suspects_last[1].nulls_first(), *order)
        .limit(places)
        .with_for_update(skip_locked=True, of=Record)
    )


def _pick_one_statement() -> Update:
    """Build the statement of `pick_one`: it runs for every event."""
    now, recent = bindparam("now", type_=UtcTime), bindparam("recent", type_=UtcTime)
    other = aliased(Record)
    used = (
        select(func.count())
        .where(
            other.connection_id == Record.connection_id,
            under_way(other),
            or_(other.lease_until > now, other.queued_at > recent),
        )
        .scalar_subquery()
    )
    limit = select(case((Connection.backoffs > 0, 1), else_=bindparam("limit", type_=Integer)))
    places = limit.where(Connection.id == Record.connection_id).scalar_subquery()
    return (
        update(RECORDS)
        .where(Record.id == bindparam("record", type_=Integer), due_since(now, recent), used < places)
        .values(queued_at=now)
        .returning(*JOB_COLUMNS)
    )


def _pick_tasks_statement() -> Update:
    """Build the statement of `pick_tasks`: it runs at every tick."""
    moment, recent = bindparam("moment", type_=UtcTime), bindparam("recent", type_=UtcTime)  # `now` is a column
    return update(TASKS).where(tasks.due_since(moment, recent)).values(queued_at=moment).returning(Task.id, Task.action)


def _queued(record: Row[int, str, str, str | None, str | None, bool]) -> Queued:
    """Name the job so that people find it in RQ's lists."""
    kind = record.kind.replace("_", "-")
    idn = NOT_IN_JOB_IDS.sub("_", record.idn or record.precoro_id)
    name = f"{kind}-{idn}-{uuid.uuid4().hex[:8]}"
    title = f"{record.kind.replace('_', ' ')} {idn}"  # no free text: RQ's tools print it
    return Queued(record.id, name, title, record.requested_by_person)


_BUSY_IN_ALL = _busy_statement()
_BUSY_IN_ONE = _BUSY_IN_ALL.where(Connection.id == bindparam("connection", type_=Integer))
_IN_TURN, _PICK_ONE, _PICK_TASKS = _in_turn_statement(), _pick_one_statement(), _pick_tasks_statement()
