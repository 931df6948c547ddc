"""How much of a payment in QuickBooks belongs to each bill, and what of that Precoro has applied already."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.payments.bill_payment import (
    AppliedAmount,
    BillPayment,
    Share,
    UnreadablePayment,
    read_bill_payment,
    share_of,
)

CHEQUE: dict[str, Any] = {
    "Id": "145",
    "SyncToken": "0",
    "DocNumber": "1001",
    "PayType": "Check",
    "VendorRef": {"value": "56", "name": "Acme Supply"},
    "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
    "TxnDate": "2026-11-20",
    "TotalAmt": Decimal("540.00"),
    "MetaData": {"CreateTime": "2026-11-20T05:12:33-08:00", "LastUpdatedTime": "2026-11-20T05:12:33-08:00"},
    "Line": [{"Amount": Decimal("540.00"), "LinkedTxn": [{"TxnId": "176", "TxnType": "Bill"}]}],
}


def paid(*applied: tuple[str, str, str], total: str = "0") -> BillPayment:
    """Return a payment that applies these amounts, each (type, id, amount)."""
    amounts = tuple(AppliedAmount(type_, key, Decimal(amount)) for type_, key, amount in applied)
    return BillPayment("145", date(2026, 11, 20), Decimal(total), amounts)


def test_a_cheque_is_read() -> None:
    payment = read_bill_payment(CHEQUE)
    assert (payment.id, payment.name, payment.currency, payment.paid_on) == ("145", "1001", "USD", date(2026, 11, 20))
    assert payment.created_at == datetime(2026, 11, 20, 13, 12, 33, tzinfo=UTC)
    assert (payment.bills, payment.unapplied) == ({"176": Decimal(540)}, Decimal(0))


def test_a_voided_payment_has_no_amounts() -> None:
    voided = read_bill_payment({**CHEQUE, "TotalAmt": 0, "Line": [], "PrivateNote": "Voided"})
    assert (voided.bills, share_of(voided, "176", {})) == ({}, Share(Decimal(0)))


def test_a_payment_without_number_goes_by_its_type_and_id() -> None:
    assert read_bill_payment({**CHEQUE, "DocNumber": None}).name == "BillPayment 145"


@pytest.mark.parametrize(
    "wrong",
    [
        {"TxnDate": None},
        {"TotalAmt": "much"},
        {"Line": [{"LinkedTxn": [{"TxnId": "176", "TxnType": "Bill"}]}]},
        {"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": key, "TxnType": "Bill"} for key in ("1", "2")]}]},
    ],
)
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePayment):
        read_bill_payment({**CHEQUE, **wrong})


@pytest.mark.parametrize(
    ("payment", "credited_bills", "share"),
    [
        (None, {}, Share(Decimal(0))),
        (paid(("Bill", "176", "200")), {}, Share(Decimal(200))),
        (paid(("Bill", "176", "200"), ("Bill", "177", "50")), {}, Share(Decimal(200))),
        (paid(("Bill", "176", "200"), ("Bill", "176", "50")), {}, Share(Decimal(250))),
        (paid(("Bill", "177", "200")), {}, Share(Decimal(0))),
        (paid(("Bill", "176", "40"), ("JournalEntry", "9", "40")), {}, Share(Decimal(40))),
        (paid(("Bill", "176", "40"), ("VendorCredit", "9", "40")), {}, Share(Decimal(40))),
        (paid(("Bill", "176", "40"), ("VendorCredit", "9", "40")), {"9": "176"}, Share(Decimal(0), Decimal(40))),
        (paid(("Bill", "176", "100"), ("VendorCredit", "9", "40")), {"9": "176"}, Share(Decimal(60), Decimal(40))),
        (
            paid(("Bill", "176", "100"), ("Bill", "177", "50"), ("VendorCredit", "9", "40")),
            {"9": "177"},
            Share(Decimal(100)),
        ),
        (
            paid(("Bill", "176", "100"), ("VendorCredit", "9", "40")),
            {"9": "300"},
            Share(Decimal(100), unassigned=("9",)),
        ),
        (
            paid(("Bill", "176", "100"), ("VendorCredit", "9", "40")),
            {"9": None},
            Share(Decimal(100), unassigned=("9",)),
        ),
        (
            paid(("Bill", "176", "30"), ("Bill", "177", "70"), ("VendorCredit", "9", "40")),
            {"9": "176"},
            Share(Decimal(30), unassigned=("9",)),
        ),
    ],
)
def test_the_share_of_a_bill(payment: BillPayment | None, credited_bills: dict[str, str | None], share: Share) -> None:
    assert share_of(payment, "176", credited_bills) == share


@pytest.mark.parametrize(
    ("payment", "unapplied"),
    [
        (paid(("Bill", "176", "100"), total="100"), "0"),
        (paid(("Bill", "176", "100"), total="130"), "30"),
        (paid(("Bill", "176", "100"), ("VendorCredit", "9", "40"), total="60"), "0"),
        (paid(("Bill", "176", "100"), ("VendorCredit", "9", "40"), total="90"), "30"),
        (paid(("Bill", "176", "100"), ("JournalEntry", "9", "40"), total="100"), "0"),
    ],
)
def test_what_no_bill_takes_is_unapplied(payment: BillPayment, unapplied: str) -> None:
    assert payment.unapplied == Decimal(unapplied)


BILLS, CREDITS = st.sampled_from("abc"), st.sampled_from("xyz")
AMOUNTS = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)
APPLIED = st.one_of(
    st.builds(AppliedAmount, st.just("Bill"), BILLS, AMOUNTS),
    st.builds(AppliedAmount, st.just("VendorCredit"), CREDITS, AMOUNTS),
    st.builds(AppliedAmount, st.just("JournalEntry"), st.just("j"), AMOUNTS),
)
PAYMENTS = st.builds(
    BillPayment,
    id=st.uuids().map(str),
    paid_on=st.just(date(2026, 11, 20)),
    total=AMOUNTS,
    applied=st.lists(APPLIED, max_size=6).map(tuple),
)


@given(st.lists(PAYMENTS, max_size=6), st.dictionaries(CREDITS, st.none() | BILLS))
def test_what_is_paid_of_a_bill_is_recorded_credited_or_held(
    payments: list[BillPayment], credited_bills: dict[str, str | None]
) -> None:
    for bill_id in "abc":
        shares = [share_of(payment, bill_id, credited_bills) for payment in payments]
        recorded = sum((share.amount for share in shares if not share.unassigned), Decimal(0))
        held = sum((share.amount for share in shares if share.unassigned), Decimal(0))
        credited = sum((share.credited for share in shares), Decimal(0))
        paid_of_it = sum((payment.bills.get(bill_id, Decimal(0)) for payment in payments), Decimal(0))
        assert recorded + held + credited == paid_of_it
        assert all(share.amount >= 0 for share in shares)


@given(PAYMENTS, st.dictionaries(CREDITS, st.none() | BILLS))
def test_no_credit_of_precoro_is_taken_off_twice(payment: BillPayment, credited_bills: dict[str, str | None]) -> None:
    shares = [share_of(payment, bill_id, credited_bills) for bill_id in payment.bills]
    of_precoro = sum((amount for key, amount in payment.credits.items() if key in credited_bills), Decimal(0))
    held = any(share.unassigned for share in shares)
    assert held or not shares or sum(share.credited for share in shares) == of_precoro
