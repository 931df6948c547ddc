"""A payment in QuickBooks: what it puts on each bill, and how much of that Precoro has not applied yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from mappers.documents.document import BILL, VENDOR_CREDIT
from mappers.wire import Bunch, Day, Moment, Number, OptionalObject, Text

BILL_PAYMENT = "BillPayment"
SEVERAL = "Several"
"""The type of what several transactions have paid together, when their shares are not known."""


class UnreadablePayment(ValueError):  # noqa: N818 - it names what it is about
    """A payment of either side that cannot be read."""


@dataclass(frozen=True, slots=True)
class AppliedAmount:
    """What a payment applies: an amount on a bill, or of a credit."""

    type: str
    id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BillPayment:
    """A payment as QuickBooks holds it, whatever paid: a cheque, a card, or a credit that was applied.

    A payment that was voided has no amounts. Without `currency` it is in the home currency. `is_from_bill` says that only the
    bill shows it, as a link and in its balance: `type` is then that of the link, such as JournalEntry, and when the day is not
    known to lie after the import was switched on, there is no `created_at`.
    """

    id: str
    paid_on: date
    total: Decimal
    applied: tuple[AppliedAmount, ...]
    currency: str | None = None
    number: str | None = None
    created_at: datetime | None = None
    type: str = BILL_PAYMENT
    is_from_bill: bool = False

    @property
    def is_unclear(self) -> bool:
        """Tell whether only a person can say what this is: which transactions paid how much, or when."""
        return self.is_from_bill and (self.type == SEVERAL or self.created_at is None)

    @property
    def name(self) -> str:
        """Return what people call it: its number, such as that of the cheque, else its type and id."""
        return self.number or (
            f"{self.type} {self.id}" if self.type != SEVERAL else f"Several payments of bill {self.id}"
        )

    @property
    def bills(self) -> dict[str, Decimal]:
        """Return what it puts on each bill, by the bill's id."""
        return self._amounts(BILL)

    @property
    def credits(self) -> dict[str, Decimal]:
        """Return what it takes of each vendor credit, by the credit's id."""
        return self._amounts(VENDOR_CREDIT)

    @property
    def unapplied(self) -> Decimal:
        """Return what it has beyond what it applies: credit of the vendor in QuickBooks.

        Whether a journal entry is owed or counts against bills is not shown, so with one of these nothing is said.
        """
        if any(entry.type not in {BILL, VENDOR_CREDIT} for entry in self.applied):
            return Decimal(0)
        applied = sum(self.bills.values(), Decimal(0)) - sum(self.credits.values(), Decimal(0))
        return max(self.total - applied, Decimal(0))

    def _amounts(self, type_: str) -> dict[str, Decimal]:
        amounts: dict[str, Decimal] = {}
        for entry in self.applied:
            if entry.type == type_:
                amounts[entry.id] = amounts.get(entry.id, Decimal(0)) + entry.amount
        return amounts


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment is to be recorded for one bill.

    `credited` is credit that Precoro has applied to the invoice already. `unassigned` are credits of Precoro that it has not
    applied to an invoice of this payment, by their ids: then nobody knows what of the payment is new to Precoro.
    """

    amount: Decimal
    credited: Decimal = Decimal(0)
    unassigned: tuple[str, ...] = ()


def share_of(payment: BillPayment | None, bill_id: str, credited_bills: Mapping[str, str | None]) -> Share:
    """Return how much of a payment is to be recorded for a bill; nothing of one that is gone.

    `credited_bills` has, for each vendor credit that is a credit note of Precoro, the bill of the invoice to which Precoro
    applied it, or None. A credit that is not in it was made by hand in QuickBooks and pays like money.
    """
    bills = payment.bills if payment else {}
    if payment is None or not bills.get(bill_id):
        return Share(Decimal(0))
    applied_in_precoro = {key: amount for key, amount in payment.credits.items() if key in credited_bills}
    credited: dict[str, Decimal] = {}
    for key, amount in applied_in_precoro.items():
        target = credited_bills[key] or ""
        credited[target] = credited.get(target, Decimal(0)) + amount
    unassigned = {target for target, amount in credited.items() if amount > bills.get(target, Decimal(0))}
    if unassigned:
        keys = tuple(key for key in applied_in_precoro if (credited_bills[key] or "") in unassigned)
        return Share(bills[bill_id], unassigned=keys)
    own = credited.get(bill_id, Decimal(0))
    return Share(bills[bill_id] - own, credited=own)


class PaymentShape(Schema):
    """JSON of either side, which has many more fields than those that are read."""

    class Meta:
        """What is not named is left out."""

        unknown = EXCLUDE


class CurrencyShape(PaymentShape):
    """A reference to a currency."""

    value = Text()


class LinkShape(PaymentShape):
    """A link to another transaction."""

    type = Text(data_key="TxnType", required=True)
    id = Text(data_key="TxnId", required=True)


class _AppliedShape(PaymentShape):
    amount = Number(data_key="Amount", required=True)
    links = Bunch(LinkShape, data_key="LinkedTxn")


class MetaDataShape(PaymentShape):
    """When a transaction was made and changed; the day of the change is that of the company."""

    created_at = Moment(data_key="CreateTime")
    changed_on = Day(data_key="LastUpdatedTime")


class _BillPaymentShape(PaymentShape):
    id = Text(data_key="Id", required=True)
    number = fields.String(data_key="DocNumber", load_default=None)
    total = Number(data_key="TotalAmt", required=True)
    paid_on = Day(data_key="TxnDate", required=True)
    currency = OptionalObject(CurrencyShape, data_key="CurrencyRef")
    meta_data = OptionalObject(MetaDataShape, data_key="MetaData")
    lines = Bunch(_AppliedShape, data_key="Line")


_BILL_PAYMENT = _BillPaymentShape()


def read_bill_payment(row: Mapping[str, Any]) -> BillPayment:
    """Read a bill payment of QuickBooks. Raises UnreadablePayment."""
    try:
        data = _BILL_PAYMENT.load(dict(row))
    except ValidationError as error:
        raise UnreadablePayment(str(error.messages)) from error
    return BillPayment(
        id=data["id"],
        paid_on=data["paid_on"],
        total=data["total"],
        applied=tuple(_applied(line) for line in data["lines"] if line["links"]),
        currency=(data["currency"] or {}).get("value"),
        number=data["number"],
        created_at=(data["meta_data"] or {}).get("created_at"),
    )


def _applied(line: Mapping[str, Any]) -> AppliedAmount:
    """Return what a line applies; with several links nobody can say how much each of them gets."""
    if len(line["links"]) > 1:
        raise UnreadablePayment("a line names several transactions")
    [link] = line["links"]
    return AppliedAmount(link["type"], link["id"], line["amount"])
