"""Pairing what has the same name on both sides, and pairs made by a person; each releases what waited for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.matching import Named, equal_names
from store import history, reference
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair
from workers import reference as reference_lists
from workers.runtime import Runtime

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


def pair_equal_names(runtime: Runtime, connection_id: int) -> dict[str, int]:
    """Pair every list by equal names, and taxes by equal rates; returns how many new pairs each kind got."""
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
) -> int:
    """Make one pair and make due what was held for it; returns how many documents that were."""
    _keep(session, connection, kind, {precoro_key: qbo_key}, moment, how)
    return _release(session, connection, kind, [precoro_key], moment)


def move(session: Session, connection: Connection, kind: str, gone: str, stays: str, moment: datetime) -> int:
    """Hand the pairs of an entry that QuickBooks merged into another over to that one; returns how many there were."""
    moved = session.scalars(
        select(Pair).where(Pair.connection_id == connection.id, Pair.kind == kind, Pair.qbo_key == gone)
    ).all()
    for row in moved:
        row.qbo_key = stays
        history.note(session, moment, "QuickBooks", "merge", f"{kind}:{row.precoro_key}", before=gone, after=stays)
    _release(session, connection, kind, [row.precoro_key for row in moved], moment)
    return len(moved)


def _pair_kind(session: Session, connection: Connection, kind: str, moment: datetime) -> int:
    """Pair one list by equal names."""
    ours, theirs = SIDES[kind]
    paired = {row.precoro_key: row.qbo_key for row in _pairs(session, connection, kind)}
    left = [
        _named(one) for one in _entries(session, PRECORO, connection.precoro_id, ours) if _is_of(one, kind, connection)
    ]
    right = [_named(one) for one in _entries(session, QUICKBOOKS, connection.qbo_id, theirs)]
    found = equal_names(
        (one for one in left if one.key not in paired), (one for one in right if one.key not in set(paired.values()))
    )
    _keep(session, connection, kind, found, moment, "name")
    _release(session, connection, kind, found, moment)
    return len(found)


def _pair_taxes(session: Session, connection: Connection, moment: datetime) -> int:
    """Pair each Precoro tax with the one purchase rate of QuickBooks that has its percentage today."""
    paired = {row.precoro_key for row in _pairs(session, connection, "tax")}
    rates = _purchase_rates(session, connection, moment.date())
    found = {}
    for tax in _entries(session, PRECORO, connection.precoro_id, "tax"):
        if tax.key in paired or tax.data.get("withholding") or tax.data.get("value") is None:
            continue
        same = [key for key, percent in rates.items() if percent == Decimal(str(tax.data["value"]))]
        if len(same) == 1:
            found[tax.key] = same[0]
    _keep(session, connection, "tax", found, moment, "rate")
    _release(session, connection, "tax", found, moment)
    return len(found)


def _purchase_rates(session: Session, connection: Connection, day: date) -> dict[str, Decimal]:
    """Return the rates that active purchase codes use, with their percentage on a day."""
    codes = [one for one in _entries(session, QUICKBOOKS, connection.qbo_id, "tax_code") if one.active]
    used = {rate["rate"] for code in codes for rate in code.data.get("rates", [])}
    found = {}
    for rate in _entries(session, QUICKBOOKS, connection.qbo_id, "tax_rate"):
        in_force = [
            one for one in rate.data.get("values", []) if one["from"] <= day.isoformat() <= (one["until"] or "9999")
        ]
        if rate.key in used and in_force:
            found[rate.key] = Decimal(str(in_force[-1]["value"]))
    return found


def _keep(
    session: Session, connection: Connection, kind: str, found: dict[str, str], moment: datetime, how: str
) -> None:
    """Store pairs."""
    rows = [
        {
            "connection_id": connection.id,
            "kind": kind,
            "precoro_key": left,
            "qbo_key": right,
            "how": how,
            "paired_at": moment,
        }
        for left, right in found.items()
    ]
    reference.keep(session, Pair, rows, ("connection_id", "kind", "precoro_key"))


def _release(session: Session, connection: Connection, kind: str, keys: Iterable[str], moment: datetime) -> int:
    """Make due what was held for these entries: only that, and whatever is being planned right now."""
    subject = "option" if SIDES.get(kind, ("", ""))[0] == "option" else kind
    return reference_lists.release(session, connection, [f"{subject}:{key}" for key in keys], moment)


def _entries(session: Session, side: str, company_id: int, kind: str) -> Iterable[Entry]:
    return session.scalars(
        select(Entry).where(Entry.side == side, Entry.company_id == company_id, Entry.kind == kind)
    ).all()


def _pairs(session: Session, connection: Connection, kind: str) -> Iterable[Pair]:
    return session.scalars(select(Pair).where(Pair.connection_id == connection.id, Pair.kind == kind)).all()


def _is_of(entry: Entry, kind: str, connection: Connection) -> bool:
    """Say whether an option belongs to the custom field that means this kind; other entries do by their kind."""
    if entry.kind != "option":
        return True
    return connection.fields.get(str(entry.data.get("field_id"))) == kind


def _named(entry: Entry) -> Named:
    """Return an entry as matching sees it: the full name first, then the short one."""
    data = entry.data
    currencies = data.get("currencies") or (
        [data["currency"]] if entry.kind == "vendor" and data.get("currency") else []
    )
    names = (entry.name, data["short"]) if data.get("short") and data["short"] != entry.name else (entry.name,)
    return Named(entry.key, names, entry.active, frozenset(one for one in currencies if one))
