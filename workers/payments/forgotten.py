"""Payments that Tieout has recorded in Precoro and that its database has forgotten, as after an older one was restored.

Precoro shows them under our external ids. They are taken over: what pays its bill still is not recorded a second time, and what
pays it no more is cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.bill_payment import BILL_PAYMENT, read_bill_payment
from mappers.payments.invoice_balance import InvoiceBalance
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


def request(session: Session, connection: Connection, bill_id: str, shown: InvoiceBalance, moment: datetime) -> None:
    """Make those due that Precoro shows as ours and that have no record, where payments are imported by themselves."""
    if imported_since(connection) is None or not load_policy(connection.policy).import_payments:
        return
    for key in _without_record(session, connection, shown.ours(connection.qbo.realm, bill_id)):
        requests.request(session, connection, key, moment)


def request_of(work: Work) -> None:
    """Do so for the invoice of a record whose bill is ours by now."""
    record, connection = work.record, work.connection
    if record.qbo_type != BILL or record.qbo_id is None:
        return
    with work.runtime.read() as (session, _):
        shown = payments.balance(session, connection.precoro_id, record.precoro_id)
        ours = shown.ours(connection.qbo.realm, record.qbo_id) if shown else []
        is_forgotten = bool(_without_record(session, connection, ours))
    if shown is not None and is_forgotten:
        with work.runtime.write() as (session, moment):
            request(session, connection, record.qbo_id, shown, moment)


def _without_record(session: Session, connection: Connection, keys: Sequence[PaymentKey]) -> list[PaymentKey]:
    names = [str(key) for key in keys]
    of_payments = Record.kind == PAYMENT, Record.connection_id == connection.id, Record.precoro_id.in_(names)
    recorded = set(session.scalars(select(Record.precoro_id).where(*of_payments))) if names else set()
    return [key for key in keys if str(key) not in recorded]


def with_payment(work: Work, facts: PaymentFacts) -> PaymentFacts | None:
    """Return what is known, with what QuickBooks holds now of a payment that Precoro shows as ours and that is new here.

    Its changes are waited for where they were not read lately; what they do not tell is read. None when that is unreadable.
    Raises RemoteError and PostponedError.
    """
    is_shown = facts.balance is not None and facts.balance.standing(facts.external_id) is not None
    if facts.standing is not None or not is_shown:
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
    """Per connection: when this process first paid, and until when what was modified in Precoro had been read at that moment."""

    by_connection: dict[int, tuple[datetime, str | None]] = field(default_factory=dict)


def is_read_since_start(work: Work, invoice: PaidInvoice) -> bool:
    """Say whether our copy of an invoice is as new as this process at least: a database is restored only before its start.

    It was read since, or Precoro was asked since what is modified, and that did not show it; what was read while payments were not
    imported does not count. Where not, a payment of it may have been recorded and forgotten.
    """
    connection, looks = work.connection, work.runtime.kept(FirstLooks)
    of_company = Record.precoro_company_id == connection.precoro_id, Record.kind == INVOICE
    with work.runtime.read() as (session, _):
        read_until = session.get_one(PrecoroCompany, connection.precoro_id).modified_read_until.get(INVOICE)
        record = session.scalars(select(Record).where(*of_company, Record.precoro_id == invoice.id)).one()
    began_at, read_until_then = looks.by_connection.setdefault(connection.id, (work.claimed_at, read_until))
    switched_at = connection.payments_since or began_at
    was_read = record.read_at is not None and record.read_at >= max(began_at, switched_at)
    is_due = record.requested_version > record.handled_version
    return was_read or (switched_at <= began_at and read_until != read_until_then and not is_due)
