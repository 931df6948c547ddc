"""Lists: the filters that Precoro knows, and pages in both styles of `meta`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from standins.precoro.company import Record

SIZES = (10, 20, 50, 100, 200)
USUAL_SIZE = 20


class Parameters(Protocol):
    """The parameters of a query: one name may come several times."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""


class WrongFilterError(ValueError):
    """A filter has a value that Precoro cannot read."""

    def __init__(self, name: str) -> None:
        super().__init__("This value is not valid.")
        self.name = name


Matches = Callable[["Record", list[str]], bool]


def _since(key: str) -> Matches:
    return lambda row, values: key not in row or (bool(row[key]) and _moment(row[key]) >= _moment(values[0]))


def _until(key: str) -> Matches:
    return lambda row, values: key not in row or (bool(row[key]) and _moment(row[key]) <= _moment(values[0]))


def _among(key: str) -> Matches:
    return lambda row, values: str(row.get(key)) in values


def _has_external_id(row: Record, values: list[str]) -> bool:
    return bool(row.get("externalId")) == (values[0] == "1")


def _enabled(row: Record, values: list[str]) -> bool:
    return bool(row.get("enable", True)) == (values[0] == "1")


def _of_supplier(row: Record, values: list[str]) -> bool:
    return str((row.get("supplier") or {}).get("id")) in values


FILTERS: Mapping[str, Matches] = {
    "modifiedSince": _since("updateDate"),
    "approvalLeftDate": _since("approvalDate"),
    "approvalRightDate": _until("approvalDate"),
    "approvalDate[left_date]": _since("approvalDate"),
    "approvalDate[right_date]": _until("approvalDate"),
    "createDate[left_date]": _since("createDate"),
    "createDate[right_date]": _until("createDate"),
    "status[]": _among("status"),
    "logicType[]": _among("logicType"),
    "external_id[]": _among("externalId"),
    "id": _among("id"),
    "sent_to_external": _has_external_id,
    "externalIntegrated": _has_external_id,
    "enable": _enabled,
    "supplier[]": _of_supplier,
}
"""Filters by name. Precoro ignores the ones it does not know, and so do we; a moment that a collection does not keep
leaves nothing out.
"""


def chosen(rows: list[Record], parameters: Parameters) -> list[Record]:
    """Return the rows that every filter lets through, or raise WrongFilterError."""
    for name, matches in FILTERS.items():
        values = parameters.getlist(name)
        if not values:
            continue
        try:
            rows = [row for row in rows if matches(row, values)]
        except ValueError as error:
            raise WrongFilterError(name) from error
    return rows


def page(rows: list[Record], parameters: Parameters, style: str) -> tuple[list[Record], dict[str, Any]]:
    """Return the rows of the page that a query asks for, and its `meta`."""
    size = _integer(parameters, "per_page", USUAL_SIZE)
    size = size if size in SIZES else USUAL_SIZE
    pages = max(1, math.ceil(len(rows) / size))
    number = pages if parameters.getlist("page") == ["last"] else max(1, _integer(parameters, "page", 1))
    shown = rows[(number - 1) * size : number * size]
    pagination: dict[str, Any] = {
        "total": len(rows),
        "count": len(shown),
        "per_page": size,
        "current_page": number,
        "total_pages": pages,
        "links": {},
    }
    if style == "has_next_page":
        pagination["has_next_page"] = number < pages
    return shown, {"pagination": pagination}


def _integer(parameters: Parameters, name: str, usual: int) -> int:
    values = parameters.getlist(name)
    return int(values[0]) if values and values[0].isdecimal() else usual


@lru_cache(maxsize=100_000)
def _moment(text: str) -> datetime:
    """Read "2026-10-02T08:00:00" (with or without offset) or the older "02.10.2026"."""
    try:
        moment = datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
