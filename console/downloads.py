"""Files that a browser saves: never shown, and named by us."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response

from mappers.spreadsheet import csv_lines


def json_file(name: str, parts: Iterable[str]) -> Response:
    """Return JSON as a file, bit by bit."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(parts, mimetype="application/json", headers=headers)


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as a file for a spreadsheet; the name is ours, so it is plain ASCII."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_lines(heads, rows), mimetype="text/csv", headers=headers)
