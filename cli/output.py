"""What a command prints: tables and JSON on standard output, messages and progress on standard error."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, ParamSpec, TypeVar

import click
import simplejson
from rich.console import Console

from mappers.money import written
from mappers.plain_json import json_text
from mappers.spreadsheet import csv_lines
from mappers.text import visible

P = ParamSpec("P")
R = TypeVar("R")
Row = Sequence[object]

WIDTH = 100
"""How many columns a table may take; what does not fit goes on below, in its own column."""
NARROW = 12
"""Columns do not become narrower than this as long as others can."""
GAP, NOTE = "  ", "    "
UNBROKEN: Any = {"break_long_words": False, "break_on_hyphens": False}
COLOURS = {"synced": "green", "held": "yellow", "failed": "red", "disconnected": "red", "ok": "green", "wrong": "red"}


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def say(text: str) -> None:
    """Tell the person something that is not data, on one line."""
    click.echo(visible(text), err=True)


def print_line(text: str) -> None:
    """Print one line of data."""
    click.echo(visible(text))


def print_heading(text: str) -> None:
    """Print an empty line and what stands below it."""
    click.echo(f"\n{text}")


def print_json(value: object) -> None:
    """Print a value as JSON: a view as an object, an amount as text with all its digits, a time in ISO 8601."""
    click.echo(json_text(value))


def print_csv(heads: Sequence[str], rows: Iterable[Row]) -> None:
    """Print rows as CSV for a spreadsheet."""
    sys.stdout.writelines(csv_lines(heads, rows))


def fields_of(view: Any) -> dict[str, Any]:
    """Return a view as names and values, such as it is printed as JSON."""
    return {item.name: getattr(view, item.name) for item in fields(view)}


def exact_json(entity: Mapping[str, Any]) -> simplejson.RawJSON:
    """Return an entity of QuickBooks as the very JSON that is sent: its amounts are numbers."""
    return simplejson.RawJSON(simplejson.dumps(entity, use_decimal=True, indent=2, ensure_ascii=False))


def print_table(heads: Sequence[str], rows: Sequence[Row], *, right: Sequence[str] = (), notes: bool = False) -> None:
    """Print rows under their heads; a long cell goes on below, and nothing is cut off.

    With `notes` the last column holds sentences, which go below their rows where the table would be too wide.
    """
    cells = [list(heads), *([_text(value) for value in row] for row in rows)]
    apart = notes and _width(_natural_widths(cells)) > WIDTH
    table = [row[:-1] for row in cells] if apart else cells
    widths = _widths(table)
    for number, row in enumerate(table):
        wrapped = [textwrap.wrap(cell, width, **UNBROKEN) for cell, width in zip(row, widths, strict=True)]
        for line in zip_longest(*wrapped, fillvalue=""):
            click.echo(_line(line, heads[: len(row)], widths, right, colour=number > 0))
        if apart and number > 0 and cells[number][-1]:
            click.echo(textwrap.fill(cells[number][-1], WIDTH, initial_indent=NOTE, subsequent_indent=NOTE, **UNBROKEN))


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, leaving out what is empty."""
    texts = {name: _text(value) for name, value in facts.items()}
    width = max((len(name) for name, text in texts.items() if text), default=0)
    for name, text in texts.items():
        if text:
            click.echo(f"  {name:<{width}}  {painted(text)}")


def painted(text: str) -> str:
    """Colour a state or verdict; click takes the colour off where it does not belong."""
    return click.style(text, fg=COLOURS[text]) if text in COLOURS else text


def money(currency: str | None, amount: Decimal | None) -> str:
    """Return an amount as people write it, or nothing."""
    return "" if amount is None else written(amount, currency or "")


def counts(numbers: Mapping[str, object]) -> str:
    """Return counts as one line, such as `synced 12, held 3`."""
    return ", ".join(f"{name} {number}" for name, number in numbers.items())


def moment(value: datetime | None) -> str:
    """Return a time to the second, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else ""


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show that something takes time, where a person looks on."""
    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


def _natural_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of the longest cell of each column."""
    return [max(1, *map(len, column)) for column in zip(*rows, strict=True)]


def _width(widths: Sequence[int]) -> int:
    """Return how wide a table is."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is: as its longest cell, or less to fit, the widest giving way first."""
    widths = _natural_widths(rows)
    words = [
        max((len(word) for cell in column for word in cell.split()), default=1) for column in zip(*rows, strict=True)
    ]
    for least in (NARROW, 1):
        for column in sorted(range(len(widths)), key=widths.__getitem__, reverse=True):
            spare = widths[column] - max(words[column], least)
            widths[column] -= max(min(spare, _width(widths) - WIDTH), 0)
    return widths


def _line(
    cells: Sequence[str], heads: Sequence[str], widths: Sequence[int], right: Sequence[str], *, colour: bool = False
) -> str:
    """Return one line of a table."""
    padded = [
        (cell.rjust(width) if head in right else cell.ljust(width)).replace(cell, painted(cell) if colour else cell)
        for cell, head, width in zip(cells, heads, widths, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _text(value: object) -> str:
    """Return a cell on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return counts(value)
    return "" if value is None else visible(" ".join(str(value).split()))
