"""The first pairs of a connection: what has the same name on both sides, list by list, and taxes of one rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from store.companies import Connection
from workers.pair_kinds import PAIR_KINDS
from workers.reference import pairs
from workers.reference.pairs import AT_CONNECT
from workers.runtime import Runtime
from workers.taxes.match import pair_certain

TAX = "tax"
FIRST_KINDS = (*PAIR_KINDS, TAX)
"""The kinds of pairs that are made when companies are connected."""
AT_ONCE = 50
"""How many pairs one transaction makes: others write meanwhile."""


def pair_equal_names(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Pair every list by equal names, and taxes by rate and name; returns how many new pairs each kind got."""
    return {kind: pair_list(runtime, connection_id, kind) for kind in FIRST_KINDS}


def pair_list(runtime: Runtime, connection_id: int, kind: str) -> int:
    """Pair one list by equal names, or taxes by rate and name; returns how many new pairs it got."""
    if kind != TAX:
        return _pair_equal(runtime, connection_id, kind)
    with runtime.write() as (session, moment):
        return pair_certain(session, session.get_one(Connection, connection_id), moment)


def _pair_equal(runtime: Runtime, connection_id: int, kind: str) -> int:
    """Pair one list by equal names, a few pairs a transaction; returns how many."""
    pair_kind, count = PAIR_KINDS[kind], 0
    with runtime.read() as (session, _):
        twins = pair_kind.equal(session, session.get_one(Connection, connection_id), kind)
    for some in _batches(twins):
        with runtime.write() as (session, moment):
            connection = session.get_one(Connection, connection_id)
            paired = pairs.paired(session, connection, kind)  # somebody may have paired one of these meanwhile
            taken = set(paired.values()) if pair_kind.is_exclusive else set()
            free = {key: twin for key, twin in some.items() if key not in paired and twin not in taken}
            pair_kind.make(session, connection, kind, free, moment, how=AT_CONNECT)
            count += len(free)
    return count


def _batches(twins: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Return the pairs in batches."""
    rest = iter(twins.items())
    while some := dict(islice(rest, AT_ONCE)):
        yield some
