"""Running a long action from the command line: progress, its plan before anything is changed, and its summary.

The command takes the steps itself when no worker does, so it works whether workers run or not; interrupted, the task goes on
with them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.errors import WrongError
from cli.output import counts, fields_of, print_json, print_line, print_table, say
from cli.remedies import for_programs, render
from cli.running import who
from mappers.text import duration, plural
from workers import actions
from workers.runtime import Runtime
from workers.tasks import commands, views
from workers.tasks.views import APPLYING, BROKEN_OFF, ENDED, PLANNED, READING, STOPPED, ChangeRow, TaskRow

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
    task_id = commands.start(runtime, slug, action, arguments or {}, who())
    task = follow(runtime, task_id, until=STOPPED)
    if (task.state == PLANNED or task.plan.get(views.PROBLEM)) and not as_json:
        print_plan(runtime, task)
    if task.state == PLANNED and not dry_run and _may_go_on(task, yes=yes, as_json=as_json):
        commands.confirm(runtime, task_id, who())
        task = follow(runtime, task_id, until=ENDED)
    if as_json:
        print_json(described(task, views.changes(runtime, task_id)))
    else:
        print_summary(runtime, task)
    raise_if_wrong(task)
    _raise_if_undone(runtime, task)


def follow(runtime: Runtime, task_id: int, *, until: Collection[str]) -> TaskRow:
    """Show the progress of a task on a terminal until it is in one of these states; lend a hand when no worker has it."""
    try:
        return _follow(runtime, task_id, until)
    except KeyboardInterrupt as error:
        raise WrongError(
            f"Task {task_id} goes on with the workers. To watch it again: tieout tasks follow {task_id}. "
            f"To end it: tieout tasks cancel {task_id}"
        ) from error


def print_plan(runtime: Runtime, task: TaskRow, *, everything: bool = False) -> None:
    """Print what a plan would do: counts, the calls and the time it takes, then its rows, problems first."""
    estimate = actions.estimate(runtime, task.task)
    rows = views.plan(runtime, task.task, limit=None if everything else SHOWN)
    print_line(counts(task.plan) or "Nothing to do.")
    say(f"Calls: Precoro {estimate.calls.precoro}, QuickBooks {estimate.calls.quickbooks}; "
        f"with the quotas at least {duration(estimate.seconds)}.")  # fmt: skip
    if rows:
        print_table(("what", "subject", ""), [(row.what, row.subject, explained(row, task)) for row in rows])
    hidden = sum(task.plan.values()) - task.plan.get(views.UNCHANGED, 0) - len(rows)
    if hidden:
        say(f"and {hidden} more: tieout tasks show {task.task} --all")


def print_summary(runtime: Runtime, task: TaskRow) -> None:
    """Print what came of a task, with every refusal."""
    if task.state == PLANNED:
        say(f"Nothing was changed. To apply it: tieout tasks apply {task.task}")
        return
    say(f"Task {task.task} is {task.state}." + (f" {task.reason}" if task.reason else ""))
    print_line(counts(views.outcomes(runtime, task.task)) or "Nothing had to be changed.")
    refusals = views.refusals(runtime, task.task)
    if refusals:
        rows = [(row.subject, row.sentence, _with_remedy(row.outcome or "", row, task)) for row in refusals]
        print_table(("subject", "", "why not"), rows, notes=True)


def explained(row: ChangeRow, task: TaskRow) -> str:
    """Return what a row of a plan would do, or what its problem is and what helps."""
    return _with_remedy(row.sentence, row, task) if row.what == views.PROBLEM else row.sentence


def described(task: TaskRow, changes: Collection[ChangeRow]) -> dict[str, Any]:
    """Return a task with the rows of its plan, for programs."""
    rows = [
        {**fields_of(row), "remedy": for_programs(row.remedy, connection=task.connection) if row.remedy else None}
        for row in changes
    ]
    return {**facts(task), "changes": rows}


def facts(task: TaskRow) -> dict[str, Any]:
    """Return how a task stands, for people and programs."""
    fields = {**fields_of(task), "waits_for": waits_for(task)}
    return {name: value for name, value in fields.items() if name != "wait_remedy"}


def waits_for(task: TaskRow) -> str | None:
    """Say what a task waits for, with the command that ends it."""
    remedy = task.wait_remedy
    return f"{task.waits_for} {render(remedy, connection=task.connection)}" if remedy else task.waits_for


def raise_if_wrong(task: TaskRow) -> None:
    """Raise WrongError for a task that failed or was cancelled: its command ends with 1."""
    if task.state in BROKEN_OFF:
        raise WrongError(f"Task {task.task} is {task.state}. To go on: tieout tasks resume {task.task}")


def _raise_if_undone(runtime: Runtime, task: TaskRow) -> None:
    """Raise WrongError when something was refused, or when all that was asked for cannot be done."""
    refused, problems = len(views.refusals(runtime, task.task)), task.plan.get(views.PROBLEM, 0)
    if refused:
        raise WrongError(f"{plural(refused, 'change was', 'changes were')} refused.")
    if problems and not task.total and task.state in ENDED:
        raise WrongError(f"Nothing was done: {plural(problems, 'problem')}.")


def _with_remedy(sentence: str, row: ChangeRow, task: TaskRow) -> str:
    """Return a sentence and the remedy of the row, if it has one."""
    return f"{sentence} {render(row.remedy, connection=task.connection)}" if row.remedy else sentence


def _follow(runtime: Runtime, task_id: int, until: Collection[str]) -> TaskRow:
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
            task = views.task(runtime, task_id)
            bar.update(line, completed=task.done, total=task.total, description=_progress(task))
            if task.state in until:
                return task
            if task.wait_remedy is not None:
                raise WrongError(f"Task {task_id} waits. {waits_for(task)}")
            if actions.work(runtime, task_id) == "not due":
                time.sleep(LOOK_EVERY)


def _progress(task: TaskRow) -> str:
    """Say in one line what a task does now, or what it waits for."""
    if task.goes_on_at:
        return f"waits until {task.goes_on_at:%H:%M:%S} UTC: {task.waits_for}"
    doing = {READING: "Reading", APPLYING: "Applying"}.get(task.state, task.state)
    return f"{doing}: {task.now}" if task.now else doing


def _may_go_on(task: TaskRow, *, yes: bool, as_json: bool) -> bool:
    """Ask whether the plan is to be applied; a program must have said so beforehand."""
    if yes or as_json:
        return yes
    return click.confirm(f"Apply {plural(task.total or 0, 'change')}?", err=True)
