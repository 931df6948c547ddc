"""A report's equations as statements: one for each ledger and currency, with both bases side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.tie_out.buckets import BUCKETS, Bucket
from mappers.tie_out.equation import ZERO
from mappers.tie_out.sides import LEDGER_TITLES
from workers.tie_out.views import EquationRow, ReportDetail


@dataclass(frozen=True, slots=True)
class Statement:
    """The equation of a ledger in one currency, by the date of the document and by the day of its approval."""

    ledger: str
    currency: str
    by_date: EquationRow
    by_approval: EquationRow

    @property
    def title(self) -> str:
        """Return what it is about: `Bills, USD`."""
        return f"{LEDGER_TITLES[self.ledger]}, {self.currency}"

    @property
    def explained(self) -> Iterator[tuple[Bucket, Decimal, Decimal]]:
        """Yield each bucket that moves anything, with what it moves on both bases."""
        both = (self.by_date.effects, self.by_approval.effects)
        for bucket in BUCKETS:
            if any(bucket in effects for effects in both):
                by_date, by_approval = (effects.get(bucket, ZERO) for effects in both)
                yield bucket, by_date, by_approval


def statements(report: ReportDetail) -> list[Statement]:
    """Return the statements of a report."""
    by_date, by_approval = (_by_account(equations) for equations in (report.by_date, report.by_approval))
    return [
        Statement(*account, by_date.get(account) or _nothing(*account), by_approval.get(account) or _nothing(*account))
        for account in dict.fromkeys([*by_date, *by_approval])
    ]


def _by_account(equations: Sequence[EquationRow]) -> dict[tuple[str, str], EquationRow]:
    return {(equation.ledger, equation.currency): equation for equation in equations}


def _nothing(ledger: str, currency: str) -> EquationRow:
    return EquationRow(ledger, currency, ZERO, {}, ZERO, ZERO)
