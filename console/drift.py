"""Changed in QuickBooks: what people changed there of what was sent, by what was decided about it."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from console import filters
from console.runtime import runtime
from console.sections import Section
from workers.documents import drift_views
from workers.documents.drift_views import STATES
from workers.users.roles import Permission

section = Section("drift")


@section.page("/c/<connection>/changed-in-quickbooks", needs=Permission.SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show what was changed, those first about which somebody has to decide."""
    state = filters.choice("state", STATES)
    weights = drift_views.weights(runtime(), [connection])
    states = [state] if state else list(weights)
    groups = {
        name: drift_views.drifts(runtime(), [connection], [name], limit=filters.PAGE + 1, before=filters.before())
        for name in states
    }
    older = filters.older(groups[state], lambda row: row.record_id) if state else None
    return render_template(
        "drift/list.html",
        connection=connection,
        groups={name: rows[: filters.PAGE] for name, rows in groups.items()},
        weights=weights,
        state=state,
        older=older,
    )
