"""What Precoro shows of the payments of an invoice: learnt from each reading of it, and read where a payment needs it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.bill_payment import UnreadablePayment
from mappers.payments.invoice_balance import InvoiceBalance, read_balance
from mappers.payments.key import PaymentKey
from mappers.payments.plan import PaidInvoice
from mappers.policy import load_policy
from outbound.errors import CallDetails, NotVisible
from outbound.wire import JsonObject
from store import payments
from store.records import INVOICE, Record
from workers.payments import facts, forgotten, requests
from workers.records import list_rows
from workers.records.work import PostponedError, Work


def learn(work: Work, payload: JsonObject) -> None:
    """Keep what an invoice or credit note just read shows of payments; when that is new, those it is about are looked at again."""
    if work.record.kind != INVOICE or not load_policy(work.connection.policy).import_payments:
        return
    try:
        shown = read_balance(payload)
    except UnreadablePayment:  # the document's own reading says what is wrong with it
        return
    _keep(work, shown)


def read(work: Work, invoice: PaidInvoice) -> InvoiceBalance | None:
    """Read an invoice in Precoro for what it shows of its payments; None when that cannot be read.

    Raises RemoteError, and PostponedError when we recorded or cancelled a payment of it meanwhile.
    """
    with work.runtime.read() as (_, begun):
        pass
    payload = work.precoro.get_document(INVOICE, invoice.idn)
    if str(payload.get("id")) != invoice.id:
        raise NotVisible(CallDetails(service="Precoro", text=f"Number {invoice.idn} is another invoice."))
    try:
        shown = read_balance(payload)
    except UnreadablePayment:
        return None
    bill_id = PaymentKey.read(work.record.precoro_id).bill_id
    with work.runtime.write() as (session, moment):
        if requests.has_landed_since(session, work.connection, bill_id, begun):
            raise PostponedError("a payment of its invoice was recorded or cancelled meanwhile", moment)
        company_id = work.connection.precoro_id
        payments.keep_balance(session, company_id, shown)
        session.execute(update(Record).where(*_of_invoice(company_id, shown.invoice_id)).values(read_at=begun))
        forgotten.request(session, work.connection, bill_id, shown, moment)
    return shown


def keep_after_our_payment(session: Session, company_id: int, shown: InvoiceBalance, sent_at: datetime) -> None:
    """Keep what an invoice shows after our own payment, so that Precoro's event about that leads to no reading of it."""
    payments.keep_balance(session, company_id, shown)
    record = session.scalar(select(Record).where(*_of_invoice(company_id, shown.invoice_id)))
    if record is not None and record.list_row:
        list_row = list_rows.after_our_payment(record.list_row, shown.paid, sent_at)
        echo = {"list_row": list_row, "written_back_at": sent_at}
        session.execute(update(Record).where(Record.id == record.id).values(**echo))


def _of_invoice(company_id: int, invoice_id: str) -> tuple[ColumnElement[bool], ...]:
    return Record.precoro_company_id == company_id, Record.kind == INVOICE, Record.precoro_id == invoice_id


def _keep(work: Work, shown: InvoiceBalance) -> None:
    connection = work.connection
    with work.runtime.read() as (session, _):
        before = payments.balance(session, connection.precoro_id, shown.invoice_id)
    if before == shown:
        return
    with work.runtime.write() as (session, moment):
        bill_ids = _paid_bills(session, work, before, shown)
        if any(requests.has_landed_since(session, connection, bill_id, work.claimed_at) for bill_id in bill_ids):
            return  # what was read may be older than our own payment
        payments.keep_balance(session, connection.precoro_id, shown)
        for bill_id in bill_ids:
            bills = payments.paid_bills(session, connection.qbo_id, bill_id=bill_id)
            requests.look_again(session, connection, [bill.key for bill in bills], moment)
            forgotten.request(session, connection, bill_id, shown, moment)


def _paid_bills(session: Session, work: Work, before: InvoiceBalance | None, shown: InvoiceBalance) -> set[str]:
    """Return the bills whose payments a balance is about: of an invoice its own, of a credit note those that it credits."""
    if work.record.qbo_type == BILL and work.record.qbo_id is not None:
        return {work.record.qbo_id}
    credited = {before.credited_invoice if before else None, shown.credited_invoice} - {None}
    bills = {facts.bill_of(session, work.connection, invoice_id) for invoice_id in credited}
    return {bill_id for bill_id in bills if bill_id is not None}
