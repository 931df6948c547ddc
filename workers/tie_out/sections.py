"""The lists of a report's rows that a controller looks at for the month end, beside the buckets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, or_

from store.tie_out import ReportRow as Row

PAID = 5
"""The status of an invoice that is paid (docs/reference/precoro.md, Statuses)."""
STILL_TO_COME = ("held", "waiting", "failed", "missing")
IS_BOOKED_ELSEWHERE = and_(Row.quickbooks.isnot(None), Row.by_date != Row.by_booking)


class ReportSection(NamedTuple):
    """A list for the month end: what people call it, what it lists, and which rows those are."""

    title: str
    meaning: str
    condition: ColumnElement[bool]


SECTIONS: Final[Mapping[str, ReportSection]] = {
    "cut-off": ReportSection(
        "Cut-off",
        "In the period by one of three days only: their date, their approval, the day in QuickBooks.",
        and_(Row.name.isnot(None), or_(Row.by_date != Row.by_approval, IS_BOOKED_ELSEWHERE)),
    ),
    "accruals": ReportSection(
        "Accruals",
        "Approved, and still to come to QuickBooks.",
        and_(Row.ledger != "orders", Row.quickbooks.is_(None), Row.precoro.isnot(None), Row.bucket.in_(STILL_TO_COME)),
    ),
    "held": ReportSection(
        "Held", "What waits for a person or failed, with due dates.", Row.bucket.in_(("held", "failed"))
    ),
    "paid-in-precoro": ReportSection(
        "Paid in Precoro only",
        "Paid there, and open in QuickBooks.",
        and_(Row.status == PAID, Row.balance.isnot(None), Row.balance != Decimal(0)),
    ),
    "past-precoro": ReportSection(
        "Past Precoro",
        "Bills that were typed in QuickBooks.",
        and_(Row.ledger == "bills", Row.bucket.in_(("entered_directly", "suspected_duplicate"))),
    ),
}
