"""`tieout events`: what the services told us, and how to act on it once more."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from cli.errors import NotFoundError
from cli.output import json_option, print_json, print_table, say
from cli.running import opened, who
from store.events import IGNORED, KEPT, PRECORO, QUICKBOOKS, UNREADABLE, Event
from workers.ops import replay as replays
from workers.ops import views as listings

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST = 100_000


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
source_option = click.option("--source", type=click.Choice([PRECORO, QUICKBOOKS]), help="Who told.")


@click.group()
def events() -> None:
    """Look at what Precoro and QuickBooks told us, and act on it once more."""


@events.command("list")
@source_option
@click.option("--status", type=click.Choice([KEPT, IGNORED, UNREADABLE]), help="What became of it.")
@since_option
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, source: str | None, status: str | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """List events, the newest first."""
    with opened() as runtime, runtime.read() as (session, _):
        found = listings.events(session, source=source, status=status, since=since, most=limit)
    if as_json:
        print_json([_row(event) for event in found])
    elif found:
        heads = ("id", "received", "source", "company", "subject", "operation", "status", "reason")
        print_table(heads, [tuple(_row(event).values())[:8] for event in found], right=("id",))
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
        with runtime.read() as (session, _):
            found = listings.events(session, source=source, status=None, since=since, most=MOST)
        known = {event.id for event in found}
        missing = [str(one) for one in event_ids if one not in known]
        if missing:
            raise NotFoundError(f"There is no event {', '.join(missing)}. See: tieout events list")
        chosen = sorted(event_ids or known)
        if dry_run:
            say(f"{len(chosen)} events would be replayed.")
            return
        documents, companies = replays.replay(runtime, chosen, who())
    say(
        f"Replayed {len(chosen)} events: {documents} documents are due, {companies} QuickBooks companies are read again."
    )


def _row(event: Event) -> dict[str, object]:
    """Return what is shown of an event."""
    return {
        "id": event.id,
        "received_at": event.received_at,
        "source": event.source,
        "company": event.company,
        "subject": event.subject,
        "operation": event.operation,
        "status": event.status,
        "reason": event.reason,
        "payload": event.payload,
    }
