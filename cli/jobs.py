"""`tieout jobs`: the jobs that RQ holds as failed. They are technical failures; what a person must decide is `held`."""

from __future__ import annotations

import click

from cli.output import fields_of, json_option, print_facts, print_json, print_line, print_table, say
from cli.running import opened, who
from workers.ops import replay, views


@click.group()
def jobs() -> None:
    """Look at the jobs that failed, and give them back."""


@jobs.command()
@json_option
def failed(*, as_json: bool) -> None:
    """List the failed jobs with the last line of their tracebacks."""
    with opened() as runtime:
        rows = views.failed_jobs(runtime)
    if as_json:
        print_json(rows)
    elif rows:
        heads = ("job", "ended", "document", "error")
        print_table(heads, [(row.id, row.ended_at, row.title, row.error) for row in rows], notes=True)
    else:
        say("No job has failed.")


@jobs.command()
@click.argument("job_id", metavar="JOB")
@json_option
def show(job_id: str, *, as_json: bool) -> None:
    """Show one failed job with its whole traceback, and the record that it was about."""
    with opened() as runtime:
        job = views.failed_job(runtime, job_id)
    if as_json:
        print_json(job)
        return
    print_facts({name: value for name, value in fields_of(job).items() if name not in {"error", "traceback"}})
    for line in job.traceback.splitlines():
        print_line(line)


@jobs.command()
@click.argument("job_ids", nargs=-1, metavar="[JOB]...")
@click.option("--all", "every", is_flag=True, help="Requeue every failed job.")
def requeue(job_ids: tuple[str, ...], *, every: bool) -> None:
    """Give failed jobs back to RQ: their records start their attempts afresh."""
    if bool(job_ids) == every:
        raise click.UsageError("Name the jobs, or say --all.")
    with opened() as runtime:
        chosen = [job.id for job in views.failed_jobs(runtime)] if every else list(job_ids)
        for job_id in chosen:
            replay.requeue(runtime, job_id, who())
    say(f"Requeued {len(chosen)}.")
