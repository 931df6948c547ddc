"""What RQ calls: one function a job, over one runtime a process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps

import structlog
from rq import get_current_job
from sqlalchemy.exc import OperationalError

from store.base import is_unavailable
from workers import actions
from workers.errors import NotWaitingError
from workers.runtime import Runtime, from_environment
from workers.sync import sync
from workers.tasks import commands as task_commands

log = structlog.get_logger()

GAVE_UP = "gave_up"


@cache
def runtime() -> Runtime:
    """Open the parts of this process, once, at its first job: never across a fork."""
    return from_environment()


def later_without_database(job: Callable[[int], str]) -> Callable[[int], str]:
    """End a job without an error when our own database is unavailable: its work comes back when the lease ends."""

    @wraps(job)
    def guarded(row_id: int) -> str:
        try:
            return job(row_id)
        except OperationalError as error:
            if not is_unavailable(error):
                raise
            log.warning("the database is away, the work comes back when its lease ends", job=job.__name__, row=row_id)
            return "later: the database is away"

    return guarded


@later_without_database
def sync_record(record_id: int) -> str:
    """Bring a record up to date. A job that failed and is requeued, by RQ's tools, starts the attempts afresh."""
    return sync(runtime(), record_id, afresh=_gave_up_before())


@later_without_database
def work_on_task(task_id: int) -> str:
    """Take the next step of a task. A job that failed and is requeued goes on where the task was."""
    if _gave_up_before():
        with suppress(NotWaitingError):
            task_commands.resume(runtime(), task_id, "a requeued job")
    return actions.work(runtime(), task_id)


def _gave_up_before() -> bool:
    """Say whether this job failed before and was requeued.

    The mark is set before the work, since a killed process cannot set it after; RQ drops it with a job that succeeds.
    """
    job = get_current_job()
    before = bool(job and job.meta.get(GAVE_UP))
    if job and not before:
        job.meta[GAVE_UP] = True
        job.save_meta()  # type: ignore[no-untyped-call]
    return before
