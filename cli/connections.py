"""`tieout connections`: connect two companies, look after the connections, and pair what belongs together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cli import consent
from cli.attention import cause_for_programs, print_causes
from cli.go_live import check, go_live_, test_events
from cli.long_actions import yes_option
from cli.naming import chosen, connection_and
from cli.output import (
    fields_of,
    json_option,
    print_facts,
    print_heading,
    print_json,
    print_line,
    print_table,
    progress,
    say,
)
from cli.running import opened, who
from mappers.text import plural, visible
from workers.connections import commands, connect, forget, views, webhook_secret
from workers.connections.connect import SERVERS, NewConnection, PrecoroAccess
from workers.connections.views import ConnectionDetail
from workers.pair_kinds import SHARED_KINDS
from workers.reference import views as reference_views
from workers.reference.views import SIDES, TWIN_KINDS
from workers.runtime import Runtime

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
    """Connect Precoro companies with QuickBooks companies, and look after the connections.

    CONNECTION is a connection's name, or that of its QuickBooks company; it may be left out when there is only one.
    """


for command in (check, go_live_, test_events):
    connections.add_command(command)


@connections.command()
@click.option("--name", default="", help="Name of the connection; otherwise made from the company's.")
@click.option("--precoro", "host", type=click.Choice(list(SERVERS)), help="Server of the Precoro company.")
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
        entities = connect.ask_precoro(runtime, access)
        answer = consent.ask(runtime, paste=paste, browser=browser)
        with progress("Reading both companies and pairing equal names"):
            connected = connect.connect(
                runtime,
                access,
                answer.code,
                answer.realm,
                redirect=answer.redirect,
                slug=name,
                who=who(),
                entities=entities,
            )
    if as_json:
        print_json(_described(connected))
    else:
        _print_connected(connected)


@connections.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the connections."""
    with opened() as runtime:
        rows = views.connections(runtime)
    if as_json:
        print_json(rows)
    elif rows:
        heads = ("name", "state", "Precoro", "QuickBooks", "documents", "goes on", "why")
        print_table(heads, [
            (row.name, row.state, row.precoro, row.quickbooks, row.documents, row.backoff_until, row.backoff_reason)
            for row in rows
        ], notes=True)  # fmt: skip
    else:
        say("There is no connection yet. Connect two companies: tieout connections add")


@connections.command()
@connection_and()
@json_option
def show(*, connection: str | None, as_json: bool) -> None:
    """Show one connection: both companies, its settings, its documents and pairs, and what documents are held for."""
    with opened() as runtime:
        detail = views.connection(runtime, chosen(runtime, connection))
    if as_json:
        print_json(_described_detail(detail))
    else:
        _print_detail(detail)


@connections.command()
@connection_and(kind=click.Choice(TWIN_KINDS), side=click.Choice(SIDES))
@click.option(
    "--search", "text", default="", metavar="TEXT", help="Only those whose name holds this text, or with this id."
)
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def entries(*, connection: str | None, kind: str, side: str, text: str, limit: int, as_json: bool) -> None:
    """List the entries of one side that a kind of pair joins, by name: what to name when pairing by hand."""
    with opened() as runtime:
        rows = reference_views.entries(runtime, chosen(runtime, connection), kind, side, text, limit=limit)
    if as_json:
        print_json(rows)
    elif rows:
        print_table(
            ("id", "name", "active", "paired"), [(row.key, row.name, row.active, row.is_paired) for row in rows]
        )
    else:
        say("No entry goes by that.")


@connections.command()
@connection_and()
def pause(*, connection: str | None) -> None:
    """Stop working for a connection. Events are kept, and what they are about waits."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        commands.pause(runtime, slug, who())
    say(f"{slug} is paused. To go on: tieout connections resume {slug}")


@connections.command()
@connection_and()
def resume(*, connection: str | None) -> None:
    """Go on after a pause, or end a wait early."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        commands.resume(runtime, slug, who())
    say(f"{slug} goes on.")


@connections.command()
@connection_and()
@paste_option
@browser_option
def reconnect(*, connection: str | None, paste: bool, browser: bool) -> None:
    """Give a connection fresh permission for the QuickBooks company that it has."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        answer = consent.ask(runtime, paste=paste, browser=browser)
        commands.reconnect(runtime, slug, answer.code, answer.realm, redirect=answer.redirect, who=who())
    say(f"{slug} is connected again, and what waited goes on.")


@connections.command()
@connection_and()
@yes_option
def disconnect(*, connection: str | None, yes: bool) -> None:
    """Give the permission back to Intuit and stop. Pairs, settings and history stay.

    The permission is that of the QuickBooks company, so every connection with it ends. To stop one only: pause.
    """
    with opened() as runtime:
        detail = views.connection(runtime, chosen(runtime, connection))
        if not yes:
            click.confirm(
                visible(f"End the connection with {detail.quickbooks}, {detail.realm}?"), abort=True, err=True
            )
        ended = connect.disconnect(runtime, detail.name, who())
    say(f"Disconnected: {', '.join(ended)}. To connect again: tieout connections reconnect {detail.name}")


@connections.command()
@connection_and()
@click.option("--email", default="", help="E-mail address of the Precoro user whose key it is, if it is another one.")
@key_option
def key(*, connection: str | None, email: str, key_file: Path | None) -> None:
    """Put a new Precoro API key in the place of the old one. Pairs, settings, history and the webhook address stay."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        connect.change_key(runtime, slug, _key(key_file), who(), email)
    say(f"{slug} uses the new key.")


