"""The filters of a list and its pages, as they stand in the address.

A list reads one row more than a page shows: that one says whether the list goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import quote, urlencode

from flask import request

from console.inputs import whole_number

PAGE = 50
"""How many rows of a list a page shows."""
LONGEST_AMOUNT = 30
"""How many digits of an amount are read."""
RowT = TypeVar("RowT")
ChoiceT = TypeVar("ChoiceT", bound=str)


class UnreadableFilterError(Exception):
    """A filter holds what cannot be read: without it the list would show what nobody asked for."""

    def __init__(self, text: str, wanted: str) -> None:
        self.sentence = f"Nothing is listed, because “{text[:LONGEST_AMOUNT]}” cannot be read. Write {wanted}."
        super().__init__(self.sentence)


def searched(name: str = "text") -> str | None:
    """Return the text that a person looks for, if any."""
    return request.args.get(name, "").strip() or None


def choice(name: str, choices: Collection[ChoiceT]) -> ChoiceT | None:
    """Return what a filter is set to; None when that is not one of the choices."""
    value = request.args.get(name)
    return next((choice for choice in choices if choice == value), None)


def amount() -> Decimal | None:
    """Return the amount that a person looks for, if any. Raises UnreadableFilterError."""
    text = request.args.get("amount", "").strip()
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if len(text) > LONGEST_AMOUNT or not value.is_finite() or abs(value.adjusted()) >= LONGEST_AMOUNT:
        raise UnreadableFilterError(text, "an amount as 1284.37")
    return value


def day(name: str) -> date | None:
    """Return a day with which a list begins or ends, if any. Raises UnreadableFilterError."""
    text = request.args.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnreadableFilterError(text, "a day as 2026-11-23") from None


def before() -> int | None:
    """Return the id of the row before which a list of the newest rows goes on."""
    return request.args.get("before", type=whole_number)


def older(rows: Sequence[RowT], id_of: Callable[[RowT], int]) -> str | None:
    """Return the address of the rows before these, the newest ones first; None at the end."""
    return _changed("before", id_of(rows[PAGE - 1])) if len(rows) > PAGE else None


def after() -> int:
    """Return the id of the row after which a list in the order of its ids goes on."""
    return request.args.get("after", 0, whole_number)


def further(rows: Sequence[RowT], id_of: Callable[[RowT], int]) -> str | None:
    """Return the address of the rows after these, in the order of their ids; None at the end."""
    return _changed("after", id_of(rows[PAGE - 1])) if len(rows) > PAGE else None


def offset() -> int:
    """Return how many rows stand on the pages before this one."""
    return (_page() - 1) * PAGE


def following(rows: Sequence[object]) -> str | None:
    """Return the address of the next page of a list in any other order; None at the end."""
    return _changed("page", _page() + 1) if len(rows) > PAGE else None


def _page() -> int:
    return max(request.args.get("page", 1, whole_number), 1)


def _changed(name: str, value: int) -> str:
    """Return the address of this page with one filter changed."""
    kept = [(other, text) for other, text in request.args.items(multi=True) if other != name]
    return f"{quote(request.path, safe='/:')}?{urlencode([*kept, (name, value)])}"
