"""The one sentence that a controller reads of a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from store.tie_out import ReportState
from workers.tie_out.sentence import sentence
from workers.tie_out.views import EquationRow, ReportDetail, ReportSummary

MOMENT = datetime(2026, 11, 28, 5, tzinfo=UTC)


def report(state: ReportState, counts: Mapping[str, int], *equations: EquationRow) -> ReportDetail:
    """Return a report on November."""
    summary = ReportSummary(
        report=12, connection="widgets", first=date(2026, 11, 1), last=date(2026, 11, 30), who="ann", state=state, reason=None,
        began_at=MOMENT, ended_at=MOMENT, breaks=0, counts=counts, digest=None, task=7, is_trimmed=False,
    )  # fmt: skip
    return ReportDetail(summary=summary, by_date=equations, by_approval=equations[:1])


def equation(quickbooks: str, currency: str = "USD", residual: str = "0.00", ledger: str = "bills") -> EquationRow:
    """Return an equation with this total of QuickBooks."""
    return EquationRow(ledger, currency, Decimal(quickbooks), {}, Decimal(quickbooks), Decimal(residual))


def test_what_ties_is_said_with_its_totals_and_with_what_is_explained() -> None:
    counts = {"agrees": 312, "held": 2, "waiting": 1}
    credits_ = equation("310.00", ledger="credits")
    assert sentence(report("ties", counts, equation("48310.00"), credits_)) == (
        "Both sides tie out: 312 documents agree, USD 48,310.00 in bills, USD 310.00 in vendor credits, "
        "2 held for a person, 1 waiting to be sent."
    )


def test_many_currencies_are_counted() -> None:
    equations = [equation("1.00", currency) for currency in ("EUR", "GBP", "JPY", "USD")]
    assert sentence(report("ties", {"agrees": 1}, *equations)) == "Both sides tie out: 1 document agrees, 4 currencies."


def test_what_only_waits_is_not_said_to_tie_out() -> None:
    assert sentence(report("ties", {"held": 3}, equation("0.00"))) == (
        "Every difference is explained, but no document simply agrees: 3 held for a person."
    )


def test_an_empty_period_ties() -> None:
    assert sentence(report("ties", {})) == "Both sides tie out: there is nothing in the period."


@pytest.mark.parametrize(
    ("counts", "equations", "faults"),
    [
        ({"agrees": 9, "held": 1, "missing": 2}, [equation("1.00")], "2 missing in QuickBooks"),
        ({}, [equation("1.00", residual="-3.10")], "USD -3.10 in bills left without an explanation"),
        ({}, [equation("1.00")], "the equation of a supplier does not close"),
    ],
)
def test_what_differs_says_why(counts: Mapping[str, int], equations: list[EquationRow], faults: str) -> None:
    assert sentence(report("differs", counts, *equations)) == f"The sides do not tie out: {faults}."


def test_what_is_not_read_proves_nothing() -> None:
    assert "nothing is proven" in sentence(report("incomplete", {"missing": 1}))
    assert sentence(report("reading", {})) == "The report is not finished."
