"""Keeps what QuickBooks' changes show of payments, and makes those due that concern invoices of ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.bill_payment import BILL_PAYMENT, read_bill_payment
from mappers.policy import load_policy
from store import payments
from store.companies import Connection
from workers.payments import paid_otherwise, requests
from workers.reference.changes import News, keeps_payments
from workers.rows import read_each

CLOCKS_APART = timedelta(minutes=1)
"""How far QuickBooks' clock may differ from ours."""
LATE = timedelta(days=30)
"""For how long a payment waits for its bill to become ours."""


def on_changes(session: Session, connection: Connection, news: News, moment: datetime) -> None:
    """Keep the payments that were made, changed, voided or deleted, and make due what they mean for our invoices.

    A payment whose bill becomes ours later, because the answer to its create was lost, is due then. One that was made before
    the import was switched on is left alone. While it is switched off nothing is due, but what changes is kept: then switching
    it on again finds what was voided meanwhile.
    """
    if not keeps_payments(connection):
        return
    changed, deleted = read_each(BILL_PAYMENT, news.rows(BILL_PAYMENT), read_bill_payment), news.deleted(BILL_PAYMENT)
    payments.keep_payments(session, connection.qbo_id, changed)
    payments.empty_payments(session, connection.qbo_id, BILL_PAYMENT, deleted)
    names = {*((BILL_PAYMENT, payment.id) for payment in changed), *((BILL_PAYMENT, key) for key in deleted)}
    since = imported_since(connection)
    if since is not None:
        names |= paid_otherwise.keep(session, connection, news.rows(BILL), since - CLOCKS_APART)
    if not load_policy(connection.policy).import_payments:
        return
    bills = payments.paid_bills(session, connection.qbo_id, names)
    requests.look_again(session, connection, [bill.key for bill in bills], moment)
    if since is not None:
        _request_new(session, connection, names, since - CLOCKS_APART, moment)


def _request_new(
    session: Session, connection: Connection, names: set[tuple[str, str]], since: datetime, moment: datetime
) -> None:
    """Make the payments due that have no record: those of these names, and late ones whose bill is ours by now."""
    for bill in payments.without_record(session, connection, since, names):
        requests.request(session, connection, bill.key, moment)
    for bill in payments.without_record(session, connection, max(since, moment - LATE)):
        requests.request(session, connection, bill.key, moment)


def imported_since(connection: Connection) -> datetime | None:
    """Return from when on payments are imported by themselves; None before the connection is live."""
    if connection.live_at is None:
        return None
    return max(connection.live_at, connection.payments_since or connection.live_at)
