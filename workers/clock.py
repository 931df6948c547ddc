"""`python -m workers.clock`: queues what is due and begins the periodic duties.

Any number of clocks may run: each duty is a row that one of them takes (docs/explanation/safety.md, Clocks).
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from redis.exceptions import RedisError
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import startup
from mappers.documents.document import EXPENSE
from outbound.errors import RemoteError
from settings import Settings
from store import alerts, duties, events, history, intents, reference, tasks, usage
from store import tie_out as reports
from store.base import described, is_unavailable
from store.companies import CONNECTED, Connection
from store.job import TASK_JOB
from store.records import FAILED, Record
from store.tasks import Task
from workers import catch_up, tokens
from workers.alerts import alerts_file
from workers.alerts import duty as alerts_duty
from workers.alerts.ping import ping
from workers.lists import mirror as lists
from workers.reference import changes, company
from workers.runtime import Runtime, from_environment
from workers.taxes import refresh as taxes
from workers.tie_out import commands as tie_out

log = structlog.get_logger()

HOURLY, DAILY = 3600.0, 86400.0
FAILED_JOBS, RETENTION = "failed-jobs", "retention"
MOST_OF_A_DAY = 0.9
"""How much of a day lies between two reports at least: each is made within the hour that the settings name."""
A_YEAR = timedelta(days=365)


def main() -> int:
    """Tick until told to stop."""
    runtime = from_environment()
    startup.prepare(runtime.settings.log_level)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    tokens.restore_from_files(runtime)
    is_failing = False
    while not stopped.wait(runtime.settings.clock_tick):
        try:
            tick(runtime)
            if is_failing:
                log.warning("a tick went well again")
            is_failing = False
        except (SQLAlchemyError, RedisError, RemoteError) as error:
            log.warning("a tick failed, the next one tries again", error=described(error))
            is_failing = True
    runtime.close()
    return 0


def tick(runtime: Runtime) -> None:
    """Queue what is due, then do what is due by the calendar."""
    with runtime.write() as (session, moment):
        duties.begin(session, duties.TICK, moment, 0)
    runtime.dispatch()
    with runtime.read() as (session, moment):
        begun_at = duties.begun_at(session)
        due = [item for item in calendar(runtime, session, moment) if item.is_due(begun_at, moment)]
    for item in due:
        duty(runtime, item.name, item.every, item.do)


@dataclass(frozen=True)
class Periodic:
    """A duty that comes again: its name, its period in seconds, and what is to be done."""

    name: str
    every: float
    do: Callable[[], object]

    def is_due(self, begun_at: Mapping[str, datetime | None], moment: datetime) -> bool:
        """Say whether it was last begun long enough ago; only then is its row locked and asked again."""
        last = begun_at.get(self.name)
        return last is None or last <= moment - timedelta(seconds=self.every)


def calendar(runtime: Runtime, session: Session, moment: datetime) -> list[Periodic]:
    """Return the duties of all connections that work, as far as there is anything to do, and those of the house."""
    settings = runtime.settings
    hourly, daily = HOURLY / settings.speed, DAILY / settings.speed
    connections = session.scalars(select(Connection).where(Connection.state == CONNECTED).order_by(Connection.id)).all()
    precoro = sorted({connection.precoro_id for connection in connections})
    quickbooks = {connection.qbo_id for connection in connections}
    changed = sorted(quickbooks & changes.companies_due(session, moment, settings))
    stale = sorted(quickbooks & company.companies_due(session, moment, settings))
    with_taxes = sorted(quickbooks & taxes.companies_due(session, moment, settings))
    with_lists = [connection.id for connection in connections if lists.are_kept_fresh(connection)]
    return [
        *(Periodic(f"catch-up:{id_}", settings.catch_up, partial(catch_up.catch_up, runtime, id_)) for id_ in precoro),
        *(
            Periodic(f"changes:{id_}", settings.changes_every, partial(catch_up.read_changes, runtime, id_))
            for id_ in changed
        ),
        *(Periodic(f"look:{id_}", hourly, partial(company.refresh, runtime, id_)) for id_ in stale),
        *(Periodic(f"taxes:{id_}", hourly, partial(taxes.read_on_schedule, runtime, id_)) for id_ in with_taxes),
        *(Periodic(f"lists:{id_}", daily, partial(lists.update_on_schedule, runtime, id_)) for id_ in with_lists),
        *(
            Periodic(
                f"report:{connection.id}",
                daily * MOST_OF_A_DAY,
                partial(tie_out.make_nightly, runtime, connection.slug),
            )
            for connection in connections
            if _is_time_for_report(connection, moment, settings)
        ),
        Periodic(alerts_duty.NAME, settings.alerts_every, partial(alerts_duty.tell, runtime)),
        *([Periodic("ping", settings.ping_every, partial(ping, settings.ping_url))] if settings.ping_url else []),
        Periodic(FAILED_JOBS, hourly, partial(clear_failed_jobs, runtime)),
        Periodic(RETENTION, DAILY, partial(forget, runtime)),
    ]


def _is_time_for_report(connection: Connection, moment: datetime, settings: Settings) -> bool:
    """Say whether it is the hour of the daily report, of a connection that has been live for a day; stories have no hours."""
    if settings.report_hour < 0:
        return False
    is_hour = settings.speed != 1 or moment.hour == settings.report_hour
    a_day = timedelta(seconds=DAILY / settings.speed)
    return connection.live_at is not None and connection.live_at <= moment - a_day and is_hour


def duty(runtime: Runtime, name: str, every: float, do: Callable[[], object]) -> None:
    """Do a periodic duty if it is due and no other clock has begun it."""
    with runtime.write() as (session, moment):
        ours = duties.begin(session, name, moment, every)
    if not ours:
        return
    try:
        do()
    except RemoteError as error:
        log.warning("duty failed, it comes again", duty=name, error=str(error))
    except Exception as error:
        if isinstance(error, RedisError) or is_unavailable(error):
            raise
        # A mistake of ours, or an unforeseen answer, must not stop the other duties: doctor shows it.
        log.exception("duty ended with an unexpected error, it comes again", duty=name)
        with runtime.write() as (session, _):
            duties.note_trouble(session, name, described(error))


def clear_failed_jobs(runtime: Runtime) -> int:
    """Remove failed jobs from RQ whose record has moved on; returns how many."""
    cleared = 0
    registry = FailedJobRegistry(queue=runtime.queue)
    for job_id in registry.get_job_ids():
        job = runtime.queue.fetch_job(job_id)
        if job is None or not _still_failed(runtime, job):
            registry.remove(job_id)
            cleared += 1
            if job is not None:
                _delete(runtime, job)
    return cleared


def _delete(runtime: Runtime, job: Job) -> None:
    """Delete a job, also that of a killed worker.

    For a minute RQ lists executions of it that have expired, and would raise ValueError for each; they need no deleting.
    """
    runtime.redis.delete(job.execution_registry.key)
    job.delete()


def _still_failed(runtime: Runtime, job: Job) -> bool:
    """Say whether the record or the task of a job is still failed."""
    table: type[Record | Task] = Task if job.func_name == TASK_JOB else Record
    with runtime.read() as (session, _), suppress(TypeError, ValueError, IndexError):
        state = session.scalar(select(table.state).where(table.id == int(job.args[0])))
        return state == FAILED
    return False


def forget(runtime: Runtime) -> None:
    """Remove what is older than its retention."""
    with runtime.write() as (session, moment):
        events.forget(session, moment)
        usage.forget(session, moment)
        tasks.forget(session, moment)
        reports.forget(session, moment)
        history.forget(session, moment)
        duties.forget(session, moment)
        intents.forget(session, moment)
        alerts.forget(session, moment)
        reference.forget_before(session, EXPENSE, moment.date() - A_YEAR)
    alerts_file.forget(runtime.settings.home, moment)


if __name__ == "__main__":
    sys.exit(main())
