"""The result of a comparison: rows with verdicts, totals, calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

PAYMENT = "payment"
"""The kind of the row of a payment."""
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ComparedRow:
    """One document on both sides, or one payment of it; an amount is None where nothing stands.

    `verdict` "ok", "held" and "waits" tie.
    """

    document: str
    status: str
    currency: str
    precoro: Decimal | None
    entity: str
    quickbooks: Decimal | None
    verdict: str = "ok"
    detail: str = ""
    kind: str = "invoice"

    @property
    def sign(self) -> int:
        """Return how the row counts in what is payable: a credit reduces it, an order posts nothing, a payment pays it."""
        return {"credit_note": -1, "purchase_order": 0, PAYMENT: 0}.get(self.kind, 1)

    @property
    def difference(self) -> Decimal | None:
        """Return QuickBooks less Precoro, None when neither has an amount."""
        if self.precoro is None and self.quickbooks is None:
            return None
        return (self.quickbooks or ZERO) - (self.precoro or ZERO)


@dataclass(frozen=True)
class DocumentCalls:
    """Requests that were made for documents."""

    precoro_reads: int = 0
    precoro_pages: int = 0
    precoro_writes: int = 0
    quickbooks_reads: int = 0
    quickbooks_writes: int = 0


@dataclass
class Comparison:
    """Every document with its verdict, and every payment where payments are compared."""

    rows: list[ComparedRow] = field(default_factory=list)
    calls: DocumentCalls = field(default_factory=DocumentCalls)

    def of(self, verdict: str) -> list[ComparedRow]:
        """Return the rows with a verdict."""
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def missing(self) -> list[ComparedRow]:
        """Return what should stand in QuickBooks and does not."""
        return self.of("MISSING")

    @property
    def extra(self) -> list[ComparedRow]:
        """Return what stands in QuickBooks with our marker and should not."""
        return self.of("EXTRA")

    @property
    def doubled(self) -> list[ComparedRow]:
        """Return what stands in QuickBooks more than once."""
        return self.of("DOUBLED")

    @property
    def different(self) -> list[ComparedRow]:
        """Return what stands in QuickBooks with another amount, vendor, currency or lines."""
        return self.of("DIFFERENT")

    @property
    def held(self) -> list[ComparedRow]:
        """Return what is known to wait for a person."""
        return self.of("held")

    @property
    def broken(self) -> list[ComparedRow]:
        """Return every row that does not tie, in the order of the table."""
        return [row for row in self.rows if row.verdict.isupper()]

    @property
    def ties(self) -> bool:
        """Tell whether both sides agree."""
        return not self.broken

    def totals(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return what is payable (Precoro, QuickBooks) by currency, without what is held or waits."""
        totals: dict[str, tuple[Decimal, Decimal]] = {}
        for row in self.rows:
            if row.verdict not in {"held", "waits"}:
                ours, theirs = totals.get(row.currency, (ZERO, ZERO))
                totals[row.currency] = (ours + row.sign * (row.precoro or 0), theirs + row.sign * (row.quickbooks or 0))
        return totals

    def paid(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return what is paid (Precoro, QuickBooks) by currency."""
        paid: dict[str, tuple[Decimal, Decimal]] = {}
        for row in self.rows:
            if row.kind == PAYMENT:
                ours, theirs = paid.get(row.currency, (ZERO, ZERO))
                paid[row.currency] = (ours + (row.precoro or 0), theirs + (row.quickbooks or 0))
        return paid
