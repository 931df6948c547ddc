"""Who may use the console."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers.connections import views as connection_views
from workers.users import commands, views
from workers.users.roles import MAY, Permission

section = Section("users")
MANAGE = Permission.MANAGE


@section.page("/users", needs=MANAGE)
def list_() -> ResponseReturnValue:
    """Show the users, their roles and connections."""
    rows = views.users(runtime())
    return render_template(
        "users/users.html", rows=rows, roles=MAY, connections=connection_views.connections(runtime())
    )


@section.action("/users/add", needs=MANAGE, needs_proof=True)
def add() -> str:
    """Add a user and tell the link by which they sign in."""
    name, role = request.form.get("name", "").strip(), _role()
    commands.add(runtime(), name, role, user().name, request.form.getlist("connections"))
    return _linked(name)


@section.action("/users/change", needs=MANAGE, needs_proof=True)
def change() -> str:
    """Give a user another role and other connections."""
    name, role = request.form.get("name", ""), _role()
    commands.change(runtime(), name, role, user().name, request.form.getlist("connections"))
    return f"{name} is {role} now. Their sessions have ended."


@section.action("/users/link", needs=MANAGE, needs_proof=True)
def link() -> str:
    """Make a link by which a user signs in once."""
    return _linked(request.form.get("name", ""))


@section.action("/users/disable", needs=MANAGE, needs_proof=True)
def disable() -> str:
    """Let a user sign in no more."""
    name = request.form.get("name", "")
    commands.disable(runtime(), name, user().name)
    return f"{name} can no longer sign in."


@section.action("/users/enable", needs=MANAGE, needs_proof=True)
def enable() -> str:
    """Let a disabled user sign in again."""
    name = request.form.get("name", "")
    commands.enable(runtime(), name, user().name)
    return f"{name} can sign in again."


@section.action("/users/end-sessions", needs=MANAGE, needs_proof=True)
def end_sessions() -> str:
    """Sign a user out everywhere."""
    name = request.form.get("name", "")
    commands.end_sessions(runtime(), name, user().name)
    return f"{name} is signed out everywhere."


def _role() -> views.Role:
    """Return the role that the form names, or else the one that may do least."""
    named = request.form.get("role", "")
    return next((role for role in views.ROLES if role == named), views.ROLES[0])


def _linked(name: str) -> str:
    """Make a link for a user and return the sentence that tells it."""
    link = commands.new_link(runtime(), name, user().name)
    return f"{name} signs in once, within ten minutes, at {commands.address_of(runtime(), link)}"
