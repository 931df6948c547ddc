"""Currencies: which ones suppliers and vendors have, and adding those that QuickBooks lacks."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers import currencies
from workers.tasks import commands as task_commands
from workers.users.roles import Permission

section = Section("currencies")
LIST = "/c/<connection>/currencies"


@section.page(LIST, needs=Permission.SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show every currency in use, and what has to be done about it."""
    rows = currencies.overview(runtime(), connection)
    return render_template("currencies/list.html", connection=connection, rows=rows)


@section.beginning(f"{LIST}/add", needs=Permission.DECIDE)
def add(connection: str) -> int:
    """Add currencies to QuickBooks: those that are ticked, or all that suppliers have and QuickBooks lacks."""
    arguments = {"codes": request.form.getlist("code")}
    return task_commands.start(runtime(), connection, currencies.NAME, arguments, user().name)
