"""Precoro's lists, page by page, in every style of envelope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from outbound.response import Response
from outbound.wire import JsonObject, new_rows
from precoro_client.errors import read_list

PAGE_SIZE = 200
MAX_PAGES = 1000
MOST_DIGITS = 18


@dataclass(frozen=True)
class Page:
    """The rows of one page, and whether there is another; `at` is when it was sent, by Precoro's own clock."""

    rows: list[JsonObject]
    number: int
    more: bool
    at: datetime
    total: int | None = None


def read_page(response: Response, number: int, size: int = PAGE_SIZE) -> Page:
    """Return the page of this number; empty behind the last one, WrongRecord for another page.

    Newer envelopes say `has_next_page`, older ones `current_page` of `total_pages`, and some lists (legal entities) have no `meta`
    at all: then it is the whole list, unless the page is exactly full.
    """
    body = read_list(response)
    rows: list[JsonObject] = body["data"]
    meta = body.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, Mapping) else None
    if not isinstance(pagination, Mapping):
        return Page(rows, number, more=len(rows) == size, at=response.sent_at())
    total, current = _count(pagination.get("total")), _count(pagination.get("current_page"))
    if current not in {None, number}:
        if number <= (_count(pagination.get("total_pages")) or number):
            raise response.wrong_record(f"page {number}", f"page {current}")
        rows = []
    more = bool(rows) and _more(pagination, number, len(rows), size)
    return Page(rows, number, more=more, total=total, at=response.sent_at())


def every_row(fetch: Callable[[int], Page]) -> Iterator[JsonObject]:
    """Yield the rows of all pages once each, though a row may move to the next page meanwhile."""
    ids: set[str] = set()
    for number in range(1, MAX_PAGES + 1):
        page, before = fetch(number), len(ids)
        yield from new_rows(page.rows, _identity, ids)
        # A list that does not know `page` gives the same rows again and again.
        if not page.more or len(ids) == before:
            return
        del page  # so that no two pages are in memory at once


def _more(pagination: Mapping[str, object], number: int, rows: int, size: int) -> bool:
    stated = pagination.get("has_next_page")
    if stated is not None:
        return bool(stated)
    pages = _count(pagination.get("total_pages"))
    if pages is not None:
        return number < pages
    return rows == size


def _count(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def _identity(row: JsonObject) -> str:
    return str(row.get("id") or row.get("idn") or id(row))
