"""What an invoice of Precoro shows of its payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mappers.payments.bill_payment import UnreadablePayment
from mappers.payments.invoice_balance import InvoiceBalance, RecordedPayment, read_balance, read_payment
from mappers.payments.key import PaymentKey

OURS = "qbo:9130001:billpayment:145:bill:176"
INVOICE: dict[str, Any] = {
    "id": 956598,
    "idn": "203",
    "status": 4,
    "statusString": "partly paid",
    "logicType": 2,
    "currency": "USD",
    "sum": "540.00",
    "sumPaid": "300.00",
    "payments": {
        "data": [
            {"idn": "91", "sumPaid": 100, "status": 0, "externalId": None},
            {"idn": "92", "sumPaid": "50.00", "status": 1, "externalId": None},
            {"idn": "93", "sumPaid": "200.00", "status": 0, "externalId": OURS},
        ]
    },
}


def test_an_invoice_is_read() -> None:
    shown = read_balance(INVOICE)
    assert (shown.invoice_id, shown.status_text) == ("956598", "partly paid")
    assert [shown.total, shown.open] == [540, 240]
    assert shown.payments[0] == RecordedPayment("91", Decimal(100))
    assert shown.credited_invoice is None


@pytest.mark.parametrize("payments", [None, [], "", {"data": []}])
def test_an_invoice_without_payments(payments: object) -> None:
    assert read_balance({**INVOICE, "payments": payments, "sumPaid": None}).open == 540


def test_a_credit_note_names_the_invoice_it_belongs_to() -> None:
    assert read_balance({**INVOICE, "logicType": 1, "allocatedInvoice": {"id": 956000}}).credited_invoice == "956000"
    assert read_balance({**INVOICE, "allocatedInvoice": {"id": 956000}}).credited_invoice is None


@pytest.mark.parametrize("wrong", [{"sum": "much"}, {"status": None}, {"payments": {"data": [{"idn": "91"}]}}])
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePayment):
        read_balance({**INVOICE, **wrong})


def test_ours_is_known_by_its_external_id_and_not_when_cancelled() -> None:
    shown = read_balance(INVOICE)
    assert shown.standing(OURS) == RecordedPayment("93", Decimal(200), OURS)
    assert shown.ours("9130001", "176") == [PaymentKey.of("BillPayment", "145", "176")]
    assert shown.ours("9130002", "176") == shown.ours("9130001", "177") == []
    cancelled = shown.with_payment(RecordedPayment("93", Decimal(200), OURS, is_cancelled=True))
    assert (cancelled.standing(OURS), cancelled.ours("9130001", "176")) == (None, [])
    assert cancelled.cancelled_of(OURS, Decimal("200.01")) == cancelled.payment("93")
    assert cancelled.cancelled_of(OURS, Decimal(100)) is shown.cancelled_of(OURS, Decimal(200)) is None
    assert cancelled.open == Decimal(440)


def test_a_payment_by_hand_is_neither_ours_nor_cancelled() -> None:
    shown = read_balance(INVOICE)
    assert [payment.idn for payment in shown.by_hand(Decimal("100.00"))] == ["91"]
    assert [shown.by_hand(Decimal(amount)) for amount in (50, 200)] == [(), ()]


def test_a_new_payment_makes_less_open() -> None:
    shown = read_balance(INVOICE).with_payment(read_payment({"idn": 94, "sumPaid": "40.00", "status": 0}))
    assert [shown.open, len(shown.payments)] == [200, 4]


def test_it_is_kept_as_it_was() -> None:
    shown = read_balance({**INVOICE, "logicType": 1, "allocatedInvoice": {"id": 956000}})
    assert InvoiceBalance.from_json(shown.to_json()) == shown
