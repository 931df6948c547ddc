"""The days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

A_YEAR = timedelta(days=366)
NEAR = timedelta(days=5)
"""How far apart two entries of one amount are dated that may be about the same thing."""
EARLIEST = date(2000, 1, 1)
"""Nothing that Tieout compares is older."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the first and the last included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins, or begins before `EARLIEST`. Raises ValueError."""
        if self.last < self.first:
            raise ValueError(f"The last day ({self.last}) is before the first one ({self.first}).")
        if self.first < EARLIEST:
            raise ValueError(f"The first day ({self.first}) is before {EARLIEST}.")

    def __contains__(self, day: date | None) -> bool:
        """Tell whether a day is in the period; no day is in none."""
        return day is not None and self.first <= day <= self.last

    def __str__(self) -> str:
        """Return the period for people."""
        return f"{self.first} to {self.last}"

    @property
    def listed_from(self) -> date:
        """Return from when on changes in Precoro are listed: what is dated in the period was written a year before it at most."""
        return self.first - A_YEAR

    @property
    def booked_from(self) -> date:
        """Return from when on QuickBooks is read: what doubles a document of the period may be dated a few days before it."""
        return self.first - NEAR

    @property
    def booked_until(self) -> date:
        """Return until when QuickBooks is read."""
        return self.last + NEAR


def since_live(go_live: datetime | None, today: date) -> Period:
    """Return the period of the nightly report: since going live, but no longer than a year."""
    first = today - A_YEAR
    return Period(max(first, go_live.date()) if go_live and go_live.date() <= today else first, today)


def this_month(today: date) -> Period:
    """Return the days of this month until today."""
    return Period(today.replace(day=1), today)


def last_month(today: date) -> Period:
    """Return the month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)
