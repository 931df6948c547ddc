"""What is paid of a bill without a payment that QuickBooks tells of: journal entries, "mark as paid", payments online.

Such a payment shows only as a link of the bill and in its balance (docs/reference/quickbooks.md, Payments).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from mappers.documents.document import BILL, PURCHASE_ORDER, VENDOR_CREDIT
from mappers.payments.bill_payment import (
    BILL_PAYMENT,
    SEVERAL,
    AppliedAmount,
    BillPayment,
    CurrencyShape,
    LinkShape,
    MetaDataShape,
    PaymentShape,
    UnreadablePayment,
)
from mappers.wire import Bunch, Number, OptionalObject, Text

NO_PAYMENTS = frozenset({PURCHASE_ORDER, "ReimburseCharge", VENDOR_CREDIT})
"""Links that pay nothing: orders, charges to customers, and credits, which a payment applies."""


@dataclass(frozen=True, slots=True)
class LinkedBill:
    """A bill as far as payments go: what is paid of it, and the transactions that may have paid it, by type and id."""

    id: str
    paid: Decimal
    currency: str | None
    created_at: datetime | None
    changed_on: date
    links: tuple[tuple[str, str], ...]


def paid_otherwise(bill: LinkedBill, amounts: Mapping[str, Decimal], since: datetime) -> BillPayment | None:
    """Return what was paid of a bill beyond the payments that QuickBooks told of, or None.

    `amounts` has what each of those puts on the bill, by its id. A payment that was made before `since` was not brought either: so
    of a bill from before it, a link of a payment says nothing, and any other is a payment of an unknown day.
    """
    rest = bill.paid - sum(amounts.values(), Decimal(0))
    others = [link for link in bill.links if link[1] not in amounts]
    is_new = bill.created_at is not None and bill.created_at >= since
    if rest <= 0 or not others or (not is_new and all(type_ == BILL_PAYMENT for type_, _ in others)):
        return None
    type_, id_ = others[0] if len(others) == 1 else (SEVERAL, bill.id)
    applied = (AppliedAmount(BILL, bill.id, rest),)
    made_at = bill.created_at if is_new else None
    return BillPayment(
        id_, bill.changed_on, rest, applied, bill.currency, created_at=made_at, type=type_, is_from_bill=True
    )


class _LinkedBillShape(PaymentShape):
    id = Text(data_key="Id", required=True)
    total = Number(data_key="TotalAmt", required=True)
    balance = Number(data_key="Balance")
    currency = OptionalObject(CurrencyShape, data_key="CurrencyRef")
    meta_data = OptionalObject(MetaDataShape, data_key="MetaData")
    links = Bunch(LinkShape, data_key="LinkedTxn")


_LINKED_BILL = _LinkedBillShape()


def read_linked_bill(row: Mapping[str, Any]) -> LinkedBill:
    """Read a bill of QuickBooks; one without balance is taken as open. Raises UnreadablePayment."""
    try:
        data = _LINKED_BILL.load(dict(row))
    except ValidationError as error:
        raise UnreadablePayment(str(error.messages)) from error
    meta_data = data["meta_data"] or {}
    changed_on = meta_data.get("changed_on")
    if changed_on is None:
        raise UnreadablePayment("a bill without the day of its change")
    balance = data["total"] if data["balance"] is None else data["balance"]
    return LinkedBill(
        id=data["id"],
        paid=data["total"] - balance,
        currency=(data["currency"] or {}).get("value"),
        created_at=meta_data.get("created_at"),
        changed_on=changed_on,
        links=tuple((_type(link["type"]), link["id"]) for link in data["links"] if link["type"] not in NO_PAYMENTS),
    )


def _type(linked: str) -> str:
    """Return the type of a linked transaction: bills name payments by how they were made, as BillPaymentCheck."""
    return BILL_PAYMENT if linked.startswith(BILL_PAYMENT) else linked
