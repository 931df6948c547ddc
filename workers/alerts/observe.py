"""Observing everything that people outside the console are told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mappers.alerts.cause import QUOTA, AlertCause
from mappers.alerts.decision import Observation
from outbound.errors import QuotaUnreachable
from workers import lookup
from workers.alerts import agreement, quotas, silence, standstill, waiting
from workers.alerts.look import Look
from workers.ops.metered_month import metered_month
from workers.runtime import Runtime

OBSERVERS: tuple[Callable[[Look], Iterator[AlertCause]], ...] = (
    standstill.clock,
    standstill.workers,
    waiting.disconnected,
    waiting.payment_details,
    agreement.drifts,
    waiting.held_and_failed,
    standstill.standstill,
    silence.silent,
)
"""Whoever looks into the database for causes."""


def observe(runtime: Runtime) -> Observation:
    """Return every cause that there is now; quotas remain unobserved while Redis does not answer."""
    with runtime.read() as (session, moment):
        look = Look(session, moment, runtime.settings, lookup.connections(session))
        causes = [cause for observer in OBSERVERS for cause in observer(look)]
    causes += agreement.reports(runtime, look.connections)
    causes += quotas.metered(metered_month(runtime))
    try:
        causes += quotas.precoro_days(runtime, look.connections)
    except QuotaUnreachable:
        return Observation(causes, frozenset({QUOTA}))
    return Observation(causes)
