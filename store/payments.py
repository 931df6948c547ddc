"""What both sides are known to hold of payments: those of bills in QuickBooks, and what Precoro shows of its invoices.

QuickBooks tells its payments with its other changes, so that none is read by itself; Precoro shows payments with each invoice
that is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.documents.document import BILL
from mappers.payments.bill_payment import AppliedAmount, BillPayment
from mappers.payments.invoice_balance import InvoiceBalance
from mappers.payments.key import PaymentKey
from store import reference
from store.base import Base, ExactJson, Money, UtcTime
from store.companies import Connection
from store.records import CHUNK, PAYMENT, Record


class KnownPayment(Base):
    """A payment of bills as QuickBooks last showed it; one that is gone applies nothing.

    `is_from_bill` says that no payment was told of: only the bill shows it.
    """

    __tablename__ = "known_payments"

    qbo_company_id: Mapped[int] = mapped_column(ForeignKey("qbo_companies.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(40), primary_key=True)
    qbo_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str | None] = mapped_column(String(60))
    currency: Mapped[str | None] = mapped_column(String(3))
    total: Mapped[Decimal] = mapped_column(Money)
    paid_on: Mapped[date] = mapped_column()
    made_at: Mapped[datetime | None] = mapped_column(UtcTime)
    applied: Mapped[list[dict[str, Any]]] = mapped_column(ExactJson)
    is_from_bill: Mapped[bool] = mapped_column(default=False)

    def as_read(self) -> BillPayment:
        """Return the payment as it was read."""
        applied = tuple(AppliedAmount(row["type"], row["id"], Decimal(row["amount"])) for row in self.applied)
        return BillPayment(
            self.qbo_id,
            self.paid_on,
            self.total,
            applied,
            self.currency,
            self.number,
            self.made_at,
            self.type,
            self.is_from_bill,
        )


class PaidBill(Base):
    """A bill that a payment pays, or once did: what was taken off it has to be cancelled."""

    __tablename__ = "paid_bills"

    qbo_company_id: Mapped[int] = mapped_column(ForeignKey("qbo_companies.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(40), primary_key=True)
    payment_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    bill_id: Mapped[str] = mapped_column(String(40), primary_key=True)

    __table_args__ = (Index("paid_bills_by_bill", "qbo_company_id", "bill_id"),)

    @property
    def key(self) -> PaymentKey:
        """Return the key of the payment of this bill."""
        return PaymentKey.of(self.type, self.payment_id, self.bill_id)


class KnownBalance(Base):
    """What Precoro last showed of the payments of an invoice or credit note."""

    __tablename__ = "known_balances"

    precoro_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"), primary_key=True)
    invoice_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(ExactJson)


def keep_payments(session: Session, qbo_company_id: int, payments: Sequence[BillPayment]) -> None:
    """Keep payments as QuickBooks shows them now, and each bill that they pay."""
    rows = [
        {
            "qbo_company_id": qbo_company_id,
            "type": payment.type,
            "qbo_id": payment.id,
            "number": payment.number and payment.number[:60],
            "currency": payment.currency,
            "total": payment.total,
            "paid_on": payment.paid_on,
            "made_at": payment.created_at,
            "is_from_bill": payment.is_from_bill,
            "applied": [{"type": row.type, "id": row.id, "amount": row.amount} for row in payment.applied],
        }
        for payment in payments
    ]
    if rows:
        reference.keep(session, KnownPayment, rows, ("qbo_company_id", "type", "qbo_id"))
    bills = [
        {"qbo_company_id": qbo_company_id, "type": payment.type, "payment_id": payment.id, "bill_id": bill_id}
        for payment in payments
        for bill_id in payment.bills
    ]
    if bills:
        reference.keep_new(session, PaidBill, bills)


def empty_payments(session: Session, qbo_company_id: int, type_: str, ids: Sequence[str]) -> None:
    """Note that payments were deleted: they apply nothing any more."""
    for start in range(0, len(ids), CHUNK):
        session.execute(
            update(KnownPayment)
            .where(
                KnownPayment.qbo_company_id == qbo_company_id,
                KnownPayment.type == type_,
                KnownPayment.qbo_id.in_(ids[start : start + CHUNK]),
            )
            .values(applied=[], total=Decimal(0))
        )


def payment(session: Session, qbo_company_id: int, key: PaymentKey) -> BillPayment | None:
    """Return a payment as QuickBooks last showed it."""
    row = session.scalar(
        select(KnownPayment).where(
            KnownPayment.qbo_company_id == qbo_company_id,
            func.lower(KnownPayment.type) == key.type,
            KnownPayment.qbo_id == key.id,
        )
    )
    return row.as_read() if row else None


def payments_of_bill(session: Session, qbo_company_id: int, bill_id: str) -> list[BillPayment]:
    """Return the payments that pay a bill, or once did."""
    of_bill = PaidBill.qbo_company_id == qbo_company_id, PaidBill.bill_id == bill_id
    rows = session.scalars(select(KnownPayment).join(PaidBill, _same_payment()).where(*of_bill))
    return [row.as_read() for row in rows]


def payments_between(session: Session, qbo_company_id: int, first: date, last: date) -> list[BillPayment]:
    """Return the payments of these days, the oldest first."""
    of_days = KnownPayment.qbo_company_id == qbo_company_id, KnownPayment.paid_on.between(first, last)
    rows = session.scalars(select(KnownPayment).where(*of_days).order_by(KnownPayment.paid_on, KnownPayment.qbo_id))
    return [row.as_read() for row in rows]


def paid_bills(
    session: Session, qbo_company_id: int, payments: Collection[tuple[str, str]] = (), *, bill_id: str | None = None
) -> list[PaidBill]:
    """Return the bills of payments, named by type and id; or the payments of a bill."""
    of_company = select(PaidBill).where(PaidBill.qbo_company_id == qbo_company_id)
    if bill_id is not None:
        return list(session.scalars(of_company.where(PaidBill.bill_id == bill_id)))
    return [bill for part in _parts(payments) for bill in session.scalars(of_company.where(_payment_in(part)))]


def without_record(
    session: Session, connection: Connection, since: datetime, names: Collection[tuple[str, str]] | None = None
) -> list[PaidBill]:
    """Return the payments of bills of a connection that were made since a moment and have no record yet.

    `names` limits them to these, by type and id.
    """
    statement = (
        select(PaidBill)
        .join(KnownPayment, _same_payment())
        .join(Record, _is_bill_of(connection))
        .where(
            PaidBill.qbo_company_id == connection.qbo_id,
            or_(KnownPayment.made_at.is_(None), KnownPayment.made_at >= since),
            ~_has_record(connection),
        )
    )
    ordered = statement.order_by(KnownPayment.made_at, PaidBill.payment_id, PaidBill.bill_id)
    if names is None:
        return list(session.scalars(ordered))
    return [bill for part in _parts(names) for bill in session.scalars(ordered.where(_payment_in(part)))]


def balance(session: Session, precoro_id: int, invoice_id: str) -> InvoiceBalance | None:
    """Return what Precoro last showed of the payments of an invoice."""
    row = session.get(KnownBalance, (precoro_id, invoice_id))
    return InvoiceBalance.from_json(row.data) if row else None


def keep_balance(session: Session, precoro_id: int, shown: InvoiceBalance) -> None:
    """Keep what Precoro shows of the payments of an invoice."""
    row = {"precoro_id": precoro_id, "invoice_id": shown.invoice_id, "data": shown.to_json()}
    reference.keep(session, KnownBalance, [row], ("precoro_id", "invoice_id"))


def _parts(names: Collection[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield the names of payments in parts that one statement can name."""
    ordered, most = sorted(names), CHUNK // 2
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]


def _payment_in(names: list[tuple[str, str]]) -> ColumnElement[bool]:
    return tuple_(PaidBill.type, PaidBill.payment_id).in_(names)


def _same_payment() -> ColumnElement[bool]:
    return and_(
        KnownPayment.qbo_company_id == PaidBill.qbo_company_id,
        KnownPayment.type == PaidBill.type,
        KnownPayment.qbo_id == PaidBill.payment_id,
    )


def _is_bill_of(connection: Connection) -> ColumnElement[bool]:
    return and_(
        Record.qbo_company_id == PaidBill.qbo_company_id,
        Record.qbo_type == BILL,
        Record.qbo_id == PaidBill.bill_id,
        Record.connection_id == connection.id,
    )


def _has_record(connection: Connection) -> ColumnElement[bool]:
    key = func.lower(PaidBill.type) + ":" + PaidBill.payment_id + ":bill:" + PaidBill.bill_id
    recorded = select(Record.id).where(
        Record.precoro_company_id == connection.precoro_id,
        Record.kind == PAYMENT,
        Record.precoro_id == key,
        Record.scope == connection.id,
    )
    return recorded.correlate(PaidBill).exists()
