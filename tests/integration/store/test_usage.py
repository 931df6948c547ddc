"""The usage meter: calls by company, day and kind, on both databases, before and after the rows are forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from store.base import Store
from store.history import CallRow
from store.usage import RETENTION, Usage, forget, kind_of, usage_since

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def call(at: datetime, kind: str = "GET bill", *, company: str = "9130001", fault: str | None = None) -> CallRow:
    metered = kind.startswith("GET")
    return CallRow(at=at, service="quickbooks", company=company, method=kind[:4].strip(), path="/v3", kind=kind,
                   milliseconds=5, metered=metered, fault=fault)  # fmt: skip


def keep(store: Store, *calls: CallRow) -> None:
    with store.write() as session:
        session.add_all(calls)


def usage(store: Store, since: date = date(2026, 1, 1)) -> list[Usage]:
    with store.read() as session:
        return usage_since(session, since)


@pytest.mark.parametrize(
    ("service", "method", "path", "kind"),
    [
        ("quickbooks", "GET", "/v3/company/9130001/bill/176", "GET bill"),
        ("quickbooks", "POST", "/v3/company/9130001/batch", "POST batch"),
        ("quickbooks", "POST", "/v3/company/9130001/taxservice/taxcode", "POST taxservice/taxcode"),
        ("precoro", "GET", "/invoices", "GET invoices"),
        ("precoro", "PATCH", "/invoices/203", "PATCH invoices"),
        ("precoro", "GET", "/invoices/INV-203", "GET invoices"),
        ("precoro", "PUT", "/itemcustomfields/17030/options/991", "PUT itemcustomfields/options"),
        ("precoro", "PATCH", "/itemcustomfields/options/depend_add", "PATCH itemcustomfields/options/depend_add"),
        ("intuit's sign-in service", "POST", "/oauth2/v1/tokens/bearer", "POST"),
        ("precoro's files", "GET", "/bucket/Secret name.pdf", "GET"),
    ],
)
def test_a_call_is_counted_by_method_and_collection_without_ids(
    service: str, method: str, path: str, kind: str
) -> None:
    assert kind_of(service, method, path) == kind


def test_calls_are_counted_by_day_company_and_kind_with_what_is_metered_and_failed(store: Store) -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    keep(
        store,
        *(call(NOON) for _ in range(3)),
        call(NOON, fault="610"),
        call(NOON, "POST bill"),
        call(NOON, company="9130002"),
        call(midnight - timedelta(microseconds=1)),
        call(midnight),
    )
    first, second = date(2026, 11, 20), date(2026, 11, 21)
    assert usage(store) == [
        Usage(first, "quickbooks", "9130001", "GET bill", metered=True, calls=5, failed=1),
        Usage(first, "quickbooks", "9130001", "POST bill", metered=False, calls=1, failed=0),
        Usage(first, "quickbooks", "9130002", "GET bill", metered=True, calls=1, failed=0),
        Usage(second, "quickbooks", "9130001", "GET bill", metered=True, calls=1, failed=0),
    ]
    assert usage(store, second) == usage(store)[3:]


def test_forgetting_the_calls_keeps_the_sums_of_their_days(store: Store) -> None:
    old = [call(NOON - RETENTION - timedelta(days=days)) for days in (1, 1, 2)]
    on_the_edge = call(datetime.combine((NOON - RETENTION).date(), datetime.min.time(), UTC))
    keep(store, *old, on_the_edge, call(NOON))
    before = usage(store)
    for forgotten in (3, 0):
        with store.write() as session:
            assert forget(session, NOON) == forgotten
        assert usage(store) == before
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(CallRow)) == 2
