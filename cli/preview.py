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
    Row,
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
from mappers.documents.preview import PreviewEntity, PreviewLine
from mappers.text import plural
from workers.documents.preview import WaitingDocument, waiting_documents

Sums = dict[tuple[str, str, str], tuple[int, Decimal]]
"""How many documents and how much money, by decision, type of entity and currency."""

COLUMNS = (
    "document", "number", "connection", "state", "decision", "supplier", "total in Precoro", "currency",
    "type", "number in QuickBooks", "vendor", "date", "date in Precoro", "due date", "exchange rate", "location", "total",
    "line", "account", "product", "quantity", "unit price", "class", "customer", "tax code", "purchase order", "amount",
    "files", "why",
)  # fmt: skip
NO_LINE = PreviewLine(
    description="", account="", item="", quantity=None, unit_price=None, class_name="", customer="", tax_code="", order="",
    amount=Decimal(0),
)  # fmt: skip


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
            print_csv(COLUMNS, (cells for row in rows for cells in _csv_rows(row)))
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
            _why(row),
        )
    total = money(entity.currency, entity.total)
    return (
        row.document,
        entity.number,
        entity.vendor,
        entity.dated,
        total,
        row.decision,
        "; ".join(_details(row, entity)),
    )


def _details(row: WaitingDocument, entity: PreviewEntity) -> Iterator[str]:
    """Yield what a document is booked to, where it differs from Precoro, and what goes along."""
    yield f"{entity.type}: {_each(line.account or line.item for line in entity.lines)}"
    classes, codes = _each(line.class_name for line in entity.lines), _each(line.tax_code for line in entity.lines)
    orders = _each(line.order for line in entity.lines)
    if classes:
        yield f"class {classes}"
    if codes:
        yield f"tax {codes}"
    if entity.moved_from:
        yield f"dated {entity.moved_from} in Precoro"
    if orders:
        yield f"linked to {orders}"
    if row.files:
        yield f"with {_files(row)}"
    if why := _why(row):
        yield why


def _csv_rows(row: WaitingDocument) -> Iterator[Row]:
    """Yield a row for each line; what belongs to the whole document stands on its first row only, so that columns add up."""
    entity = row.entity
    head = (row.document, row.number, row.connection, row.state, row.decision, row.supplier)
    for place, line in enumerate(entity.lines if entity else (NO_LINE,)):
        is_first = place == 0
        totals = (row.amount if is_first else None, row.currency)
        booked = _csv_entity(entity, is_first=is_first) if entity else ("",) * 9
        coding = (
            line.description,
            line.account,
            line.item,
            line.quantity,
            line.unit_price,
            line.class_name,
            line.customer,
        )
        amount = (line.tax_code, line.order, line.amount if entity else None)
        rest = (_files(row), _why(row)) if is_first else ("", "")
        yield (*head, *totals, *booked, *coding, *amount, *rest)


def _csv_entity(entity: PreviewEntity, *, is_first: bool) -> tuple[object, ...]:
    """Return the cells of a row about the entity in QuickBooks."""
    return (
        entity.type, entity.number, entity.vendor, entity.dated, entity.moved_from, entity.due_on, entity.rate,
        entity.location, entity.total if is_first else None,
    )  # fmt: skip


def _files(row: WaitingDocument) -> str:
    """Name the files that go along, and say of the others why not."""
    return ", ".join(f"{file.name} (not sent: {file.why_not})" if file.why_not else file.name for file in row.files)


def _why(row: WaitingDocument) -> str:
    """Return every reason why a document waits."""
    return " ".join(problem.sentence for problem in row.problems) or row.why or ""


def _each(texts: Iterable[str]) -> str:
    """Return each text once."""
    return ", ".join(dict.fromkeys(text for text in texts if text))
