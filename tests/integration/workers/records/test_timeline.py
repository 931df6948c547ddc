"""Everything that happened to a record, in the order in which it happened, and nothing of another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from mappers.problems import CODES
from store.events import Event
from store.history import ActionRow, CallRow, PlanRow
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.documents import views
from workers.runtime import Runtime

REALM = rows.REALM


def minute(number: int) -> datetime:
    return rows.LONG_AGO + timedelta(minutes=number)


def call(record_id: int, number: int, service: str, method: str, path: str) -> CallRow:
    return CallRow(
        record_id=record_id, at=minute(number), service=service, company="1", method=method, path=path, status=200,
        milliseconds=5, trace=f"tid-{number}",
    )  # fmt: skip


def keep_a_day(runtime: Runtime) -> int:
    """Keep what happened to an order, and the same of others; return the id of its record."""
    connection = rows.connected(runtime.store)
    rows.connected(runtime.store, "gadgets")
    twin = {"qbo_type": "PurchaseOrder", "qbo_id": "88"}
    record_id = rows.record(
        runtime.store, connection, "956017", idn="17", number="PO-17", kind="purchase_order", **twin
    )
    other = rows.record(runtime.store, connection, "956018", kind="purchase_order")
    event = {"status": "kept", "payload": {}, "operation": "update"}
    action = {"who": "ann", "action": "send"}
    with runtime.write() as (session, _):
        session.add_all(
            [
                Event(source="precoro", company="1", subject="purchase order:956017", received_at=minute(0), **event),
                Event(source="precoro", company="2", subject="purchase order:956017", received_at=minute(0), **event),
                Event(source="precoro", company="1", subject="invoice:956017", received_at=minute(0), **event),
                call(record_id, 1, "precoro", "GET", "/purchaseorders/956017"),
                PlanRow(record_id=record_id, at=minute(2), decision="hold", summary="supplier_not_paired"),
                call(record_id, 3, "precoro", "PATCH", "/purchaseorders/956017"),
                ActionRow(
                    subject="purchase_order:17",
                    connection="widgets",
                    at=minute(4),
                    details={"decisions": ["order_is_later"]},
                    **action,
                ),
                ActionRow(subject="purchase_order:17", connection="gadgets", at=minute(4), **action),
                call(record_id, 5, "quickbooks", "POST", "/purchaseorder"),
                PlanRow(record_id=record_id, at=minute(6), decision="synced", summary="created"),
                Event(source="quickbooks", company=REALM, subject="purchaseorder:88", received_at=minute(7), **event),
                Event(source="quickbooks", company="1", subject="purchaseorder:88", received_at=minute(7), **event),
                call(other, 8, "precoro", "GET", "/purchaseorders/956018"),
                PlanRow(record_id=other, at=minute(8), decision="synced", summary="created"),
            ]
        )
    return record_id


def test_all_that_happened_to_a_document_stands_in_one_list(runtime: Runtime) -> None:
    keep_a_day(runtime)
    timeline = views.timeline(runtime, "PO-17", limit=100)
    assert_frozen(timeline)
    assert [(entry.at, entry.kind, entry.title) for entry in timeline] == [
        (minute(0), "event", "precoro: purchase order:956017 update"),
        (minute(1), "call", "GET /purchaseorders/956017"),
        (minute(2), "decision", "hold"),
        (minute(3), "write-back", "PATCH /purchaseorders/956017"),
        (minute(4), "act", "send"),
        (minute(5), "call", "POST /purchaseorder"),
        (minute(6), "decision", "synced"),
        (minute(7), "event", "quickbooks: purchaseorder:88 update"),
    ]
    assert [entry.sentence for entry in timeline] == [
        "Precoro says that the purchase order was changed",
        "Read the purchase order in Precoro",
        f"Held: {CODES['supplier_not_paired']}",
        "Wrote the purchase order to Precoro",
        "ann had it sent",
        "Wrote the purchase order to QuickBooks",
        "Created",
        "QuickBooks says that the purchase order was changed",
    ]
    assert timeline[2].details == {"summary": "supplier_not_paired"}
    assert timeline[4].details == {"who": "ann", "decisions": ("order_is_later",)}
    assert timeline[5].details == {"service": "quickbooks", "status": 200, "milliseconds": 5, "trace": "tid-5"}


def test_only_the_last_happenings_are_shown_the_oldest_of_them_first(runtime: Runtime) -> None:
    keep_a_day(runtime)
    assert [entry.at for entry in views.timeline(runtime, "PO-17", limit=3)] == [minute(5), minute(6), minute(7)]


def test_no_table_is_read_whole(runtime: Runtime) -> None:
    keep_a_day(runtime)
    assert tables_read_whole(runtime, lambda: views.timeline(runtime, "PO-17", limit=3)) == []
