"""What a command prints: tables and JSON on standard output, messages and progress on standard error."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

import click
import simplejson
from rich.console import Console

P = ParamSpec("P")
R = TypeVar("R")
Row = Sequence[object]

COLOURS = {"synced": "green", "held": "yellow", "failed": "red", "disconnected": "red", "ok": "green", "wrong": "red"}


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def say(text: str) -> None:
    """Tell the person something that is not data."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """Print a value as JSON: amounts with all their digits, times in ISO 8601."""
    click.echo(simplejson.dumps(value, use_decimal=True, indent=2, ensure_ascii=False, default=_plain))


def print_table(heads: Sequence[str], rows: Sequence[Row], *, right: Sequence[str] = ()) -> None:
    """Print rows under their heads; nothing is cut off, because tables are also read by programs."""
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(len(line[column]) for line in [list(heads), *cells]) for column in range(len(heads))]
    click.echo(_line(heads, heads, widths, right))
    for row in cells:
        click.echo(_line(row, heads, widths, right, colour=True))


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, leaving out what is empty."""
    known = {name: _text(value) for name, value in facts.items() if value not in {None, ""}}
    width = max((len(name) for name in known), default=0)
    for name, text in known.items():
        click.echo(f"  {name:<{width}}  {painted(text)}")


def painted(text: str) -> str:
    """Colour a state or verdict; click takes the colour off where it does not belong."""
    return click.style(text, fg=COLOURS[text]) if text in COLOURS else text


def money(currency: str | None, amount: Decimal | None) -> str:
    """Return an amount as people write it, with at least two decimals."""
    if amount is None:
        return ""
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{currency or ''} {amount:,.{places}f}".strip()


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


def _line(
    cells: Sequence[str], heads: Sequence[str], widths: Sequence[int], right: Sequence[str], *, colour: bool = False
) -> str:
    """Return one line of a table."""
    padded = [
        (cell.rjust(width) if head in right else cell.ljust(width)).replace(cell, painted(cell) if colour else cell)
        for cell, head, width in zip(cells, heads, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _text(value: object) -> str:
    """Return a cell on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    return "" if value is None else " ".join(str(value).split())


def _plain(value: Any) -> str:
    """Return what JSON has no word for."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
