"""Long actions such as importing suppliers: what each would do, how far it is, and what came of it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from console import exports, filters, limits
from console.downloads import csv_file
from console.inputs import LARGEST
from console.limits import limiter
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.text import plural
from workers import actions
from workers.tasks import commands, views
from workers.tie_out import views as reports
from workers.tie_out.sentence import sentence
from workers.users.roles import Permission

section = Section("tasks")
ROWS = 200
"""How many rows of a plan a page shows; the file has all of them."""
SEE, DECIDE, OPERATE = Permission.SEE, Permission.DECIDE, Permission.OPERATE
LIST = "/c/<connection>/tasks"
TASK = f"{LIST}/<int(max={LARGEST}):task>"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show the tasks of a connection, the newest first."""
    rows = views.tasks(runtime(), connection, limit=filters.PAGE + 1, before=filters.before())
    older = filters.older(rows, lambda row: row.task)
    return render_template(
        "tasks/list.html", connection=connection, rows=rows[: filters.PAGE], title_of=actions.title, older=older
    )


@section.page(TASK, needs=SEE)
def page(connection: str, task: int) -> ResponseReturnValue:
    """Show one task: how far it is, then its plan, then what came of it."""
    row = views.task(runtime(), task, connection)
    is_planned, has_ended = row.state == views.PLANNED, row.state in views.ENDED
    report = reports.of_task(runtime(), task)
    return render_template(
        "tasks/task.html",
        connection=connection,
        task=row,
        title=actions.title(row.action),
        ending=actions.ending(row.action),
        is_under_way=row.state not in views.STOPPED,
        is_planned=is_planned,
        has_ended=has_ended,
        is_broken_off=row.state in views.BROKEN_OFF,
        report=report,
        sentence=sentence(report) if report else None,
        estimate=actions.estimate(runtime(), task) if is_planned else None,
        outcomes=views.outcomes(runtime(), task) if has_ended else {},
        refusals=views.refusals(runtime(), task) if has_ended else [],
        rows=views.plan(runtime(), task, limit=ROWS),
        rows_in_all=sum(row.plan.values()) - row.plan.get(views.UNCHANGED, 0),
    )


@section.refreshing(f"{TASK}/progress", needs=SEE)
def progress(connection: str, task: int) -> ResponseReturnValue:
    """Return how far a task is; its page asks every second, and is loaded again once the task stands still."""
    row = views.task(runtime(), task, connection)
    if row.state in views.STOPPED:
        return Response(status=HTTPStatus.OK, headers={"HX-Refresh": "true"})
    return render_template("tasks/progress.html", connection=connection, task=row)


@section.page(f"{TASK}/rows.csv", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
@exports.counted
def rows(connection: str, task: int) -> Response:
    """Return every row of a task, and what came of it, as a file."""
    views.task(runtime(), task, connection)
    changes = views.changes(runtime(), task)
    heads = ("what", "about", "what it does", "what helps", "state", "what came of it")
    return csv_file(
        f"task-{task}",
        heads,
        (
            (row.what, row.subject, row.sentence, row.remedy and row.remedy.words, row.state, row.outcome)
            for row in changes
        ),
    )


@section.action(f"{TASK}/apply", needs=DECIDE)
def apply(connection: str, task: int) -> str:
    """Apply the plan of a task."""
    row = views.task(runtime(), task, connection)
    commands.confirm(runtime(), task, user().name)
    return f"{plural(row.total or 0, 'change is', 'changes are')} applied as soon as a worker is free."


@section.action(f"{TASK}/cancel", needs=DECIDE)
def cancel(connection: str, task: int) -> str:
    """End a task; what it has done stays."""
    views.task(runtime(), task, connection)
    commands.cancel(runtime(), task, user().name)
    return "It is cancelled. What it has done stays."


@section.action(f"{TASK}/resume", needs=OPERATE)
def resume(connection: str, task: int) -> str:
    """Go on with a task that failed or was cancelled, where it was."""
    views.task(runtime(), task, connection)
    commands.resume(runtime(), task, user().name)
    return "It goes on where it was."
