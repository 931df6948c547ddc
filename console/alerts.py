"""Alerts: what people outside the console are told of now, what they were told of, and where messages go."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters
from console.runtime import runtime
from console.sections import Section
from console.session import user
from workers.alerts import addresses, alerts_file, commands, views
from workers.connections import views as connection_views
from workers.users.roles import Permission

section = Section("alerts")
CHANNELS = "/alerts/channels"
MANAGE = Permission.MANAGE


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


@section.page(CHANNELS, needs=MANAGE)
def channels() -> ResponseReturnValue:
    """Show where messages go, and whether they arrive."""
    return render_template(
        "alerts/channels.html",
        rows=views.channels(runtime()),
        connections=connection_views.connections(runtime()),
        services=sorted({service.title for service in addresses.SERVICES.values()}),
        folder=alerts_file.folder(runtime().settings.home),
    )


@section.action(f"{CHANNELS}/add", needs=MANAGE, needs_proof=True)
def add() -> str:
    """Add a channel."""
    name, address = request.form.get("name", "").strip(), request.form.get("address", "")
    title = commands.add_channel(runtime(), name, address, user().name, request.form.get("connection") or None)
    return f"{name} is added: {title}. Send a test to see it arrive."


@section.action(f"{CHANNELS}/test", needs=MANAGE, needs_proof=True)
def test() -> str:
    """Send a message to a channel that says it is a test."""
    return f"{commands.test_channel(runtime(), request.form.get('name', ''), user().name)} has taken the test."


@section.action(f"{CHANNELS}/remove", needs=MANAGE, needs_proof=True)
def remove() -> str:
    """Remove a channel with what waits to be sent there."""
    name = request.form.get("name", "")
    commands.remove_channel(runtime(), name, user().name)
    return f"{name} is removed."
