"""Running a long action from the command line: progress, its plan before anything is changed, and its summary.

The command takes the steps itself when no worker does, so it works whether workers run or not; interrupted, the task goes on
with them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.errors import WrongError
from cli.output import print_json, print_table, say
from cli.remedies import for_programs, render
from cli.running import who
from store.tasks import APPLYING, CANCELLED, ENDED, FAILED, PLANNED, PROBLEM, READING, UNCHANGED, Change, Task
from workers import actions
from workers.lookup import find_task
from workers.ops import views as listings
from workers.runtime import Runtime
from workers.tasks import commands as task_commands

P = ParamSpec("P")
R = TypeVar("R")

LOOK_EVERY = 0.2
SHOWN = 20
"""How many rows of a plan are printed unless all are asked for."""


def dry_run_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--dry-run` to a command."""
    return click.option("--dry-run", is_flag=True, help="Show the plan and change nothing.")(command)


def yes_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--yes` to a command."""
    return click.option("--yes", is_flag=True, help="Go on without asking.")(command)


def run_task(
    runtime: Runtime,
    slug: str,
    action: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Plan an action, show the plan, ask, apply it, and print what came of it; exits with 1 when not all went well.

    A dry run stops at the plan, which stays to be looked at and applied: `tieout tasks apply NUMBER`.
    """
    task_id = task_commands.start(runtime, slug, action, arguments or {}, who())
    task = follow(runtime, task_id, until=(PLANNED, *ENDED))
    if task.state == PLANNED and not as_json:
        print_plan(runtime, task)
    if task.state == PLANNED and not dry_run and _may_go_on(task, yes=yes, as_json=as_json):
        task_commands.confirm(runtime, task_id, who())
        task = follow(runtime, task_id, until=ENDED)
    if as_json:
        print_json(described(runtime, task, rows=True))
    else:
        print_summary(runtime, task)
    raise_if_wrong(task)


def follow(runtime: Runtime, task_id: int, *, until: tuple[str, ...]) -> Task:
    """Show the progress of a task on a terminal until it is in one of these states; lend a hand when no worker has it."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR"))),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
    ) as bar:
        line = bar.add_task("", total=None)
        while True:
            task = look(runtime, task_id)
            bar.update(line, completed=task.done, total=task.total, description=told(task))
            if task.state in until:
                return task
            if actions.work(runtime, task_id) == "not due":
                time.sleep(LOOK_EVERY)


def look(runtime: Runtime, task_id: int) -> Task:
    """Return a task as it stands."""
    with runtime.read() as (session, _):
        return find_task(session, task_id)


def told(task: Task) -> str:
    """Say in one line what a task does now, or what it waits for."""
    what = {READING: "Reading", APPLYING: "Applying"}.get(task.state, task.state)
    waits = f"waits until {task.not_before:%H:%M:%S} UTC: {task.reason}" if task.not_before and task.reason else ""
    return waits or (f"{what}: {task.now}" if task.now else what)


def print_plan(runtime: Runtime, task: Task, *, everything: bool = False) -> None:
    """Print what a plan would do: counts, the calls and the time it takes, then its rows, problems first."""
    rows = _changes(runtime, task)
    costs = actions.estimate(runtime, task.id)
    click.echo(counted(_by_what(rows)) or "Nothing to do.")
    calls = costs.calls
    say(
        f"Calls: Precoro {calls.precoro}, QuickBooks {calls.quickbooks}; with the quotas at least {duration(costs.seconds)}."
    )
    listed = sorted((row for row in rows if row.what != UNCHANGED), key=lambda row: row.what != PROBLEM)
    shown = listed if everything else listed[:SHOWN]
    if shown:
        print_table(("what", "subject", ""), [(row.what, row.subject, explained(row, task)) for row in shown])
    if len(shown) < len(listed):
        say(f"and {len(listed) - len(shown)} more: tieout tasks show {task.id} --all")


def print_summary(runtime: Runtime, task: Task) -> None:
    """Print what came of a task, with every refusal."""
    rows = _changes(runtime, task)
    wrong = [row for row in rows if row.state == "refused"]
    if task.state == PLANNED:
        say(f"Nothing was changed. To apply it: tieout tasks apply {task.id}")
        return
    done = {f"{row.what} {row.state}": 0 for row in rows if row.what not in {UNCHANGED, PROBLEM}}
    for row in rows:
        if row.what not in {UNCHANGED, PROBLEM}:
            done[f"{row.what} {row.state}"] += 1
    say(f"Task {task.id} is {task.state}." + (f" {task.reason}" if task.reason else ""))
    click.echo(counted(done) or "Nothing had to be changed.")
    if wrong:
        refused = [(row.subject, row.sentence, _with_remedy(row.outcome or "", row, task)) for row in wrong]
        print_table(("subject", "", "why not"), refused)


def explained(row: Change, task: Task) -> str:
    """Return what a row of a plan would do, or what its problem is and what helps."""
    return _with_remedy(row.sentence, row, task) if row.what == PROBLEM else row.sentence


def _with_remedy(sentence: str, row: Change, task: Task) -> str:
    """Return a sentence and the remedy of the row, if it has one."""
    return f"{sentence} {render(row.remedy, connection=task.connection.slug)}" if row.remedy else sentence


def described(runtime: Runtime, task: Task, *, rows: bool = False) -> dict[str, Any]:
    """Return a task for programs, with its rows when asked."""
    changes = _changes(runtime, task)
    shown: dict[str, Any] = {
        "task": task.id, "action": task.action, "state": task.state, "connection": task.connection.slug, "who": task.who,
        "done": task.done, "total": task.total, "now": task.now, "reason": task.reason, "not_before": task.not_before,
        "created_at": task.created_at, "ended_at": task.ended_at, "plan": _by_what(changes),
    }  # fmt: skip
    if rows:
        shown["changes"] = [
            {
                "what": one.what,
                "subject": one.subject,
                "sentence": one.sentence,
                "remedy": for_programs(one.remedy, connection=task.connection.slug) if one.remedy else None,
                "state": one.state,
                "outcome": one.outcome,
            }
            for one in changes
        ]
    return shown


def raise_if_wrong(task: Task) -> None:
    """Raise WrongError for a task that failed or was cancelled: its command ends with 1."""
    if task.state in {FAILED, CANCELLED}:
        raise WrongError(f"Task {task.id} is {task.state}. To go on: tieout tasks resume {task.id}")


def counted(counts: Mapping[str, int]) -> str:
    """Return counts as one line."""
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{rest} s"


def _may_go_on(task: Task, *, yes: bool, as_json: bool) -> bool:
    """Ask whether the plan is to be applied; a program must have said so beforehand."""
    if yes or as_json:
        return yes
    return click.confirm(f"Apply these {task.total} changes?", err=True)


def _changes(runtime: Runtime, task: Task) -> list[Change]:
    with runtime.read() as (session, _):
        return list(listings.changes(session, task.id))


def _by_what(rows: list[Change]) -> dict[str, int]:
    """Count the rows of each word, in the order in which people read them."""
    counts: dict[str, int] = {}
    for row in sorted(rows, key=lambda one: (one.what in {UNCHANGED, PROBLEM}, one.what)):
        counts[row.what] = counts.get(row.what, 0) + 1
    return counts
