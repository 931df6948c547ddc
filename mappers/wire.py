"""Marshmallow fields for Precoro's JSON.

Numbers as text, dates with zones, lists in wrappers.
"""

from __future__ import annotations

import functools
import typing
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields

T = TypeVar("T")
_DAY_LENGTH = len("2026-10-04")


class _Optional(fields.Field[T]):
    """A field that reads absent and null as None, unless it is required."""

    def __init__(self, *, data_key: str | None = None, required: bool = False) -> None:
        if required:
            super().__init__(data_key=data_key, required=True)
        else:
            super().__init__(data_key=data_key, load_default=None, allow_none=True)


class Number(_Optional[Decimal]):
    """A Decimal from a JSON number or a decimal string.

    An empty string is no number; NaN and infinity are refused.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:  # noqa: ARG002
        number = _decimal(value)
        if number is None and self.required:
            raise ValidationError("not a number")
        return typing.cast("Decimal", number)


class WholeNumber(_Optional[int]):
    """An int from a JSON number or its text; a fraction is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        number = _whole(value)
        if number is None and self.required:
            raise ValidationError("not a whole number")
        return typing.cast("int", number)


def finite(value: object) -> Decimal:
    """Read a number or its text, such as `20.00`. Raises ValueError or ArithmeticError for anything else, NaN included."""
    number = Decimal(str(value).strip())
    if not number.is_finite():
        raise ValueError("not a finite number")
    return number


def _decimal(value: Any) -> Decimal | None:
    """Read a number; None for an empty text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValidationError("not a number")
    if isinstance(value, str) and not value.strip():
        return None
    try:
        return finite(value)
    except InvalidOperation as error:
        raise ValidationError("not a number") from error
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _whole(value: Any) -> int | None:
    """Read a whole number; None for an empty text."""
    number = _decimal(value)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise ValidationError("not a whole number")
    return int(number)


class Text(_Optional[str]):
    """A text; numbers are taken as written, an empty text reads as None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            raise ValidationError("not a text")
        text = str(value).strip()
        if not text and self.required:
            raise ValidationError("empty")
        return text or typing.cast("str", None)


class Remark(Text):
    """A text that is only shown.

    Anything else reads as None, so that no document waits for a remark.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            return typing.cast("str", None)


class Moment(_Optional[datetime]):
    """A datetime in UTC from ISO 8601; without a zone it is UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        if value == "":
            return typing.cast("datetime", None)
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError("not an ISO 8601 time") from error
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Day(_Optional[date]):
    """The calendar date at the start of an ISO 8601 text, in no zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        if value == "":
            return typing.cast("date", None)
        try:
            return date.fromisoformat(value[:_DAY_LENGTH])
        except (TypeError, ValueError) as error:
            raise ValidationError("not a date") from error


def optional_object(value: Any) -> Any:
    """Return an object that may be missing, whatever form Precoro gives it.

    An empty list, object or text stands for nothing; an object may come in a list of one
    (docs/reference/precoro.md, Documents).
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return None if isinstance(value, list | dict | str) and not value else value


class OptionalObject(fields.Nested):
    """A nested object that may be missing, which reads as None."""

    def __init__(self, shape: type[Schema], *, data_key: str | None = None) -> None:
        super().__init__(shape, data_key=data_key, load_default=None, allow_none=True)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Read the object, or None."""
        return super().deserialize(optional_object(value), attr, data, **kwargs)


class Reference(_Optional[int]):
    """The id inside `{"id": 3301}`, or the bare id.

    Precoro's catalogue reference is loosely typed.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        value = optional_object(value)
        if isinstance(value, dict):
            value = optional_object(value.get("id"))
        return typing.cast("int", None if value is None else _whole(value))


class Bunch(fields.Field[tuple[Any, ...]]):
    """A nested collection, in `{"data": [...]}` or a bare list.

    Absent and null are empty, and so is an empty text or object.
    """

    def __init__(self, shape: type[Schema], *, data_key: str | None = None) -> None:
        self.shape = shape
        super().__init__(data_key=data_key, load_default=(), allow_none=True)

    @functools.cached_property
    def _rows(self) -> Schema:
        return self.shape(many=True)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> tuple[Any, ...]:
        """Read the collection; null is as good as absent."""
        return super().deserialize(value, attr, data, **kwargs) or ()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Any, ...]:  # noqa: ARG002
        rows = value["data"] if isinstance(value, dict) and "data" in value else value
        if optional_object(rows) is None:
            return ()
        if not isinstance(rows, list):
            raise ValidationError("not a list")
        return tuple(self._rows.load(rows))
