"""JSON as it goes over the wire: amounts are Decimal on our side and plain numbers on theirs, never floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import simplejson

JsonObject: TypeAlias = dict[str, Any]


def to_json(value: Mapping[str, Any]) -> str:
    """Write an object as JSON; the same object always gives the same text, so a write can be repeated byte for byte."""
    return simplejson.dumps(value, use_decimal=True, allow_nan=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Any:
    """Read JSON with every fractional number as Decimal; ValueError when it is not JSON, or nests absurdly deep."""
    try:
        return simplejson.loads(text, use_decimal=True, allow_nan=False)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError("This JSON cannot be read") from error


def listed(body: Mapping[str, Any], name: str) -> list[JsonObject]:
    """Return the objects in the list of this name, none when it is not there; ValueError when it is anything else."""
    found = body.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError(f"{name} is no list of objects")
    return found


def unseen(rows: Iterable[JsonObject], identity: Callable[[JsonObject], str], seen: set[str]) -> Iterator[JsonObject]:
    """Yield the rows that were not seen before, noting them: while we read pages, a row may move to the next one."""
    for row in rows:
        name = identity(row)
        if name not in seen:
            seen.add(name)
            yield row
