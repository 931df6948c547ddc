"""JSON as it goes over the wire: amounts are Decimal on our side and plain numbers on theirs, never floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import simplejson

JsonObject: TypeAlias = dict[str, Any]


def to_json(value: Mapping[str, Any]) -> str:
    """Write an object as JSON; the same object always gives the same text, so a write can be repeated byte for byte."""
    return simplejson.dumps(value, use_decimal=True, allow_nan=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Any:
    """Read JSON with every fractional number as Decimal; ValueError when it is not JSON."""
    return simplejson.loads(text, use_decimal=True, allow_nan=False)
