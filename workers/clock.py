"""`python -m workers.clock`: queues what is due and begins the periodic duties.

Any number of clocks may run: each duty is a row that one of them takes (docs/explanation/safety.md, Clocks).
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from redis.exceptions import RedisError
from rq.job import Job
from rq.registry import FailedJobRegistry
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

import startup
from mappers.documents.document import EXPENSE
from outbound.errors import RemoteError
from store import duties, events, history, intents, reference, tasks, usage
from store.base import described, is_unavailable
from store.companies import CONNECTED, Connection, PrecoroCompany, QboCompany
from store.job import TASK_JOB
from store.records import FAILED, Record
from store.tasks import Task
from workers import catch_up, tokens
from workers.lists import mirror as lists
from workers.reference import changes, company
from workers.runtime import Runtime, from_environment

log = structlog.get_logger()

HOURLY, DAILY = 3600.0, 86400.0
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
    with runtime.read() as (session, _):
        precoro = session.scalars(
            select(PrecoroCompany.id).join(Connection).where(Connection.state == CONNECTED).distinct()
        ).all()
        quickbooks = session.scalars(
            select(QboCompany.id).join(Connection).where(Connection.state == CONNECTED).distinct()
        ).all()
        connected = session.scalars(select(Connection).where(Connection.state == CONNECTED))
        with_lists = [connection.id for connection in connected if lists.are_kept_fresh(connection)]
    settings = runtime.settings
    for company_id in precoro:
        duty(runtime, f"catch-up:{company_id}", settings.catch_up, partial(catch_up.catch_up, runtime, company_id))
    for company_id in quickbooks:
        if changes.are_due(runtime, company_id):
            duty(
                runtime,
                f"changes:{company_id}",
                settings.changes_every,
                partial(catch_up.read_changes, runtime, company_id),
            )
        if company.is_due(runtime, company_id):
            duty(runtime, f"look:{company_id}", HOURLY / settings.speed, partial(company.refresh, runtime, company_id))
    for connection_id in with_lists:
        duty(
            runtime,
            f"lists:{connection_id}",
            DAILY / settings.speed,
            partial(lists.update_on_schedule, runtime, connection_id),
        )
    duty(runtime, "failed-jobs", HOURLY / settings.speed, lambda: clear_failed_jobs(runtime))
    duty(runtime, "retention", DAILY, lambda: forget(runtime))


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
        history.forget(session, moment)
        duties.forget(session, moment)
        intents.forget(session, moment)
        reference.forget_before(session, EXPENSE, moment.date() - A_YEAR)


if __name__ == "__main__":
    sys.exit(main())
