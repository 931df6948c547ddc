"""What a report comes to, in one sentence for people."""

from __future__ import annotations

from collections.abc import Iterator

from mappers.money import written
from mappers.text import plural
from mappers.tie_out.buckets import BREAKS, BUCKETS, counted
from mappers.tie_out.sides import LEDGER_TITLES
from workers.tie_out.views import EquationRow, ReportDetail

MOST_TOTALS = 3
"""How many totals a sentence names; of more it names the number of currencies."""
EXPLAINED = [bucket for bucket in BUCKETS if bucket not in BREAKS and bucket != "agrees"]


def sentence(report: ReportDetail) -> str:
    """Return what a report comes to, such as `Both sides tie out: 312 documents agree, USD 48,310.00 in bills.`."""
    match report.summary.state:
        case "ties" if report.summary.counts and not report.summary.counts.get("agrees"):
            return f"Every difference is explained, but no document simply agrees: {', '.join(_agreement(report))}."
        case "ties":
            return f"Both sides tie out: {', '.join(_agreement(report)) or 'there is nothing in the period'}."
        case "differs":
            return f"The sides do not tie out: {', '.join(_faults(report)) or 'the equation of a supplier does not close'}."
        case "incomplete":
            return "Not everything could be read, so that nothing is proven."
        case "reading":
            return "The report is not finished."


def _agreement(report: ReportDetail) -> Iterator[str]:
    """Yield how much agrees, what QuickBooks holds, and what explains the rest."""
    counts = report.summary.counts
    if agreeing := counts.get("agrees"):
        yield plural(agreeing, "document agrees", "documents agree")
    totals = [equation for equation in report.by_date if equation.quickbooks]
    if len(totals) > MOST_TOTALS:
        yield plural(len({equation.currency for equation in totals}), "currency", "currencies")
    else:
        yield from (f"{written(total.quickbooks, total.currency)} in {_ledger(total)}" for total in totals)
    if explained := counted(counts, EXPLAINED):
        yield explained


def _faults(report: ReportDetail) -> Iterator[str]:
    """Yield what breaks the agreement, and what nothing explains."""
    if breaking := counted(report.summary.counts, BREAKS):
        yield breaking
    broken = [equation for equation in [*report.by_date, *report.by_approval] if equation.residual]
    unexplained = (f"{written(equation.residual, equation.currency)} in {_ledger(equation)}" for equation in broken)
    yield from (f"{amount} left without an explanation" for amount in dict.fromkeys(unexplained))


def _ledger(equation: EquationRow) -> str:
    return LEDGER_TITLES[equation.ledger].lower()
