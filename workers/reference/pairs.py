"""Pairs of entries of both sides: made, moved and dropped; each releases what waited for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mappers.counterparts import COUNTERPARTS, SUPPLIER_IN, subject
from mappers.matching.parties import Party
from mappers.matching.rule import equal_names
from store import history, reference
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair
from workers.reference import cache, suggestions

SUPPLIER_KINDS = ("supplier", SUPPLIER_IN)
"""The kinds of pairs by which a supplier has a vendor."""
AT_CONNECT = "connect"
"""How a pair came about that nobody asked for: equal names, when the companies were connected or read again."""
DETAILS = ("country", "city", "postal_code", "phone", "tax_number", "account_number")
"""What `Entry.details` may hold of a supplier or vendor, besides `email` (several: with commas) and `company_name`."""


def make(
    session: Session,
    connection: Connection,
    kind: str,
    twins: Mapping[str, str],
    moment: datetime,
    *,
    how: str,
    who: str | None = None,
) -> int:
    """Store pairs (Precoro key -> QuickBooks key), and make due what was held for them; returns how many that were.

    What else has to happen when entries of a kind are paired is in `workers.pair_kinds`.
    """
    rows = [
        {
            "connection_id": connection.id,
            "kind": kind,
            "precoro_key": precoro_key,
            "qbo_key": qbo_key,
            "how": how,
            "who": who,
            "paired_at": moment,
        }
        for precoro_key, qbo_key in twins.items()
    ]
    reference.keep(session, Pair, rows, ("connection_id", "kind", "precoro_key"))
    return _release(session, connection, kind, twins, moment)


def move(session: Session, connection: Connection, kind: str, gone: str, stays: str, moment: datetime) -> list[str]:
    """Hand the pairs of an entry that QuickBooks merged into another over to that one; returns their Precoro keys."""
    moved = session.scalars(
        select(Pair).where(Pair.connection_id == connection.id, Pair.kind == kind, Pair.qbo_key == gone)
    ).all()
    for pair in moved:
        pair.qbo_key = stays
        history.note(
            session,
            moment,
            "QuickBooks",
            "merge",
            f"{kind}:{pair.precoro_key}",
            before=gone,
            after=stays,
            connection=connection.slug,
        )
    keys = [pair.precoro_key for pair in moved]
    _release(session, connection, kind, keys, moment)
    return keys


def equal(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return what has one name on both sides, and is neither paired nor refused."""
    left, right = parties(session, connection, kind)
    refused = suggestions.refused(session, connection, kind)
    return equal_names(left, right, paired=paired(session, connection, kind), refused=refused)


def unpair(session: Session, connection: Connection, kind: str, precoro_key: str, moment: datetime) -> str | None:
    """Drop one pair, and look again at what is held for it; returns the QuickBooks id that it had, or None.

    What was sent stays as it is.
    """
    dropped = delete(Pair).where(
        Pair.connection_id == connection.id, Pair.kind == kind, Pair.precoro_key == precoro_key
    )
    had: str | None = session.scalar(dropped.returning(Pair.qbo_key))
    _release(session, connection, kind, [precoro_key], moment)
    return had


def parties(session: Session, connection: Connection, kind: str) -> tuple[list[Party], list[Party]]:
    """Return both sides of a list as matching sees them, without what is gone; the left side is Precoro."""
    counterpart = COUNTERPARTS[kind]
    left = _entries(session, PRECORO, connection.precoro_id, counterpart.precoro)
    right = _entries(session, QUICKBOOKS, connection.qbo_id, counterpart.quickbooks)
    home = connection.qbo.home_currency
    return [party(entry, home) for entry in left], [party(entry, home) for entry in right]


def paired(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return the pairs of a list: Precoro key -> QuickBooks key; of suppliers also those with vendors in more currencies."""
    kinds = SUPPLIER_KINDS if kind in SUPPLIER_KINDS else (kind,)
    rows = select(Pair.precoro_key, Pair.qbo_key).where(Pair.connection_id == connection.id, Pair.kind.in_(kinds))
    return {row.precoro_key: row.qbo_key for row in session.execute(rows)}


def party(entry: Entry, home_currency: str) -> Party:
    """Return an entry as matching sees it: the full name first, then the short one.

    A vendor without a currency is of a company without multicurrency: it has the home currency.
    """
    data, stored = entry.data, entry.details or {}
    currencies = data.get("currencies") or ([data.get("currency") or home_currency] if entry.kind == "vendor" else [])
    names = (entry.name, data["short"]) if data.get("short") and data["short"] != entry.name else (entry.name,)
    company = stored.get("company_name")
    details = {name: str(stored.get(name) or "") for name in DETAILS}
    return Party(
        entry.key,
        names,
        active=entry.active,
        currencies=frozenset(currency for currency in currencies if currency),
        other_names=(company,) if company and company not in names else (),
        emails=tuple(filter(None, re.split(r"[,;\s]+", stored.get("email") or ""))),
        **details,
    )


def _release(session: Session, connection: Connection, kind: str, keys: Iterable[str], moment: datetime) -> int:
    """Make due what was held for these entries: only that, and whatever is being planned right now."""
    return cache.note_changed(session, connection, [subject(kind, key) for key in keys], moment)


def _entries(session: Session, side: str, company_id: int, kind: str) -> Sequence[Entry]:
    there = select(Entry).where(
        Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, Entry.gone_at.is_(None)
    )
    return session.scalars(there.order_by(Entry.id)).all()
