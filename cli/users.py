"""`tieout users`: who may use the console, with which role, and for which connections."""

from __future__ import annotations

import click

from cli.output import fields_of, json_option, moment, print_json, print_line, print_table, say
from cli.running import opened, who
from workers.users import commands, views
from workers.users.views import ROLES, Role, UserRow

role_option = click.option(
    "--role", type=click.Choice(ROLES), required=True, help="What the user may do: see docs/howto/users.md."
)
connections_option = click.option(
    "--connection",
    "connections",
    multiple=True,
    metavar="NAME",
    help="A connection the user may see; else all of them.",
)


@click.group()
def users() -> None:
    """Manage the people who use the console."""


@users.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the users, their roles and connections, and when they used the console last."""
    with opened() as runtime:
        rows = views.users(runtime)
    if as_json:
        print_json([fields_of(row) for row in rows])
    elif rows:
        print_table(("user", "role", "connections", "signs in with", "last used (UTC)"), [_cells(row) for row in rows])
    else:
        say("There is no user yet. Add the first one: tieout users add NAME --role admin")


@users.command()
@click.argument("name")
@role_option
@connections_option
def add(*, name: str, role: Role, connections: tuple[str, ...]) -> None:
    """Add a user and print a link that signs them in, once, within ten minutes."""
    with opened() as runtime:
        commands.add(runtime, name, role, who(), connections)
        address = commands.address_of(runtime, commands.new_link(runtime, name, who()))
    print_line(address)
    say(f"{name} signs in with it once, within ten minutes, and then sets a password and an authenticator.")


@users.command()
@click.argument("name")
@role_option
@connections_option
def change(*, name: str, role: Role, connections: tuple[str, ...]) -> None:
    """Give a user another role and other connections. Their sessions end."""
    with opened() as runtime:
        commands.change(runtime, name, role, who(), connections)
    say(f"{name} is {role} now, for {', '.join(connections) or 'every connection'}.")


@users.command()
@click.argument("name")
def link(*, name: str) -> None:
    """Print a link that signs a user in, once, within ten minutes: for the first time, or for a lost password."""
    with opened() as runtime:
        address = commands.address_of(runtime, commands.new_link(runtime, name, who()))
    print_line(address)


@users.command()
@click.argument("name")
def disable(*, name: str) -> None:
    """Let a user sign in no more, and end their sessions. Their history stays."""
    with opened() as runtime:
        commands.disable(runtime, name, who())
    say(f"{name} can no longer sign in.")


@users.command()
@click.argument("name")
def enable(*, name: str) -> None:
    """Let a disabled user sign in again."""
    with opened() as runtime:
        commands.enable(runtime, name, who())
    say(f"{name} can sign in again.")


@users.command("end-sessions")
@click.argument("name")
def end_sessions(*, name: str) -> None:
    """Sign a user out in every browser."""
    with opened() as runtime:
        commands.end_sessions(runtime, name, who())
    say(f"{name} is signed out everywhere.")


def _cells(row: UserRow) -> tuple[object, ...]:
    """Return a line of the list."""
    ways = ["password"] * row.has_password + ["authenticator"] * row.has_authenticator
    signs_in = "cannot: disabled" if row.disabled else " and ".join(ways) or "a link only"
    return (
        row.name,
        row.role,
        "all" if row.connections is None else ", ".join(row.connections) or "none",
        signs_in,
        moment(row.seen_at),
    )
