"""What people look at of payments: lists that are narrowed, counted and paged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from store.payments import PaidBill
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.errors import NoSuchConnectionError
from workers.payments import views
from workers.payments.views import PaymentFilter
from workers.runtime import Runtime

WIDGETS = PaymentFilter(connection="widgets")


@pytest.fixture
def paid(runtime: Runtime) -> Runtime:
    """Keep two payments of an invoice, one of another connection, and what is no payment."""
    widgets, gadgets = rows.connected(runtime.store), rows.connected(runtime.store, "gadgets")
    twin = {"qbo_company_id": 1, "qbo_type": "Bill", "qbo_id": "176"}
    rows.record(runtime.store, widgets, "201", number="INV-201", supplier="Acme Supply", state="synced", **twin)
    for key, number, state, day in (("145", "CHK-1", "synced", 2), ("146", "CHK-2", "held", 3)):
        rows.record(
            runtime.store, widgets, f"billpayment:{key}:bill:176", kind="payment", scope=widgets, number=number, state=state,
            supplier="Acme Supply", issued_on=date(2026, 11, day), amount=Decimal("100.00") if day == 2 else None,
        )  # fmt: skip
    with runtime.write() as (session, _):
        session.add_all(
            PaidBill(qbo_company_id=1, type="BillPayment", payment_id=key, bill_id="176") for key in ("145", "146")
        )
    rows.record(
        runtime.store,
        gadgets,
        "billpayment:9:bill:176",
        kind="payment",
        scope=gadgets,
        number="CHK-9",
        supplier="Zephyr",
    )
    return runtime


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, ["CHK-9", "CHK-2", "CHK-1"]),
        ({"connection": "widgets"}, ["CHK-2", "CHK-1"]),
        ({"state": "held"}, ["CHK-2"]),
        ({"text": "acme"}, ["CHK-2", "CHK-1"]),
        ({"text": "chk-9"}, ["CHK-9"]),
        ({"text": "acme", "state": "open"}, []),
        ({"text": "inv-201"}, ["CHK-2", "CHK-1"]),
        ({"text": "inv-201", "connection": "gadgets"}, []),
        ({"amount": Decimal(100)}, ["CHK-1"]),
        ({"amount": Decimal("100.01")}, []),
        ({"paid_from": date(2026, 11, 3)}, ["CHK-2"]),
        ({"paid_to": date(2026, 11, 2)}, ["CHK-1"]),
    ],
)
def test_filters_narrow_a_list(paid: Runtime, filters: dict[str, Any], numbers: list[str]) -> None:
    state = filters.pop("state", None)
    payments = views.payments(paid, PaymentFilter(**filters), state, limit=10)
    assert_frozen(tuple(payments))
    assert [payment.number for payment in payments] == numbers


def test_a_payment_names_the_invoice_of_its_own_connection(paid: Runtime) -> None:
    assert [payment.invoice for payment in views.payments(paid, limit=10)] == [None, "INV-201", "INV-201"]


def test_a_page_goes_on_where_the_one_before_ended(paid: Runtime) -> None:
    [first] = views.payments(paid, WIDGETS, limit=1)
    assert [payment.number for payment in views.payments(paid, WIDGETS, limit=5, before=first.record_id)] == ["CHK-1"]


def test_payments_are_counted_by_state(paid: Runtime) -> None:
    assert views.counts(paid) == {"open": 1, "synced": 1, "held": 1}
    assert views.counts(paid, PaymentFilter(connection="widgets", text="chk-2")) == {"held": 1}
    with pytest.raises(NoSuchConnectionError):
        views.counts(paid, PaymentFilter(connection="nobody"))


def test_no_table_is_read_whole(paid: Runtime) -> None:
    assert tables_read_whole(paid, lambda: views.payments(paid, PaymentFilter(text="acme"), limit=50)) == []
