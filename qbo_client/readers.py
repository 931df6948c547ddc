"""What an answer must hold to be believed. Whatever has another shape is ServerTrouble: a row that is dropped silently could be sent twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias, TypeVar

from outbound.answers import Answer
from outbound.errors import ServerTrouble
from outbound.wire import JsonObject, listed
from qbo_client.errors import read_answer

T = TypeVar("T")
Reader: TypeAlias = Callable[[Answer], T]


def shaped(what: str, read: Callable[[JsonObject], T]) -> Reader[T]:
    """Return a reader that gives what `read` finds in a good answer; ServerTrouble, naming `what`, when it is not there."""

    def reader(answer: Answer) -> T:
        body = read_answer(answer)
        try:
            return read(body)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise ServerTrouble(answer.reply(f"The answer has no {what}")) from error

    return reader


def entity(kind: str) -> Reader[JsonObject]:
    """Read one entity; a write that does not give it back leaves open what was written."""
    return shaped(kind, lambda body: _object(body[kind]))


def rows(kind: str) -> Reader[list[JsonObject]]:
    """Read the rows of a query, none when the answer holds none."""
    return shaped(f"readable rows of {kind}", lambda body: listed(_object(body["QueryResponse"]), kind))


def count() -> Reader[int]:
    """Read the number that a query counted."""
    return shaped("totalCount", lambda body: int(_object(body["QueryResponse"])["totalCount"]))


def rate() -> Reader[Decimal | None]:
    """Read an exchange rate, None when the answer gives none."""
    return shaped("readable ExchangeRate", lambda body: _rate(_object(body["ExchangeRate"]).get("Rate")))


def changes() -> Reader[JsonObject]:
    """Read an answer of change data capture; one without its list must not pass for one without changes."""
    return shaped("CDCResponse", _changes)


def tax_code() -> Reader[JsonObject]:
    """Read an answer of the tax service, which comes without an envelope."""
    return shaped("TaxCodeId", _with_tax_code)


def batch() -> Reader[dict[str, JsonObject]]:
    """Read the items of a batch by their `bId`."""
    return shaped(
        "BatchItemResponse", lambda body: {str(item["bId"]): item for item in _list(body, "BatchItemResponse")}
    )


def rows_by_kind(body: JsonObject) -> dict[str, list[JsonObject]]:
    """Return the rows of change data capture by type; types without a change are absent. ValueError for another shape."""
    found: dict[str, list[JsonObject]] = {}
    for response in _list(body, "CDCResponse"):
        for one in listed(response, "QueryResponse"):
            for kind in (name for name, value in one.items() if isinstance(value, list)):
                found.setdefault(kind, []).extend(listed(one, kind))
    return found


def _changes(body: JsonObject) -> JsonObject:
    rows_by_kind(body)
    return body


def _with_tax_code(body: JsonObject) -> JsonObject:
    if not body.get("TaxCodeId"):
        raise LookupError("TaxCodeId")
    return body


def _rate(value: object) -> Decimal | None:
    if value is None:
        return None
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError("This is no rate")
    return found


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("This is no object")
    return value


def _list(body: JsonObject, name: str) -> list[JsonObject]:
    """Return a list that must be there."""
    if body.get(name) is None:
        raise LookupError(name)
    return listed(body, name)
