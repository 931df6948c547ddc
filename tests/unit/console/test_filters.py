"""Filters are read out of the address, and the next page of a list keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from console import filters
from console.filters import PAGE

LONG, SHORT = range(PAGE + 1), range(PAGE)


@contextmanager
def opened(address: str) -> Iterator[None]:
    """Look at an address."""
    with Flask("console").test_request_context(address):
        yield


def test_a_filter_that_is_not_one_of_the_choices_is_none() -> None:
    with opened("/c/widgets/events?source=precoro&status=lost"):
        assert filters.choice("source", ("precoro", "quickbooks")) == "precoro"
        assert filters.choice("status", ("kept",)) is None
        assert filters.choice("kind", ("invoice",)) is None


@pytest.mark.parametrize(("query", "text"), [("", None), ("?text=+", None), ("?text=+Acme+", "Acme")])
def test_what_is_looked_for_has_no_blanks_around_it(query: str, text: str | None) -> None:
    with opened(f"/c/widgets/suppliers{query}"):
        assert filters.searched() == text


def test_a_list_of_the_newest_rows_goes_on_before_the_last_that_is_shown() -> None:
    with opened("/c/widgets/documents?state=held&state=failed&text=a+b&before=900"):
        assert filters.before() == 900
        address = filters.older(LONG, lambda row: row)
        assert address == f"/c/widgets/documents?state=held&state=failed&text=a+b&before={PAGE - 1}"
        assert filters.older(SHORT, lambda row: row) is None


def test_a_list_of_the_oldest_rows_goes_on_after_the_last_that_is_shown() -> None:
    with opened("/c/widgets/set-up/preview?from=2026-11-01&after=900"):
        assert filters.after() == 900
        address = filters.further(LONG, lambda row: row)
        assert address == f"/c/widgets/set-up/preview?from=2026-11-01&after={PAGE - 1}"
        assert filters.further(SHORT, lambda row: row) is None


@pytest.mark.parametrize(("query", "offset", "following"), [("", 0, 2), ("?page=3", 2 * PAGE, 4), ("?page=-1", 0, 2)])
def test_a_list_in_another_order_goes_on_at_the_next_page(query: str, offset: int, following: int) -> None:
    with opened(f"/c/widgets/products{query}"):
        assert filters.offset() == offset
        assert filters.following(LONG) == f"/c/widgets/products?page={following}"
        assert filters.following(SHORT) is None
