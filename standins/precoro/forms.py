"""Bodies of writes: forms with Symfony's keys (`invoice[id]=1`, `currencies[]=USD`), or the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from standins.wire import loads

if TYPE_CHECKING:
    from flask import Request

    from standins.precoro.entities import Kind

Form: TypeAlias = dict[str, list[str]]
MOST_CHARACTERS = 255


class InvalidError(ValueError):
    """A body is refused; `fields` has Precoro's words by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


def read_form(request: Request) -> Form:
    """Return the values of a body by their form keys, whether it came as a form or as JSON."""
    if not request.is_json:
        return {key: request.form.getlist(key) for key in request.form}
    try:
        body = loads(request.get_data())
    except ValueError as error:
        raise InvalidError({"": "Invalid JSON."}) from error
    found: Form = {}
    for key, value in _flat(body, ""):
        found.setdefault(key, []).append(value)
    return found


def read_values(form: Form, writable: Mapping[str, Kind]) -> dict[str, Any]:
    """Return the values that a form carries; InvalidError names keys that do not belong to it and wrong values."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, texts in form.items():
        name = key.partition("[")[0]
        if name not in writable:
            errors[name] = "This form should not contain extra fields."
            continue
        try:
            values[name] = _typed(texts, writable[name])
        except (ValueError, InvalidOperation):
            errors[name] = "This value is not valid."
        if writable[name] == "text" and len(texts[0]) > MOST_CHARACTERS and name == "externalId":
            errors[name] = f"This value is too long. It should have {MOST_CHARACTERS} characters or less."
    if errors:
        raise InvalidError(errors)
    return values


def first(form: Form, key: str) -> str:
    """Return the value of a key, empty when there is none."""
    return form.get(key, [""])[0]


def _typed(texts: list[str], kind: Kind) -> object:
    text = texts[0]
    match kind:
        case "money":
            return Decimal(text)
        case "integer":
            return int(text)
        case "flag":
            return text.lower() in {"1", "true", "on"}
        case "reference":
            return {"id": int(text)} if text else None
        case "texts":
            return texts
        case "integers":
            return [int(one) for one in texts]
    return text or None


def _flat(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}[{name}]" if key else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, f"{key}[]")
    else:
        yield key, "" if value is None else str(value)
