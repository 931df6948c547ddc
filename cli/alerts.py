"""`tieout alerts`: what people outside the console are told of, and where messages go."""

from __future__ import annotations

import click

from cli.naming import connection_and, only
from cli.output import fields_of, json_option, moment, money, print_facts, print_json, print_table, say
from cli.running import opened, who
from workers.alerts import alerts_file, commands, views
from workers.alerts.views import ShownAlert, ShownChannel


@click.group()
def alerts() -> None:
    """Look at what people outside the console are told of, and manage the channels that messages go to."""


@alerts.command("list")
@connection_and()
@click.option("--solved", is_flag=True, help="What is over, instead of what is there now.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, solved: bool, limit: int, as_json: bool) -> None:
    """List what needs a person now, or what did and is over, the newest first."""
    with opened() as runtime:
        rows = views.shown(runtime, only(connection), is_over=solved, limit=limit)
        folder = alerts_file.folder(runtime.settings.home)
    if as_json:
        print_json([fields_of(row) for row in rows])
    elif rows:
        heads = ("alert", "connection", "since (UTC)", "told (UTC)", "solved (UTC)", "records", "what is wrong")
        print_table(heads, [_cells(row) for row in rows], right=("records",), notes=True)
    else:
        say("Nothing is over yet." if solved else f"Nothing needs a person. Messages are also written to {folder}.")


@alerts.command()
@click.argument("number", type=int)
@json_option
def show(*, number: int, as_json: bool) -> None:
    """Show one alert and the page of the console where it is put right."""
    with opened() as runtime:
        row = views.alert(runtime, number)
        console = runtime.settings.console_address
    if as_json:
        print_json({**fields_of(row), "address": f"{console}{row.page}"})
        return
    print_facts(
        {
            "connection": row.connection,
            "kind": row.meaning,
            "what is wrong": row.sentence,
            "records": row.records or None,
            "amounts": ", ".join(money(currency, amount) for currency, amount in sorted(row.amounts.items())),
            "since": row.since,
            "first observed": row.begun_at,
            "told": row.told_at,
            "solved": row.solved_at,
            "page": f"{console}{row.page}",
        }
    )


@alerts.command()
@json_option
def channels(*, as_json: bool) -> None:
    """List where messages go, and whether they arrive."""
    with opened() as runtime:
        rows = views.channels(runtime)
        folder = alerts_file.folder(runtime.settings.home)
    if as_json:
        print_json([fields_of(row) for row in rows])
        return
    if rows:
        heads = ("channel", "connection", "goes to", "last sent (UTC)", "fails since (UTC)", "waiting", "why it fails")
        print_table(heads, [_channel_cells(row) for row in rows], right=("waiting",), notes=True)
    say(f"Every message is also written to {folder}.")


@alerts.command("add-channel")
@click.argument("name")
@click.option(
    "--connection", metavar="NAME", help="Tell of this connection only; else of all, and of the installation."
)
@click.option("--address", prompt=True, hide_input=True, help="Its address; asked for when it is left out, as is best.")
def add_channel(*, name: str, connection: str | None, address: str) -> None:
    """Add a channel that messages go to, such as `mailtos://user:password@example.com?to=ann@example.com`.

    The address is kept encrypted, and never shown again. Which ones there are: docs/howto/alerts.md.
    """
    with opened() as runtime:
        title = commands.add_channel(runtime, name, address, who(), connection)
    say(f"{name} is added: {title}. Try it: tieout alerts test {name}")


@alerts.command()
@click.argument("name")
def test(*, name: str) -> None:
    """Send a message to a channel that says it is a test."""
    with opened() as runtime:
        title = commands.test_channel(runtime, name, who())
    say(f"{title} has taken it.")


@alerts.command("remove-channel")
@click.argument("name")
def remove_channel(*, name: str) -> None:
    """Remove a channel, with what waits to be sent there."""
    with opened() as runtime:
        commands.remove_channel(runtime, name, who())
    say(f"{name} is removed.")


def _channel_cells(row: ShownChannel) -> tuple[object, ...]:
    """Return a line of the list of channels."""
    times = (moment(row.sent_at), moment(row.failing_since))
    return (row.name, row.connection or "all", row.title, *times, row.waiting or None, row.failure)


def _cells(row: ShownAlert) -> tuple[object, ...]:
    """Return a line of the list."""
    times = (moment(row.since or row.begun_at), moment(row.told_at), moment(row.solved_at))
    return (row.alert, row.connection, *times, row.records or None, row.sentence)
