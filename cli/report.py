"""`tieout report`: prove that both sides agree, or see where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice

import click

from cli.errors import WrongError
from cli.long_actions import follow, raise_if_wrong
from cli.naming import chosen, connection_and, only
from cli.output import (
    json_option,
    moment,
    painted,
    print_csv,
    print_facts,
    print_heading,
    print_json,
    print_line,
    print_table,
    say,
)
from cli.running import opened, who
from mappers.money import written
from mappers.text import plural
from mappers.tie_out.buckets import BUCKETS, MEANINGS, TITLES, counted
from mappers.tie_out.sides import LEDGER_TITLES
from workers.runtime import Runtime
from workers.tasks.views import STOPPED
from workers.tie_out import commands, month_end, printed, views
from workers.tie_out.sections import SECTIONS
from workers.tie_out.sentence import sentence
from workers.tie_out.views import EquationRow, ReportDetail, ReportLine

SHOWN = 20
"""How many rows of a bucket are printed unless it is asked for by name."""
DAY = click.DateTime(["%Y-%m-%d"])
number_argument = click.argument("number", type=int)


@click.group()
def report() -> None:
    """Compare both sides to the cent: what agrees, what explains a difference, and what does not."""


@report.command()
@connection_and()
@click.option("--first", type=DAY, help="The first day; without it, when the connection went live, a year ago at most.")
@click.option("--last", type=DAY, help="The last day; without it, today.")
@json_option
def run(*, connection: str | None, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """Read both sides and print what they come to; exits with 1 when they do not tie out."""
    with opened() as runtime:
        slug = chosen(runtime, connection)
        period = commands.chosen_period(runtime, slug, first and first.date(), last and last.date())
        task_id = commands.begin(runtime, slug, who(), period)
        raise_if_wrong(follow(runtime, task_id, until=STOPPED))
        made = views.of_task(runtime, task_id)
        if made is None:
            raise WrongError(f"Task {task_id} has ended, and its report is gone.")
        _print(runtime, made, as_json=as_json)
    if made.summary.state != "ties":
        raise click.exceptions.Exit(1)


@report.command()
@number_argument
@click.option("--bucket", type=click.Choice(BUCKETS), help="Print the rows of this bucket only.")
@click.option("--section", type=click.Choice([*SECTIONS, *month_end.LISTS]), help="Print a list for the month end.")
@click.option(
    "--suppliers", "basis", type=click.Choice(["date", "approval"]), help="Print the equation of each supplier."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
@click.option("--html", "as_html", is_flag=True, help="Print a page for an auditor, to be kept or printed.")
@json_option
def show(
    *,
    number: int,
    bucket: str | None,
    section: str | None,
    basis: str | None,
    as_csv: bool,
    as_html: bool,
    as_json: bool,
) -> None:
    """Show a report: its equations, and what does not simply agree."""
    with opened() as runtime:
        detail = views.report(runtime, number)
        if detail.summary.is_trimmed:
            say(views.TRIMMED)
        if as_html:
            for part in printed.page(runtime, number):
                click.echo(part, nl=False)
        elif as_csv and section in month_end.LISTS:
            print_csv(*month_end.spreadsheet(runtime, number, section))
        elif as_csv:
            lines = printed.every_line(runtime, number, bucket=bucket, section=section)
            print_csv(printed.HEADS, printed.cells(lines))
        elif basis:
            print_equations(views.accounts(runtime, number, basis, limit=100_000), as_json=as_json)
        elif section in month_end.LISTS:
            _print_month_end(runtime, number, section, as_json=as_json)
        elif bucket or section:
            _print_lines(printed.every_line(runtime, number, bucket=bucket, section=section), as_json=as_json)
        else:
            _print(runtime, detail, as_json=as_json)


@report.command("list")
@connection_and()
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@json_option
def list_(*, connection: str | None, limit: int, as_json: bool) -> None:
    """List reports, the newest first: all of them, or those of one connection."""
    with opened() as runtime:
        rows = views.reports(runtime, only(connection), limit=limit)
    if as_json:
        print_json(rows)
    elif rows:
        heads = ("report", "connection", "state", "first", "last", "breaks", "ended", "who")
        print_table(heads, [
            (row.report, row.connection, painted(row.state), row.first, row.last, row.breaks, moment(row.ended_at), row.who)
            for row in rows
        ], right=("breaks",))  # fmt: skip
    else:
        say("There is no report yet. To make one: tieout report run")


@report.command()
@click.argument("before", type=int)
@click.argument("after", type=int)
@json_option
def diff(*, before: int, after: int, as_json: bool) -> None:
    """Print what is in another bucket in one report than in another, or with another difference."""
    with opened() as runtime:
        differences = views.difference(runtime, before, after)
    if as_json:
        print_json(differences)
    elif differences:
        heads = ("document", "supplier", "currency", "difference", "before", "after")
        print_table(heads, [
            (_title(row.line), row.line.supplier, row.line.currency, written(row.line.difference),
             TITLES[row.before] if row.before else "agrees, or is not in it", TITLES[row.after] if row.after else "agrees, or is not in it")
            for row in differences
        ], right=("difference",))  # fmt: skip
    else:
        say("Nothing is in another bucket.")


def print_equations(equations: Sequence[EquationRow], *, as_json: bool = False) -> None:
    """Print equations, each as a row: approved, what explains the rest, QuickBooks, and what remains."""
    if as_json:
        print_json(list(equations))
        return
    moved = [bucket for bucket in BUCKETS if any(equation.effects.get(bucket) for equation in equations)]
    explained = (TITLES[bucket] for bucket in moved)
    heads = ("ledger", "supplier", "currency", "approved", *explained, "QuickBooks", "residual")
    rows = [
        (LEDGER_TITLES[equation.ledger], equation.supplier or "all", equation.currency, written(equation.approved),
         *(written(equation.effects[bucket]) if bucket in equation.effects else "" for bucket in moved),
         written(equation.quickbooks), written(equation.residual))
        for equation in equations
    ]  # fmt: skip
    print_table(heads, rows, right=heads[3:])


def _print(runtime: Runtime, made: ReportDetail, *, as_json: bool) -> None:
    """Print a report: what it came to, its equations on both bases, and the rows that do not simply agree."""
    summary = made.summary
    if as_json:
        print_json(made)
        return
    print_facts({
        "report": summary.report, "connection": summary.connection, "period": f"{summary.first} to {summary.last}",
        "state": painted(summary.state), "not read": summary.reason, "asked for by": summary.who,
        "read": f"{moment(summary.began_at)} to {moment(summary.ended_at)}, {plural(made.calls, 'call')}",
        "documents": counted(summary.counts), "sha256": summary.digest,
    })  # fmt: skip
    for basis, equations in (("the date of the document", made.by_date), ("the day of approval", made.by_approval)):
        print_heading(f"By {basis}")
        print_equations(equations)
    for bucket in BUCKETS:
        if bucket != "agrees" and (number := summary.counts.get(bucket)):
            print_heading(f"{TITLES[bucket]}: {MEANINGS[bucket]}")
            _print_lines(islice(printed.every_line(runtime, summary.report, bucket=bucket), SHOWN))
            if number > SHOWN:
                say(f"{number - SHOWN} more: tieout report show {summary.report} --bucket {bucket}")
    print_line("")
    print_line(f"Report {summary.report}: {sentence(made)}")


def _print_lines(lines: Iterable[ReportLine], *, as_json: bool = False) -> None:
    """Print rows of a report."""
    rows = list(lines)
    if as_json:
        print_json(rows)
        return
    heads = ("document", "supplier", "currency", "Precoro", "last sent", "QuickBooks", "difference", "entity", "why")
    cells = [
        (_title(line), line.supplier, line.currency, *map(_amount, (line.precoro, line.sent, line.quickbooks, line.difference)),
         line.entity, line.why)
        for line in rows
    ]  # fmt: skip
    if cells:
        print_table(heads, cells, right=heads[3:7])
    else:
        say("There is nothing.")


def _print_month_end(runtime: Runtime, number: int, section: str, *, as_json: bool) -> None:
    """Print what is owed to each supplier on both sides, or what orders commit to."""
    if section == "balances":
        balances = month_end.open_balances(runtime, number)
        cells = [
            *((row.supplier, row.currency, row.precoro, row.quickbooks, row.difference) for row in balances),
            *(
                ("all suppliers", row.currency, row.precoro, row.quickbooks, row.difference)
                for row in month_end.balances_by_currency(balances)
            ),
        ]
        _print_amounts(
            ("supplier", "currency", "open in Precoro", "open in QuickBooks", "difference"), balances, cells, as_json
        )
    else:
        orders = month_end.commitments(runtime, number, received=section == "received")
        titles = [
            *((f"{row.number}, {row.supplier}", row.currency, row.ordered, row.billed, row.open) for row in orders),
            *(
                (plural(row.number, "order"), row.currency, row.ordered, row.billed, row.open)
                for row in month_end.orders_by_currency(orders)
            ),
        ]
        _print_amounts(("order", "currency", "ordered", "billed", "open"), orders, titles, as_json)


def _print_amounts(
    heads: tuple[str, ...],
    values: Sequence[object],
    cells: Sequence[tuple[str, str, Decimal, Decimal, Decimal]],
    as_json: bool,
) -> None:
    """Print rows of two words and three amounts."""
    if as_json:
        print_json(values)
    elif cells:
        print_table(
            heads, [(title, currency, *map(written, amounts)) for title, currency, *amounts in cells], right=heads[2:]
        )
    else:
        say("There is nothing.")


def _title(line: ReportLine) -> str:
    return line.number or line.qbo_number or line.entity or ""


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else written(amount)
