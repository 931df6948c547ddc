"""`tieout history`: who did what and when, from what to what, and which documents waited for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.naming import connection_and
from cli.output import json_option, moment, print_json, print_table, say
from cli.running import opened
from workers.ops import views
from workers.ops.views import ActionTaken


@click.group()
def history() -> None:
    """Look at what people did: settings, pairs, sending, connecting. Nothing is ever removed from it."""


@history.command("list")
@connection_and()
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List what people did, the newest first: all of it, or what they did to one connection and its documents."""
    with opened() as runtime:
        actions = views.actions(runtime, connection, limit=limit)
    if as_json:
        print_json([_described(action) for action in actions])
    elif actions:
        heads = ("when (UTC)", "who", "action", "subject", "waited for it", "what")
        print_table(heads, [_cells(action) for action in actions], notes=True)
    else:
        say("Nobody has done anything yet.")


def _described(action: ActionTaken) -> dict[str, Any]:
    """Return an action for programs."""
    connection = {"connection": action.connection} if action.connection else {}
    origin = {"place": action.place, "address": action.address, "session": action.session_id}
    named = {"at": action.at, "who": action.who, "action": action.action, "subject": action.subject, **connection}
    return {**named, **{name: value for name, value in origin.items() if value is not None}, **action.details}


def _cells(action: ActionTaken) -> tuple[object, ...]:
    """Return a line of the list."""
    details = dict(action.details)
    waiting = details.pop("waiting", [])
    who = f"{action.who}, {action.place}" if action.place else action.who
    return moment(action.at), who, action.action, action.subject, ", ".join(waiting), changes(details)


def changes(details: Mapping[str, Any]) -> str:
    """Say what an action changed, and no more of it: `closed_period: hold -> first_open_day`; and its other details."""
    before, after = details.get("before"), details.get("after")
    others = {name: value for name, value in details.items() if name not in {"before", "after"}}
    texts = [f"{name}: {_text(value)}" for name, value in others.items() if value not in (None, [], "")]
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = dict(before or {}), dict(after or {})
        changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        return "; ".join([*(f"{name}: {_text(old.get(name))} -> {_text(new.get(name))}" for name in changed), *texts])
    if before is not None or after is not None:
        return "; ".join([f"{_text(before)} -> {_text(after)}", *texts])
    return "; ".join(texts)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value) or "nothing"
    return "nothing" if value is None else str(value)
