"""When a company is silent: against its habit, and never because of a weekend."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mappers.alerts.silence import is_silent, looked_at, whole_working_days

FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY_DAY = looked_at(FRIDAY.date())


@pytest.mark.parametrize(
    ("hours", "found_after", "days", "silent"),
    [
        (5, 2.0, EVERY_DAY, False),  # not long enough
        (9, 2.0, EVERY_DAY, True),  # a document was found that no event told of
        (9, 0.5, EVERY_DAY, False),  # its event may be late
        (9, None, EVERY_DAY, False),
        (64, None, EVERY_DAY, False),  # a weekend
        (64, 40.0, EVERY_DAY, True),
        (64, 40.0, EVERY_DAY[:9], False),  # no habit
        (24 * 5 + 7, None, EVERY_DAY, False),  # Wednesday: Monday and Tuesday were silent
        (24 * 6 + 7, None, EVERY_DAY, True),
        (24 * 6 + 7, None, EVERY_DAY[:9], False),
    ],
)  # fmt: skip
def test_silence(hours: float, found_after: float | None, days: list[date], silent: bool) -> None:
    unannounced = None if found_after is None else FRIDAY + found_after * HOUR
    now = FRIDAY + hours * HOUR
    assert is_silent(FRIDAY, days, now, unannounced=unannounced, after=8 * HOUR) is silent


def test_the_habit_is_looked_at_on_working_days_only() -> None:
    assert len(EVERY_DAY) == 15
    assert max(day.weekday() for day in EVERY_DAY) == 4
    assert whole_working_days(date(2026, 11, 20), date(2026, 11, 23)) == 0
    assert whole_working_days(date(2026, 11, 23), date(2026, 11, 20)) == 0
