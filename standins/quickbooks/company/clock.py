"""Times as QuickBooks writes them: Pacific, with offset."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def pacific(moment: datetime) -> str:
    """Write a time as QBO does in MetaData: Pacific, with offset, whole seconds."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def now_text() -> str:
    """Write the present as QBO does in `time`: Pacific, with offset, milliseconds."""
    return datetime.now(UTC).astimezone(PACIFIC).isoformat(timespec="milliseconds")


def today() -> str:
    """Return the day that a transaction without a date gets."""
    return datetime.now(UTC).astimezone(PACIFIC).date().isoformat()


def day_of_people() -> str:
    """Return the day on this machine, which people enter: in Europe that of QuickBooks is still yesterday in the morning."""
    return datetime.now(UTC).astimezone().date().isoformat()
