"""How much of each quota is used at this moment, by connection and service."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workers import clients, lookup
from workers.runtime import Runtime


@dataclass(frozen=True, slots=True)
class QuotaWindow:
    """The calls to a service that a connection's company has used of one window; others may share the company."""

    connection: str
    service: str
    seconds: float
    limit: int
    used: int


def quotas(runtime: Runtime, connections: Collection[str] | None = None) -> list[QuotaWindow]:
    """Return the windows of connections of these names or of all, the longest first.

    Raises NoSuchConnectionError, AmbiguousNameError and QuotaUnreachable.
    """
    with runtime.read() as (session, _):
        rows = lookup.connections_named(session, connections)
    return [
        QuotaWindow(row.slug, quota.service, headroom.window.seconds, headroom.window.limit, headroom.used)
        for row in rows
        for quota in (clients.precoro_quota(runtime, row.precoro), clients.qbo_quota(runtime, row.qbo.realm))
        for headroom in quota.headroom()
    ]
