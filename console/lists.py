"""Lists of QuickBooks in Precoro: how each stands, what is mirrored of it, and pairs made by hand."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters, twins
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
from workers.tasks import commands as task_commands
from workers.taxes import views as tax_views
from workers.users.roles import Permission

section = Section("lists")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/lists"
ENTRIES = f"{LIST}/<any({', '.join(LIST_KINDS)}):name>"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show how every list stands on both sides, and the default accounts."""
    return render_template(
        "lists/list.html",
        connection=connection,
        rows=views.lists(runtime(), connection),
        accounts=views.default_accounts(runtime(), connection),
        modes=REFRESH_MODES,
        has_taxes=tax_views.are_shown(runtime(), connection),
    )


@section.page(ENTRIES, needs=SEE)
def page(connection: str, name: str) -> ResponseReturnValue:
    """Show the entries of a list beside its options, and what is chosen about it."""
    text, state = filters.searched(), filters.choice("state", views.ENTRY_STATES)
    entries = views.entries(runtime(), connection, name, state, text, limit=filters.PAGE + 1, offset=filters.offset())
    return render_template(
        "lists/entries.html",
        connection=connection,
        row=views.setup(runtime(), connection, name),
        rows=entries.rows[: filters.PAGE],
        by_state=entries.by_state,
        states=views.ENTRY_STATES,
        filters={"connection": connection, "name": name, "text": text, "state": state},
        following=filters.following(entries.rows),
        offered=views.offered(runtime(), connection, name),
        modes=REFRESH_MODES,
        matches=twins.matches(connection, LIST_KINDS[name].kind),
    )


@section.beginning(f"{LIST}/import", needs=DECIDE)
def import_(connection: str) -> int:
    """Add to Precoro what is new in QuickBooks, and refresh what is there."""
    return _begin(connection, mirror.IMPORT, "all")


@section.beginning(f"{LIST}/update", needs=DECIDE)
def update(connection: str) -> int:
    """Refresh what is in Precoro already."""
    return _begin(connection, mirror.UPDATE, "nothing")


@section.action(f"{ENTRIES}/pair", needs=DECIDE)
def pair(connection: str, name: str) -> str:
    """Pair an option of Precoro with an entry of QuickBooks."""
    kind, form = LIST_KINDS[name].kind, request.form
    option, entry = f"{BY_ID}{form.get('option', '')}", f"{BY_ID}{form.get('entry', '')}"
    released = connection_commands.pair(runtime(), connection, kind, option, entry, user().name)
    return f"Paired. {plural(released, 'document goes', 'documents go')} on because of it."


@section.action(f"{ENTRIES}/choose", needs=DECIDE)
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


@section.action(f"{ENTRIES}/field", needs=DECIDE)
def field(connection: str, name: str) -> str:
    """Choose the custom field that a list goes to."""
    chosen = request.form.get("field", "").strip() or None
    commands.set_field(runtime(), connection, name, chosen, user().name)
    return f"{LIST_KINDS[name].title} go to {chosen or 'the field with a fitting name'}."


@section.action(f"{ENTRIES}/refresh", needs=DECIDE)
def refresh(connection: str, name: str) -> str:
    """Choose how a list is kept fresh without a person."""
    mode = next((mode for mode in REFRESH_MODES if mode == request.form.get("refresh")), OFF)
    commands.set_refresh(runtime(), connection, name, mode, user().name)
    return f"{LIST_KINDS[name].title} are refreshed {REFRESH_MODES[mode]}."


def _begin(connection: str, action: str, adds: str) -> int:
    names = [name for name in request.form.getlist("list") if name in LIST_KINDS]
    arguments = mirror.arguments(runtime(), connection, names, adds)
    return task_commands.start(runtime(), connection, action, arguments, user().name)
