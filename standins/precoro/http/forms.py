"""Bodies of writes: forms with Symfony's keys (`invoice[id]=1`, `currencies[]=USD`), or the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from standins.wire import loads

if TYPE_CHECKING:
    from flask import Request

    from standins.precoro.entities import Kind

Form: TypeAlias = dict[str, list[str]]
Parts: TypeAlias = dict[str, list[str]]
"""The values of one property by what stands in brackets: {"": ["Acme"]}, {"[id]": ["2"]}, {"[]": ["EUR", "USD"]}."""

MOST_CHARACTERS = 255
BLANK = "This value should not be blank."
NOT_VALID = "This value is not valid."
EXTRA = "This form should not contain extra fields."
TAKEN = "This value is already used."
_ROW = re.compile(r"\[(\d+)\]\[(\w+)\]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class InvalidError(ValueError):
    """A body is refused; `fields` has Precoro's words by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


def read_form(request: Request) -> Form:
    """Return the values of a form or JSON body by their form keys."""
    if not request.is_json:
        return {key: request.form.getlist(key) for key in request.form}
    try:
        body = loads(request.get_data())
    except ValueError as error:
        raise InvalidError({"": "Invalid JSON."}) from error
    form: Form = {}
    for key, value in _flat(body, ""):
        form.setdefault(key, []).append(value)
    return form


def read_values(form: Form, writable: Mapping[str, Kind], longest: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return the values that a form carries by property.

    InvalidError names at once every key that does not belong to it, every value of a wrong kind, and every text that is
    longer than `longest` says (255 characters where it says nothing).
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, parts in _by_property(form).items():
        if name not in writable:
            errors[name] = EXTRA
            continue
        try:
            values[name] = _typed(parts, writable[name])
        except InvalidError as error:
            errors.update({f"{name}{where}": text for where, text in error.fields.items()})
        except (ValueError, KeyError, InvalidOperation):
            errors[name] = NOT_VALID
    limits = longest or {}
    errors |= {
        name: too_long(most)
        for name, value in values.items()
        if _exceeds(value, most := limits.get(name, MOST_CHARACTERS))
    }
    if errors:
        raise InvalidError(errors)
    return values


def too_long(most: int) -> str:
    """Return what Precoro says of a text that is longer than it may be."""
    return f"This value is too long. It should have {most} characters or less."


def _exceeds(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) > most


def _by_property(form: Form) -> dict[str, Parts]:
    properties: dict[str, Parts] = {}
    for key, texts in form.items():
        name, bracket, rest = key.partition("[")
        properties.setdefault(name, {})[bracket + rest] = texts
    return properties


def _typed(parts: Parts, kind: Kind) -> object:
    """Return a value of that kind; KeyError when its key has other brackets than the kind."""
    match kind:
        case "texts":
            return _all(parts)
        case "integers":
            return [int(text) for text in _all(parts)]
        case "reference":
            text = parts["[id]"][0]
            return {"id": int(text)} if text else None
        case "contacts":
            return _contacts(parts)
    return _scalar(parts[""][0], kind)


def _scalar(text: str, kind: Kind) -> object:
    match kind:
        case "money":
            return _finite(text) if text else None
        case "integer":
            return int(text) if text else None
        case "flag":
            return text.lower() in {"1", "true", "on"}
        case "moment":
            return text if text and datetime.fromisoformat(text) else None
    return text or None


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _all(parts: Parts) -> list[str]:
    """Return the values of `name[]`, or of `name[0]`, `name[1]`, ..."""
    if set(parts) == {"[]"}:
        return [text for text in parts["[]"] if text]
    return [parts[f"[{place}]"][0] for place in range(len(parts))]


def _contacts(parts: Parts) -> list[dict[str, str | None]]:
    """Return the rows of `name[0][email]` and its like."""
    rows: dict[int, dict[str, str | None]] = {}
    for key, texts in parts.items():
        row = _ROW.fullmatch(key)
        if row is None or row[2] not in {"name", "email", "phone"}:
            raise InvalidError({key: EXTRA})
        if row[2] == "email" and texts[0] and not _EMAIL.fullmatch(texts[0]):
            raise InvalidError({key: "This value is not a valid email address."})
        rows.setdefault(int(row[1]), {"name": None, "email": None, "phone": None})[row[2]] = texts[0] or None
    return [rows[place] for place in sorted(rows)]


def _flat(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}[{name}]" if key else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _flat(inner, f"{key}[{place}]" if isinstance(inner, dict) else f"{key}[]")
    else:
        yield key, "" if value is None else str(value)
