"""`tieout tasks`: long actions such as importing suppliers: what they would do, how far they are, and ending them."""

from __future__ import annotations

import click

from cli.long_actions import described, explained, facts, follow, print_plan, print_summary, raise_if_wrong
from cli.naming import connection_and
from cli.output import json_option, print_csv, print_facts, print_json, print_table, say
from cli.running import opened, who
from workers.tasks import commands, views
from workers.tasks.views import ENDED, STOPPED

task_argument = click.argument("task", type=int)


@click.group()
def tasks() -> None:
    """Look at long actions, apply their plans, cancel them and go on with them."""


@tasks.command("list")
@connection_and()
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List tasks, the newest first: all of them, or those of one connection."""
    with opened() as runtime:
        rows = views.tasks(runtime, connection, limit=limit)
    if as_json:
        print_json([facts(row) for row in rows])
    elif rows:
        heads = ("task", "action", "connection", "state", "done", "total", "begun", "who")
        print_table(heads, [
            (row.task, row.action, row.connection, row.state, row.done, row.total, row.created_at, row.who)
            for row in rows
        ])  # fmt: skip
    else:
        say("There was no task yet.")


@tasks.command()
@task_argument
@click.option("--all", "everything", is_flag=True, help="Print every row of the plan.")
@json_option
def show(task: int, *, everything: bool, as_json: bool) -> None:
    """Show one task: how far it is, what it would do or has done, and what was refused."""
    with opened() as runtime:
        row = views.task(runtime, task)
        if as_json:
            print_json(described(row, views.changes(runtime, task)))
            return
        print_facts({name: value for name, value in facts(row).items() if name != "plan"})
        if row.state in ENDED:
            print_summary(runtime, row)
        if row.state not in ENDED or everything:
            print_plan(runtime, row, everything=everything)


@tasks.command()
@task_argument
def apply(task: int) -> None:
    """Apply the plan of a task, and follow it."""
    with opened() as runtime:
        commands.confirm(runtime, task, who())
        ended = follow(runtime, task, until=ENDED)
        print_summary(runtime, ended)
    raise_if_wrong(ended)


@tasks.command("follow")
@task_argument
def follow_(task: int) -> None:
    """Watch a task until it ends or waits for a person."""
    with opened() as runtime:
        stopped = follow(runtime, task, until=STOPPED)
        print_summary(runtime, stopped)
    raise_if_wrong(stopped)


@tasks.command()
@task_argument
def cancel(task: int) -> None:
    """End a task. What it has done stays; what was on its way is still recorded."""
    with opened() as runtime:
        commands.cancel(runtime, task, who())
    say(f"Task {task} is cancelled. To go on with it after all: tieout tasks resume {task}")


@tasks.command()
@task_argument
def resume(task: int) -> None:
    """Go on with a task that failed or was cancelled, where it was, and follow it."""
    with opened() as runtime:
        commands.resume(runtime, task, who())
        stopped = follow(runtime, task, until=STOPPED)
        print_summary(runtime, stopped)
    raise_if_wrong(stopped)


@tasks.command()
@task_argument
def summary(task: int) -> None:
    """Print every row of a task and what came of it as CSV, to be kept."""
    with opened() as runtime:
        row, changes = views.task(runtime, task), views.changes(runtime, task)
    print_csv(
        ("what", "subject", "change", "state", "outcome"),
        [
            (change.what, change.subject, explained(change, row), change.state, change.outcome or "")
            for change in changes
        ],
    )
