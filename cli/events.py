"""`tieout events`: what the services told us, and how to act on it once more."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cli.naming import connection_and
from cli.output import json_option, print_json, print_table, say
from cli.running import opened, who
from mappers.text import plural
from workers.ops import replay as event_replay
from workers.ops import views

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Since(click.ParamType[datetime]):
    """A moment: `30m`, `2h`, `3d` before now, or a date or time in ISO 8601, UTC unless it says otherwise."""

    name = "since"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it, or fail as wrong usage."""
        if isinstance(value, datetime):
            return value
        span = re.fullmatch(r"(\d+)([mhd])", str(value))
        if span:
            return datetime.now(UTC) - timedelta(**{UNITS[span[2]]: int(span[1])})
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is neither 30m, 2h or 3d nor a date or time such as 2026-11-23T09:00.", param, ctx)
        return read if read.tzinfo else read.replace(tzinfo=UTC)


since_option = click.option("--since", type=Since(), help="30m, 2h, 3d, or a date or time (UTC).")
source_option = click.option("--source", type=click.Choice(views.SOURCES), help="Who told.")


@click.group()
def events() -> None:
    """Look at what Precoro and QuickBooks told us, and act on it once more."""


@events.command("list")
@connection_and()
@source_option
@click.option("--status", type=click.Choice(views.STATUSES), help="What became of it.")
@since_option
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, limit: int, as_json: bool, **filters: Any) -> None:
    """List events, the newest first: all of them, or those of the companies of one connection."""
    with opened() as runtime:
        rows = views.events(runtime, limit=limit, **filters)
    if as_json:
        print_json(rows)
    elif rows:
        heads = ("id", "received", "source", "company", "subject", "operation", "status", "reason")
        print_table(heads, [
            (row.id, row.received_at, row.source, row.company, row.subject, row.operation, row.status, row.reason)
            for row in rows
        ], right=("id",), notes=True)  # fmt: skip
    else:
        say("No event matches.")


@events.command()
@click.argument("event_ids", nargs=-1, type=int, metavar="[EVENT]...")
@since_option
@source_option
@click.option("--dry-run", is_flag=True, help="Only say how many events that would be.")
def replay(*, event_ids: tuple[int, ...], since: datetime | None, source: str | None, dry_run: bool) -> None:
    """Act on events once more, named by their ids or by --since.

    The documents they are about become due again, and the changes of their QuickBooks companies are read again.
    """
    if bool(event_ids) == (since is not None):
        raise click.UsageError("Name the events, or say --since.")
    with opened() as runtime:
        chosen = event_replay.events_to_replay(runtime, event_ids, since=since, source=source)
        if dry_run:
            say(f"{plural(len(chosen), 'event')} would be replayed.")
            return
        documents, companies = event_replay.replay(runtime, chosen, who())
    say(
        f"Replayed {plural(len(chosen), 'event')}: {plural(documents, 'document is', 'documents are')} due, "
        f"{plural(companies, 'QuickBooks company is', 'QuickBooks companies are')} read again."
    )
