"""Gathers what the decision about a payment rests on from our copies of both sides; nothing is called."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import BILL, VENDOR_CREDIT
from mappers.payments.bill_payment import BillPayment
from mappers.payments.key import PaymentKey
from mappers.payments.plan import PaidInvoice, PaymentFacts, StandingPayment
from store import intents, payments
from store.companies import Connection
from store.records import INVOICE, REMOVED, SYNCED, Record
from workers.records import writes
from workers.records.work import Work


def load(work: Work) -> PaymentFacts:
    """Return what is known now about the payment of a record."""
    with work.runtime.read() as (session, _):
        return facts_of(session, work.connection, PaymentKey.read(work.record.precoro_id), work.record)


def facts_of(session: Session, connection: Connection, key: PaymentKey, record: Record | None) -> PaymentFacts:
    """Return what is known about a payment of a bill, whether it has a record or not."""
    payment = payments.payment(session, connection.qbo_id, key)
    invoice = invoice_of(session, connection, key.bill_id)
    return PaymentFacts(
        payment=payment,
        bill_id=key.bill_id,
        invoice=invoice,
        external_id=key.external_id(connection.qbo.realm),
        credited_bills=_credited_bills(session, connection, payment),
        standing=standing(record) if record else None,
        balance=payments.balance(session, connection.precoro_id, invoice.id) if invoice else None,
        by_person=record is not None and record.requested_by_person,
        never_recorded=record is None or _was_never_recorded(session, record),
        amount_before=record.amount if record else None,
    )


def _was_never_recorded(session: Session, record: Record) -> bool:
    """Say whether we know of no write to Precoro for a payment."""
    return record.state not in {SYNCED, REMOVED} and not intents.has_landed(session, record.id)


def standing(record: Record) -> StandingPayment | None:
    """Return what stands in Precoro because of a payment."""
    return StandingPayment.from_json(record.sent) if record.sent else None


def invoice_of(session: Session, connection: Connection, bill_id: str) -> PaidInvoice | None:
    """Return the invoice that a bill stands for."""
    owner = writes.owner_of(session, connection.qbo_id, BILL, bill_id)
    if owner is None or owner.kind != INVOICE or owner.connection_id != connection.id:
        return None
    number = owner.number or owner.idn or owner.precoro_id
    return PaidInvoice(owner.precoro_id, owner.idn or "", number, owner.currency or "", owner.supplier or "")


def _credited_bills(session: Session, connection: Connection, payment: BillPayment | None) -> dict[str, str | None]:
    """Return the bill to whose invoice Precoro applied each credit note that the payment applies in QuickBooks."""
    bills: dict[str, str | None] = {}
    for credit_id in payment.credits if payment else ():
        credit_note = writes.owner_of(session, connection.qbo_id, VENDOR_CREDIT, credit_id)
        if credit_note is not None:
            shown = payments.balance(session, connection.precoro_id, credit_note.precoro_id)
            bills[credit_id] = bill_of(session, connection, shown.credited_invoice if shown else None)
    return bills


def bill_of(session: Session, connection: Connection, invoice_id: str | None) -> str | None:
    """Return the bill that stands for an invoice."""
    return session.scalar(
        select(Record.qbo_id).where(
            Record.precoro_company_id == connection.precoro_id,
            Record.kind == INVOICE,
            Record.precoro_id == invoice_id,
            Record.qbo_type == BILL,
        )
    )
