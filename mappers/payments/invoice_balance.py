"""What Precoro shows about the payments of an invoice: its total, what is paid of it, and by which payments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError

from mappers.documents.document import CREDIT_NOTE
from mappers.documents.status import REMOVED
from mappers.money import CENT
from mappers.payments.bill_payment import PaymentShape, UnreadablePayment
from mappers.payments.key import PaymentKey
from mappers.wire import Bunch, Number, Reference, Remark, Text, WholeNumber

CANCELLED = 1
PAYABLE = frozenset({2, 4, 5})
"""Approved, partly paid, paid: the statuses in which Precoro takes payments."""


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """One payment as Precoro shows it, by its running number; `qbo_id` is what an integration before us brought it from."""

    idn: str
    amount: Decimal
    external_id: str | None = None
    is_cancelled: bool = False
    qbo_id: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceBalance:
    """An invoice as far as payments go.

    `status` is Precoro's number, `credited_invoice` that to which Precoro applies a credit note, which no cancelled one is.
    """

    invoice_id: str
    status: int
    status_text: str
    currency: str
    total: Decimal
    paid: Decimal
    payments: tuple[RecordedPayment, ...] = ()
    credited_invoice: str | None = None

    @property
    def open(self) -> Decimal:
        """Return what is not paid yet."""
        return self.total - self.paid

    def payment(self, idn: str) -> RecordedPayment | None:
        """Return the payment of this number."""
        return next((payment for payment in self.payments if payment.idn == idn), None)

    def standing(self, external_id: str) -> RecordedPayment | None:
        """Return the payment with this external id that is not cancelled."""
        payments = (payment for payment in self.payments if payment.external_id == external_id)
        return next((payment for payment in payments if not payment.is_cancelled), None)

    def ours(self, realm: str, bill_id: str) -> list[PaymentKey]:
        """Return what the payments stand for that Tieout recorded for a bill and that are not cancelled."""
        standing = (payment.external_id for payment in self.payments if not payment.is_cancelled)
        keys = (PaymentKey.read_external_id(external_id, realm) for external_id in standing)
        return [key for key in keys if key is not None and key.bill_id == bill_id]

    def brought_before(self, qbo_id: str, amount: Decimal) -> RecordedPayment | None:
        """Return the payment of this amount that an integration before us brought from this transaction."""
        payments = (payment for payment in self.payments if payment.qbo_id == qbo_id and payment.amount == amount)
        return next((payment for payment in payments if not payment.is_cancelled), None)

    def by_hand(self, amount: Decimal) -> tuple[RecordedPayment, ...]:
        """Return the payments of this amount that were not made by Tieout and are not cancelled."""
        by_hand = (payment for payment in self.payments if not (payment.external_id or "").startswith("qbo:"))
        return tuple(payment for payment in by_hand if payment.amount == amount and not payment.is_cancelled)

    def cancelled_of(self, external_id: str, amount: Decimal) -> RecordedPayment | None:
        """Return the cancelled payment with this external id and amount, but for a cent."""
        payments = (payment for payment in self.payments if payment.external_id == external_id and payment.is_cancelled)
        return next((payment for payment in payments if abs(payment.amount - amount) <= CENT), None)

    def cancelled(self, idn: str) -> InvoiceBalance:
        """Return the balance after a payment was cancelled."""
        payment = self.payment(idn)
        return self.with_payment(replace(payment, is_cancelled=True)) if payment else self

    def with_payment(self, payment: RecordedPayment) -> InvoiceBalance:
        """Return the balance after a payment was recorded or cancelled."""
        others = tuple(other for other in self.payments if other.idn != payment.idn)
        before = self.payment(payment.idn)
        paid = self.paid - _counted(before) + _counted(payment)
        return replace(self, paid=paid, payments=(*others, payment))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> InvoiceBalance:
        """Read what `to_json` returned."""
        payments = tuple(
            RecordedPayment(**{**payment, "amount": Decimal(payment["amount"])}) for payment in kept["payments"]
        )
        amounts = {name: Decimal(kept[name]) for name in ("total", "paid")}
        return cls(**{**kept, **amounts, "payments": payments})


def _counted(payment: RecordedPayment | None) -> Decimal:
    """Return what a payment counts for: one that is cancelled, or that there is not, for nothing."""
    return Decimal(0) if payment is None or payment.is_cancelled else payment.amount


class _RecordedShape(PaymentShape):
    idn = Text(required=True)
    amount = Number(data_key="sumPaid", required=True)
    status = WholeNumber()
    external_id = Text(data_key="externalId")
    qbo_id = Text(data_key="qboId")


class _BalanceShape(PaymentShape):
    id = Text(required=True)
    status = WholeNumber(required=True)
    status_text = Remark(data_key="statusString")
    currency = Text(required=True)
    total = Number(data_key="sum", required=True)
    paid = Number(data_key="sumPaid")
    logic_type = WholeNumber(data_key="logicType")
    allocated_invoice = Reference(data_key="allocatedInvoice")
    payments = Bunch(_RecordedShape)


_PAYMENT, _INVOICE = _RecordedShape(), _BalanceShape()


def read_payment(row: Mapping[str, Any]) -> RecordedPayment:
    """Read a payment of Precoro. Raises UnreadablePayment."""
    return _payment(_load(_PAYMENT, row))


def read_balance(payload: Mapping[str, Any]) -> InvoiceBalance:
    """Read what an invoice of Precoro says about its payments. Raises UnreadablePayment."""
    data = _load(_INVOICE, payload)
    applies = data["logic_type"] in CREDIT_NOTE and data["status"] not in REMOVED
    target = data["allocated_invoice"] if applies else None
    return InvoiceBalance(
        invoice_id=data["id"],
        status=data["status"],
        status_text=data["status_text"] or str(data["status"]),
        currency=data["currency"],
        total=data["total"],
        paid=data["paid"] or Decimal(0),
        payments=tuple(_payment(payment) for payment in data["payments"]),
        credited_invoice=None if target is None else str(target),
    )


def _payment(data: Mapping[str, Any]) -> RecordedPayment:
    return RecordedPayment(
        idn=data["idn"],
        amount=data["amount"],
        external_id=data["external_id"],
        is_cancelled=data["status"] == CANCELLED,
        qbo_id=data["qbo_id"],
    )


def _load(schema: Schema, row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        data: dict[str, Any] = schema.load(dict(row))
    except ValidationError as error:
        raise UnreadablePayment(str(error.messages)) from error
    return data
