"""`tieout connections check`, `go-live` and `test`: what is missing, what waits, and the step that begins it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from cli.long_actions import dry_run_option, yes_option
from cli.naming import chosen, connection_and
from cli.output import (
    fields_of,
    json_option,
    money,
    print_facts,
    print_heading,
    print_json,
    print_table,
    progress,
    say,
)
from cli.remedies import command, for_programs, render
from cli.running import opened, who
from mappers.text import plural
from workers.connections import checklist, go_live, webhook_test
from workers.connections.checklist import OPEN, ChecklistItem
from workers.connections.go_live import Preview
from workers.runtime import Runtime

WAIT = 60.0


@click.command()
@connection_and()
@json_option
@click.pass_context
def check(ctx: click.Context, *, connection: str | None, as_json: bool) -> None:
    """Show what is still missing before going live, and what waits for it. No call is made.

    Ends with 1 while a step is open.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        steps, preview = checklist.steps(runtime, slug), go_live.preview(runtime, slug)
    if as_json:
        print_json(_described(slug, steps, preview))
    else:
        _print_steps(steps)
        _print_preview(preview, slug)
    ctx.exit(1 if any(step.state == OPEN for step in steps) else 0)


@click.command("go-live")
@connection_and()
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
              help="Send what was approved from this day on (UTC); otherwise the setting go_live, else from now on.")  # fmt: skip
@dry_run_option
@yes_option
@json_option
def go_live_(*, connection: str | None, day: datetime | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Begin to send by itself what is approved, after a look at what is missing and what waits.

    What was approved before the day stays historical and is never sent: somebody has booked it already. Documents from
    before the companies were connected are looked for in Precoro first, one call for 200, and one for each that is found.
    """
    since = day.replace(tzinfo=UTC) if day else None
    with opened() as runtime:
        slug = chosen(runtime, connection)
        if since:
            _look_back(runtime, slug, since)
        steps, preview = checklist.steps(runtime, slug), go_live.preview(runtime, slug, since)
        if not as_json:
            _print_steps(steps)
            _print_preview(preview, slug)
        goes = not dry_run and (yes or (not as_json and click.confirm(f"Let {slug} go live?", err=True)))
        if goes:
            preview = go_live.go_live(runtime, slug, who(), since)
    if as_json:
        print_json({**_described(slug, steps, preview), "live": goes})
    elif goes:
        say(f"{slug} is live: what is approved from {preview.since:%Y-%m-%d %H:%M} UTC on is sent by itself.")
    else:
        say("Nothing was changed.")


@click.command("test")
@connection_and()
@click.option("--wait", default=WAIT, show_default=True, help="Seconds to wait for the event.")
@json_option
@click.pass_context
def test_events(ctx: click.Context, *, connection: str | None, wait: float, as_json: bool) -> None:
    """Look whether the receiver can be reached at its public address, then wait for an event from Precoro.

    While it waits, save any purchase order, invoice or supplier in Precoro. Ends with 1 when no event comes.
    """
    with opened() as runtime:
        slug = chosen(runtime, connection)
        receiver = webhook_test.reachable(runtime.settings)
        say(receiver.sentence)
        say("Now save any purchase order, invoice or supplier in Precoro.")
        with progress("Waiting for Precoro"):
            event_at = webhook_test.wait_for_event(runtime, slug, wait)
    if as_json:
        print_json({"connection": slug, "reachable": receiver.ok, "last_event_at": event_at})
    elif event_at:
        say(f"Precoro was heard at {event_at:%H:%M:%S} UTC.")
    else:
        say(render(webhook_test.advice(runtime.settings, slug)))
    ctx.exit(0 if event_at else 1)


def _look_back(runtime: Runtime, slug: str, since: datetime) -> None:
    """Find and read what was approved before the companies were connected."""
    with progress("Looking in Precoro for what was approved since"):
        number = go_live.backfill(runtime, slug, since)
    if number:
        is_new = plural(number, "document is new and", "documents are new; each")
        say(f"{is_new} is read once, as fast as Precoro's quota allows.")
        with progress("Reading documents"):
            go_live.sync_waiting(runtime, slug)


def _to_do(step: ChecklistItem) -> str:
    """Return the command that does a step; "" when nothing is to be done."""
    return command(step.act) if step.act else ""


def _print_steps(steps: Sequence[ChecklistItem]) -> None:
    """Print the checklist."""
    rows = [(step.name, step.state, step.sentence, _to_do(step)) for step in steps]
    print_table(("step", "", "", "to do"), rows, notes=True)


def _print_preview(preview: Preview, slug: str) -> None:
    """Print what going live does."""
    print_heading(f"Going live with what is approved from {preview.since:%Y-%m-%d %H:%M} UTC on")
    print_facts(
        {
            "go out": f"{plural(len(preview.free), 'document')} {_sums(preview.money)}".rstrip(),
            "would be held": preview.held,
            "stay historical": preview.historical,
            "not read yet": preview.unread or None,
        }
    )
    if preview.causes:
        print_heading("Would be held for")
        rows = [
            (cause.documents, _sums(cause.money), cause.sentence, render(cause.remedy, connection=slug))
            for cause in preview.causes
        ]
        print_table(("documents", "amount", "why", "remedy"), rows, right=("documents",), notes=True)
    say(f"Each of them as it would be booked: tieout documents preview {slug}")


def _described(slug: str, steps: Sequence[ChecklistItem], preview: Preview) -> dict[str, Any]:
    """Return checklist and preview for programs."""
    return {
        "connection": slug,
        "steps": [
            {"name": step.name, "state": step.state, "sentence": step.sentence, "command": _to_do(step)}
            for step in steps
        ],
        "from": preview.since,
        "go_out": preview.free,
        "money": preview.money,
        "would_be_held": preview.held,
        "causes": [
            {**fields_of(cause), "remedy": for_programs(cause.remedy, connection=slug)} for cause in preview.causes
        ],
        "historical": preview.historical,
        "unread": preview.unread,
    }


def _sums(sums: Mapping[str, Decimal]) -> str:
    """Return sums by currency as one text."""
    return ", ".join(money(currency, amount) for currency, amount in sums.items())
