"""Taxes: which tax code of QuickBooks each tax of Precoro gets, and the codes that are missing."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.settings.rules import BY_ID
from workers.tasks import commands as task_commands
from workers.taxes import commands, create_codes, match, views
from workers.users.roles import Permission

section = Section("taxes")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/taxes"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show every tax, and every set of taxes seen on a line, with its code."""
    return render_template("taxes/list.html", connection=connection, taxes=views.taxes(runtime(), connection))


@section.beginning(f"{LIST}/match-all", needs=DECIDE)
def match_all(connection: str) -> int:
    """Match what is certain, suggest what is likely, and say what is missing."""
    return task_commands.start(runtime(), connection, match.NAME, {}, user().name)


@section.beginning(f"{LIST}/match", needs=DECIDE)
def match_one(connection: str) -> int:
    """Match one tax with the code or account that a person chose, which needs no look at the plan."""
    twin = request.form.get("other", "").strip() or f"{BY_ID}{request.form.get('twin', '')}"
    by_hand = match.by_hand(runtime(), connection, f"{BY_ID}{request.form.get('tax', '')}", twin)
    return task_commands.start(runtime(), connection, match.NAME, by_hand, user().name, confirmed=True)


@section.beginning(f"{LIST}/create", needs=DECIDE)
def create(connection: str) -> int:
    """Create the tax codes that are missing in QuickBooks, or those of the taxes that are ticked."""
    keys = [match.tax_key(runtime(), connection, f"{BY_ID}{tax}") for tax in request.form.getlist("tax")]
    return task_commands.start(runtime(), connection, create_codes.NAME, {"taxes": keys}, user().name)


@section.action(f"{LIST}/unmatch", needs=DECIDE)
def unmatch(connection: str) -> str:
    """Undo the match of a tax for good."""
    commands.unmatch(runtime(), connection, f"{BY_ID}{request.form.get('tax', '')}", user().name)
    return "It is no longer matched. Documents with it are held from now on."


@section.action(f"{LIST}/refuse", needs=DECIDE)
def refuse(connection: str) -> str:
    """Say that a tax and a code are not the same."""
    tax, code = (f"{BY_ID}{request.form.get(name, '')}" for name in ("tax", "twin"))
    commands.refuse(runtime(), connection, tax, code, user().name)
    return "Noted: they are not the same."
