"""`tieout documents preview`: all that waits, as it would stand in QuickBooks, and what it adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import click

from cli.naming import connection_and
from cli.output import (
    fields_of,
    json_option,
    money,
    print_csv,
    print_heading,
    print_json,
    print_table,
    progress,
    say,
)
from cli.remedies import problem_for_programs
from cli.running import opened
from mappers.text import plural
from workers.documents.preview import WaitingDocument, waiting_documents
from workers.documents.preview_rows import COLUMNS, details, lines_of, why

Sums = dict[tuple[str, str, str], tuple[int, Decimal]]
"""How many documents and how much money, by decision, type of entity and currency."""


@click.command()
@connection_and()
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
              help="Try going live with what was approved from this day on (UTC).")  # fmt: skip
@click.option("--limit", default=100, show_default=True, help="How many documents the table shows at most.")
@click.option("--csv", "as_csv", is_flag=True, help="Print a row for each line of each document, for a spreadsheet.")
@json_option
def preview(*, connection: str | None, day: datetime | None, limit: int, as_csv: bool, as_json: bool) -> None:
    """Show all that waits, with what would be sent for it and its sum. No call is made.

    That is what is ready before going live, what is held, and what waits for another document. Accounts, classes and taxes are
    named as in QuickBooks. In the CSV the lines of a document, with its tax, add up to its total.

    Decisions: what is decided to `create`, `update`, `remove` or `adopt` goes out by itself once the connection is live; what is to
    `wait` follows after another document; `by hand` goes when a person sends it; `hold` and `leave` say why; `look` is decided after
    a look in QuickBooks, and `read` after the document was read in Precoro.
    """
    since = day.replace(tzinfo=UTC) if day else None
    with opened() as runtime, progress("Working out what would be sent"):
        rows = waiting_documents(runtime, connection, since)
        if as_csv:
            print_csv(COLUMNS, (cells for row in rows for cells in lines_of(row)))
        elif as_json:
            print_json([_described(row) for row in rows])
        else:
            _print(rows, limit)


def _print(rows: Iterator[WaitingDocument], limit: int) -> None:
    """Print a line for each of the first documents, and what all of them add up to."""
    sums: Sums = {}
    shown = list(islice(_counted(rows, sums), limit))
    more = sum(1 for _ in _counted(rows, sums))
    if not shown:
        say("Nothing waits.")
        return
    heads = ("document", "number", "vendor", "date", "total", "decision", "what")
    print_table(heads, [_cells(row) for row in shown], right=("total",), notes=True)
    if more:
        say(f"{plural(more, 'document')} more: --limit shows more of them, --csv all.")
    _print_sums(sums)


def _counted(rows: Iterable[WaitingDocument], sums: Sums) -> Iterator[WaitingDocument]:
    """Pass rows on, and add them up."""
    for row in rows:
        type_, total = (row.entity.type, row.entity.total) if row.entity else ("", row.amount or Decimal(0))
        key = row.decision, type_, row.currency or ""
        number, amount = sums.get(key, (0, Decimal(0)))
        sums[key] = number + 1, amount + total
        yield row


def _print_sums(sums: Sums) -> None:
    print_heading("Adds up to")
    rows = [
        (decision, type_, number, money(currency, amount))
        for (decision, type_, currency), (number, amount) in sums.items()
    ]
    print_table(("decision", "in QuickBooks", "documents", "amount"), sorted(rows), right=("documents", "amount"))


def _described(row: WaitingDocument) -> dict[str, Any]:
    """Return a document for programs."""
    context = {"connection": row.connection, "document": row.document}
    return {**fields_of(row), "problems": [problem_for_programs(problem, **context) for problem in row.problems]}


def _cells(row: WaitingDocument) -> tuple[object, ...]:
    """Return a document as a line of the table."""
    entity = row.entity
    if entity is None:
        return (
            row.document,
            row.number,
            row.supplier,
            row.issued_on,
            money(row.currency, row.amount),
            row.decision,
            why(row),
        )
    total = money(entity.currency, entity.total)
    return (
        row.document,
        entity.number,
        entity.vendor,
        entity.dated,
        total,
        row.decision,
        "; ".join(details(row, entity)),
    )
