"""Beginning a report."""

from __future__ import annotations

from contextlib import suppress

from mappers.policy import load_policy
from mappers.tie_out.period import Period, since_live
from workers.errors import UnderWayError
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


def usual_period(runtime: Runtime, slug: str) -> Period:
    """Return the days from going live until today, a year at most. Raises NoSuchConnectionError and AmbiguousNameError."""
    with runtime.read() as (session, moment):
        return since_live(load_policy(connection_named(session, slug).policy).go_live, moment.date())


def make_nightly(runtime: Runtime, slug: str) -> None:
    """Begin the report that is made by itself, unless one is being made."""
    with suppress(UnderWayError):
        begin(runtime, slug, NIGHTLY, usual_period(runtime, slug))
