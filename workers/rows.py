"""Rows of lists as the services give them: each is read by itself, so that one that makes no sense keeps no other from being read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

R = TypeVar("R", bound=Mapping[str, Any])
T = TypeVar("T")

MOST_SAID = 200
"""How much of a strange value the log shows."""
_ID = re.compile(r"[!-~]{1,40}")
_UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError)


def is_id(value: object) -> bool:
    """Say whether a value can be an id: a whole number, or a short text without spaces."""
    return isinstance(value, int | str) and not isinstance(value, bool) and _ID.fullmatch(str(value)) is not None


def id_of(row: object, name: str = "id") -> str:
    """Return the id of a row. Raises ValueError for anything that cannot be one."""
    found = row.get(name) if isinstance(row, Mapping) else None
    if not is_id(found):
        raise ValueError(f"{name} is {found!r}")
    return str(found)


def with_ids(what: str, rows: Iterable[R], name: str = "id") -> list[R]:
    """Return the rows that have an id; the log tells of the others, about which nothing could be asked or kept."""

    def identified(row: R) -> R:
        id_of(row, name)
        return row

    return read_each(what, rows, identified)


def read_each(what: str, rows: Iterable[R], read: Callable[[R], T]) -> list[T]:
    """Return what `read` makes of each row that it can read; the log tells of the others."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except _UNREADABLE as error:
            why = f"{type(error).__name__}: {error}"[:MOST_SAID]
            log.warning("a row cannot be read and is left out", list=what, row=_shown(row), why=why)
    return found


def _shown(row: Mapping[str, Any]) -> str:
    """Return by what people find a row, and no more: it may name people."""
    return str(row.get("id", row.get("Id", "without an id")))[:MOST_SAID]
