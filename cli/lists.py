"""`tieout lists`: mirror accounts, customers, classes and locations of QuickBooks in Precoro's custom fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click

from cli.following import dry_run_option, run_task, yes_option
from cli.output import json_option, print_json, print_table, say
from cli.running import chosen, connection_named, opened, who
from mappers.lists.choices import REFRESH_MODES, RefreshMode
from mappers.lists.entries import Selection
from mappers.lists.fields import LIST_KINDS
from workers.lists import commands, mirror
from workers.lists.commands import DefaultAccount, ListOverview, Picks

P = ParamSpec("P")
R = TypeVar("R")

name_argument = click.argument("name", required=False)
list_argument = click.argument("which", metavar="LIST", type=click.Choice(list(LIST_KINDS)))
lists_option = click.option(
    "--list", "wanted", multiple=True, type=click.Choice(list(LIST_KINDS)), help="Only this list; may be given again."
)


def _entries_option(flag: str, help_: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return an option that takes entries by id, number or name."""
    return click.option(
        flag, multiple=True, metavar="ENTRY", help=f"{help_}; by id, number or name. May be given again."
    )


@click.group()
def lists() -> None:
    """Mirror accounts, customers, classes and locations of QuickBooks in Precoro.

    NAME is the connection's name; it may be left out when there is only one. LIST is accounts, customers, classes or locations.
    """


@lists.command("import")
@name_argument
@lists_option
@dry_run_option
@yes_option
@json_option
def import_(name: str | None, *, wanted: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    """Add what is not yet in Precoro, and refresh what is.

    What was deleted in Precoro is added again. The plan is shown before anything is changed.
    """
    _run(name, mirror.IMPORT, wanted, "all", dry_run=dry_run, yes=yes, as_json=as_json)


@lists.command()
@name_argument
@lists_option
@dry_run_option
@yes_option
@json_option
def update(name: str | None, *, wanted: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool) -> None:
    """Refresh what is in Precoro already: names, numbers, places, and what is inactive in QuickBooks. Adds nothing."""
    _run(name, mirror.UPDATE, wanted, "nothing", dry_run=dry_run, yes=yes, as_json=as_json)


@lists.command()
@name_argument
@json_option
def show(name: str | None, *, as_json: bool) -> None:
    """Show every list as it was last read: what is new and changed, its custom field, and the default accounts."""
    with opened() as runtime:
        standings, accounts = commands.overview(runtime, chosen(runtime, name))
    if as_json:
        print_json(
            {"lists": [_described(one) for one in standings], "default_accounts": [vars(one) for one in accounts]}
        )
    else:
        _print(standings, accounts)


@lists.command()
@list_argument
@name_argument
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Accounts of this type, such as Expense. May be given again."
)
@_entries_option("--only", "Nothing but this entry")
@_entries_option("--also", "This entry as well")
@_entries_option("--leave-out", "Not this entry: the next update switches it off in Precoro")
@_entries_option("--take-back", "This entry after all")
@click.option("--everything", is_flag=True, help="Forget what was chosen before.")
@json_option
def choose(
    which: str,
    name: str | None,
    *,
    types: tuple[str, ...],
    only: tuple[str, ...],
    also: tuple[str, ...],
    leave_out: tuple[str, ...],
    take_back: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> None:
    """Choose which entries of LIST are in Precoro. At first: all, but of accounts those for expenses and costs."""
    picks = Picks(types, only, also, leave_out, take_back, everything)
    with opened() as runtime:
        choice = commands.choose(runtime, chosen(runtime, name), which, picks, who())
    if as_json:
        print_json(_selection(choice.selection))
    else:
        say(
            f"{LIST_KINDS[which].title}: {_words(choice.selection)}. To bring them over: tieout lists import --list {which}"
        )


@lists.command("field")
@list_argument
@click.argument("custom_field")
@name_argument
def field_(which: str, custom_field: str, name: str | None) -> None:
    """Let LIST go to CUSTOM_FIELD of Precoro, given by its id or name; - lets it be found by its name again."""
    with opened() as runtime:
        named = None if custom_field == "-" else custom_field
        commands.set_field(runtime, chosen(runtime, name), which, named, who())
    say(f"{LIST_KINDS[which].title} go to {'the field with a fitting name' if named is None else named}.")


@lists.command()
@list_argument
@click.argument("how", type=click.Choice(list(REFRESH_MODES)))
@name_argument
def refresh(which: str, how: RefreshMode, name: str | None) -> None:
    """Keep LIST fresh without a person: off, known (what is in Precoro already) or new (also what is new in QuickBooks).

    What a person deleted in Precoro is never brought back by this.
    """
    with opened() as runtime:
        commands.set_refresh(runtime, chosen(runtime, name), which, how, who())
    say(f"{LIST_KINDS[which].title} are refreshed {REFRESH_MODES[how]}.")


def _run(
    name: str | None, action: str, wanted: tuple[str, ...], adds: str, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Run an import or an update; what is off in QuickBooks is said and left out."""
    with opened() as runtime:
        slug = connection_named(runtime, chosen(runtime, name)).slug
        for one in commands.overview(runtime, slug)[0]:
            if one.level is None and not wanted:
                say(one.why or "")
        given = mirror.arguments(runtime, slug, wanted, adds)
        run_task(runtime, slug, action, given, dry_run=dry_run, yes=yes, as_json=as_json)


def _print(standings: list[ListOverview], accounts: list[DefaultAccount]) -> None:
    """Print the lists as a table, then the default accounts, then what is off or missing."""
    heads = ("list", "QB", "Precoro", "new", "changed", "problems", "field", "chosen", "refresh")
    rows = [
        (
            f"{one.title} ({one.level})", one.quickbooks, one.precoro, one.new, one.changed, one.problems,
            one.field_name or "none", _words(one.selection), one.refresh,
        )
        for one in standings
        if one.level is not None
    ]  # fmt: skip
    print_table(heads, rows, right=heads[1:6])
    click.echo("\nDefault accounts")
    print_table(("for", "account", ""), [(one.use, one.account or "none chosen", _verdict(one)) for one in accounts])
    for why in [one.why for one in standings if one.why]:
        say(why)


def _verdict(one: DefaultAccount) -> str:
    """Say whether a default account can be used."""
    return one.wrong or ("ok" if one.account else "")


def _described(one: ListOverview) -> dict[str, Any]:
    """Return a list for programs."""
    return {**vars(one), "selection": _selection(one.selection)}


def _selection(selection: Selection) -> dict[str, Any]:
    return {
        "types": sorted(selection.types),
        "picked": sorted(selection.picked),
        "only_picked": selection.only_picked,
        "left_out": sorted(selection.left_out),
    }


def _words(selection: Selection) -> str:
    """Say which entries are chosen."""
    if selection.only_picked:
        return f"only {len(selection.picked)} picked"
    parts = [", ".join(sorted(selection.types)) if selection.types else "all"]
    parts += [f"{len(selection.picked)} more"] if selection.picked else []
    parts += [f"without {len(selection.left_out)}"] if selection.left_out else []
    return ", ".join(parts)
