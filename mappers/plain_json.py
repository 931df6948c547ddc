"""Views as JSON: an amount as text with all its digits, a time in ISO 8601."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import simplejson

from mappers.text import visible


def json_text(value: object, indent: int | None = 2) -> str:
    """Return a value as JSON, a view as an object; what is not printed in a text stands in JSON's escapes."""
    text = simplejson.dumps(value, use_decimal=False, indent=indent, ensure_ascii=False, default=_plain)
    return "\n".join(map(visible, text.split("\n")))


def _plain(value: Any) -> Any:
    """Return what JSON has no word for in those that it has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
