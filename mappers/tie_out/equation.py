"""The closing equation of a ledger: what Precoro approved, what explains the rest, and what QuickBooks holds.

    approved in Precoro - held - waiting - ignored - historical +- differences + extras = QuickBooks

Both totals are added up from the readings alone, the effects from the buckets; what remains has to be 0.00.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from mappers.tie_out.buckets import BUCKETS, Bucket
from mappers.tie_out.sides import LEDGERS, BooksSide, Ledger, PrecoroSide

ZERO = Decimal("0.00")


class Account(NamedTuple):
    """What is added up together: the documents of one ledger in one currency of one supplier or vendor."""

    ledger: Ledger
    currency: str
    party: str


class Posting(NamedTuple):
    """What one document or entity moves in one account: its bucket, and QuickBooks' amount less Precoro's."""

    account: Account
    bucket: Bucket
    effect: Decimal


@dataclass
class Equation:
    """The equation of one account, or of several added up."""

    approved: Decimal = ZERO
    quickbooks: Decimal = ZERO
    effects: dict[Bucket, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def residual(self) -> Decimal:
        """Return what nothing explains: 0.00 when the equation closes."""
        return self.quickbooks - self.approved - sum(self.effects.values(), ZERO)

    @property
    def is_broken(self) -> bool:
        """Tell whether it does not close."""
        return self.residual != 0

    def explained(self) -> Iterator[tuple[Bucket, Decimal]]:
        """Yield the buckets that move anything, in their order."""
        return ((bucket, self.effects[bucket]) for bucket in BUCKETS if self.effects.get(bucket))

    def add(self, other: Equation) -> None:
        """Add another equation to this one."""
        self.approved += other.approved
        self.quickbooks += other.quickbooks
        for bucket, effect in other.effects.items():
            self.effects[bucket] += effect


def postings(
    bucket: Bucket, precoro: PrecoroSide | None, books: BooksSide | None, *, counts: bool, is_booked: bool
) -> list[Posting]:
    """Return what a document moves: nothing where both sides count with the same amount in one account.

    `counts` says that the document is in the period, `is_booked` that the entity is. What agrees and is in the period on one
    side only is in another period.
    """
    approved = amount_of(precoro) if precoro and counts else None
    booked = (account_of_entity(books), books.total) if books and is_booked else None
    if approved is None and booked is None:
        return []
    if bucket == "agrees" and approved != booked and precoro and books:
        bucket = "other_period"
    moved: dict[Account, Decimal] = defaultdict(lambda: ZERO)
    if booked:
        moved[booked[0]] += booked[1]
    if approved:
        moved[approved[0]] -= approved[1]
    return [Posting(account, bucket, effect) for account, effect in moved.items()]


def amount_of(precoro: PrecoroSide) -> tuple[Account, Decimal] | None:
    """Return what a document counts in Precoro; None when it need not stand in QuickBooks."""
    if precoro.requires != "stand":
        return None
    return Account(LEDGERS[precoro.type], precoro.currency, precoro.party), precoro.amount


def account_of_entity(books: BooksSide) -> Account:
    """Return the account of an entity."""
    return Account(LEDGERS[books.type], books.currency, books.party)


@dataclass
class Equations:
    """All accounts of a report on one basis."""

    accounts: dict[Account, Equation] = field(default_factory=lambda: defaultdict(Equation))

    def approve(self, account: Account, amount: Decimal) -> None:
        """Add a document of Precoro, as it was read."""
        self.accounts[account].approved += amount

    def book(self, account: Account, amount: Decimal) -> None:
        """Add an entity of QuickBooks, as it was read."""
        self.accounts[account].quickbooks += amount

    def post(self, moved: Iterable[Posting]) -> None:
        """Add what one document or entity moves."""
        for posting in moved:
            self.accounts[posting.account].effects[posting.bucket] += posting.effect

    def totals(self) -> Mapping[tuple[Ledger, str], Equation]:
        """Return the equation of each ledger and currency."""
        totals: dict[tuple[Ledger, str], Equation] = defaultdict(Equation)
        for account, equation in sorted(self.accounts.items()):
            totals[account.ledger, account.currency].add(equation)
        return totals

    @property
    def close(self) -> bool:
        """Tell whether every equation closes."""
        return not any(equation.is_broken for equation in self.accounts.values())
