"""The days of a report."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mappers.tie_out.period import Period, last_month, since_live, this_month

TODAY = date(2026, 11, 28)


def test_the_first_and_the_last_day_are_in_the_period() -> None:
    november = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert date(2026, 11, 1) in november
    assert date(2026, 11, 30) in november
    assert date(2026, 12, 1) not in november
    assert None not in november


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="is before the first one"):
        Period(date(2026, 11, 30), date(2026, 11, 1))


def test_a_period_that_begins_before_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="is before 2000-01-01"):
        Period(date(1999, 12, 31), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("today", "this", "last"),
    [
        (TODAY, Period(date(2026, 11, 1), TODAY), Period(date(2026, 10, 1), date(2026, 10, 31))),
        (date(2028, 3, 1), Period(date(2028, 3, 1), date(2028, 3, 1)), Period(date(2028, 2, 1), date(2028, 2, 29))),
        (date(2027, 1, 31), Period(date(2027, 1, 1), date(2027, 1, 31)), Period(date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_this_month_ends_today_and_last_month_is_whole(today: date, this: Period, last: Period) -> None:
    assert this_month(today) == this
    assert last_month(today) == last


@pytest.mark.parametrize(
    ("go_live", "first"),
    [
        (datetime(2026, 11, 1, 9, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2024, 1, 1, tzinfo=UTC), date(2025, 11, 27)),
        (datetime(2026, 12, 24, tzinfo=UTC), date(2025, 11, 27)),
        (None, date(2025, 11, 27)),
    ],
)  # fmt: skip
def test_the_nightly_report_begins_where_the_connection_did_but_a_year_ago_at_most(
    go_live: datetime | None, first: date
) -> None:
    assert since_live(go_live, TODAY) == Period(first, TODAY)
