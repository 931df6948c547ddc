"""The calls of this month that QuickBooks meters, beside what Intuit allows, and where they are going."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from store import usage
from workers.runtime import Runtime

PACE_DAYS = 7
"""How many whole days the pace is measured on."""


@dataclass(frozen=True, slots=True)
class MeteredMonth:
    """The metered calls of a month (UTC), of all companies together.

    Args:
        by_day: how many there were on each day so far
        forecast: how many there will be at its end, if the days to come are as the last seven whole ones
    """

    first: date
    by_day: Mapping[date, int]
    limit: int
    forecast: int

    @property
    def used(self) -> int:
        """How many there were so far."""
        return sum(self.by_day.values())


def metered_month(runtime: Runtime) -> MeteredMonth:
    """Return what is metered this month."""
    with runtime.read() as (session, moment):
        today = moment.date()
        first = today.replace(day=1)
        counted = usage.metered_since(session, min(first, today - timedelta(days=PACE_DAYS)))
    days = [first + timedelta(days=number) for number in range(today.day)]
    by_day = {day: counted.get(day, 0) for day in days}
    return MeteredMonth(first, by_day, runtime.settings.qbo_month, _forecast(by_day, counted, today))


def _forecast(by_day: Mapping[date, int], counted: Mapping[date, int], today: date) -> int:
    """Return the calls expected by the end of the month, at the pace of the last whole days that have been counted."""
    whole_days = [
        day
        for day in (today - timedelta(days=ago + 1) for ago in range(PACE_DAYS))
        if day >= min(counted, default=today)
    ]
    pace = sum(counted.get(day, 0) for day in whole_days) / max(1, len(whole_days))
    days_left = monthrange(today.year, today.month)[1] - today.day
    return round(sum(by_day.values()) + pace * days_left)
