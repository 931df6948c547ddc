"""What the reports of each of the last days came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from mappers.tie_out.buckets import BREAKS
from store.tie_out import READING, Report, ReportState
from workers.lookup import connection_named
from workers.runtime import Runtime

DAYS = 30


@dataclass(frozen=True, slots=True)
class ReportDay:
    """A day, and what the newest report that began on it came to; None on a day without one."""

    day: date
    state: ReportState | None = None
    breaks: int = 0


def last_days(runtime: Runtime, connection: str, number: int = DAYS) -> list[ReportDay]:
    """Return the last days, today last. Raises NoSuchConnectionError and AmbiguousNameError."""
    with runtime.read() as (session, moment):
        days = [moment.date() - timedelta(days=ago) for ago in reversed(range(number))]
        ended = Report.connection_id == connection_named(session, connection).id, Report.state != READING
        recent = Report.began_at >= moment - timedelta(days=number)
        rows = session.execute(
            select(Report.began_at, Report.state, Report.counts).where(*ended, recent).order_by(Report.id)
        )
        newest = {began_at.date(): (state, counts) for began_at, state, counts in rows}
    return [
        ReportDay(day, newest[day][0], sum(newest[day][1].get(bucket, 0) for bucket in BREAKS))
        if day in newest
        else ReportDay(day)
        for day in days
    ]
