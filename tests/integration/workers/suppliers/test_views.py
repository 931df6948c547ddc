"""What people look at of suppliers: pairs, suggestions, what only one side has, and what waits for a person."""

from __future__ import annotations

import pytest

from store.records import HELD, SUPPLIER, Record
from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.errors import NoSuchConnectionError
from workers.runtime import Runtime
from workers.suppliers import views
from workers.suppliers.views import SupplierCounts

SUPPLIERS = {"9001": "Acme Supply", "9002": "Evergreen Catering", "9003": "Zephyr Ltd"}
VENDORS = {"56": "Acme Supply Inc", "57": "Evergreen", "58": "Evergreen Catering LLC", "59": "Boreas"}


@pytest.fixture
def both_sides(runtime: Runtime) -> Runtime:
    """Keep three suppliers, of which one is paired, one might be either of two vendors, and one is alone."""
    connection_id = rows.connected(runtime.store)
    for key, name in SUPPLIERS.items():
        rows.entry(runtime.store, PRECORO, SUPPLIER, key, name)
    for key, name in VENDORS.items():
        rows.entry(runtime.store, QUICKBOOKS, "vendor", key, name)
    rows.entry(runtime.store, QUICKBOOKS, "vendor", "60", "Long Gone", active=False)
    rows.pair(runtime.store, connection_id, SUPPLIER, "9001", "56", how="sync")
    for supplier, vendor, score in (("9002", "57", 71), ("9002", "58", 93), ("9003", "56", 88)):
        rows.suggestion(runtime.store, connection_id, SUPPLIER, supplier, vendor, score=score)
    rows.suggestion(runtime.store, connection_id, SUPPLIER, "9003", "59", state="refused")
    return runtime


def test_a_pair_has_names_beside_ids(both_sides: Runtime) -> None:
    [row] = views.pairs(both_sides, "widgets")
    assert_frozen(row)
    assert (row.supplier, row.name, row.vendor, row.vendor_name) == ("9001", "Acme Supply", "56", "Acme Supply Inc")


def test_suggestions_are_of_free_entries_only_the_best_first(both_sides: Runtime) -> None:
    rows_shown = views.suggestions(both_sides, "widgets")
    assert [(row.name, row.vendor_name, row.score) for row in rows_shown] == [
        ("Evergreen Catering", "Evergreen Catering LLC", 93),
        ("Evergreen Catering", "Evergreen", 71),
    ]
    assert_frozen(tuple(rows_shown))


@pytest.mark.parametrize(
    ("side", "names"),
    [
        (views.IN_PRECORO, ["Evergreen Catering", "Zephyr Ltd"]),
        (views.IN_QUICKBOOKS, ["Boreas", "Evergreen", "Evergreen Catering LLC"]),
    ],
)
def test_what_only_one_side_has_is_listed_by_name_without_what_is_inactive(
    both_sides: Runtime, side: str, names: list[str]
) -> None:
    assert [row.name for row in views.unpaired(both_sides, "widgets", side)] == names
    assert [row.name for row in views.unpaired(both_sides, "widgets", side, limit=1, offset=1)] == names[1:2]


def test_counts_are_the_lengths_of_the_lists(both_sides: Runtime) -> None:
    counts = views.counts(both_sides, "widgets")
    assert (counts.paired, counts.suggested, counts.held) == (1, 2, 0)
    assert counts.precoro_only == len(views.unpaired(both_sides, "widgets", views.IN_PRECORO))
    assert counts.quickbooks_only == len(views.unpaired(both_sides, "widgets", views.IN_QUICKBOOKS))


@pytest.mark.parametrize(
    ("text", "paired", "suggested", "precoro_only", "quickbooks_only"),
    [
        ("ACME", ["Acme Supply"], [], [], []),
        ("supply inc", ["Acme Supply"], [], [], []),
        ("evergreen", [], ["58", "57"], ["Evergreen Catering"], ["Evergreen", "Evergreen Catering LLC"]),
        ("llc", [], ["58"], [], ["Evergreen Catering LLC"]),
        ("59", [], [], [], ["Boreas"]),
        ("9001", ["Acme Supply"], [], [], []),
        ("%", [], [], [], []),
    ],
)
def test_a_search_narrows_every_list_and_its_count(
    both_sides: Runtime,
    text: str,
    paired: list[str],
    suggested: list[str],
    precoro_only: list[str],
    quickbooks_only: list[str],
) -> None:
    assert [row.name for row in views.pairs(both_sides, "widgets", text)] == paired
    assert [row.vendor for row in views.suggestions(both_sides, "widgets", text)] == suggested
    assert [row.name for row in views.unpaired(both_sides, "widgets", views.IN_PRECORO, text)] == precoro_only
    assert [row.name for row in views.unpaired(both_sides, "widgets", views.IN_QUICKBOOKS, text)] == quickbooks_only
    lengths = [len(rows_shown) for rows_shown in (paired, suggested, precoro_only, quickbooks_only)]
    assert views.counts(both_sides, "widgets", text) == SupplierCounts(*(*lengths, 0))


def test_a_supplier_in_two_currencies_has_two_pairs(both_sides: Runtime) -> None:
    rows.pair(both_sides.store, 1, "supplier_in", "9001:EUR", "59")
    assert [(row.name, row.vendor) for row in views.pairs(both_sides, "widgets")] == [
        ("Acme Supply", "56"), ("Acme Supply", "59"),
    ]  # fmt: skip


def test_a_search_finds_who_waits_for_a_person(both_sides: Runtime) -> None:
    rows.record(both_sides.store, 1, "9001", kind=SUPPLIER, scope=1, number="Acme Supply", state=HELD)
    assert [row.name for row in views.held(both_sides, "widgets", "acme")] == ["Acme Supply"]
    assert views.held(both_sides, "widgets", "zephyr") == []


def test_no_table_is_read_whole(both_sides: Runtime) -> None:
    for view in (
        lambda: views.counts(both_sides, "widgets", "acme"),
        lambda: views.pairs(both_sides, "widgets", limit=50),
        lambda: views.suggestions(both_sides, "widgets", limit=50),
    ):
        assert tables_read_whole(both_sides, view) == []


def test_a_supplier_that_waits_for_a_person_is_a_value(both_sides: Runtime) -> None:
    record_id = rows.record(both_sides.store, 1, "9001", kind=SUPPLIER, scope=1, number="Acme Supply", state=HELD)
    [row] = views.held(both_sides, "widgets")
    assert row == views.supplier(both_sides, record_id)
    rows.change(both_sides.store, Record, record_id, state="synced", handled_version=1)
    done = views.supplier(both_sides, record_id)
    both_sides.close()
    assert_frozen((row, done))
    assert (row.supplier, row.name, row.due) == ("9001", "Acme Supply", True)
    assert (done.state, done.due) == (views.DONE, False)


def test_an_unknown_connection_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NoSuchConnectionError):
        views.pairs(runtime, "nobody")
