"""`tieout connections`: connect two companies, look after the connections, and pair what belongs together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cli import consent
from cli.following import yes_option
from cli.go_live import check, go_live_, test_events
from cli.output import json_option, print_facts, print_json, print_table, progress, say
from cli.remedies import for_programs
from cli.running import connection_named, opened, who
from precoro_client.client import INTERNATIONAL, UNITED_STATES
from store.companies import Connection
from workers.connections import commands as connection_commands
from workers.connections import connect
from workers.connections.connect import Connected, PrecoroAccess
from workers.ops import doctor as checks
from workers.ops import views as listings
from workers.pair_kinds import PAIR_KINDS
from workers.runtime import Runtime

HOSTS = {"international": INTERNATIONAL, "us": UNITED_STATES}

paste_option = click.option(
    "--paste", is_flag=True, help="Paste the address after consent instead of listening for it."
)
key_option = click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the Precoro API key. Otherwise PRECORO_API_KEY, or a hidden prompt: never an argument.",
)
browser_option = click.option("--browser/--no-browser", default=True, help="Try to open the browser.")


@click.group()
def connections() -> None:
    """Connect Precoro companies with QuickBooks companies, and look after the connections."""


for command in (check, go_live_, test_events):
    connections.add_command(command)


@connections.command()
@click.option("--name", default="", help="Name of the connection; otherwise made from the company's.")
@click.option("--precoro", "host", type=click.Choice(list(HOSTS)), help="Server of the Precoro company.")
@click.option("--precoro-url", help="Another address of Precoro, such as a stand-in's.")
@click.option("--email", help="E-mail address of the Precoro user whose key it is.")
@key_option
@click.option("--legal-entity", help="Name or id of the legal entity, when each has a QuickBooks company of its own.")
@paste_option
@browser_option
@json_option
def add(
    *,
    name: str,
    host: str | None,
    precoro_url: str | None,
    email: str | None,
    key_file: Path | None,
    legal_entity: str | None,
    paste: bool,
    browser: bool,
    as_json: bool,
) -> None:
    """Connect a Precoro company with a QuickBooks company.

    Asks for what is not given, sends you through QuickBooks' consent page, reads the lists of both sides, pairs equal names,
    and prints the address to paste into Precoro. Connecting the same two companies again keeps everything they have.
    """
    with opened() as runtime:
        access = PrecoroAccess(
            _host(runtime, host, precoro_url),
            email or click.prompt("E-mail address of the Precoro user", err=True),
            _key(key_file),
            legal_entity,
        )
        given = consent.ask(runtime, paste=paste, browser=browser)
        with progress("Reading both companies and pairing equal names"):
            done = connect.connect(
                runtime, access, given.code, given.realm, redirect=given.redirect, slug=name, who=who()
            )
    if as_json:
        print_json(_connected(done))
    else:
        _print_connected(done)


@connections.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the connections."""
    with opened() as runtime, runtime.read() as (session, _):
        rows = [_summary(one, listings.counts(session, one.id)) for one in listings.connections(session)]
    if as_json:
        print_json(rows)
    elif rows:
        heads = ("name", "state", "Precoro", "QuickBooks", "documents", "goes on", "why")
        told = ("name", "state", "precoro", "quickbooks", "documents", "backoff_until", "backoff_reason")
        print_table(heads, [[r[name] if name != "documents" else _counted(r[name]) for name in told] for r in rows])
    else:
        say("There is no connection yet. Connect two companies: tieout connections add")


