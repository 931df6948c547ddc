"""Alerts: what people outside the console are told of now, what they were told of, and where messages go."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters
from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers.alerts import views
from workers.users.roles import Permission

section = Section("alerts")


@section.page("/alerts", needs=Permission.SEE)
def page() -> ResponseReturnValue:
    """Show what is there now, or what is over; of the connections that a person may see."""
    is_over = "solved" in request.args
    rows = views.shown(runtime(), user().connections, is_over=is_over, limit=filters.PAGE + 1, before=filters.before())
    return render_template(
        "alerts/alerts.html",
        rows=rows[: filters.PAGE],
        older=filters.older(rows, lambda row: row.alert),
        is_over=is_over,
    )
