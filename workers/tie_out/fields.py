"""Reads single fields of what a service shows for a report; None for a value that cannot be what its name says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

_CURRENCY = re.compile(r"[A-Z]{3}")
_TOO_MUCH = Decimal(10) ** 15
"""No amount of money is as large: a number with a thousand digits is a mistake."""


def day_in(shown: Mapping[str, Any], name: str) -> date | None:
    """Return a day that a row shows."""
    try:
        return date.fromisoformat(shown[name])
    except (LookupError, TypeError, ValueError):
        return None


def amount_in(shown: Mapping[str, Any], name: str) -> Decimal | None:
    """Return an amount that a row shows."""
    value = shown.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if is_amount(amount) else None


def changed_at(shown: Mapping[str, Any]) -> datetime | None:
    """Return when an entity was last changed, as far as QuickBooks tells."""
    about = shown.get("MetaData")
    stamp = about.get("LastUpdatedTime") if isinstance(about, Mapping) else None
    try:
        return datetime.fromisoformat(str(stamp)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_amount(number: Decimal) -> bool:
    """Say whether a number can be an amount of money."""
    return number.is_finite() and abs(number) < _TOO_MUCH


def is_currency(value: object) -> bool:
    """Say whether a value can be the code of a currency."""
    return isinstance(value, str) and _CURRENCY.fullmatch(value) is not None
