"""One document as the report compares it: in Precoro now, as Tieout sent it last, and in QuickBooks now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from mappers.documents.document import BILL, PURCHASE_ORDER, VENDOR_CREDIT
from mappers.documents.status import RequiredAction

Ledger: TypeAlias = Literal["orders", "bills", "credits"]
"""What is added up apart: orders post nothing, and credits reduce what bills make payable."""
LEDGERS: Final[dict[str, Ledger]] = {PURCHASE_ORDER: "orders", BILL: "bills", VENDOR_CREDIT: "credits"}
"""The ledger of each type of entity."""
LEDGER_TITLES: Final[Mapping[str, str]] = {
    "orders": "Purchase orders",
    "bills": "Bills",
    "credits": "Vendor credits",
}
"""What people call each ledger."""


@dataclass(frozen=True, slots=True)
class PrecoroSide:
    """A document as Precoro lists it.

    Args:
        requires: what its status requires in QuickBooks
        type: the type of entity that it becomes
        amount: what QuickBooks has to hold of it, positive, in `currency`
        party: the vendor that its supplier is paired with, or the supplier itself (`supplier:9001`) while it has none
        dated, approved_on: the two days by which it may count in a period
        is_read: whether Tieout has had the time to see it as it is now
    """

    requires: RequiredAction
    type: str
    amount: Decimal
    currency: str
    party: str
    dated: date | None
    approved_on: date | None
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class BooksSide:
    """An entity as QuickBooks lists it: its total in `currency`, and the vendor (`party`) that it belongs to."""

    type: str
    id: str
    total: Decimal
    currency: str
    party: str
    dated: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where Tieout stands with a document.

    Args:
        state, reason: as the record has it; of what is held its first problem
        is_due: whether something is to be done for it by itself
        sent: the total that QuickBooks answered when it was last sent; None when nothing stands for it
        sent_dated: the date that QuickBooks answered then
        is_kept: whether a person decided that QuickBooks keeps what it holds
    """

    state: str
    reason: str | None = None
    is_due: bool = False
    sent: Decimal | None = None
    sent_dated: date | None = None
    is_kept: bool = False
