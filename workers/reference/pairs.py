"""Pairing what has the same name on both sides, and pairs made by a person; each releases what waited for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mappers.lists import matching as list_matching
from mappers.lists.fields import LISTS, WORDS
from mappers.matching.parties import Party
from mappers.matching.rule import equal_names
from mappers.products import find_pairs
from mappers.taxes import matching as taxes
from store import companies, history, reference
from store.companies import Connection
from store.records import SUPPLIER
from store.reference import NOT_THE_SAME, PRECORO, QUICKBOOKS, Entry, Pair, Suggestion
from workers.lists import state as list_mirrors
from workers.products import cache as catalogues
from workers.reference import books
from workers.reference import cache as reference_lists
from workers.runtime import Runtime
from workers.suppliers import records as supplier_records

SIDES = {
    "supplier": ("supplier", "vendor"),
    "account": ("option", "account"),
    "class": ("option", "class"),
    "customer": ("option", "customer"),
    "location": ("option", "department"),
    "item": ("item", "item"),
    "term": ("term", "term"),
}
"""Each kind of pair: the kind of its entries in Precoro and in QuickBooks."""
DETAILS = ("country", "city", "postal_code", "phone", "tax_number", "account_number")
"""What `Entry.details` may know of a supplier or vendor, besides `email` (several: with commas) and `company_name`."""


def pair_equal_names(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Pair every list by equal names, and taxes by rate and name; returns how many new pairs each kind got."""
    with runtime.write() as (session, moment):
        connection = session.get_one(Connection, connection_id)
        counts = {kind: _pair_kind(session, connection, kind, moment) for kind in SIDES}
        counts["tax"] = _pair_taxes(session, connection, moment)
    return counts


def pair(
    session: Session,
    connection: Connection,
    kind: str,
    precoro_key: str,
    qbo_key: str,
    moment: datetime,
    how: str = "person",
    who: str | None = None,
) -> int:
    """Make one pair and make due what was held for it; returns how many documents that were."""
    _keep(session, connection, kind, {precoro_key: qbo_key}, moment, how, who)
    if kind == SUPPLIER:
        supplier_records.paired(session, connection, precoro_key, moment)
    return _release(session, connection, kind, [precoro_key], moment)


def move(session: Session, connection: Connection, kind: str, gone: str, stays: str, moment: datetime) -> int:
    """Hand the pairs of an entry that QuickBooks merged into another over to that one; returns how many there were."""
    moved = session.scalars(
        select(Pair).where(Pair.connection_id == connection.id, Pair.kind == kind, Pair.qbo_key == gone)
    ).all()
    for row in moved:
        row.qbo_key = stays
        history.note(session, moment, "QuickBooks", "merge", f"{kind}:{row.precoro_key}", before=gone, after=stays)
        if kind == SUPPLIER:
            supplier_records.look_at(session, connection, row.precoro_key, moment)
    _release(session, connection, kind, [row.precoro_key for row in moved], moment)
    return len(moved)


def unpair(session: Session, connection: Connection, kind: str, precoro_key: str) -> str | None:
    """Drop one pair; returns the QuickBooks id that it had, or None when there was none. What was sent stays as it is."""
    dropped = delete(Pair).where(
        Pair.connection_id == connection.id, Pair.kind == kind, Pair.precoro_key == precoro_key
    )
    had: str | None = session.scalar(dropped.returning(Pair.qbo_key))
    companies.bump_reference(session, connection.id)
    return had


def parties(session: Session, connection: Connection, kind: str) -> tuple[list[Party], list[Party]]:
    """Return both sides of a list as matching sees them, without what is gone; the left side is Precoro."""
    ours, theirs = SIDES[kind]
    left = _entries(session, PRECORO, connection.precoro_id, ours)
    right = _entries(session, QUICKBOOKS, connection.qbo_id, theirs)
    home = connection.qbo.home_currency
    return [party(one, home) for one in left], [party(one, home) for one in right]


