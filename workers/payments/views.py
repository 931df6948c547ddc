"""What people look at of payments: lists of them, and one with all that happened to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, func, literal, select
from sqlalchemy.orm import Session

from mappers.documents.document import BILL
from mappers.payments.key import PaymentKey
from mappers.web_addresses import in_quickbooks
from store import records
from store.base import holds
from store.companies import Connection
from store.payments import paid_bills
from store.records import PAYMENT, Record
from workers.lookup import connection_ids, connection_named, payment_named
from workers.payments import facts
from workers.records.views import RecordDetail, RecordRow, detail_of, row_of, shown_with
from workers.runtime import Runtime

STATES = records.STATES
MOST_INVOICES = 20
"""Of how many invoices that go by a text the payments are found: a text that more go by is the supplier's name."""


@dataclass(frozen=True, kw_only=True)
class PaymentRow(RecordRow):
    """One payment of a bill in a list; its number is that of the cheque, or what else names it in QuickBooks.

    Args:
        payment: its name, such as `billpayment:145:bill:176`
        invoice: the number of the invoice whose bill is paid
        qbo_page: the address of the page in QuickBooks of what pays
        in_precoro: the number of the payment that stands in Precoro because of it, also while a person has to decide
    """

    payment: str
    invoice: str | None
    paid_on: date | None
    qbo_page: str | None
    in_precoro: str | None


@dataclass(frozen=True, kw_only=True)
class PaymentDetail(PaymentRow, RecordDetail):
    """One payment with all that happened to it."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFilter:
    """Which payments a list holds.

    Args:
        connection: the name of a connection; None means all
        text: a part of the number, of the supplier's name or of the number of the invoice that is paid
        paid_from, paid_to: the days between which it was paid
    """

    connection: str | None = None
    text: str | None = None
    amount: Decimal | None = None
    paid_from: date | None = None
    paid_to: date | None = None


EVERY_PAYMENT = PaymentFilter()


def payments(
    runtime: Runtime,
    wanted: PaymentFilter = EVERY_PAYMENT,
    state: str | None = None,
    *,
    limit: int,
    before: int | None = None,
) -> list[PaymentRow]:
    """Return the payments that match, in one state or in any, the newest first.

    `before` is the `record_id` that the page before ended with. Raises NoSuchConnectionError.
    """
    with runtime.read() as (session, moment):
        matching = select(Record.id).where(*_narrowed(session, wanted))
        if state:
            matching = matching.where(Record.state == state)
        if before is not None:
            matching = matching.where(Record.id < before)
        page = matching.order_by(Record.id.desc()).limit(limit)
        shown = select(Record).where(Record.id.in_(page)).options(*shown_with()).order_by(Record.id.desc())
        rows = session.scalars(shown).all()
        invoices = _invoices(session, rows)
        return [PaymentRow(**row_of(record, moment), **_sides_of(record, invoices)) for record in rows]


def counts(runtime: Runtime, wanted: PaymentFilter = EVERY_PAYMENT) -> Mapping[str, int]:
    """Return how many of the payments that match are in each state. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        counted = select(Record.state, func.count()).where(*_narrowed(session, wanted))
        rows = session.execute(counted.group_by(Record.state)).all()
    by_state = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy
    return {state: by_state[state] for state in STATES if state in by_state}


def payment(runtime: Runtime, name: str, connection: str | None = None) -> PaymentDetail:
    """Return everything about one payment. Raises NoSuchPaymentError, AmbiguousNameError, NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        named = payment_named(session, name, connection)
        record = session.scalars(select(Record).where(Record.id == named.id).options(*shown_with())).one()
        return PaymentDetail(
            **detail_of(session, record, moment),
            **_sides_of(record, _invoices(session, [record])),
            external_id=PaymentKey.read(record.precoro_id).external_id(record.connection.qbo.realm),
        )


def payments_of_bill(runtime: Runtime, connection: str, bill_id: str) -> list[PaymentRow]:
    """Return the payments of a bill, the oldest first. Raises NoSuchConnectionError."""
    with runtime.read() as (session, moment):
        company = connection_named(session, connection)
        names = [str(bill.key) for bill in paid_bills(session, company.qbo_id, bill_id=bill_id)]
        of_bill = Record.connection_id == company.id, Record.kind == PAYMENT, Record.precoro_id.in_(names)
        shown = select(Record).where(*of_bill).options(*shown_with()).order_by(Record.id)
        rows = session.scalars(shown).all()
        invoices = _invoices(session, rows)
        return [PaymentRow(**row_of(record, moment), **_sides_of(record, invoices)) for record in rows]


def _narrowed(session: Session, wanted: PaymentFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of the payments that are wanted."""
    ids = connection_ids(session, [wanted.connection] if wanted.connection else None)
    conditions: list[ColumnElement[bool]] = [Record.connection_id.in_(ids), Record.kind == PAYMENT]
    if wanted.text:
        of_invoices = _of_invoices(session, ids, wanted.text)
        conditions.append(holds(session, Record.searched, wanted.text) | Record.precoro_id.in_(of_invoices))
    if wanted.amount is not None:
        conditions.append(cast(Record.amount, Numeric) == cast(literal(str(wanted.amount)), Numeric))
    if wanted.paid_from:
        conditions.append(Record.issued_on >= wanted.paid_from)
    if wanted.paid_to:
        conditions.append(Record.issued_on <= wanted.paid_to)
    return conditions


def _of_invoices(session: Session, connection_ids: Collection[int], text: str) -> list[str]:
    """Return the names of the payments of those invoices that go by a text, as far as they are few."""
    invoices = (
        select(Connection.qbo_id, Record.qbo_id)
        .join(Connection, Connection.id == Record.connection_id)
        .where(
            Record.connection_id.in_(connection_ids),
            Record.kind == records.INVOICE,
            holds(session, Record.searched, text),
            Record.qbo_type == BILL,
        )
    )
    bills = session.execute(invoices.order_by(Record.id.desc()).limit(MOST_INVOICES)).all()
    return [str(paid.key) for company, bill in bills for paid in paid_bills(session, company, bill_id=bill)]


def _invoices(session: Session, rows: Sequence[Record]) -> dict[int, str]:
    """Return the number of the invoice whose bill each payment pays, by the id of its record."""
    bills = {record.id: PaymentKey.read(record.precoro_id).bill_id for record in rows}
    owners = session.scalars(
        select(Record).where(
            Record.qbo_company_id.in_({record.connection.qbo_id for record in rows}),
            Record.qbo_type == BILL,
            Record.qbo_id.in_(set(bills.values())),
        )
    )
    numbers = {(owner.connection_id, owner.qbo_id): owner.number or owner.idn or owner.precoro_id for owner in owners}
    of_rows = {record.id: numbers.get((record.connection_id, bills[record.id])) for record in rows}
    return {record_id: number for record_id, number in of_rows.items() if number}


def _sides_of(record: Record, invoices: Mapping[int, str]) -> dict[str, Any]:
    """Return the fields of a payment that no other record has: what it is on both sides."""
    standing, key = facts.standing(record), PaymentKey.read(record.precoro_id)
    return {
        "payment": record.precoro_id,
        "invoice": invoices.get(record.id),
        "paid_on": record.issued_on,
        "qbo_page": in_quickbooks(record.connection.qbo.environment, key.type, key.id),
        "in_precoro": standing.idn if standing and record.state != records.REMOVED else None,
    }
