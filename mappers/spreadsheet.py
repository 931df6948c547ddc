"""Rows as CSV for a spreadsheet: figures with all their digits, and texts in which it finds no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from mappers.text import visible

FORMULA_STARTS = ("=", "+", "-", "@")
"""With what a cell begins that a spreadsheet takes for a formula."""


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a file in CSV, the heads first."""
    yield _line(heads)
    for row in rows:
        yield _line([_cell(value) for value in row])


def _line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    """Return a cell that a spreadsheet takes for a number, or for text: a supplier's name may be a formula."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    cell = visible(" ".join(str(value).split()))
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
