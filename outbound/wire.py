"""JSON with exact amounts: Decimal on our side, plain numbers on theirs, never floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import simplejson

JsonObject: TypeAlias = dict[str, Any]


def to_json(value: Mapping[str, object]) -> str:
    """Write an object as JSON; the same object always gives the same text.

    So a write can be repeated byte for byte.
    """
    return simplejson.dumps(value, use_decimal=True, allow_nan=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Any:
    """Read JSON with every fraction as Decimal; ValueError for what is none, or nests absurdly deep."""
    try:
        return simplejson.loads(text, use_decimal=True, allow_nan=False)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError("This JSON cannot be read") from error


def list_of_objects(body: Mapping[str, object], name: str) -> list[JsonObject]:
    """Return the list of objects under a name, empty when absent; ValueError for anything else."""
    rows = body.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{name} is no list of objects")
    return rows


def new_rows(rows: Iterable[JsonObject], identity: Callable[[JsonObject], str], ids: set[str]) -> Iterator[JsonObject]:
    """Yield the rows whose id is not among `ids` yet, and add it.

    While we read pages, a row may move to the next one.
    """
    for row in rows:
        key = identity(row)
        if key not in ids:
            ids.add(key)
            yield row
