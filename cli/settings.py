"""`tieout settings`: what is decided about a connection, what else is offered, and what a change would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from cli.following import dry_run_option
from cli.output import json_option, print_json, print_table, say
from cli.running import chosen, opened, who
from mappers.policy import UnreadablePolicy
from mappers.settings.rules import Setting
from workers.connections import settings as policy
from workers.connections.settings import Decided

REFERENCE = "docs/reference/connection-settings.md"
DAY = "%Y-%m-%d"
FEW = 10
"""How many waiting documents are named unless all are asked for, with --json."""


@click.group()
def settings() -> None:
    """See and change what is decided about a connection.

    NAME is the connection's name; it may be left out when there is only one.
    """


@settings.command()
@click.argument("name", required=False)
@json_option
def show(name: str | None, *, as_json: bool) -> None:
    """Show every setting: its value, its default, what else is offered, and why something is not."""
    with opened() as runtime:
        found = policy.stand(runtime, chosen(runtime, name))
    if as_json:
        print_json([_described(one) for one in found])
        return
    print_table(
        ("setting", "value", "default", ""),
        [(one.name, one.display_text, _short(one.default), one.sentence) for one in found],
    )
    reasons = list(_reasons(found))
    if reasons:
        click.echo("\nNot offered")
        print_table(("setting", "value", "why"), reasons)


@settings.command("set")
@click.argument("words", nargs=-1, required=True, metavar="[NAME] SETTING=VALUE...")
@dry_run_option
@json_option
def set_(words: tuple[str, ...], *, dry_run: bool, as_json: bool) -> None:
    """Change settings, such as closed_period=first_open_day or automatic=off.

    An empty value takes a choice back; accounts are given by id or name, those by currency as payable_accounts=USD:33,EUR:91.
    What is not offered is refused and says why. Exactly the documents that waited for the change are looked at again; what
    was sent is not sent again. All settings: docs/reference/connection-settings.md.
    """
    name, changes = (None, words) if "=" in words[0] else (words[0], words[1:])
    if not changes:
        raise click.UsageError("Say what to change: SETTING=VALUE.")
    given = dict(_change(text) for text in changes)
    with opened() as runtime:
        try:
            done = policy.decide(runtime, chosen(runtime, name), given, who(), dry_run=dry_run)
        except UnreadablePolicy as error:
            raise click.UsageError(f"{error}. See {REFERENCE}") from error
    _print(done, dry_run=dry_run, as_json=as_json)


@settings.command()
@click.argument("source")
@click.argument("target")
@dry_run_option
@json_option
def copy(source: str, target: str, *, dry_run: bool, as_json: bool) -> None:
    """Give connection TARGET the settings of SOURCE, and say what it cannot have.

    Accounts and tax codes go along only within one QuickBooks company; the go-live never does.
    """
    with opened() as runtime:
        done = policy.copy(runtime, source, target, who(), dry_run=dry_run)
    _print(done, dry_run=dry_run, as_json=as_json)


def _print(done: Decided, *, dry_run: bool, as_json: bool) -> None:
    """Print what a change does, or would do."""
    changes = [{"setting": name, "from": old, "to": new} for name, (old, new) in done.changes.items()]
    if as_json:
        told = {"connection": done.connection, "changes": changes, "waiting": done.waiting, "left_out": done.left_out}
        print_json({**told, "dry_run": dry_run})
        return
    if changes:
        print_table(
            ("setting", "from", "to"), [(one["setting"], _short(one["from"]), _short(one["to"])) for one in changes]
        )
    for reason in done.left_out.values():
        say(f"Left out: {reason}")
    say(_outcome(done, dry_run=dry_run))


def _outcome(done: Decided, *, dry_run: bool) -> str:
    """Say in one sentence what came of it, and for which documents."""
    if not done.changes:
        return f"{done.connection} has these settings already."
    verb = "would be" if dry_run else "are"
    named = ", ".join(done.waiting[:FEW]) + (", ..." if len(done.waiting) > FEW else "")
    waiting = f"{len(done.waiting)} waiting documents {verb} looked at again" + (f": {named}." if named else ".")
    return f"{'Nothing was changed;' if dry_run else 'Changed.'} {waiting}"


def _described(one: Setting) -> dict[str, Any]:
    """Return a setting for programs."""
    choices = [{"value": choice.value, "meaning": choice.meaning, "why_not": choice.why_not} for choice in one.choices]
    return {
        "setting": one.name, "title": one.title, "sentence": one.sentence, "value": one.value, "shown": one.display_text,
        "default": one.default, "choices": choices, "why_not": one.why_not,
    }  # fmt: skip


def _reasons(found: Iterable[Setting]) -> Iterable[tuple[str, str, str]]:
    """Yield each value that is not offered, and each setting that cannot be what it is, with the reason."""
    for one in found:
        for choice in one.choices:
            if choice.why_not:
                yield one.name, _short(choice.value), choice.why_not
        if one.why_not and not one.choices:
            yield one.name, one.display_text, one.why_not


def _short(value: Any) -> str:
    """Return a value as it is written on the command line."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ",".join(f"{currency}:{account}" for currency, account in value.items())
    return "" if value is None else str(value)


def _change(text: str) -> tuple[str, object]:
    """Split a change into setting and value; a day stands for its first moment in UTC."""
    setting, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text} is not of the form SETTING=VALUE.")
    if setting == "payable_accounts":
        pairs = (one.partition(":") for one in value.split(",") if one)
        return setting, {currency: account for currency, _, account in pairs}
    if setting == "go_live" and len(value) == len("2026-11-24"):
        return setting, _first_moment(value)
    return setting, value or None


def _first_moment(day: str) -> str:
    """Return the first moment of a day, or the text itself, which is then named as wrong."""
    try:
        return datetime.strptime(day, DAY).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return day
