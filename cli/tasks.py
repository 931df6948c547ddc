"""`tieout tasks`: long actions such as importing suppliers: what they would do, how far they are, and ending them."""

from __future__ import annotations

import csv
import sys

import click

from cli.following import described, explained, follow, look, print_plan, print_summary, raise_if_wrong
from cli.output import json_option, print_facts, print_json, print_table, say
from cli.running import connection_named, opened, who
from store.tasks import ENDED, PLANNED
from workers.ops import views as listings
from workers.tasks import commands as task_commands

task_argument = click.argument("task", type=int)


@click.group()
def tasks() -> None:
    """Look at long actions, apply their plans, cancel them and go on with them."""


@tasks.command("list")
@click.option("--connection", metavar="NAME", help="Only this connection.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List tasks, the newest first."""
    with opened() as runtime:
        if connection:
            connection_named(runtime, connection)
        with runtime.read() as (session, _):
            found = listings.tasks(session, connection=connection, most=limit)
        shown = [described(runtime, task) for task in found]
    if as_json:
        print_json(shown)
    elif shown:
        heads = ("task", "action", "connection", "state", "done", "total", "begun", "who")
        print_table(heads, [[row["created_at" if head == "begun" else head] for head in heads] for row in shown])
    else:
        say("There was no task yet.")


@tasks.command()
@task_argument
@click.option("--all", "everything", is_flag=True, help="Print every row of the plan.")
@json_option
def show(task: int, *, everything: bool, as_json: bool) -> None:
    """Show one task: how far it is, what it would do or has done, and what was refused."""
    with opened() as runtime:
        found = look(runtime, task)
        if as_json:
            print_json(described(runtime, found, rows=True))
            return
        facts = described(runtime, found)
        print_facts({name: value for name, value in facts.items() if name != "plan"})
        if found.state in ENDED:
            print_summary(runtime, found)
        if found.state not in ENDED or everything:
            print_plan(runtime, found, everything=everything)


@tasks.command()
@task_argument
def apply(task: int) -> None:
    """Apply the plan of a task, and follow it."""
    with opened() as runtime:
        task_commands.confirm(runtime, task, who())
        ended = follow(runtime, task, until=ENDED)
        print_summary(runtime, ended)
    raise_if_wrong(ended)


@tasks.command("follow")
@task_argument
def follow_(task: int) -> None:
    """Watch a task until it ends or waits for a person."""
    with opened() as runtime:
        ended = follow(runtime, task, until=(PLANNED, *ENDED))
        print_summary(runtime, ended)
    raise_if_wrong(ended)


@tasks.command()
@task_argument
def cancel(task: int) -> None:
    """End a task. What it has done stays; what was on its way is still recorded."""
    with opened() as runtime:
        task_commands.cancel(runtime, task, who())
    say(f"Task {task} is cancelled. To go on with it after all: tieout tasks resume {task}")


@tasks.command()
@task_argument
def resume(task: int) -> None:
    """Go on with a task that failed or was cancelled, where it was, and follow it."""
    with opened() as runtime:
        task_commands.resume(runtime, task, who())
        ended = follow(runtime, task, until=(PLANNED, *ENDED))
        print_summary(runtime, ended)
    raise_if_wrong(ended)


@tasks.command()
@task_argument
def summary(task: int) -> None:
    """Print every row of a task and what came of it as CSV, to be kept."""
    with opened() as runtime:
        found = look(runtime, task)
        with runtime.read() as (session, _):
            rows = listings.changes(session, task)
    writer = csv.writer(sys.stdout)
    writer.writerow(("what", "subject", "change", "state", "outcome"))
    writer.writerows((row.what, row.subject, explained(row, found), row.state, row.outcome or "") for row in rows)
