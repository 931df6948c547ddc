"""Payments that Tieout has recorded in Precoro and that its database has forgotten, as after an older one was restored.

Precoro shows them under our external ids. They are taken over: what pays its bill still is not recorded a second time, and what
pays it no more is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.bill_payment import BILL_PAYMENT, read_bill_payment
from mappers.payments.key import PaymentKey
from mappers.payments.paid_otherwise import read_linked_bill
from mappers.payments.plan import PaidInvoice, PaymentFacts
from mappers.policy import load_policy
from outbound.errors import NotFound
from store import payments
from store.companies import Connection, PrecoroCompany
from store.records import INVOICE, PAYMENT, Record
from workers.payments import facts as payment_facts
from workers.payments import paid_otherwise, requests
from workers.payments.changes import CLOCKS_APART, imported_since
from workers.records.work import Work
from workers.reference.changes import need_recent
from workers.rows import read_each


def request(work: Work) -> None:
    """Make the payments of an invoice due that Precoro shows as ours and that have no record, once its bill is ours."""
    record, connection = work.record, work.connection
    if record.qbo_type != BILL or record.qbo_id is None or imported_since(connection) is None:
        return
    with work.runtime.read() as (session, _):
        shown = payments.balance(session, connection.precoro_id, record.precoro_id)
        ours = shown.ours(connection.qbo.realm, record.qbo_id) if shown else []
        forgotten = [key for key in ours if not _has_record(session, connection, key)]
    if forgotten and load_policy(connection.policy).import_payments:
        with work.runtime.write() as (session, moment):
            for key in forgotten:
                requests.request(session, connection, key, moment)


def _has_record(session: Session, connection: Connection, key: PaymentKey) -> bool:
    of_payment = Record.kind == PAYMENT, Record.connection_id == connection.id, Record.precoro_id == str(key)
    return session.scalar(select(Record.id).where(*of_payment)) is not None


def with_payment(work: Work, facts: PaymentFacts) -> PaymentFacts | None:
    """Return what is known, with what QuickBooks holds of a payment that Precoro shows as ours and that is not known here.

    Its changes are waited for where they were not read lately; what they do not tell is read. None when that is unreadable.
    Raises RemoteError and PostponedError.
    """
    is_shown = facts.balance is not None and facts.balance.standing(facts.external_id) is not None
    if facts.payment is not None or facts.standing is not None or not is_shown:
        return facts
    need_recent(work)
    facts = payment_facts.load(work)
    if facts.payment is not None:
        return facts
    return payment_facts.load(work) if _read(work, PaymentKey.read(work.record.precoro_id)) else None


def _read(work: Work, key: PaymentKey) -> bool:
    """Read a payment in QuickBooks, or the bill that alone shows it, and keep it; says whether that is readable, or gone."""
    of_bill = key.type != BILL_PAYMENT.lower()
    try:
        row = work.qbo.read(BILL, key.bill_id) if of_bill else work.qbo.read(BILL_PAYMENT, key.id)
    except NotFound:
        return True
    since = imported_since(work.connection)
    with work.runtime.write() as (session, _):
        if of_bill:
            readable = read_each(BILL, [row], read_linked_bill)
            if readable and since is not None:
                paid_otherwise.keep(session, work.connection, [row], since - CLOCKS_APART)
            return bool(readable)
        readable_payments = read_each(BILL_PAYMENT, [row], read_bill_payment)
        payments.keep_payments(session, work.connection.qbo_id, readable_payments)
        return bool(readable_payments)


@dataclass
class FirstLooks:
    """When this process first paid invoices of a company of Precoro, by its id, and until when that was read then."""

    by_company: dict[int, tuple[datetime, str | None]] = field(default_factory=dict)


def knows(work: Work, invoice: PaidInvoice) -> bool:
    """Say whether our copy of an invoice is as new as this process at least: a database is restored only before its start.

    It was read since, or Precoro was asked since what is modified, and that did not show it. Where not, a payment of it may have been
    recorded and forgotten.
    """
    company_id, looks = work.connection.precoro_id, work.runtime.kept(FirstLooks)
    of_invoice = Record.precoro_company_id == company_id, Record.kind == INVOICE, Record.precoro_id == invoice.id
    with work.runtime.read() as (session, _):
        read_until = session.get_one(PrecoroCompany, company_id).modified_read_until.get(INVOICE)
        record = session.scalars(select(Record).where(*of_invoice)).one()
    began_at, read_until_then = looks.by_company.setdefault(company_id, (work.claimed_at, read_until))
    is_due = record.requested_version > record.handled_version
    was_read = record.read_at is not None and record.read_at >= began_at
    return was_read or (read_until != read_until_then and not is_due)