@connections.command()
@connection_and(kind=click.Choice(SHARED_KINDS), precoro=click.STRING, quickbooks=click.STRING)
def pair(*, connection: str | None, kind: str, precoro: str, quickbooks: str) -> None:
    """Pair an entry of PRECORO with one of QUICKBOOKS, each named by its id or its exact name.

    KIND is account, class, customer, location or term; for suppliers and products see `suppliers pair` and `products pair`.
    Documents that were held for want of this pair become due at once.
    """
    with opened() as runtime:
        released = commands.pair(runtime, chosen(runtime, connection), kind, precoro, quickbooks, who())
    say(f"Paired. {plural(released, 'held document is due', 'held documents are due')} again.")


@connections.command("forget")
@connection_and()
@yes_option
def forget_(*, connection: str | None, yes: bool) -> None:
    """Delete everything that a disconnected connection left here: its companies, credentials, documents and pairs.

    What stands in Precoro and QuickBooks stays. The history keeps who did what, without the details. To connect the same
    companies again is to begin anew: documents that were sent are found by their marker.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        print_facts(forget.preview(runtime, slug))
        if not yes:
            click.confirm(f"Delete all of this for {slug}, for good?", abort=True, err=True)
        with progress("Deleting"):
            counts = forget.forget(runtime, slug, who())
    say(f"Forgotten: {plural(sum(counts.values()), 'row')}. Backups of the database still hold them.")


@connections.command()
@connection_and()
@click.option("--rotate", is_flag=True, help="Make a new address; the old one stays valid until it is retired.")
@click.option("--retire", is_flag=True, help="End the address before the present one.")
@json_option
def webhook(*, connection: str | None, rotate: bool, retire: bool, as_json: bool) -> None:
    """Show the webhook address to paste in Precoro, or change it. It is a secret.

    To change it: --rotate, paste the new one in Precoro, see an event arrive (connections test), then --retire.
    """
    if rotate and retire:
        raise click.UsageError("First --rotate; --retire when Precoro calls the new address.")
    with opened() as runtime:
        slug = chosen(runtime, connection)
        if retire:
            webhook_secret.retire(runtime, slug, who())
        shown = webhook_secret.rotate(runtime, slug, who()) if rotate else webhook_secret.show(runtime, slug)
    if as_json:
        print_json(fields_of(shown))
        return
    print_line(shown.address)
    say(f"Made {shown.made_at:%Y-%m-%d}." if shown.made_at else "It is not known when it was made.")
    if shown.old_is_valid:
        say(f"The one before is still valid. When Precoro calls this one: tieout connections webhook {slug} --retire")


@connections.command()
@connection_and()
@json_option
def refresh(*, connection: str | None, as_json: bool) -> None:
    """Read plan, preferences and the lists of both sides again and pair equal names."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        with progress("Reading both companies and pairing equal names"):
            entries, pairs = commands.refresh(runtime, slug, who())
    if as_json:
        print_json({"lists": entries, "paired": pairs})
    else:
        print_facts({"lists in QuickBooks": entries, "new pairs": pairs})


def _host(runtime: Runtime, host: str | None, url: str | None) -> str:
    """Return the address of Precoro: given, set, or asked for."""
    address = url or (SERVERS[host] if host else runtime.settings.precoro_url)
    if address:
        return address
    return SERVERS[click.prompt("Precoro server", type=click.Choice(list(SERVERS)), default="international", err=True)]


def _key(file: Path | None) -> str:
    """Return the API key of Precoro from a file, the environment or a hidden prompt."""
    if file:
        return file.read_text().strip()
    key: str = os.environ.get("PRECORO_API_KEY") or click.prompt("Precoro API key", hide_input=True, err=True)
    return key.strip()


def _described(connected: NewConnection) -> dict[str, Any]:
    """Return what came of connecting, for programs."""
    return {
        "name": connected.slug,
        "company": connected.company.name,
        "plan": connected.company.plan,
        "currency": connected.company.home_currency,
        "warnings": connected.warnings,
        "lists": connected.lists,
        "paired": connected.paired,
        "webhook_address": connected.webhook_address,
    }


def _described_detail(detail: ConnectionDetail) -> dict[str, Any]:
    """Return everything about a connection for programs."""
    return {**fields_of(detail), "causes": [cause_for_programs(cause) for cause in detail.causes]}


def _print_connected(connected: NewConnection) -> None:
    """Print what came of connecting, and what to do next."""
    company = connected.company
    plan = company.plan or "plan not named"
    print_line(f"Connected {connected.slug}: {company.name}, {plan}, {company.home_currency}")
    print_facts({"lists in QuickBooks": connected.lists, "paired by name": connected.paired})
    for warning in connected.warnings:
        say(f"Warning: {warning}")
    say(
        "\nPaste this address in Precoro: Configuration, Integrations, Webhooks; tick purchase order, invoice and supplier."
    )
    print_line(connected.webhook_address)
    say("It is a secret: whoever knows it can make Tieout look at a document.")
    say(f"Nothing is sent before you say so. What is still missing: tieout connections check {connected.slug}")


def _print_detail(detail: ConnectionDetail) -> None:
    """Print everything about a connection."""
    print_line(detail.name)
    apart = {"name", "settings", "causes"}
    print_facts({name: value for name, value in fields_of(detail).items() if name not in apart})
    print_heading("Settings")
    print_facts(detail.settings)
    if detail.causes:
        print_heading("Needs attention")
        print_causes(detail.causes)
