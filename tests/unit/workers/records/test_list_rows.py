"""A row of a list says that there is nothing new only when all of it is as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from store.records import FAILED, HELD, NEVER, OPEN, READY, SYNCED, Record, RecordState
from workers.records.list_rows import after_our_payment, is_unchanged, keep_number, keep_row, may_matter

ROW = {"updateDate": "2026-11-28T10:00:00+00:00", "status": 2, "approvalDate": None, "sum": "540.00"}


def test_a_row_as_it_was_seen_tells_nothing_new() -> None:
    record = Record(state=FAILED)
    keep_row(record, {**ROW, "customName": "INV-7"})
    assert (record.number, is_unchanged(ROW, record.list_row), may_matter(ROW, record)) == ("INV-7", True, False)
    assert not is_unchanged({**ROW, "updateDate": "2026-11-28T10:00:01+00:00"}, record.list_row)


def test_a_document_that_was_seen_in_a_list_only_is_found_by_its_number() -> None:
    record = Record()
    keep_number(record, {**ROW, "customName": "INV-8"})
    assert (record.number, record.list_row) == ("INV-8", None)
    keep_number(record, {**ROW, "customName": "INV-9"})
    assert record.number == "INV-8"
    nameless = Record()
    keep_number(nameless, ROW)
    assert nameless.number is None


def test_a_payment_in_the_second_of_our_last_look_is_new() -> None:
    shown = {**ROW, "status": 4, "sumPaid": "100.00"}
    last = {name: str(value or "") for name, value in shown.items()}
    assert is_unchanged(shown, last)
    assert not is_unchanged({**shown, "sumPaid": "200.00"}, last)


def test_a_document_of_which_only_our_write_back_is_known_may_be_new() -> None:
    assert not is_unchanged(ROW, {"updateDate": ROW["updateDate"]})  # type: ignore[dict-item]
    assert not is_unchanged(ROW, None)


@pytest.mark.parametrize("state", [HELD, READY, FAILED])
@pytest.mark.parametrize("status", [3, 7, 8])
def test_a_document_that_waits_for_a_person_is_read_once_its_status_is_another(state: RecordState, status: int) -> None:
    record = Record(state=state)
    keep_row(record, ROW)
    cancelled = {**ROW, "status": status, "updateDate": "2026-11-28T10:05:00+00:00"}
    assert may_matter(cancelled, record)
    keep_row(record, cancelled)
    assert not may_matter({**cancelled, "updateDate": "2026-11-28T10:06:00+00:00"}, record)


@pytest.mark.parametrize("record", [None, Record(state=OPEN)])
def test_a_cancelled_document_that_our_id_names_is_read_though_we_remember_sending_nothing(
    record: Record | None,
) -> None:
    cancelled = {**ROW, "status": 8}
    assert may_matter({**cancelled, "externalId": "qbo:9130001:bill:145"}, record)
    for other in ({}, {"externalId": None}, {"externalId": "ERP-7"}, {"externalId": 145}):
        assert not may_matter(cancelled | other, record)


def test_a_document_that_waits_for_nobody_is_not_read_for_its_cancellation() -> None:
    record = Record(state=NEVER)
    keep_row(record, ROW)
    cancelled = {**ROW, "status": 8, "updateDate": "2026-11-28T10:05:00+00:00"}
    assert not may_matter(cancelled, record)
    assert not may_matter(cancelled, None)


PAID = {**ROW, "status": 4, "updateDate": "2026-11-28T10:05:00+00:00", "sumPaid": "100.00"}


@pytest.mark.parametrize(
    ("row", "is_new"),
    [
        (PAID, False),
        ({**PAID, "status": 5}, False),
        ({**PAID, "sumPaid": 100}, False),
        ({**PAID, "sumPaid": "200.00"}, True),
        ({**PAID, "sumPaid": None}, True),
        ({**PAID, "status": 7}, True),
        ({**PAID, "sum": "541.00"}, True),
        ({**PAID, "approvalDate": "2026-11-28T10:05:00+00:00"}, True),
        ({**PAID, "updateDate": "2026-11-28T10:07:01+00:00"}, True),
        ({name: value for name, value in PAID.items() if name != "sumPaid"}, True),
    ],
)
def test_an_invoice_that_differs_by_our_own_payment_alone_is_not_read(row: dict[str, object], is_new: bool) -> None:
    record = Record(state=SYNCED, qbo_id="176")
    keep_row(record, ROW)
    assert record.list_row is not None
    sent_at = datetime(2026, 11, 28, 10, 5, tzinfo=UTC)
    record.list_row = after_our_payment(record.list_row, Decimal("100.00"), sent_at)
    assert may_matter(row, record) is is_new
