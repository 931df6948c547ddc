"""Parses list rows one at a time: a malformed row is logged and skipped, the rest are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

R = TypeVar("R", bound=Mapping[str, Any])
T = TypeVar("T")

LOGGED_CHARACTERS = 200
"""How much of a malformed value the log shows."""
_ID = re.compile(r"[!-~]{1,40}")
_UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError)


def is_id(value: object) -> bool:
    """Say whether a value can be an id: a whole number, or a short text without spaces."""
    return isinstance(value, int | str) and not isinstance(value, bool) and _ID.fullmatch(str(value)) is not None


def id_of(row: object, name: str = "id") -> str:
    """Return the id of a row. Raises ValueError for anything that cannot be one."""
    value = row.get(name) if isinstance(row, Mapping) else None
    if not is_id(value):
        raise ValueError(f"{name} is {value!r}")
    return str(value)


def with_ids(what: str, rows: Iterable[R], name: str = "id") -> list[R]:
    """Return the rows that have an id; the others are logged."""

    def identified(row: R) -> R:
        id_of(row, name)
        return row

    return read_each(what, rows, identified)


def read_each(what: str, rows: Iterable[R], read: Callable[[R], T]) -> list[T]:
    """Return what `read` makes of each row that it can read; the others are logged."""
    values = []
    for row in rows:
        try:
            values.append(read(row))
        except _UNREADABLE as error:
            why = f"{type(error).__name__}: {error}"[:LOGGED_CHARACTERS]
            log.warning("a row cannot be read and is left out", list=what, row=_id_text(row), why=why)
    return values


def _id_text(row: Mapping[str, Any]) -> str:
    """Return the id by which people find a row, and no more: the rest may name people."""
    return str(row.get("id", row.get("Id", "without an id")))[:LOGGED_CHARACTERS]
