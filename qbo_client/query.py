"""Builds statements in QuickBooks' query language, quoted and escaped.

No value can change the meaning of a statement.
`str(select("Bill").where("VendorRef", "=", "56").order_by("Id").limit(100))` is
`SELECT * FROM Bill WHERE VendorRef = '56' ORDERBY Id MAXRESULTS 100`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

MAX_ROWS = 1000
OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "!=", "LIKE", "IN"})

Value: TypeAlias = str | int | Decimal | bool | date | datetime

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*")


@dataclass(frozen=True)
class Select:
    """One statement; every method returns a new one."""

    entity: str
    fields: tuple[str, ...] = ("*",)
    conditions: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    start: int | None = None
    rows: int | None = None

    def where(self, field: str, operator: str, value: Value | Sequence[Value]) -> Select:
        """Add a condition; all must hold, since the language has no OR.

        IN takes a sequence, LIKE a string with %.
        """
        sign = operator.upper()
        if sign not in OPERATORS:
            raise ValueError(f"QuickBooks has no operator {operator}")
        return replace(self, conditions=(*self.conditions, f"{_name(field)} {sign} {_operand(sign, value)}"))

    def with_inactive(self) -> Select:
        """Include what was made inactive, which name lists leave out otherwise."""
        return self.where("Active", "IN", [True, False])

    def order_by(self, field: str, *, descending: bool = False) -> Select:
        """Add a field to order by."""
        return replace(self, order=(*self.order, f"{_name(field)} DESC" if descending else _name(field)))

    def limit(self, rows: int, *, start: int | None = None) -> Select:
        """Ask for at most `rows` (1 to 1000), from the row `start`, which counts from 1."""
        if not 1 <= rows <= MAX_ROWS:
            raise ValueError(f"QuickBooks gives 1 to {MAX_ROWS} rows, not {rows}")
        return replace(self, rows=rows, start=start)

    def __str__(self) -> str:
        """Return the statement as QuickBooks reads it."""
        parts = [f"SELECT {', '.join(self.fields)} FROM {self.entity}"]  # noqa: S608 - this is the builder that escapes
        if self.conditions:
            parts.append("WHERE " + " AND ".join(self.conditions))
        if self.order:
            parts.append("ORDERBY " + ", ".join(self.order))
        if self.start is not None:
            parts.append(f"STARTPOSITION {self.start}")
        if self.rows is not None:
            parts.append(f"MAXRESULTS {self.rows}")
        return " ".join(parts)


def select(entity: str, *fields: str) -> Select:
    """Begin a statement over an entity, for all fields or the named ones."""
    return Select(_name(entity), tuple(_name(field) for field in fields) or ("*",))


def count(entity: str) -> Select:
    """Begin a statement that counts."""
    return Select(_name(entity), ("count(*)",))


def quoted(value: Value) -> str:
    """Return a value as a literal of the language; booleans stand bare, all else in single quotes.

    Numbers are quoted too: bare ones are refused for some fields. A datetime must carry its offset.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("A time in a query needs its offset")
        return f"'{value.isoformat(timespec='seconds')}'"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _operand(operator: str, value: Value | Sequence[Value]) -> str:
    if operator != "IN":
        if isinstance(value, Sequence) and not isinstance(value, str):
            raise ValueError("Only IN takes several values")
        return quoted(value)
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise ValueError("IN takes at least one value, in a list")
    return f"({', '.join(map(quoted, value))})"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a field or an entity")
    return name
