"""What QuickBooks metered this month, and what it comes to at the pace of the last week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest

from store.history import CallRow
from tests.integration.workers.frozen import assert_frozen
from workers.ops.metered_month import MeteredMonth, metered_month
from workers.runtime import Runtime


def called(runtime: Runtime, day: date, number: int, service: str = "quickbooks", *, metered: bool = True) -> None:
    """Keep so many calls of a day."""
    at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
    with runtime.write() as (session, _):
        for _ in range(number):
            session.add(
                CallRow(at=at, service=service, company="1", method="GET", path="/", milliseconds=5, metered=metered)
            )


@pytest.mark.parametrize(
    ("today", "calls", "forecast"),
    [
        (date(2026, 11, 28), {date(2026, 11, day): 10 for day in range(1, 28)}, 290),
        (date(2026, 11, 3), {date(2026, 10, 31): 7, date(2026, 11, 1): 14, date(2026, 11, 2): 0}, 203),
        (date(2026, 11, 10), {date(2026, 11, 9): 5}, 105),
        (date(2026, 11, 30), {date(2026, 11, 30): 5}, 5),
        (date(2026, 2, 1), {}, 0),
    ],
)
def test_the_days_to_come_are_taken_to_be_as_the_last_whole_ones(
    runtime: Runtime, today: date, calls: Mapping[date, int], forecast: int
) -> None:
    for day, number in calls.items():
        called(runtime, day, number)
    called(runtime, today, 3, metered=False)
    called(runtime, today, 3, service="precoro")
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with patch("workers.runtime.now", return_value=noon):
        month = metered_month(runtime)
    assert_frozen(month)
    first = today.replace(day=1)
    in_month = {day: number for day, number in calls.items() if day >= first and number}
    assert {day: number for day, number in month.by_day.items() if number} == in_month
    assert (len(month.by_day), month.used) == (today.day, sum(in_month.values()))
    assert month == MeteredMonth(first, month.by_day, 500_000, forecast)
