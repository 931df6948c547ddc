"""`tieout lists`: mirror accounts, customers, classes and locations of QuickBooks in Precoro's custom fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import click

from cli.long_actions import dry_run_option, run_task, yes_option
from cli.naming import chosen, connection_and
from cli.output import counts, fields_of, json_option, print_heading, print_json, print_table, say
from cli.remedies import for_programs, render
from cli.running import opened, who
from mappers.lists.choices import REFRESH_MODES, RefreshMode
from mappers.lists.entries import Selection
from mappers.lists.fields import LIST_KINDS
from workers.lists import commands, mirror, views
from workers.lists.commands import Picks
from workers.lists.views import DefaultAccount, ListRow

P = ParamSpec("P")
R = TypeVar("R")

LIST = click.Choice(list(LIST_KINDS))
lists_option = click.option("--list", "names", multiple=True, type=LIST, help="Only this list; may be given again.")


def _entries_option(flag: str, help_: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return an option that takes entries by id, number or name."""
    return click.option(
        flag, multiple=True, metavar="ENTRY", help=f"{help_}; by id, number or name. May be given again."
    )


@click.group()
def lists() -> None:
    """Mirror accounts, customers, classes and locations of QuickBooks in Precoro.

    LIST is accounts, customers, classes or locations. CONNECTION is a connection's name, or that of its QuickBooks company; it
    may be left out when there is only one.
    """


@lists.command("import")
@connection_and()
@lists_option
@dry_run_option
@yes_option
@json_option
def import_(*, connection: str | None, names: tuple[str, ...], **options: bool) -> None:
    """Add what is not yet in Precoro, and refresh what is.

    What was deleted in Precoro is added again. The plan is shown before anything is changed.
    """
    _run(connection, mirror.IMPORT, names, "all", **options)


@lists.command()
@connection_and()
@lists_option
@dry_run_option
@yes_option
@json_option
def update(*, connection: str | None, names: tuple[str, ...], **options: bool) -> None:
    """Refresh what is in Precoro already: names, numbers, places, and what is inactive in QuickBooks. Adds nothing."""
    _run(connection, mirror.UPDATE, names, "nothing", **options)


@lists.command("entries")
@connection_and(list_=LIST)
@click.option("--state", type=click.Choice(views.ENTRY_STATES), help="Only those in this state.")
@click.option(
    "--search", "text", metavar="TEXT", help="Only those whose name holds this text, or with this number or id."
)
@click.option("--limit", default=100, show_default=True, help="How many at most.")
@json_option
def entries_(
    *, connection: str | None, list_: str, state: str | None, text: str | None, limit: int, as_json: bool
) -> None:
    """List the entries of a list beside their options in Precoro, and count those in each state."""
    with opened() as runtime:
        page = views.entries(runtime, chosen(runtime, connection), list_, state, text, limit=limit)
    if as_json:
        print_json(page.rows)
        return
    if page.rows:
        heads = ("id", "in QuickBooks", "number", "option", "in Precoro", "active", "state")
        print_table(heads, [
            (row.entry, row.name, row.number, row.option, row.option_name, row.is_active, row.state) for row in page.rows
        ])  # fmt: skip
    say(counts(page.by_state) or "There is no such entry.")


