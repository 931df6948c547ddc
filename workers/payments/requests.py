"""The records of payments: made for new ones, and made due again when something about them has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mappers.documents.outcomes import Nothing
from mappers.payments.key import PaymentKey
from mappers.payments.plan import plan
from store import payments, records
from store.companies import Connection
from store.intents import LANDED, Intent
from store.records import CHUNK, PAYMENT, Record
from workers.payments import facts


def look_again(session: Session, connection: Connection, keys: Sequence[PaymentKey], moment: datetime) -> None:
    """Make those payments due that have a record, unless they are as they should be."""
    names = [str(key) for key in keys]
    for start in range(0, len(names), CHUNK):
        _look_at(session, connection, moment, Record.precoro_id.in_(names[start : start + CHUNK]))


def look_at_others(session: Session, connection: Connection, key: PaymentKey, moment: datetime) -> None:
    """Make the other payments of a bill due for which there is room, now that one of them was cancelled."""
    bills = payments.paid_bills(session, connection.qbo_id, bill_id=key.bill_id)
    look_again(session, connection, [bill.key for bill in bills if bill.key != key], moment)


def has_landed_since(session: Session, connection: Connection, bill_id: str, moment: datetime) -> bool:
    """Say whether we recorded or cancelled a payment of a bill in Precoro since a moment."""
    names = [str(bill.key) for bill in payments.paid_bills(session, connection.qbo_id, bill_id=bill_id)]
    of_bill = Record.kind == PAYMENT, Record.connection_id == connection.id, Record.precoro_id.in_(names)
    landed = select(Intent.id).join(Record, Record.id == Intent.record_id).where(*of_bill)
    since = landed.where(Intent.state == LANDED, Intent.closed_at >= moment)
    return session.scalar(since.limit(1)) is not None


def look_at_all(session: Session, connection: Connection, moment: datetime) -> None:
    """Make all payments of a connection due that are not as they should be, but for those that people left out."""
    _look_at(session, connection, moment, Record.state != records.NEVER)


def _look_at(session: Session, connection: Connection, moment: datetime, which: ColumnElement[bool]) -> None:
    existing = select(Record).where(Record.kind == PAYMENT, Record.connection_id == connection.id, which)
    for record in session.scalars(existing).all():
        if not _is_as_it_should_be(session, connection, record):
            records.request(session, connection, PAYMENT, record.precoro_id, None, moment)


def request(session: Session, connection: Connection, key: PaymentKey, moment: datetime) -> int:
    """Make a payment due, which may be new; returns the id of its record."""
    return records.request(session, connection, PAYMENT, str(key), None, moment)


def _is_as_it_should_be(session: Session, connection: Connection, record: Record) -> bool:
    """Say whether the decision about a payment would be the one that its record shows already."""
    decision = plan(facts.facts_of(session, connection, PaymentKey.read(record.precoro_id), record))
    return isinstance(decision, Nothing) and decision.state == record.state
