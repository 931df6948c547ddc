"""Beginning a report."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from mappers.policy import load_policy
from mappers.tie_out.period import Period, last_month, since_live, this_month
from workers.errors import UnderWayError, WrongPeriodError
from workers.lookup import connection_named
from workers.runtime import Runtime
from workers.tasks import commands as task_commands
from workers.tie_out.action import NAME
from workers.tie_out.views import NIGHTLY


def begin(runtime: Runtime, slug: str, who: str, period: Period) -> int:
    """Begin a report and return the number of its task.

    Raises NoSuchConnectionError, AmbiguousNameError, and UnderWayError while another report of the connection is being made.
    """
    arguments = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return task_commands.start(runtime, slug, NAME, arguments, who)


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods that are offered: since going live, a year at most, and two months."""

    usual: Period
    this_month: Period
    last_month: Period


def periods(runtime: Runtime, slug: str) -> Periods:
    """Return the periods that are offered today. Raises NoSuchConnectionError and AmbiguousNameError."""
    with runtime.read() as (session, moment):
        today = moment.date()
        usual = since_live(load_policy(connection_named(session, slug).policy).go_live, today)
        return Periods(usual, this_month(today), last_month(today))


def chosen_period(runtime: Runtime, slug: str, first: date | None, last: date | None) -> Period:
    """Return the period between two days, each of which may be left out. Raises WrongPeriodError and NoSuchConnectionError."""
    usual = periods(runtime, slug).usual
    try:
        return Period(first or usual.first, last or usual.last)
    except ValueError as error:
        raise WrongPeriodError(str(error)) from error


def make_nightly(runtime: Runtime, slug: str) -> None:
    """Begin the report that is made by itself, unless one is being made."""
    with suppress(UnderWayError):
        begin(runtime, slug, NIGHTLY, periods(runtime, slug).usual)
