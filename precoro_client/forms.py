"""The bodies of writes: forms with Symfony's keys, as in `invoice[id]=1`.

See docs/reference/precoro.md, Forms and addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

Parameters: TypeAlias = tuple[tuple[str, str], ...]
Scalar: TypeAlias = str | int | Decimal | bool | date | datetime | None
Value: TypeAlias = Scalar | Sequence["Value"] | Mapping[str, "Value"]
Fields: TypeAlias = Mapping[str, Value]


def encoded(fields: Fields) -> Parameters:
    """Return fields as the pairs of a form.

    A mapping becomes `name[key]`, a sequence `name[]` for each value or `name[0][key]`. None is an empty value, which takes
    away what was there; a boolean is 1 or 0; a day is its midnight in UTC.
    """
    return tuple(pair for name, value in fields.items() for pair in _pairs(name, value))


def _pairs(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for place, inner in enumerate(value):
            yield from _pairs(f"{name}[{place}]" if isinstance(inner, Mapping) else f"{name}[]", inner)
    else:
        yield name, _text(value)


def _text(value: object) -> str:
    """Return one value as text; TypeError for a float, which cannot be trusted with money."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return _moment(value)
        case date():
            return f"{value.isoformat()}T00:00:00Z"
        case str() | int():
            return str(value)
        case _:
            raise TypeError(f"A form of Precoro cannot carry {value!r}")


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("A time for Precoro needs its offset")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
