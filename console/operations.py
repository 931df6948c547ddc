"""Operations, for the engineer who is woken: one connection, and the whole installation with its jobs."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError

from console import filters, pausing
from console.access import need_operator_of_all
from console.inputs import whole_number
from console.runtime import console, runtime
from console.sections import Section
from console.session import user
from mappers.text import plural
from outbound.errors import QuotaUnreachable
from workers.attention import commands as attention_commands
from workers.connections import views as connection_views
from workers.ops import metered_month, overview, quotas, replay, views
from workers.ops.quotas import QuotaWindow
from workers.users import commands as user_commands
from workers.users.roles import Permission

section = Section("operations")
SEE, OPERATE, MANAGE = Permission.SEE, Permission.OPERATE, Permission.MANAGE
OF_CONNECTION = "/c/<connection>/operations"
EVENTS = "/c/<connection>/events"
HISTORY = "/c/<connection>/history"


@section.page(OF_CONNECTION, needs=SEE)
def connection_page(connection: str) -> ResponseReturnValue:
    """Show how one connection does: what is due, whom it heard from, what failed, and what of its quotas is used."""
    (pulse,) = overview.overview(runtime(), [connection]).connections
    row = connection_views.connection(runtime(), connection)
    return render_template(
        "operations/connection.html",
        connection=connection,
        row=row,
        pulse=pulse,
        failed=[cause for cause in row.causes if cause.state == "failed"],
        windows=_windows(connection),
        batch=attention_commands.BATCH,
    )


section.action(f"{OF_CONNECTION}/pause", needs=OPERATE)(pausing.pause)
section.action(f"{OF_CONNECTION}/resume", needs=OPERATE)(pausing.resume)


@section.action(f"{OF_CONNECTION}/send-again", needs=OPERATE)
def send_again(connection: str) -> str:
    """Send again what failed for one cause, a batch at a time."""
    code, subject = request.form.get("code", ""), request.form.get("subject") or None
    sent = attention_commands.send_batch(runtime(), connection, code, subject, user().name)
    return f"{plural(len(sent), 'record goes', 'records go')} on as soon as a worker is free."


@section.page(EVENTS, needs=SEE)
def events(connection: str) -> ResponseReturnValue:
    """Show the events of both services, the newest first."""
    source, status = filters.choice("source", views.SOURCES), filters.choice("status", views.STATUSES)
    rows = views.events(
        runtime(), connection=connection, source=source, status=status, limit=filters.PAGE + 1, before=filters.before()
    )
    return render_template(
        "operations/events.html",
        connection=connection,
        rows=rows[: filters.PAGE],
        sources=views.SOURCES,
        statuses=views.STATUSES,
        older=filters.older(rows, lambda row: row.id),
    )


@section.action(f"{EVENTS}/replay", needs=OPERATE)
def replay_events(connection: str) -> str:
    """Look again at what those events are about that are ticked; those of other connections are left alone."""
    ticked = set(request.form.getlist("event", whole_number))
    if not ticked:
        return "No event was ticked."
    shown = views.events(runtime(), connection=connection, limit=filters.PAGE, before=max(ticked) + 1)
    own = [row.id for row in shown if row.id in ticked]
    documents, companies = replay.replay(runtime(), own, user().name)
    return f"Replayed {plural(len(own), 'event')}: {plural(documents, 'document')}, changes of {plural(companies, 'company', 'companies')}."


@section.page(HISTORY, needs=SEE)
def history(connection: str) -> ResponseReturnValue:
    """Show what people did in a connection, the newest first."""
    return _history(connection)


@section.page("/history", needs=MANAGE)
def all_history() -> ResponseReturnValue:
    """Show what people did anywhere, signing in included, the newest first."""
    return _history(None)


@section.page("/operations", needs=OPERATE)
def installation() -> ResponseReturnValue:
    """Show the whole installation: workers, clock, what is due where, failed jobs, and metered calls with a forecast."""
    me = user()
    whole = overview.overview(runtime(), me.connections)
    month = metered_month.metered_month(runtime()) if me.connections is None else None
    return render_template("operations/installation.html", whole=whole, jobs=_failed_jobs(), month=month)


@section.page("/operations/jobs/<job>", needs=OPERATE)
def job_page(job: str) -> ResponseReturnValue:
    """Show a failed job with its whole traceback."""
    need_operator_of_all(user())
    return render_template("operations/job.html", job=views.failed_job(runtime(), job))


@section.action("/operations/jobs/<job>/requeue", needs=OPERATE)
def requeue(job: str) -> str:
    """Give a failed job back: its record starts its attempts afresh."""
    need_operator_of_all(user())
    replay.requeue(runtime(), job, user().name)
    return "The job is queued again."


@section.reading("/operations/dashboard", needs=OPERATE, needs_proof=True)
def open_dashboard() -> ResponseReturnValue:
    """Lead to the RQ dashboard with a link that signs in there once."""
    need_operator_of_all(user())
    token = user_commands.dashboard_link(runtime(), user().name)
    return redirect(f"{console().settings.dashboard_address}/start/{token}", code=303)


def _history(connection: str | None) -> str:
    rows = views.actions(runtime(), connection, limit=filters.PAGE + 1, before=filters.before())
    older = filters.older(rows, lambda row: row.id)
    return render_template("operations/history.html", connection=connection, rows=rows[: filters.PAGE], older=older)


def _failed_jobs() -> list[views.FailedJob] | None:
    """Return the jobs that failed; None when Redis does not answer or they are not for this person."""
    if user().connections is not None:
        return None
    try:
        return views.failed_jobs(runtime(), limit=filters.PAGE)
    except RedisError:
        return None


def _windows(connection: str) -> list[QuotaWindow]:
    """Return what is used of the quotas; nothing while Redis does not answer."""
    try:
        return quotas.quotas(runtime(), [connection])
    except QuotaUnreachable:
        return []
