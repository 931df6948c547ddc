"""Lists of QuickBooks in Precoro: how each stands, what is mirrored of it, and pairs made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from console.inputs import whole_number
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.lists.choices import OFF, REFRESH_MODES
from mappers.lists.fields import LIST_KINDS
from mappers.settings.rules import BY_ID
from mappers.text import plural
from workers.connections import commands as connection_commands
from workers.lists import commands, mirror, views
from workers.lists.commands import Picks
from workers.reference import views as reference_views
from workers.tasks import commands as task_commands
from workers.taxes import views as tax_views
from workers.users.roles import Permission

section = Section("lists")
PAGE, FOUND = 50, 12
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/lists"
ONE = f"{LIST}/<any({', '.join(LIST_KINDS)}):name>"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show how every list stands on both sides, and the default accounts."""
    return render_template(
        "lists/list.html",
        connection=connection,
        rows=views.lists(runtime(), connection),
        accounts=views.default_accounts(runtime(), connection),
        modes=REFRESH_MODES,
        has_taxes=tax_views.taxes(runtime(), connection).shown,
    )


@section.page(ONE, needs=SEE)
def page(connection: str, name: str) -> ResponseReturnValue:
    """Show the entries of a list beside its options, and what is chosen about it."""
    text, number = request.args.get("text", "").strip() or None, max(request.args.get("page", 1, whole_number), 1)
    state = request.args.get("state") if request.args.get("state") in views.ENTRY_STATES else None
    first = (number - 1) * PAGE
    entries = views.entries(runtime(), connection, name, state, text, limit=PAGE + 1, offset=first)
    filters: Mapping[str, Any] = {"connection": connection, "name": name, "text": text, "state": state}
    return render_template(
        "lists/entries.html",
        connection=connection,
        row=next(row for row in views.lists(runtime(), connection) if row.name == name),
        rows=entries.rows[:PAGE],
        by_state=entries.by_state,
        states=views.ENTRY_STATES,
        filters=filters,
        following=url_for("lists.page", **filters, page=number + 1) if len(entries.rows) > PAGE else None,
        offered=views.offered(runtime(), connection, name),
        modes=REFRESH_MODES,
        matches=_matches(connection, LIST_KINDS[name].kind),
    )


@section.beginning(f"{LIST}/import", needs=DECIDE)
def import_(connection: str) -> int:
    """Add to Precoro what is new in QuickBooks, and refresh what is there."""
    return _begin(connection, mirror.IMPORT, "all")


@section.beginning(f"{LIST}/update", needs=DECIDE)
def update(connection: str) -> int:
    """Refresh what is in Precoro already."""
    return _begin(connection, mirror.UPDATE, "nothing")


@section.action(f"{ONE}/pair", needs=DECIDE)
def pair(connection: str, name: str) -> str:
    """Pair an option of Precoro with an entry of QuickBooks."""
    kind, form = LIST_KINDS[name].kind, request.form
    option, entry = f"{BY_ID}{form.get('option', '')}", f"{BY_ID}{form.get('entry', '')}"
    released = connection_commands.pair(runtime(), connection, kind, option, entry, user().name)
    return f"Paired. {plural(released, 'document goes', 'documents go')} on because of it."


@section.action(f"{ONE}/choose", needs=DECIDE)
def choose(connection: str, name: str) -> str:
    """Choose which entries are mirrored: by type, all of them, one more or one less."""
    form = request.form
    picks = Picks(
        types=form.getlist("type"),
        also=[f"{BY_ID}{entry}" for entry in form.getlist("also")],
        leave_out=[f"{BY_ID}{entry}" for entry in form.getlist("leave_out")],
        everything="everything" in form,
    )
    commands.choose(runtime(), connection, name, picks, user().name)
    return f"Chosen. An import or an update of {LIST_KINDS[name].title} carries it out."


@section.action(f"{ONE}/field", needs=DECIDE)
def field(connection: str, name: str) -> str:
    """Choose the custom field that a list goes to."""
    chosen = request.form.get("field", "").strip() or None
    commands.set_field(runtime(), connection, name, chosen, user().name)
    return f"{LIST_KINDS[name].title} go to {chosen or 'the field with a fitting name'}."


@section.action(f"{ONE}/refresh", needs=DECIDE)
def refresh(connection: str, name: str) -> str:
    """Choose how a list is kept fresh without a person."""
    mode = next((mode for mode in REFRESH_MODES if mode == request.form.get("refresh")), OFF)
    commands.set_refresh(runtime(), connection, name, mode, user().name)
    return f"{LIST_KINDS[name].title} are refreshed {REFRESH_MODES[mode]}."


def _begin(connection: str, action: str, adds: str) -> int:
    names = [name for name in request.form.getlist("list") if name in LIST_KINDS]
    arguments = mirror.arguments(runtime(), connection, names, adds)
    return task_commands.start(runtime(), connection, action, arguments, user().name)


def _matches(connection: str, kind: str) -> list[reference_views.NamedEntry]:
    """Return the entries of QuickBooks that have what a person looks for in their name."""
    text = request.args.get("twin", "").strip()
    side = reference_views.IN_QUICKBOOKS
    return reference_views.entries(runtime(), connection, kind, side, text, limit=FOUND) if text else []
