"""The days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the first and the last included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins. Raises ValueError."""
        if self.last < self.first:
            raise ValueError(f"The period ends on {self.last}, before it begins on {self.first}")

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


def since_live(go_live: datetime | None, today: date) -> Period:
    """Return the period of the nightly report: since going live, but no longer than a year."""
    first = today - A_YEAR
    return Period(max(first, go_live.date()) if go_live and go_live.date() <= today else first, today)
