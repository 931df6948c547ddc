"""What people look for among the entries of either side: by a part of the name, to pair one with another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from mappers.counterparts import COUNTERPARTS
from store.base import holds
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair
from workers.lookup import connection_named
from workers.runtime import Runtime

SIDES = (PRECORO, QUICKBOOKS)
IN_PRECORO, IN_QUICKBOOKS = SIDES
TWIN_KINDS = tuple(COUNTERPARTS)


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """One entry of a list: its key and name on its side, and whether it has a pair of the kind."""

    key: str
    name: str
    active: bool
    is_paired: bool


def entries(
    runtime: Runtime, slug: str, pair_kind: str, side: str, text: str = "", *, limit: int, offset: int = 0
) -> list[NamedEntry]:
    """Return the entries of a side that a kind of pair joins, by name; `text` is a part of it, or a key.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    counterpart = COUNTERPARTS[pair_kind]
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        in_precoro = side == PRECORO
        pair_key = Pair.precoro_key if in_precoro else Pair.qbo_key
        paired = exists().where(Pair.connection_id == connection.id, Pair.kind == pair_kind, pair_key == Entry.key)
        existing = select(Entry.key, Entry.name, Entry.active, paired).where(
            Entry.side == side,
            Entry.company_id == (connection.precoro_id if in_precoro else connection.qbo_id),
            Entry.kind == (counterpart.precoro if in_precoro else counterpart.quickbooks),
            Entry.gone_at.is_(None),
        )
        if text:
            existing = existing.where(or_(holds(session, Entry.name, text), Entry.key == text))
        rows = session.execute(existing.order_by(Entry.name, Entry.id).limit(limit).offset(offset))
        return [NamedEntry(*row) for row in rows]
