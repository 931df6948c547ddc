"""Keeps what bills are paid of without a payment that QuickBooks tells of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.bill_payment import BillPayment
from mappers.payments.paid_otherwise import LinkedBill, paid_otherwise, read_linked_bill
from outbound.wire import JsonObject
from store import payments
from store.companies import Connection
from workers.payments import facts
from workers.rows import read_each


def keep(session: Session, connection: Connection, rows: Sequence[JsonObject], since: datetime) -> set[tuple[str, str]]:
    """Keep what the changed bills of our invoices show; returns the type and id of each payment that is other than before."""
    changed: list[BillPayment] = []
    for bill in read_each(BILL, rows, read_linked_bill):
        if facts.invoice_of(session, connection, bill.id) is not None:
            changed += _changed(session, connection, bill, since)
    payments.keep_payments(session, connection.qbo_id, changed)
    return {(payment.type, payment.id) for payment in changed}


def _changed(session: Session, connection: Connection, bill: LinkedBill, since: datetime) -> Iterator[BillPayment]:
    """Yield the payments that only this bill shows and that are other than before."""
    of_bill = payments.payments_of_bill(session, connection.qbo_id, bill.id)
    amounts = {payment.id: payment.bills.get(bill.id, Decimal(0)) for payment in of_bill if not payment.is_from_bill}
    before = {(payment.type, payment.id): payment for payment in of_bill if payment.is_from_bill}
    payment = paid_otherwise(bill, amounts, since)
    if payment is not None:
        merged = _merged(before.pop((payment.type, payment.id), None), payment, bill.id)
        if merged is not None:
            yield merged
    yield from (_without(other, bill.id) for other in before.values() if bill.id in other.bills)


def _merged(before: BillPayment | None, payment: BillPayment, bill_id: str) -> BillPayment | None:
    """Return a payment as this bill shows it now, its other bills and its day as they were; None when nothing is new."""
    if before is None:
        return payment
    if before.bills.get(bill_id) == payment.bills[bill_id]:
        return None
    applied = (*_without(before, bill_id).applied, *payment.applied)
    return replace(before, applied=applied, total=sum((entry.amount for entry in applied), Decimal(0)))


def _without(payment: BillPayment, bill_id: str) -> BillPayment:
    """Return a payment that pays this bill no more."""
    applied = tuple(entry for entry in payment.applied if entry.id != bill_id)
    return replace(payment, applied=applied, total=sum((entry.amount for entry in applied), Decimal(0)))