@connections.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show one connection: both companies, its settings, its documents and pairs, and what documents are held for."""
    with opened() as runtime:
        connection = connection_named(runtime, name)
        shown = _details(runtime, connection)
    if as_json:
        print_json(shown)
        return
    causes, settings = shown.pop("held_for"), shown.pop("settings")
    click.echo(shown.pop("name"))
    print_facts({fact: _counted(value) if isinstance(value, dict) else value for fact, value in shown.items()})
    click.echo("\nSettings")
    print_facts({setting: _counted(value) if isinstance(value, dict) else value for setting, value in settings.items()})
    if causes:
        click.echo("\nHeld for")
        rows = [list({**cause, "remedy": cause["remedy"]["words"]}.values()) for cause in causes]
        print_table(list(causes[0]), rows, right=("documents",))


@connections.command()
@click.argument("name")
def pause(name: str) -> None:
    """Stop working for a connection. Events are kept, and what they are about waits."""
    with opened() as runtime:
        connection_commands.pause(runtime, name, who())
    say(f"{name} is paused. To go on: tieout connections resume {name}")


@connections.command()
@click.argument("name")
def resume(name: str) -> None:
    """Go on after a pause, or end a rest early."""
    with opened() as runtime:
        connection_commands.resume(runtime, name, who())
    say(f"{name} goes on.")


@connections.command()
@click.argument("name")
@paste_option
@browser_option
def reconnect(name: str, *, paste: bool, browser: bool) -> None:
    """Give a connection fresh permission for the QuickBooks company that it has."""
    with opened() as runtime:
        connection_named(runtime, name)
        given = consent.ask(runtime, paste=paste, browser=browser)
        connection_commands.reconnect(runtime, name, given.code, given.realm, redirect=given.redirect, who=who())
    say(f"{name} is connected again, and what waited goes on.")


@connections.command()
@click.argument("name")
@yes_option
def disconnect(name: str, *, yes: bool) -> None:
    """Give the permission back to Intuit and stop. Pairs, settings and history stay.

    The permission is that of the QuickBooks company, so every connection with it ends. To stop one only: pause.
    """
    with opened() as runtime:
        connection = connection_named(runtime, name)
        if not yes:
            click.confirm(
                f"End the connection with {connection.qbo.name}, {connection.qbo.realm}?", abort=True, err=True
            )
        ended = connect.disconnect(runtime, name, who())
    say(f"Disconnected: {', '.join(ended)}. To connect again: tieout connections reconnect {name}")


@connections.command()
@click.argument("name")
@click.option("--email", default="", help="E-mail address of the Precoro user whose key it is, if it is another one.")
@key_option
def key(name: str, *, email: str, key_file: Path | None) -> None:
    """Put a new Precoro API key in the place of the old one. Pairs, settings, history and the webhook address stay."""
    with opened() as runtime:
        connection_named(runtime, name)
        connect.change_key(runtime, name, _key(key_file), who(), email)
    say(f"{name} uses the new key.")


@connections.command()
@click.argument("name")
@click.argument("kind", type=click.Choice(list(PAIR_KINDS)))
@click.argument("precoro")
@click.argument("quickbooks")
def pair(name: str, kind: str, precoro: str, quickbooks: str) -> None:
    """Pair an entry of PRECORO with one of QUICKBOOKS, each named by its id or its exact name.

    Documents that were held for want of this pair become due at once.
    """
    with opened() as runtime:
        released = connection_commands.pair(runtime, name, kind, precoro, quickbooks, who())
    say(f"Paired. {released} held documents are due again.")


@connections.command()
@click.argument("name")
@json_option
def refresh(name: str, *, as_json: bool) -> None:
    """Read plan, preferences and the lists of both sides again and pair equal names."""
    with opened() as runtime:
        connection_named(runtime, name)
        with progress("Reading both companies and pairing equal names"):
            counted, paired = connection_commands.refresh(runtime, name, who())
    if as_json:
        print_json({"lists": counted, "paired": paired})
    else:
        print_facts({"lists in QuickBooks": _counted(counted), "new pairs": _counted(paired)})


def _host(runtime: Runtime, host: str | None, url: str | None) -> str:
    """Return the address of Precoro: given, set, or asked for."""
    known = url or (HOSTS[host] if host else runtime.settings.precoro_url)
    if known:
        return known
    return HOSTS[click.prompt("Precoro server", type=click.Choice(list(HOSTS)), default="international", err=True)]


def _key(file: Path | None) -> str:
    """Return the API key of Precoro from a file, the environment or a hidden prompt."""
    if file:
        return file.read_text().strip()
    key: str = os.environ.get("PRECORO_API_KEY") or click.prompt("Precoro API key", hide_input=True, err=True)
    return key.strip()


def _connected(done: Connected) -> dict[str, Any]:
    """Return what came of connecting, for programs."""
    return {
        "name": done.slug,
        "company": done.company.name,
        "plan": done.company.plan,
        "currency": done.company.home_currency,
        "warnings": done.warnings,
        "lists": done.lists,
        "paired": done.paired,
        "webhook_address": done.webhook_address,
    }


def _print_connected(done: Connected) -> None:
    """Print what came of connecting, and what to do next."""
    company = done.company
    click.echo(f"Connected {done.slug}: {company.name}, {company.plan or 'plan not named'}, {company.home_currency}")
    print_facts({"lists in QuickBooks": _counted(done.lists), "paired by name": _counted(done.paired)})
    for warning in done.warnings:
        say(f"Warning: {warning}")
    say(
        "\nPaste this address in Precoro: Configuration, Integrations, Webhooks; tick purchase order, invoice and supplier."
    )
    click.echo(done.webhook_address)
    say("It is a secret: whoever knows it can make Tieout look at a document.")
    say(f"Nothing is sent before you say so. What is still missing: tieout connections check {done.slug}")


def _summary(connection: Connection, counts: dict[str, int]) -> dict[str, Any]:
    """Return what a listing tells of a connection."""
    return {
        "name": connection.slug,
        "state": "resting" if connection.backoffs and connection.state == "connected" else connection.state,
        "precoro": connection.precoro.email,
        "quickbooks": connection.qbo.name,
        "documents": counts,
        "backoff_until": connection.backoff_until,
        "backoff_reason": connection.backoff_reason,
    }


def _details(runtime: Runtime, connection: Connection) -> dict[str, Any]:
    """Return everything about a connection but its secrets; the webhook address is there to be pasted."""
    with runtime.read() as (session, _):
        counts, pairs = listings.counts(session, connection.id), listings.paired(session, connection.id)
        causes = [
            {**cause, "remedy": for_programs(cause["remedy"], connection=connection.slug)}
            for cause in listings.held_by_cause(session, connection.id)
        ]
    return {
        **_summary(connection, counts),
        "live_since": connection.live_at,
        "plan": connection.qbo.plan,
        "subscription": connection.qbo.subscription,
        "checked_at": connection.qbo.checked_at,
        "country": connection.qbo.country,
        "currency": connection.qbo.home_currency,
        "realm": connection.qbo.realm,
        "precoro_url": connection.precoro.host,
        "legal_entity": connection.legal_entity,
        "permission_until": connection.qbo.refresh_until,
        "last_heard": connection.precoro.last_event_at,
        "webhook_address": checks.webhook_address(runtime.settings, connection),
        "pairs": pairs,
        "settings": connection.policy,
        "held_for": causes,
    }


def _counted(counts: dict[str, Any]) -> str:
    """Return counts as one line."""
    return ", ".join(f"{name} {number}" for name, number in counts.items())
