"""`tieout overview`: who works, what is due and for how long, and which service has fallen silent."""

from __future__ import annotations

from datetime import datetime

import click

from cli.naming import connection_and, only
from cli.output import json_option, print_facts, print_heading, print_json, print_table
from cli.running import opened
from workers.ops import overview as installation
from workers.ops.overview import Overview, Pulse

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


@click.command()
@connection_and()
@json_option
def overview(*, connection: str | None, as_json: bool) -> None:
    """Show what the on-call engineer looks at first: workers, jobs, what is due, and when each service was last heard.

    `queued` and `failed jobs` are empty while Redis does not answer. Checks with remedies are those of the doctor.
    """
    with opened() as runtime:
        shown = installation.overview(runtime, only(connection))
    if as_json:
        print_json(shown)
    else:
        _print(shown)


def _print(shown: Overview) -> None:
    """Print an overview."""
    workers = ", ".join(f"{worker.host}:{worker.process}" for worker in shown.workers)
    print_facts(
        {
            "workers": workers or "none",
            "clock ticked": _ago(shown.ticked_at, shown.at) or "never",
            "queued": shown.queued,
            "failed jobs": shown.failed_jobs,
            **{f"duty {name}": trouble for name, trouble in shown.troubles.items()},
        }
    )
    print_heading("Connections")
    heads = (
        "connection",
        "state",
        "due",
        "first due",
        "tasks",
        "event of Precoro",
        "event of QuickBooks",
        "changes read",
    )
    print_table(heads, [_cells(pulse, shown.at) for pulse in shown.connections], right=("due", "tasks"))


def _cells(pulse: Pulse, now: datetime) -> tuple[object, ...]:
    """Return a line of the list of connections."""
    times = (pulse.precoro_event, pulse.quickbooks_event, pulse.quickbooks_read)
    return (pulse.connection, pulse.state, pulse.due, _ago(pulse.oldest_due, now), pulse.tasks,
            *(_ago(time, now) for time in times))  # fmt: skip


def _ago(time: datetime | None, now: datetime) -> str:
    """Say how long ago something was, in its largest unit."""
    if time is None:
        return ""
    seconds = max(0, int((now - time).total_seconds()))
    unit, length = next(((unit, length) for unit, length in UNITS if seconds >= length), UNITS[-1])
    return f"{seconds // length} {unit} ago"
