"""JSON as the stand-ins read and write it: numbers are Decimal, never float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import simplejson
from flask.json.provider import JSONProvider

if TYPE_CHECKING:
    from flask import Flask


CENT = Decimal("0.01")


def dumps(value: object) -> str:
    """Write JSON; a Decimal keeps the digits it has."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """Read JSON; numbers with a point become Decimal, a ValueError says what is wrong."""
    return simplejson.loads(text, use_decimal=True)


def typed(value: Any) -> Any:
    """Return JSON in which whole Decimals are written with an exponent, so that they are read as Decimals again."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    is_whole = isinstance(value, Decimal) and value.as_tuple().exponent == 0
    return simplejson.RawJSON(f"{value}E+0") if is_whole else value


def plain(amount: Decimal) -> Decimal | int:
    """Write an amount as QBO does: 7, not 7.00, and 7.5, not 7.50."""
    if amount == amount.to_integral_value():
        return int(amount)
    return amount.normalize()


def money(amount: Decimal) -> Decimal | int:
    """Write money as QBO does: 337.50 and 639.00, but 0 [recorded]."""
    return amount.quantize(CENT, ROUND_HALF_UP) if amount else 0


class DecimalJson(JSONProvider):
    """Flask's JSON over `dumps` and `loads`."""

    def dumps(self, obj: object, **_: Any) -> str:
        """Write JSON for Flask."""
        return dumps(obj)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read JSON for Flask."""
        return loads(s)


def speak_decimal(app: Flask) -> None:
    """Make `jsonify` and `request.get_json` of an app use Decimal."""
    app.json = DecimalJson(app)
