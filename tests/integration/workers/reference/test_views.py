"""Entries are looked for by a part of their name, on either side, before they are paired."""

from __future__ import annotations

import pytest

from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.reference import views
from workers.reference.views import NamedEntry
from workers.runtime import Runtime


@pytest.fixture
def lists(runtime: Runtime) -> Runtime:
    """Keep accounts on both sides, of which one is paired and one gone, and a vendor."""
    connection_id = rows.connected(runtime.store)
    for key, name in (("64", "Office Supplies"), ("65", "Office Rent"), ("66", "Travel")):
        rows.entry(runtime.store, QUICKBOOKS, "account", key, name, active=key != "65")
    rows.entry(runtime.store, QUICKBOOKS, "account", "67", "Office, old", gone_at=rows.LONG_AGO)
    rows.entry(runtime.store, QUICKBOOKS, "vendor", "68", "Office Depot")
    rows.entry(runtime.store, QUICKBOOKS, "account", "69", "Office of another", company_id=2)
    rows.entry(runtime.store, PRECORO, "option", "77", "Office supplies")
    rows.pair(runtime.store, connection_id, "account", "77", "64")
    return runtime


@pytest.mark.parametrize(
    ("side", "text", "expected"),
    [
        (QUICKBOOKS, "office", [NamedEntry("65", "Office Rent", False, False), NamedEntry("64", "Office Supplies", True, True)]),
        (QUICKBOOKS, "66", [NamedEntry("66", "Travel", True, False)]),
        (QUICKBOOKS, "%", []),
        (PRECORO, "", [NamedEntry("77", "Office supplies", True, True)]),
    ],
)  # fmt: skip
def test_entries_are_searched_on_one_side(lists: Runtime, side: str, text: str, expected: list[NamedEntry]) -> None:
    entries = views.entries(lists, "widgets", "account", side, text, limit=10)
    assert_frozen(tuple(entries))
    assert entries == expected


def test_entries_are_paged(lists: Runtime) -> None:
    names = [entry.name for entry in views.entries(lists, "widgets", "account", QUICKBOOKS, limit=1, offset=1)]
    assert names == ["Office Supplies"]
    assert tables_read_whole(lists, lambda: views.entries(lists, "widgets", "account", QUICKBOOKS, limit=1)) == []
