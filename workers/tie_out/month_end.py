"""What a controller looks at for the month end, out of a report: open balances on both sides, and what orders commit to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from mappers.documents.document import CLOSED
from store.base import MoneySum
from store.tie_out import ReportRow
from workers.runtime import Runtime
from workers.tie_out.views import report_named

ZERO = Decimal("0.00")
LISTS = ("balances", "commitments", "received")
"""The lists that are about suppliers and orders, not about rows of the report."""


class _BothSides:
    """Two amounts that are equal where both sides agree."""

    __slots__ = ()
    precoro: Decimal
    quickbooks: Decimal

    @property
    def difference(self) -> Decimal:
        """Return QuickBooks less Precoro."""
        return self.quickbooks - self.precoro


@dataclass(frozen=True, slots=True)
class OpenBalance(_BothSides):
    """What is owed to one supplier in one currency: by Precoro, less what it knows to be paid, and by QuickBooks."""

    supplier: str
    currency: str
    precoro: Decimal
    quickbooks: Decimal


@dataclass(frozen=True, slots=True)
class Commitment:
    """An order that is approved and not closed: what was ordered, what invoices bill of it, and whether goods have come."""

    document: str
    number: str
    supplier: str
    currency: str
    dated: date | None
    ordered: Decimal
    billed: Decimal
    is_received: bool

    @property
    def open(self) -> Decimal:
        """Return what is still to be billed, at least nothing."""
        return max(self.ordered - self.billed, ZERO)


@dataclass(frozen=True, slots=True)
class BalancesTotal(_BothSides):
    """What is owed to all suppliers in one currency."""

    currency: str
    precoro: Decimal
    quickbooks: Decimal


@dataclass(frozen=True, slots=True)
class OrdersTotal:
    """Orders in one currency added up."""

    currency: str
    number: int
    ordered: Decimal
    billed: Decimal
    open: Decimal


Row = TypeVar("Row", OpenBalance, Commitment)


def open_balances(runtime: Runtime, number: int) -> list[OpenBalance]:
    """Return what is owed to each supplier on both sides, where they owe anything. Raises NoSuchReportError."""
    row = ReportRow
    parts = (
        select(
            func.max(row.supplier),
            row.currency,
            row.ledger,
            MoneySum(row.precoro),
            MoneySum(case((row.precoro.isnot(None), row.paid))),
            MoneySum(row.balance),
        )
        .where(row.ledger != "orders")
        .group_by(row.party, row.currency, row.ledger)
    )
    owed: dict[tuple[str, str], list[Decimal]] = {}
    with runtime.read() as (session, _):
        of_report = row.report_id == report_named(session, number).id
        for supplier, currency, ledger, approved, paid, balance in session.execute(parts.where(of_report)):
            sign = -1 if ledger == "credits" else 1
            sums = owed.setdefault((supplier, currency), [ZERO, ZERO])
            sums[0] += sign * ((approved or ZERO) - (paid or ZERO))
            sums[1] += sign * (balance or ZERO)
    return [OpenBalance(*key, *sums) for key, sums in sorted(owed.items()) if any(sums)]


def commitments(runtime: Runtime, number: int, *, received: bool = False) -> list[Commitment]:
    """Return the orders that are approved and not closed, with what is billed of each. Raises NoSuchReportError.

    `received` narrows to those of which goods have come and not all is billed: what is to be accrued. Receipts list no amounts,
    so that what is open of such an order is the most that may have come.
    """
    order, invoice = ReportRow, aliased(ReportRow)
    signed = case((invoice.ledger == "credits", 0), else_=1)
    billed = (
        select(MoneySum(invoice.precoro))
        .where(invoice.report_id == order.report_id, invoice.order == order.precoro_id, signed == 1)
        .scalar_subquery()
    )
    orders = select(order, billed).where(order.ledger == "orders", order.precoro.isnot(None), order.status != CLOSED)
    with runtime.read() as (session, _):
        of_report = order.report_id == report_named(session, number).id
        rows = session.execute(orders.where(of_report).order_by(order.supplier, order.id)).all()
        listed = [_commitment(row, sum_billed or ZERO) for row, sum_billed in rows]
    return [row for row in listed if row.open and row.is_received] if received else listed


def balances_by_currency(balances: Sequence[OpenBalance]) -> list[BalancesTotal]:
    """Return what is owed to all suppliers together, in each currency."""
    return [
        BalancesTotal(currency, sum((row.precoro for row in rows), ZERO), sum((row.quickbooks for row in rows), ZERO))
        for currency, rows in _by_currency(balances)
    ]


def orders_by_currency(orders: Sequence[Commitment]) -> list[OrdersTotal]:
    """Return what all orders together commit to, in each currency."""
    return [
        OrdersTotal(
            currency,
            len(rows),
            sum((row.ordered for row in rows), ZERO),
            sum((row.billed for row in rows), ZERO),
            sum((row.open for row in rows), ZERO),
        )
        for currency, rows in _by_currency(orders)
    ]


def spreadsheet(runtime: Runtime, number: int, name: str) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Return one of `LISTS` as heads and rows for a spreadsheet. Raises NoSuchReportError."""
    if name == "balances":
        heads: Sequence[str] = ("supplier", "currency", "precoro", "quickbooks", "difference")
        return heads, [
            (row.supplier, row.currency, row.precoro, row.quickbooks, row.difference)
            for row in open_balances(runtime, number)
        ]
    heads = ("number", "supplier", "currency", "dated", "ordered", "billed", "open", "is_received")
    return heads, [
        (row.number, row.supplier, row.currency, row.dated, row.ordered, row.billed, row.open, row.is_received)
        for row in commitments(runtime, number, received=name == "received")
    ]


def _by_currency(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of each currency."""
    for currency in sorted({row.currency for row in rows}):
        yield currency, [row for row in rows if row.currency == currency]


def _commitment(row: ReportRow, billed: Decimal) -> Commitment:
    return Commitment(
        document=row.name or "",
        number=row.number or "",
        supplier=row.supplier,
        currency=row.currency,
        dated=row.dated,
        ordered=row.precoro or ZERO,
        billed=billed,
        is_received=row.is_received,
    )
