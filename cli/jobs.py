"""`tieout jobs`: the jobs that RQ holds as failed. They are technical failures; what a person must decide is `held`."""

from __future__ import annotations

from typing import Any

import click
from rq.job import Job

from cli.output import json_option, print_json, print_table, say
from cli.running import opened, who
from workers.ops import replay as replays


@click.group()
def jobs() -> None:
    """Look at the jobs that failed, and give them back."""


@jobs.command()
@json_option
def failed(*, as_json: bool) -> None:
    """List the failed jobs with the last line of their tracebacks."""
    with opened() as runtime:
        rows = [_row(job) for job in replays.failed_jobs(runtime)]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(
            ("job", "ended", "document", "error"), [(r["id"], r["ended_at"], r["title"], r["error"]) for r in rows]
        )
    else:
        say("No job has failed.")


@jobs.command()
@click.argument("job_ids", nargs=-1, metavar="[JOB]...")
@click.option("--all", "every", is_flag=True, help="Requeue every failed job.")
def requeue(job_ids: tuple[str, ...], *, every: bool) -> None:
    """Give failed jobs back to RQ: their records start their attempts afresh."""
    if bool(job_ids) == every:
        raise click.UsageError("Name the jobs, or say --all.")
    with opened() as runtime:
        chosen = [job.id for job in replays.failed_jobs(runtime)] if every else list(job_ids)
        for job_id in chosen:
            replays.requeue(runtime, job_id, who())
    say(f"Requeued {len(chosen)}.")


def _row(job: Job) -> dict[str, Any]:
    """Return what is shown of a job."""
    result = job.latest_result()
    lines = ((result.exc_string if result else None) or "").strip().splitlines()
    return {"id": job.id, "ended_at": job.ended_at, "title": job.description, "error": lines[-1] if lines else ""}
