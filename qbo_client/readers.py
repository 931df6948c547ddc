"""Readers of QuickBooks' answers: what each must hold to be believed.

Whatever has another shape is ServerTrouble: a row that is dropped silently could be sent twice.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias, TypeVar

from mappers.wire import finite
from outbound.errors import ServerTrouble
from outbound.response import Response
from outbound.wire import JsonObject, list_of_objects
from qbo_client.errors import read_response

T = TypeVar("T")
Reader: TypeAlias = Callable[[Response], T]


def reader(subject: str, read: Callable[[JsonObject], T]) -> Reader[T]:
    """Return a reader of good answers; ServerTrouble, naming `subject`, when `read` cannot find it."""

    def read_checked(response: Response) -> T:
        body = read_response(response)
        try:
            return read(body)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise ServerTrouble(response.details(f"The answer has no {subject}")) from error

    return read_checked


def entity(kind: str, qbo_id: str | None = None) -> Reader[JsonObject]:
    """Read one entity, which must have this id when one is given; WrongRecord for another.

    A write that does not give its entity back leaves open what was written.
    """
    read_any = reader(kind, lambda body: _object(body[kind]))

    def read(response: Response) -> JsonObject:
        answer = read_any(response)
        if qbo_id is not None and str(answer.get("Id")) != qbo_id:
            raise response.wrong_record(f"{kind} {qbo_id}", answer.get("Id"))
        return answer

    return read


def rows(kind: str) -> Reader[list[JsonObject]]:
    """Read the rows of a query, none when the answer holds none."""
    return reader(f"readable rows of {kind}", lambda body: list_of_objects(_object(body["QueryResponse"]), kind))


def count() -> Reader[int]:
    """Read the number that a query counted."""
    return reader("totalCount", lambda body: int(_object(body["QueryResponse"])["totalCount"]))


def rate(currency: str) -> Reader[Decimal | None]:
    """Read the exchange rate of a currency, None when the answer gives none; WrongRecord for another currency."""
    read_object = reader("readable ExchangeRate", lambda body: (_object(body["ExchangeRate"]), _rate(body)))

    def read(response: Response) -> Decimal | None:
        answer, rate = read_object(response)
        if answer.get("SourceCurrencyCode") != currency:
            raise response.wrong_record(f"the rate of {currency}", answer.get("SourceCurrencyCode"))
        return rate

    return read


def changes() -> Reader[JsonObject]:
    """Read an answer of change data capture, which must have its list.

    One without it must not pass for one without changes.
    """
    return reader("CDCResponse", _changes)


def tax_code() -> Reader[JsonObject]:
    """Read an answer of the tax service, which comes without an envelope."""
    return reader("TaxCodeId", _with_tax_code)


def batch() -> Reader[dict[str, JsonObject]]:
    """Read the items of a batch by their `bId`."""
    return reader(
        "BatchItemResponse", lambda body: {str(item["bId"]): item for item in _required_list(body, "BatchItemResponse")}
    )


def rows_by_kind(body: JsonObject) -> dict[str, list[JsonObject]]:
    """Return the rows of change data capture by type; ValueError for another shape."""
    rows: dict[str, list[JsonObject]] = {}
    for response in _required_list(body, "CDCResponse"):
        for part in list_of_objects(response, "QueryResponse"):
            for kind in (name for name, value in part.items() if isinstance(value, list)):
                rows.setdefault(kind, []).extend(list_of_objects(part, kind))
    return rows


def _changes(body: JsonObject) -> JsonObject:
    rows_by_kind(body)
    return body


def _with_tax_code(body: JsonObject) -> JsonObject:
    if not body.get("TaxCodeId"):
        raise LookupError("TaxCodeId")
    return body


def _rate(body: JsonObject) -> Decimal | None:
    value = body["ExchangeRate"].get("Rate")
    if value is None:
        return None
    return finite(value)


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("This is no object")
    return value


def _required_list(body: JsonObject, name: str) -> list[JsonObject]:
    """Return a list that must be there."""
    if body.get(name) is None:
        raise LookupError(name)
    return list_of_objects(body, name)
