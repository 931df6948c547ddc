"""`tieout history`: who did what and when, from what to what, and which documents waited for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.output import json_option, moment, print_json, print_table, say
from cli.running import connection_named, opened
from store.history import ActionRow
from workers.ops import views as listings


@click.group()
def history() -> None:
    """Look at what people did: settings, pairs, sending, connecting. Nothing is ever removed from it."""


@history.command("list")
@click.option("--connection", metavar="NAME", help="Only this connection.")
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List what people did, the newest first."""
    with opened() as runtime:
        if connection:
            connection_named(runtime, connection)
        with runtime.read() as (session, _):
            found = listings.actions(session, connection=connection, most=limit)
    if as_json:
        print_json(
            [
                {"at": one.at, "who": one.who, "action": one.action, "subject": one.subject, **one.details}
                for one in found
            ]
        )
    elif found:
        print_table(("when (UTC)", "who", "action", "subject", "what", "waited for it"), [_row(one) for one in found])
    else:
        say("Nobody has done anything yet.")


def _row(one: ActionRow) -> tuple[object, ...]:
    """Return a line of the list."""
    details = dict(one.details or {})
    waiting = details.pop("waiting", [])
    return moment(one.at), one.who, one.action, one.subject, _what(details), ", ".join(waiting)


def _what(details: Mapping[str, Any]) -> str:
    """Say what an act changed: `closed_period: hold -> first_open_day`, else its details."""
    before, after = details.get("before"), details.get("after")
    rest = {
        name: value
        for name, value in details.items()
        if name not in {"before", "after", "connection"} and value not in (None, [], "")
    }
    told = [f"{name}: {_text(value)}" for name, value in rest.items()]
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = dict(before or {}), dict(after or {})
        told = [f"{name}: {_text(old.get(name))} -> {_text(new.get(name))}" for name in {**old, **new}] + told
    elif before is not None or after is not None:
        told = [f"{_text(before)} -> {_text(after)}", *told]
    return "; ".join(told)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{_text(one)}" for key, one in value.items())
    return "nothing" if value is None else str(value)
