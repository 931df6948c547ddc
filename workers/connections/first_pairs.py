"""The first pairs of a connection: what has the same name on both sides, list by list, and taxes of one rate."""

from __future__ import annotations

from store.companies import Connection
from workers.pair_kinds import PAIR_KINDS
from workers.runtime import Runtime
from workers.taxes.match import pair_certain


def pair_equal_names(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Pair every list by equal names, and taxes by rate and name; returns how many new pairs each kind got."""
    counts: dict[str, int] = {}
    with runtime.write() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        for kind, pair_kind in PAIR_KINDS.items():
            twins = pair_kind.equal(session, connection, kind)
            pair_kind.make(session, connection, kind, twins, moment, how="name")
            counts[kind] = len(twins)
        counts["tax"] = pair_certain(session, connection, moment)
    return counts
