"""Payments of invoices: what is open, when one is refused, what it makes of the invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from standins.precoro.company import now, stamp
from standins.precoro.documents.statuses import APPROVED, PAID, PARTLY_PAID, set_status
from standins.precoro.documents.sums import in_company_currency

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record

RECORDED, CANCELLED = 0, 1


def refusal(invoice: Record, amount: Decimal) -> str | None:
    """Return why Precoro would refuse a payment of that amount, or None."""
    remaining = invoice["sum"] - invoice["sumPaid"]
    if remaining <= 0:
        return "The Invoice is already fully paid."
    if invoice["status"] not in {APPROVED, PARTLY_PAID}:
        remaining = 0
    if not 0 < amount <= remaining:
        return f"The amount must be greater than 0 and not exceed {remaining}"
    return None


def pay(company: CompanyRecords, invoice: Record, amount: Decimal, day: str, logic: int = 0) -> Record:
    """Record a payment that is not refused, and move the invoice to paid or partly paid."""
    moment = stamp(now())
    payment = {
        "id": company.next_id("payments"),
        "idn": company.next_number("payments"),
        "payDate": day,
        "sumPaid": amount,
        "status": RECORDED,
        "logicType": logic,
        "balance": Decimal(0),
        "createDate": moment,
        "updateDate": moment,
        "qboId": None,
        "externalId": None,
        "integrationType": None,
        "prepayment": None,
        "invoice": {"id": invoice["id"], "idn": invoice["idn"]},
        "purchaseOrder": None,
    }
    company.add("payments", payment)
    invoice["payments"].append(payment["id"])
    _settle(company, invoice)
    return payment


def pay_expense(company: CompanyRecords, expense: Record, amount: Decimal, day: str) -> Record:
    """Record a payment of an expense that is not refused; it stands in the expense only."""
    payment = {"id": company.next_id("payments"), "payDate": day, "sumPaid": amount, "expense": {"id": expense["id"]}}
    expense["payments"].append(payment)
    expense["sumPaid"] += amount
    expense["updateDate"] = stamp(now())
    in_company_currency(expense)
    set_status(expense, PAID if expense["sumPaid"] >= expense["sum"] else PARTLY_PAID)
    return payment


def cancel(company: CompanyRecords, payment: Record) -> Record:
    """Cancel a payment and return its invoice, which is open again."""
    payment["status"] = CANCELLED
    payment["updateDate"] = stamp(now())
    invoice = company.records["invoices"][payment["invoice"]["id"]]
    _settle(company, invoice)
    return invoice


def _settle(company: CompanyRecords, invoice: Record) -> None:
    payments = (company.records["payments"][payment] for payment in invoice["payments"])
    paid = sum((payment["sumPaid"] for payment in payments if payment["status"] == RECORDED), Decimal(0))
    invoice["sumPaid"] = paid
    invoice["updateDate"] = stamp(now())
    in_company_currency(invoice)
    set_status(invoice, PAID if paid >= invoice["sum"] else PARTLY_PAID if paid else APPROVED)
