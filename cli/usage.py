"""`tieout usage`: how many calls each company cost, and how many of them QuickBooks meters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from cli.output import json_option, print_json, print_table, say
from cli.running import opened
from workers.ops import usage as meter

A_MONTH = timedelta(days=30)


@click.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From this day on (UTC); else 30 days back."
)
@json_option
def usage(*, since: datetime | None, as_json: bool) -> None:
    """Count the calls by day, company and kind.

    Metered are the calls that use up a quota: at QuickBooks what is read, at Precoro everything. Days that are longer ago than 90
    days are kept as sums.
    """
    first = (since or datetime.now(UTC) - A_MONTH).date()
    with opened() as runtime:
        counted = meter.usage(runtime, first)
    if as_json:
        print_json(counted)
    elif counted:
        heads = ("day", "service", "company", "call", "calls", "metered", "failed")
        rows = [
            (row.day, row.service, row.company, row.kind, row.calls, row.calls if row.metered else 0, row.failed)
            for row in counted
        ]
        print_table(heads, [*rows, _total(rows)], right=("calls", "metered", "failed"))
    else:
        say(f"No call has been made since {first}.")


def _total(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    """Return the last line of the table."""
    return ("", "", "", "together", *(sum(int(str(row[column])) for row in rows) for column in (4, 5, 6)))
