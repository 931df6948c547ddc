"""What RQ calls: one function a job, over one runtime a process."""

from __future__ import annotations

from functools import cache

from rq import get_current_job

from workers.runtime import Runtime, from_environment
from workers.sync import sync

GAVE_UP = "gave_up"


@cache
def runtime() -> Runtime:
    """Open the parts of this process, once, at its first job: never across a fork."""
    return from_environment()


def sync_record(record_id: int) -> str:
    """Bring a record up to date. A job that failed and is requeued, by RQ's tools, starts the attempts afresh."""
    job = get_current_job()
    afresh = bool(job and job.meta.get(GAVE_UP))
    if job and not afresh:
        # Noted before the work, for a killed process cannot note it after; RQ drops it with a job that succeeds.
        job.meta[GAVE_UP] = True
        job.save_meta()  # type: ignore[no-untyped-call]
    return sync(runtime(), record_id, afresh=afresh)