def paired(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return the pairs of a list: Precoro key -> QuickBooks key."""
    return {row.precoro_key: row.qbo_key for row in _pairs(session, connection, kind)}


def refused(session: Session, connection: Connection, kind: str) -> set[tuple[str, str]]:
    """Return the pairs that a person marked as not the same."""
    found = select(Suggestion.precoro_key, Suggestion.qbo_key).where(
        Suggestion.connection_id == connection.id, Suggestion.kind == kind, Suggestion.state == NOT_THE_SAME
    )
    return {(left, right) for left, right in session.execute(found)}


def party(entry: Entry, home_currency: str) -> Party:
    """Return an entry as matching sees it: the full name first, then the short one.

    A vendor without a currency is of a company without multicurrency: it has the home currency.
    """
    data, known = entry.data, entry.details or {}
    currencies = data.get("currencies") or ([data.get("currency") or home_currency] if entry.kind == "vendor" else [])
    names = (entry.name, data["short"]) if data.get("short") and data["short"] != entry.name else (entry.name,)
    company = known.get("company_name")
    details = {name: str(known.get(name) or "") for name in DETAILS}
    return Party(
        entry.key,
        names,
        active=entry.active,
        currencies=frozenset(one for one in currencies if one),
        other_names=(company,) if company and company not in names else (),
        emails=tuple(filter(None, re.split(r"[,;\s]+", known.get("email") or ""))),
        **details,
    )


def subject(kind: str, precoro_key: str) -> str:
    """Name an entry of Precoro as the problems name it that its pair puts right."""
    return f"{'option' if SIDES.get(kind, ('', ''))[0] == 'option' else kind}:{precoro_key}"


def _pair_kind(session: Session, connection: Connection, kind: str, moment: datetime) -> int:
    """Pair one list by equal names."""
    if kind == catalogues.KIND:
        found = _equal_products(session, connection)
    else:
        found = (_equal_options if kind in WORDS else _equal)(session, connection, kind)
    _keep(session, connection, kind, found, moment, "name")
    _release(session, connection, kind, found, moment)
    return len(found)


def _equal(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return what has one name on both sides, and is neither paired nor refused."""
    left, right = parties(session, connection, kind)
    never = refused(session, connection, kind)
    return equal_names(left, right, paired=paired(session, connection, kind), refused=never)


def _equal_options(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return the options that carry an entry's id, or have its name under the same parent, and stand for nothing yet."""
    found = {}
    for field in (field for field, meaning in connection.fields.items() if meaning == kind):
        list_kind = next(one for one in LISTS.values() if one.kind == kind)
        mirror = list_mirrors.mirror_in(session, connection, list_kind, field)
        matches = list_matching.paired(mirror)
        list_matching.adopt(mirror, (key for key, entry in mirror.entries.items() if entry.usable), matches)
        found.update({option.id: key for key, option in matches.adopted.items() if option.enabled})
    return found


def _equal_products(session: Session, connection: Connection) -> dict[str, str]:
    """Return what has one name or SKU on both sides and can be bought, and is neither paired nor refused."""
    found = find_pairs(catalogues.load(session, connection, refused(session, connection, catalogues.KIND)))
    return {key: one.item.key for key, one in found.items() if one.what == "pair" and one.item}


def _pair_taxes(session: Session, connection: Connection, moment: datetime) -> int:
    """Match each tax of Precoro with the tax code of which there is no doubt; returns how many that were."""
    known = books.tax_books(session, connection, moment.date())
    found = [taxes.sure_pairs(one, known) for one in taxes.match_all(books.taxes(session, connection), [], known)]
    for (kind, precoro_key), qbo_key in (one for pairs in found for one in pairs.items()):
        pair(session, connection, kind, precoro_key, qbo_key, moment, "rate")
    return sum(1 for pairs in found if pairs)


def _keep(
    session: Session,
    connection: Connection,
    kind: str,
    found: dict[str, str],
    moment: datetime,
    how: str,
    who: str | None = None,
) -> None:
    """Store pairs."""
    rows = [
        {
            "connection_id": connection.id,
            "kind": kind,
            "precoro_key": left,
            "qbo_key": right,
            "how": how,
            "who": who,
            "paired_at": moment,
        }
        for left, right in found.items()
    ]
    reference.keep(session, Pair, rows, ("connection_id", "kind", "precoro_key"))
    if kind == catalogues.KIND:
        catalogues.remember(session, connection, found)


def _release(session: Session, connection: Connection, kind: str, keys: Iterable[str], moment: datetime) -> int:
    """Make due what was held for these entries: only that, and whatever is being planned right now."""
    return reference_lists.release(session, connection, [subject(kind, key) for key in keys], moment)


def _entries(session: Session, side: str, company_id: int, kind: str) -> Sequence[Entry]:
    there = select(Entry).where(
        Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, Entry.gone_at.is_(None)
    )
    return session.scalars(there.order_by(Entry.id)).all()


def _pairs(session: Session, connection: Connection, kind: str) -> Sequence[Pair]:
    return session.scalars(select(Pair).where(Pair.connection_id == connection.id, Pair.kind == kind)).all()
