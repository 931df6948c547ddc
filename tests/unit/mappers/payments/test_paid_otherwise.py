"""What is paid of a bill without a payment that QuickBooks tells of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.payments.bill_payment import BILL_PAYMENT, SEVERAL, UnreadablePayment
from mappers.payments.paid_otherwise import LinkedBill, paid_otherwise, read_linked_bill

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NEW, OLD = SINCE + timedelta(days=1), SINCE - timedelta(days=1)
ROW: dict[str, Any] = {
    "Id": "176",
    "TotalAmt": Decimal("540.00"),
    "Balance": Decimal("440.00"),
    "CurrencyRef": {"value": "USD"},
    "MetaData": {"CreateTime": "2026-11-02T05:12:33-08:00", "LastUpdatedTime": "2026-11-20T23:12:33-08:00"},
    "LinkedTxn": [
        {"TxnId": "12", "TxnType": "PurchaseOrder"},
        {"TxnId": "145", "TxnType": "BillPaymentCheck"},
        {"TxnId": "9", "TxnType": "JournalEntry"},
    ],
}


def bill(paid: str, *links: tuple[str, str], created_at: datetime = NEW) -> LinkedBill:
    """Return a bill of which so much is paid, by these types and ids."""
    return LinkedBill("176", Decimal(paid), "USD", created_at, date(2026, 11, 20), links)


def test_a_bill_is_read() -> None:
    read = read_linked_bill(ROW)
    assert (read.paid, read.currency, read.changed_on) == (Decimal(100), "USD", date(2026, 11, 20))
    assert read.links == ((BILL_PAYMENT, "145"), ("JournalEntry", "9"))


@pytest.mark.parametrize("nothing", [{"Balance": None}, {"LinkedTxn": []}, {"Balance": Decimal("540.00")}])
def test_nothing_is_paid_of_a_bill_without_balance_or_links(nothing: dict[str, Any]) -> None:
    assert paid_otherwise(read_linked_bill({**ROW, **nothing}), {}, SINCE) is None


@pytest.mark.parametrize("wrong", [{"TotalAmt": "much"}, {"MetaData": None}, {"LinkedTxn": [{"TxnId": "1"}]}])
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePayment):
        read_linked_bill({**ROW, **wrong})


PAYMENT, JOURNAL = (BILL_PAYMENT, "145"), ("JournalEntry", "9")


@pytest.mark.parametrize(
    ("of_bill", "amounts", "expected"),
    [
        (bill("100", PAYMENT), {"145": Decimal(100)}, None),
        (bill("140", PAYMENT, JOURNAL), {"145": Decimal(100)}, ("JournalEntry", "9", 40)),
        (bill("40", JOURNAL), {}, ("JournalEntry", "9", 40)),
        (bill("100", PAYMENT), {}, (BILL_PAYMENT, "145", 100)),
        (bill("140", PAYMENT, JOURNAL), {}, (SEVERAL, "176", 140)),
        (bill("100", PAYMENT, created_at=OLD), {}, None),
        (bill("140", PAYMENT, JOURNAL, created_at=OLD), {}, (SEVERAL, "176", 140)),
        (bill("90", PAYMENT, JOURNAL), {"145": Decimal(100)}, None),
        (bill("100"), {}, None),
    ],
)
def test_the_rest_belongs_to_the_one_link_that_nobody_told_of(
    of_bill: LinkedBill, amounts: dict[str, Decimal], expected: tuple[str, str, int] | None
) -> None:
    payment = paid_otherwise(of_bill, amounts, SINCE)
    assert (None if payment is None else (payment.type, payment.id, int(payment.bills["176"]))) == expected


def test_only_a_person_knows_what_several_paid_or_on_which_day_before() -> None:
    several = paid_otherwise(bill("140", PAYMENT, JOURNAL), {}, SINCE)
    older = paid_otherwise(bill("40", JOURNAL, created_at=OLD), {}, SINCE)
    clear = paid_otherwise(bill("40", JOURNAL), {}, SINCE)
    assert [payment.is_unclear for payment in (several, older, clear) if payment] == [True, True, False]


@given(
    st.lists(st.tuples(st.sampled_from([BILL_PAYMENT, "JournalEntry"]), st.integers(1, 9)), max_size=5),
    st.dictionaries(st.integers(1, 9).map(str), st.integers(1, 500).map(Decimal), max_size=5),
    st.integers(0, 500).map(Decimal),
    st.sampled_from([NEW, OLD]),
)
def test_payments_and_what_is_paid_otherwise_never_come_to_more_than_what_is_paid(
    links: list[tuple[str, int]], amounts: dict[str, Decimal], rest: Decimal, created_at: datetime
) -> None:
    paid = sum(amounts.values(), Decimal(0)) + rest
    of_bill = bill(str(paid), *((type_, str(number)) for type_, number in links), created_at=created_at)
    payment = paid_otherwise(of_bill, amounts, SINCE)
    assert payment is None or (payment.total == rest and payment.id not in amounts)
