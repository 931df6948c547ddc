"""`tieout settings`: what is decided about a connection, what else is offered, and what a change would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from cli.long_actions import dry_run_option
from cli.naming import chosen, connection_and, connection_option, one_connection
from cli.output import json_option, print_heading, print_json, print_table, say
from cli.running import opened, who
from mappers.policy import UnreadablePolicy
from mappers.settings.rules import ONE_BY_ONE, Setting
from mappers.text import plural
from workers.connections import settings as connection_settings
from workers.connections.settings import SettingsChange

REFERENCE = "docs/reference/connection-settings.md"
DAY = "%Y-%m-%d"
FEW = 10
"""How many waiting documents are named unless all are asked for, with --json."""


@click.group()
def settings() -> None:
    """See and change what is decided about a connection.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


@settings.command()
@connection_and()
@json_option
def show(*, connection: str | None, as_json: bool) -> None:
    """Show every setting: its value, its default, what else is offered, and why something is not."""
    with opened() as runtime:
        rows = connection_settings.overview(runtime, chosen(runtime, connection))
    if as_json:
        print_json([_described(setting) for setting in rows])
        return
    heads = ("setting", "value", "default", "")
    print_table(heads, [
        (setting.name, setting.display_text, _short(setting.default), setting.sentence) for setting in rows
    ], notes=True)  # fmt: skip
    reasons = list(_reasons(rows))
    if reasons:
        print_heading("Not offered")
        print_table(("setting", "value", "why"), reasons, notes=True)


@settings.command()
@connection_and(setting=click.STRING)
@json_option
def entries(*, connection: str | None, setting: str, as_json: bool) -> None:
    """List the accounts, tax codes or agencies of QuickBooks that SETTING may name, such as default_line_account.

    Accounts payable are listed for one currency: payable_accounts:USD.
    """
    with opened() as runtime:
        offered = connection_settings.sheet(runtime, chosen(runtime, connection)).entries
    if setting not in offered:
        raise click.UsageError(f"{setting} names no entry. Those that do: {', '.join(offered)}.")
    if as_json:
        print_json([{"id": entry.value, "name": entry.meaning} for entry in offered[setting]])
        return
    if offered[setting]:
        print_table(("id", "name"), [(entry.value, entry.meaning) for entry in offered[setting]])
    say(f"{plural(len(offered[setting]), 'entry', 'entries')} can be chosen.")


@settings.command("set")
@click.argument("words", nargs=-1, required=True, metavar="[CONNECTION] SETTING=VALUE...")
@connection_option
@dry_run_option
@json_option
def set_(*, words: tuple[str, ...], connection: str | None, dry_run: bool, as_json: bool) -> None:
    """Change settings, such as closed_period=first_open_day or automatic=off.

    An empty value takes a choice back; accounts are given by id or name, those by currency as payable_accounts=USD:33,EUR:91,
    where other currencies keep theirs. What becomes of fields that people change in QuickBooks is given in the same way:
    changed_fields=amounts:hold,account:restore.
    What is not offered is refused and says why. Exactly the documents that waited for the change are looked at again; what
    was sent is not sent again. All settings: docs/reference/connection-settings.md.
    """
    names, changes = ((), words) if "=" in words[0] else (words[:1], words[1:])
    if not changes:
        raise click.UsageError("Say what to change: SETTING=VALUE.")
    values = dict(_change(text) for text in changes)
    with opened() as runtime:
        slug = chosen(runtime, one_connection(connection, names))
        try:
            settings_change = connection_settings.change(runtime, slug, values, who(), dry_run=dry_run)
        except UnreadablePolicy as error:
            raise click.UsageError(f"{error} See {REFERENCE}") from error
    _print(settings_change, dry_run=dry_run, as_json=as_json)


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
        slugs = chosen(runtime, source), chosen(runtime, target)
        settings_change = connection_settings.copy(runtime, *slugs, who(), dry_run=dry_run)
    _print(settings_change, dry_run=dry_run, as_json=as_json)


def _print(settings_change: SettingsChange, *, dry_run: bool, as_json: bool) -> None:
    """Print what a change does, or would do."""
    changes = [{"setting": name, "from": old, "to": new} for name, (old, new) in settings_change.changes.items()]
    if as_json:
        described = {"connection": settings_change.connection, "changes": changes, "waiting": settings_change.waiting}
        print_json({**described, "left_out": settings_change.left_out, "dry_run": dry_run})
        return
    if changes:
        rows = [(name, _short(old), _short(new)) for name, (old, new) in settings_change.changes.items()]
        print_table(("setting", "from", "to"), rows)
    for reason in settings_change.left_out.values():
        say(f"Left out: {reason}")
    say(_outcome(settings_change, dry_run=dry_run))


def _outcome(settings_change: SettingsChange, *, dry_run: bool) -> str:
    """Say in one sentence what came of it, and for which documents."""
    if not settings_change.changes:
        return f"{settings_change.connection} has these settings already."
    is_, are = ("would be", "would be") if dry_run else ("is", "are")
    names = ", ".join(settings_change.waiting[:FEW]) + (", ..." if len(settings_change.waiting) > FEW else "")
    documents = plural(len(settings_change.waiting), f"waiting document {is_}", f"waiting documents {are}")
    looked_at = f"{documents} looked at again" + (f": {names}." if names else ".")
    return f"{'Nothing was changed;' if dry_run else 'Changed.'} {looked_at}"


def _described(setting: Setting) -> dict[str, Any]:
    """Return a setting for programs."""
    return {
        "setting": setting.name, "title": setting.title, "sentence": setting.sentence, "value": setting.value,
        "shown": setting.display_text, "default": setting.default, "choices": setting.choices, "why_not": setting.why_not,
    }  # fmt: skip


def _reasons(rows: Iterable[Setting]) -> Iterable[tuple[str, str, str]]:
    """Yield each value that is not offered, and each setting that cannot be what it is, with the reason."""
    for setting in rows:
        for choice in setting.choices:
            if choice.why_not:
                yield setting.name, _short(choice.value), choice.why_not
        if setting.why_not and not setting.choices:
            yield setting.name, setting.display_text, setting.why_not


def _short(value: Any) -> str:
    """Return a value as it is written on the command line."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ",".join(f"{currency}:{account}" for currency, account in value.items())
    if isinstance(value, list):
        return ",".join(value)
    return "" if value is None else str(value)


def _change(text: str) -> tuple[str, object]:
    """Split a change into setting and value; a day stands for its first moment in UTC."""
    setting, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text} is not of the form SETTING=VALUE.")
    if setting in ONE_BY_ONE:
        choices = (choice.partition(":") for choice in value.split(",") if choice)
        return setting, {key: choice for key, _, choice in choices}
    if setting == "pegged_currencies":
        return setting, [currency.upper() for currency in value.split(",") if currency]
    if setting == "go_live" and len(value) == len("2026-11-24"):
        return setting, _first_moment(value)
    return setting, value or None


def _first_moment(day: str) -> str:
    """Return the first moment of a day, or the text itself, which is then named as wrong."""
    try:
        return datetime.strptime(day, DAY).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return day
