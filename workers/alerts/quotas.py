"""Which quotas are nearly used up: the day of a Precoro company, and the month that QuickBooks meters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mappers.alerts.cause import METERED, QUOTA, AlertCause
from store.companies import Connection
from workers import clients
from workers.alerts.look import OPERATIONS, page_of
from workers.ops.metered_month import MeteredMonth
from workers.runtime import Runtime

LEVELS = (80, 95)
"""The percentages at each of which people are told."""


def metered(month: MeteredMonth) -> Iterator[AlertCause]:
    """Yield each level that the metered calls of this month have reached."""
    for level in _reached(month.used, month.limit):
        yield AlertCause(
            key=f"{METERED}:{level}",
            kind=METERED,
            connection=None,
            sentence=f"{level} % of this month's metered calls to QuickBooks are used: {month.used:,} of {month.limit:,}.",
            page=OPERATIONS,
        )


def precoro_days(runtime: Runtime, connections: Sequence[Connection]) -> Iterator[AlertCause]:
    """Yield each level that the calls of a day to a Precoro company have reached. Raises QuotaUnreachable."""
    for connection in {connection.precoro_id: connection for connection in reversed(connections)}.values():
        day = clients.precoro_quota(runtime, connection.precoro).headroom()[0]
        for level in _reached(day.used, day.window.limit):
            yield AlertCause(
                key=f"{QUOTA}:{connection.slug}:{level}",
                kind=QUOTA,
                connection=connection.slug,
                sentence=f"{level} % of a day's calls to Precoro are used: {day.used:,} of {day.window.limit:,}.",
                page=page_of(connection, "operations"),
            )


def _reached(used: int, limit: int) -> list[int]:
    return [level for level in LEVELS if 100 * used >= level * limit]
