"""What people look at of documents: lists that filters narrow, and one document with all that happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mappers.remedies import Act, Remedy
from store.history import CallRow, PlanRow
from store.records import ProblemRow
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.documents import views
from workers.documents.views import DocumentCounts, Wanted
from workers.errors import AmbiguousNameError, NoSuchConnectionError, NoSuchDocumentError
from workers.runtime import Runtime

DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "201": {"number": "INV-201", "supplier": "Acme Supply", "amount": Decimal("540.00"), "issued_on": date(2026, 11, 2),
            "approval": "approved", "qbo_number": "B-7"},
    "202": {"number": "INV-202", "supplier": "Evergreen 100%", "amount": Decimal("76.1"), "issued_on": date(2026, 11, 9),
            "state": "held", "supplier_number": "S-88123", "approval": "pending"},
    "17": {"number": "PO-17", "supplier": "Acme Supply", "amount": Decimal("1284.37"), "issued_on": date(2026, 11, 9),
           "kind": "purchase_order"},
    "9001": {"number": "Acme Supply", "kind": "supplier", "scope": 1},
}  # fmt: skip

REMEDY = Remedy("Pair it.", (Act("pair_supplier", {"supplier": "9001"}),))


@pytest.fixture
def stored(runtime: Runtime) -> dict[str, int]:
    """Keep three documents and a supplier of one connection, and a document of another; return the ids of the records.

    INV-202 has a problem, and a file of INV-201 failed.
    """
    first, second = rows.connected(runtime.store), rows.connected(runtime.store, "gadgets")
    ids = {key: rows.record(runtime.store, first, key, currency="USD", **values) for key, values in DOCUMENTS.items()}
    rows.record(runtime.store, first, "file-1", kind="attachment", scope=ids["201"], state="failed")
    with runtime.write() as (session, _):
        session.add(
            ProblemRow(record_id=ids["202"], position=0, code="supplier_not_paired", subject="supplier:9001",
                       sentence="It is not.", remedy=REMEDY)
        )  # fmt: skip
    return {**ids, "301": rows.record(runtime.store, second, "301", number="INV-301", supplier="Acme Supply")}


def numbers(runtime: Runtime, **filters: Any) -> list[str | None]:
    return [row.number for row in views.documents(runtime, Wanted(**filters), limit=10)]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["INV-301", "PO-17", "INV-202", "INV-201"]),
        ({"number": "inv-20"}, ["INV-202", "INV-201"]),
        ({"supplier": "ACME"}, ["INV-301", "PO-17", "INV-201"]),
        ({"supplier": "100%"}, ["INV-202"]),
        ({"supplier": "%"}, ["INV-202"]),
        ({"amount": Decimal(540)}, ["INV-201"]),
        ({"amount": Decimal("76.10")}, ["INV-202"]),
        ({"amount": Decimal("540.01")}, []),
        ({"issued_from": date(2026, 11, 9)}, ["PO-17", "INV-202"]),
        ({"issued_to": date(2026, 11, 8)}, ["INV-201"]),
        ({"issued_from": date(2026, 11, 3), "issued_to": date(2026, 11, 8)}, []),
        ({"connections": ["gadgets"]}, ["INV-301"]),
        ({"connections": ["Company realm-of-gadgets"]}, ["INV-301"]),
        ({"connections": []}, []),
        ({"states": ["held"]}, ["INV-202"]),
        ({"states": ["held", "failed"]}, ["INV-202", "INV-201"]),
        ({"text": "ever"}, ["INV-202"]),
        ({"text": "po-1"}, ["PO-17"]),
        ({"text": "301"}, ["INV-301"]),
        ({"text": "s-88"}, ["INV-202"]),
        ({"text": "b-7"}, ["INV-201"]),
        ({"text": "%"}, ["INV-202"]),
        ({"approval": "pending"}, ["INV-202"]),
        ({"approval": "approved", "text": "acme"}, ["INV-201"]),
        ({"problem": "supplier_not_paired"}, ["INV-202"]),
        ({"subject": "supplier:9001"}, ["INV-202"]),
        ({"problem": "supplier_not_paired", "subject": "supplier:1"}, []),
        ({"kind": "purchase_order"}, ["PO-17"]),
        ({"supplier": "acme", "kind": "invoice", "connections": ["widgets"]}, ["INV-201"]),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("stored")
def test_filters_narrow_a_list(runtime: Runtime, filters: dict[str, Any], expected: list[str]) -> None:
    assert numbers(runtime, **filters) == expected


@pytest.mark.parametrize(
    ("filters", "matches", "by_state"),
    [
        ({}, 4, {"open": 3, "held": 1}),
        ({"states": ["held"]}, 1, {"open": 3, "held": 1}),
        ({"states": ["failed"]}, 1, {"open": 3, "held": 1}),
        ({"states": ["held"], "text": "acme"}, 0, {"open": 3}),
        ({"connections": ["gadgets"]}, 1, {"open": 1}),
    ],
)
@pytest.mark.usefixtures("stored")
def test_what_matches_is_counted_and_what_would_in_each_state(
    runtime: Runtime, filters: dict[str, Any], matches: int, by_state: dict[str, int]
) -> None:
    assert views.counts(runtime, Wanted(**filters)) == DocumentCounts(matches, by_state)


@pytest.mark.usefixtures("stored")
def test_no_table_is_read_whole(runtime: Runtime) -> None:
    everything = Wanted(states=["held"], text="acme", amount=Decimal(540), problem="supplier_not_paired")
    for view in (
        lambda: views.documents(runtime, Wanted(), limit=50),
        lambda: views.documents(runtime, everything, limit=50),
        lambda: views.counts(runtime, everything),
        lambda: views.document(runtime, "INV-202"),
    ):
        assert tables_read_whole(runtime, view) == []


@pytest.mark.usefixtures("stored")
def test_a_page_goes_on_where_the_one_before_ended(runtime: Runtime) -> None:
    first = views.documents(runtime, Wanted(), limit=3)
    rest = views.documents(runtime, Wanted(), limit=3, before=first[-1].record_id)
    assert [row.number for row in rest] == ["INV-201"]


@pytest.mark.usefixtures("stored")
def test_an_unknown_connection_is_refused_and_not_a_list_without_rows(runtime: Runtime) -> None:
    with pytest.raises(NoSuchConnectionError):
        numbers(runtime, connections=["nobody"])


def test_a_document_is_a_value_with_its_problems_and_its_timeline(runtime: Runtime, stored: dict[str, int]) -> None:
    about = {"record_id": stored["202"], "at": rows.LONG_AGO}
    with runtime.write() as (session, _):
        session.add(PlanRow(decision="hold", summary="supplier_not_paired", **about))
        session.add(
            CallRow(service="precoro", company="1", method="GET", path="/invoices/202", milliseconds=5, **about)
        )
    detail = views.document(runtime, "INV-202")
    runtime.close()
    assert_frozen(detail)
    assert (detail.document, detail.connection, detail.due) == ("invoice:202", "widgets", True)
    assert [(problem.code, problem.remedy) for problem in detail.problems] == [("supplier_not_paired", REMEDY)]
    assert [happening.title for happening in detail.timeline] == ["hold", "GET /invoices/202"]


@pytest.mark.usefixtures("stored")
def test_a_document_that_does_not_exist_is_named(runtime: Runtime) -> None:
    with pytest.raises(NoSuchDocumentError, match="INV-999"):
        views.document(runtime, "INV-999")


def test_a_number_that_is_the_running_number_of_another_document_is_refused_with_both(runtime: Runtime) -> None:
    connection = rows.connected(runtime.store)
    rows.record(runtime.store, connection, "956203", idn="203", number="INV-A")
    rows.record(runtime.store, connection, "956204", idn="204", number="203")
    with pytest.raises(AmbiguousNameError, match=r"invoice:203 .*invoice:204 "):
        views.document(runtime, "203")
    assert views.document(runtime, "invoice:203").number == "INV-A"
    assert views.document(runtime, "invoice:204").number == "203"