@lists.command()
@connection_and()
@json_option
def show(*, connection: str | None, as_json: bool) -> None:
    """Show every list as it was last read: what is new and changed, its custom field, and the default accounts."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        rows, accounts = views.lists(runtime, slug), views.default_accounts(runtime, slug)
    if as_json:
        print_json({"lists": [_described(row, slug) for row in rows], "default_accounts": accounts})
    else:
        _print(rows, accounts, slug)


@lists.command()
@connection_and(list_=LIST)
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
    *,
    connection: str | None,
    list_: str,
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
        slug = chosen(runtime, connection)
        choice = commands.choose(runtime, slug, list_, picks, who())
        row = next(row for row in views.lists(runtime, slug) if row.name == list_)
    if as_json:
        print_json(choice.selection)
    else:
        say(f"{row.title}: {_words(row)}.")
        say(f"To bring them over: tieout lists import --list {list_}")


@lists.command()
@connection_and(list_=LIST)
@json_option
def choices(*, connection: str | None, list_: str, as_json: bool) -> None:
    """Show what LIST can be chosen from: the custom fields that it may go to, and the types of its entries."""
    with opened() as runtime:
        offered = views.offered(runtime, chosen(runtime, connection), list_)
    if as_json:
        print_json(offered)
        return
    say(f"Custom fields: {', '.join(offered.fields) or 'none'}.")
    say(f"Types: {', '.join(offered.types) or 'none'}.")


@lists.command("field")
@connection_and(list_=LIST, custom_field=click.STRING)
def field_(*, connection: str | None, list_: str, custom_field: str) -> None:
    """Let LIST go to CUSTOM_FIELD of Precoro, given by its id or name; - lets it be found by its name again."""
    with opened() as runtime:
        name = None if custom_field == "-" else custom_field
        commands.set_field(runtime, chosen(runtime, connection), list_, name, who())
    say(f"{LIST_KINDS[list_].title} go to {'the field with a fitting name' if name is None else name}.")


@lists.command()
@connection_and(list_=LIST, how=click.Choice(list(REFRESH_MODES)))
def refresh(*, connection: str | None, list_: str, how: RefreshMode) -> None:
    """Keep LIST fresh without a person: off, known (what is in Precoro already) or new (also what is new in QuickBooks).

    What a person deleted in Precoro is never brought back by this.
    """
    with opened() as runtime:
        commands.set_refresh(runtime, chosen(runtime, connection), list_, how, who())
    say(f"{LIST_KINDS[list_].title} are refreshed {REFRESH_MODES[how]}.")


def _run(connection: str | None, action: str, names: tuple[str, ...], adds: str, **options: bool) -> None:
    """Run an import or an update; what is off in QuickBooks is said and left out."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        for row in views.lists(runtime, slug):
            if row.level is None and not names:
                say(row.why or "")
        run_task(runtime, slug, action, mirror.arguments(runtime, slug, names, adds), **options)


def _described(row: ListRow, slug: str) -> dict[str, Any]:
    """Return a list for programs."""
    return {**fields_of(row), "remedy": for_programs(row.remedy, connection=slug) if row.remedy else None}


def _print(rows: Sequence[ListRow], accounts: Sequence[DefaultAccount], slug: str) -> None:
    """Print the lists as a table, then the default accounts, then what is off or missing."""
    heads = ("list", "QB", "Precoro", "new", "changed", "problems", "field", "refresh", "chosen")
    cells = [
        (
            f"{row.title} ({row.level})", row.quickbooks, row.precoro, row.new, row.changed, row.problems,
            row.field_name or "none", row.refresh, _words(row),
        )
        for row in rows
        if row.level is not None
    ]  # fmt: skip
    print_table(heads, cells, right=heads[1:6], notes=True)
    print_heading("Default accounts")
    print_table(
        ("for", "account", ""),
        [(account.use, account.account or "none chosen", _verdict(account)) for account in accounts],
    )
    for row in rows:
        if row.why:
            say(f"{row.why} {render(row.remedy, connection=slug)}" if row.remedy else row.why)


def _verdict(account: DefaultAccount) -> str:
    """Say whether a default account can be used."""
    return account.wrong or ("ok" if account.account else "")


def _words(row: ListRow) -> str:
    """Say which entries are chosen, and how many others are in Precoro all the same."""
    staying = f"; {row.staying} not chosen stay on in Precoro until left out" if row.staying else ""
    return _chosen(row.selection) + staying


def _chosen(selection: Selection) -> str:
    """Say which entries are chosen."""
    if selection.only_picked:
        return f"only {len(selection.picked)} picked"
    parts = [", ".join(sorted(selection.types)) if selection.types else "all"]
    parts += [f"{len(selection.picked)} more"] if selection.picked else []
    parts += [f"without {len(selection.left_out)}"] if selection.left_out else []
    return ", ".join(parts)
