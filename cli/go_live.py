"""`tieout connections check`, `go-live` and `test`: what is missing, what waits, and the step that begins it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from cli.following import dry_run_option, yes_option
from cli.output import json_option, money, print_facts, print_json, print_table, progress, say
from cli.remedies import command, for_programs, render
from cli.running import chosen, opened, who
from workers.connections import checklist, go_live
from workers.connections import webhook_test as events_heard
from workers.connections.checklist import OPEN, Item
from workers.connections.go_live import Preview
from workers.lookup import connection_named
from workers.runtime import Runtime

WAIT = 60.0


@click.command()
@click.argument("name", required=False)
@json_option
@click.pass_context
def check(ctx: click.Context, name: str | None, *, as_json: bool) -> None:
    """Show what is still missing before going live, and what waits for it. No call is made.

    Ends with 1 while a step is open.
    """
    with opened() as runtime:
        slug = chosen(runtime, name)
        steps, found = _steps(runtime, slug), go_live.preview(runtime, slug)
    if as_json:
        print_json(_described(slug, steps, found))
    else:
        _print_steps(steps)
        _print_preview(found, slug)
    ctx.exit(1 if any(step.state == OPEN for step in steps) else 0)


@click.command("go-live")
@click.argument("name", required=False)
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
              help="Send what was approved from this day on (UTC); otherwise the setting go_live, else from now on.")  # fmt: skip
@dry_run_option
@yes_option
@json_option
def go_live_(name: str | None, *, day: datetime | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Begin to send by itself what is approved, after a look at what is missing and what waits.

    What was approved before the day stays historical and is never sent: somebody has booked it already. Documents from
    before the companies were connected are looked for in Precoro first, one call for 200, and one for each that is found.
    """
    since = day.replace(tzinfo=UTC) if day else None
    with opened() as runtime:
        slug = chosen(runtime, name)
        if since:
            _look_back(runtime, slug, since)
        steps, found = _steps(runtime, slug), go_live.preview(runtime, slug, since)
        if not as_json:
            _print_steps(steps)
            _print_preview(found, slug)
        goes = not dry_run and (yes or (not as_json and click.confirm(f"Let {slug} go live?", err=True)))
        if goes:
            found = go_live.go_live(runtime, slug, who(), since)
    if as_json:
        print_json({**_described(slug, steps, found), "live": goes})
    elif goes:
        say(f"{slug} is live: what is approved from {found.since:%Y-%m-%d %H:%M} UTC on is sent by itself.")
    else:
        say("Nothing was changed.")


@click.command("test")
@click.argument("name", required=False)
@click.option("--wait", default=WAIT, show_default=True, help="Seconds to wait for the event.")
@json_option
@click.pass_context
def test_events(ctx: click.Context, name: str | None, *, wait: float, as_json: bool) -> None:
    """Look whether the receiver can be reached at its public address, then wait for an event from Precoro.

    While it waits, save any purchase order, invoice or supplier in Precoro. Ends with 1 when no event comes.
    """
    with opened() as runtime:
        slug = chosen(runtime, name)
        reached = events_heard.reachable(runtime.settings)
        say(reached.sentence)
        say("Now save any purchase order, invoice or supplier in Precoro.")
        with progress("Waiting for Precoro"):
            heard = events_heard.wait_for_one(runtime, slug, wait)
    if as_json:
        print_json({"connection": slug, "reachable": reached.ok, "last_event_at": heard})
    else:
        say(f"Precoro was heard at {heard:%H:%M:%S} UTC." if heard else events_heard.silence(runtime.settings, slug))
    ctx.exit(0 if heard else 1)


def _look_back(runtime: Runtime, slug: str, since: datetime) -> None:
    """Find and read what was approved before the companies were connected."""
    with progress("Looking in Precoro for what was approved since"):
        found = go_live.look_back(runtime, slug, since)
    if found:
        say(f"{found} documents are new; each is read once, as fast as Precoro's quota allows.")
        with progress("Reading documents"):
            go_live.read_waiting(runtime, slug)


def _steps(runtime: Runtime, slug: str) -> list[Item]:
    with runtime.read() as (session, moment):
        return checklist.checklist(session, connection_named(session, slug), moment.date())


def _to_do(step: Item) -> str:
    """Return the command that does a step; "" when nothing is to be done."""
    return command(step.act) if step.act else ""


def _print_steps(steps: Sequence[Item]) -> None:
    """Print the checklist."""
    print_table(("step", "", "", "to do"), [(step.name, step.state, step.sentence, _to_do(step)) for step in steps])


def _print_preview(found: Preview, slug: str) -> None:
    """Print what going live does."""
    click.echo(f"\nGoing live with what is approved from {found.since:%Y-%m-%d %H:%M} UTC on")
    print_facts(
        {
            "go out": f"{len(found.free)} documents {_sums(found.money)}".rstrip(),
            "would be held": found.held,
            "stay historical": found.historical,
            "not read yet": found.unread or None,
        }
    )
    if found.causes:
        click.echo("\nWould be held for")
        rows = [
            (cause.documents, _sums(cause.money), cause.sentence, render(cause.remedy, connection=slug))
            for cause in found.causes
        ]
        print_table(("documents", "amount", "why", "remedy"), rows, right=("documents",))


def _described(slug: str, steps: Sequence[Item], found: Preview) -> dict[str, Any]:
    """Return checklist and preview for programs."""
    return {
        "connection": slug,
        "steps": [
            {"name": step.name, "state": step.state, "sentence": step.sentence, "command": _to_do(step)}
            for step in steps
        ],
        "from": found.since,
        "go_out": found.free,
        "money": found.money,
        "would_be_held": found.held,
        "causes": [{**vars(cause), "remedy": for_programs(cause.remedy, connection=slug)} for cause in found.causes],
        "historical": found.historical,
        "unread": found.unread,
    }


def _sums(sums: Mapping[str, Decimal]) -> str:
    """Return sums by currency as one text."""
    return ", ".join(money(currency, amount) for currency, amount in sums.items())
