"""`tieout usage`: how many calls each company cost, and how many of them QuickBooks meters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import click

from cli.output import fields_of, json_option, print_json, print_table, say
from cli.running import opened
from workers.ops import usage as meter
from workers.ops.metered_month import metered_month
from workers.ops.quotas import quotas

A_MONTH = timedelta(days=30)


@click.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="From this day on (UTC); else 30 days back."
)
@click.option("--month", "is_month", is_flag=True, help="What QuickBooks metered this month, and what it comes to.")
@click.option("--windows", is_flag=True, help="How much of each quota is used at this moment.")
@json_option
def usage(*, since: datetime | None, is_month: bool, windows: bool, as_json: bool) -> None:
    """Count the calls by day, company and kind.

    Metered are the calls that use up a quota: at QuickBooks what is read, at Precoro everything. Days that are longer ago than 90
    days are kept as sums.
    """
    if is_month:
        _show_month(as_json=as_json)
    elif windows:
        _show_windows(as_json=as_json)
    else:
        _show_days((since or datetime.now(UTC) - A_MONTH).date(), as_json=as_json)


def _show_days(first: date, *, as_json: bool) -> None:
    """Show the calls by day, company and kind."""
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


def _show_month(*, as_json: bool) -> None:
    """Show what QuickBooks metered this month, beside its limit."""
    with opened() as runtime:
        month = metered_month(runtime)
    if as_json:
        by_day = {day.isoformat(): calls for day, calls in month.by_day.items()}
        print_json({**fields_of(month), "used": month.used, "by_day": by_day})
        return
    print_table(("day", "metered calls"), list(month.by_day.items()), right=("metered calls",))
    say(
        f"{month.used:,} of {month.limit:,} this month; about {month.forecast:,} at its end, if it goes on as in the last week."
    )


def _show_windows(*, as_json: bool) -> None:
    """Show how much of each quota is used."""
    with opened() as runtime:
        rows = quotas(runtime)
    if as_json:
        print_json(rows)
        return
    heads = ("connection", "service", "seconds", "used", "limit")
    cells = [(row.connection, row.service, f"{row.seconds:g}", row.used, row.limit) for row in rows]
    print_table(heads, cells, right=("seconds", "used", "limit"))


def _total(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    """Return the last line of the table."""
    return ("", "", "", "together", *(sum(int(str(row[column])) for row in rows) for column in (4, 5, 6)))
