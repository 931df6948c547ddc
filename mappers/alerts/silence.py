"""Whether a company that used to send events has fallen silent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

WORKING_DAYS = 15
"""On how many of the last working days the habit is looked at."""
HABIT = 10
"""On how many of them events must have come for a habit."""
SILENT_DAYS = 3
"""How many whole working days without an event break a habit by themselves."""
TOLERANCE = timedelta(hours=1)
"""How long after the last event a document has to be found to speak for silence: an event may be late."""
SATURDAY = 5


def looked_at(last_event: date) -> list[date]:
    """Return the working days on which the habit is looked at: those up to the day of the last event."""
    days: list[date] = []
    day = last_event
    while len(days) < WORKING_DAYS:
        if day.weekday() < SATURDAY:
            days.append(day)
        day -= timedelta(days=1)
    return days


def is_silent(
    last_event: datetime,
    days_with_events: Collection[date],
    now: datetime,
    *,
    unannounced: datetime | None,
    after: timedelta,
) -> bool:
    """Say whether a company is silent against its habit.

    Either documents were found that no event told of, and the last event is longer ago than `after`; or there was none for
    some working days. `unannounced` is when such a document was last found.
    """
    if now - last_event < after or len(set(days_with_events) & set(looked_at(last_event.date()))) < HABIT:
        return False
    is_missed = unannounced is not None and unannounced - last_event > TOLERANCE
    return is_missed or whole_working_days(last_event.date(), now.date()) >= SILENT_DAYS


def whole_working_days(last_event: date, today: date) -> int:
    """Return how many working days lie between two days."""
    between = (last_event + timedelta(days=number) for number in range(1, (today - last_event).days))
    return sum(day.weekday() < SATURDAY for day in between)
