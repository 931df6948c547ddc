"""What people look at of payments: lists of them, and one with all that happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from mappers.documents.document import BILL
from mappers.payments.key import PaymentKey
from mappers.problems import Note, Problem
from mappers.remedies import Remedy
from mappers.web_addresses import in_quickbooks
from store import records
from store.companies import Connection
from store.records import PAYMENT, Record
from workers.lookup import connection_named, payment_named
from workers.ops.views import CallMade, DecisionMade, calls_of, decisions_of
from workers.payments import facts
from workers.records import waits
from workers.records.outcome import problem_of
from workers.runtime import Runtime

STATES = records.STATES

Shape = TypeVar("Shape", bound="PaymentRow")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One payment of a bill in a list: what people recognise it by, where it stands, what it waits for.

    Args:
        payment: its name, such as `billpayment:145:bill:176`
        number: of the cheque, or what else names the payment in QuickBooks
        invoice: the number of the invoice whose bill is paid
        qbo_page: the address of the page in QuickBooks of what pays
        in_precoro: the number of the payment that stands in Precoro because of it
        goes_on_at, waits_for: until when work on it waits, and why; without a time, `wait_remedy` is for a person to do
    """

    record_id: int
    payment: str
    number: str | None
    connection: str
    state: str
    invoice: str | None
    supplier: str | None
    currency: str | None
    amount: Decimal | None
    paid_on: date | None
    qbo_page: str | None
    in_precoro: str | None
    reason: str | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    goes_on_at: datetime | None
    waits_for: str | None
    wait_remedy: Remedy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetail(PaymentRow):
    """One payment with how work on it goes, the last decisions and calls."""

    due: bool
    attempts: int
    not_before: datetime | None
    external_id: str
    history: tuple[DecisionMade, ...]
    calls: tuple[CallMade, ...]


def payments(
    runtime: Runtime, connection: str | None = None, state: str | None = None, *, limit: int
) -> list[PaymentRow]:
    """Return payments, the newest first. Raises NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        matching: list[ColumnElement[bool]] = [Record.kind == PAYMENT]
        if connection:
            matching.append(Record.connection_id == connection_named(session, connection).id)
        if state:
            matching.append(Record.state == state)
        newest = select(Record).where(*matching).options(*_shown_with()).order_by(Record.id.desc()).limit(limit)
        rows = session.scalars(newest).all()
        invoices = _invoices(session, rows)
        return [_shape(PaymentRow, record, invoices.get(record.id), moment) for record in rows]


def payment(runtime: Runtime, name: str, connection: str | None = None) -> PaymentDetail:
    """Return everything about one payment. Raises NoSuchPaymentError, AmbiguousNameError, NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        named = payment_named(session, name, connection)
        record = session.scalars(select(Record).where(Record.id == named.id).options(*_shown_with())).one()
        return _shape(
            PaymentDetail,
            record,
            _invoices(session, [record]).get(record.id),
            moment,
            due=record.requested_version > record.handled_version,
            attempts=record.attempts,
            not_before=record.not_before,
            external_id=PaymentKey.read(record.precoro_id).external_id(record.connection.qbo.realm),
            history=decisions_of(session, record.id),
            calls=calls_of(session, record.id),
        )


def _invoices(session: Session, rows: Sequence[Record]) -> dict[int, str]:
    """Return the number of the invoice whose bill each payment pays, by the id of its record."""
    bills = {record.id: PaymentKey.read(record.precoro_id).bill_id for record in rows}
    owners = session.scalars(
        select(Record).where(
            Record.connection_id.in_({record.connection_id for record in rows}),
            Record.qbo_type == BILL,
            Record.qbo_id.in_(set(bills.values())),
        )
    )
    numbers = {(owner.connection_id, owner.qbo_id): owner.number or owner.idn or owner.precoro_id for owner in owners}
    of_rows = {record.id: numbers.get((record.connection_id, bills[record.id])) for record in rows}
    return {record_id: number for record_id, number in of_rows.items() if number}


def _shape(shape: type[Shape], record: Record, invoice: str | None, moment: datetime, **details: Any) -> Shape:
    """Return a record as people see it, in a list or alone."""
    wait = waits.wait_of_record(record, moment)
    standing, key = facts.standing(record), PaymentKey.read(record.precoro_id)
    return shape(
        record_id=record.id,
        payment=record.precoro_id,
        number=record.number,
        connection=record.connection.slug,
        state=record.state,
        invoice=invoice,
        supplier=record.supplier,
        currency=record.currency,
        amount=record.amount,
        paid_on=record.issued_on,
        qbo_page=in_quickbooks(record.connection.qbo.environment, key.type, key.id),
        in_precoro=standing.idn if standing and record.state == records.SYNCED else None,
        reason=record.reason,
        problems=tuple(problem_of(row) for row in record.problems),
        notes=tuple(Note(note["code"], note["sentence"]) for note in record.notes),
        goes_on_at=wait.until if wait else None,
        waits_for=wait.why if wait else None,
        wait_remedy=wait.remedy if wait else None,
        **details,
    )


def _shown_with() -> Sequence[Any]:
    """Return what is loaded with a record that is shown."""
    return (joinedload(Record.connection).joinedload(Connection.qbo), selectinload(Record.problems))
