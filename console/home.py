"""The first page: every connection that a person may see, and how it stands."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers.connections import views
from workers.tie_out import views as reports
from workers.users.roles import Permission

section = Section("home")


@section.page("/", needs=Permission.SEE)
def overview() -> ResponseReturnValue:
    """Show the connections; somebody who sees only one is taken to it."""
    rows = [row for row in views.connections(runtime()) if user().sees(row.name)]
    if len(rows) == 1:
        return redirect(url_for("documents.list_", connection=rows[0].name), code=303)
    newest = reports.newest_of_each(runtime(), [row.name for row in rows]) if rows else {}
    return render_template("home/overview.html", rows=rows, reports=newest)
