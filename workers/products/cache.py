"""Our copies of both catalogues, with the pairs between them, as products are decided about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from mappers.products import Catalogues, Item, Link, Product, find_pairs
from store import reference
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry, Pair
from workers.reference import pairs, suggestions

KIND = "item"
"""The kind of entries and pairs that products are, on both sides."""


def load(session: Session, connection: Connection, refused: Collection[tuple[str, str]]) -> Catalogues:
    """Return what is known of both sides and between them; `refused` is what a person said is not the same."""
    rows = {one.precoro_key: one for one in _pairs(session, connection)}
    return Catalogues(
        products=[product(one) for one in entries(session, PRECORO, connection.precoro_id)],
        items=[item(one) for one in entries(session, QUICKBOOKS, connection.qbo_id)],
        links={key: _link(row) for key, row in rows.items()},
        refused=refused,
        realm=connection.qbo.realm,
    )


def product(entry: Entry) -> Product:
    """Return our copy of an item of Precoro's catalogue as products are decided about."""
    data = entry.data
    return Product(
        entry.key,
        entry.name,
        sku=data.get("sku") or "",
        active=entry.active,
        external_id=data.get("external_id") or "",
        qbo_id=data.get("qbo_id") or "",
    )


def item(entry: Entry) -> Item:
    """Return our copy of a product or service of QuickBooks as products are decided about."""
    data = entry.data
    return Item(
        entry.key,
        data.get("short") or entry.name,
        full_name=entry.name,
        sku=data.get("sku") or "",
        active=entry.active,
        kind=data.get("kind") or "",
        for_purchase=bool(data.get("for_purchase")),
    )


def equal(session: Session, connection: Connection, kind: str) -> dict[str, str]:
    """Return what has one name or SKU on both sides and can be bought, and is neither paired nor refused."""
    decisions = find_pairs(load(session, connection, suggestions.refused(session, connection, kind)))
    return {
        key: decision.item.key
        for key, decision in decisions.items()
        if decision.what == "pair" and decision.item is not None
    }


def make_pairs(
    session: Session,
    connection: Connection,
    kind: str,
    twins: Mapping[str, str],
    moment: datetime,
    *,
    how: str,
    who: str | None = None,
) -> int:
    """Store pairs, remember both names, and forget what else was suggested; returns how many documents that releases."""
    released = pairs.make(session, connection, kind, twins, moment, how=how, who=who)
    _remember(session, connection, twins)
    for product_key, item_key in twins.items():
        suggestions.forget(session, connection, kind, product_key, item_key)
    return released


def _remember(session: Session, connection: Connection, made: Mapping[str, str]) -> None:
    """Keep with new pairs what both sides were before, and that Precoro follows the name in QuickBooks from now on."""
    here = _images(session, PRECORO, connection.precoro_id, made)
    there = _images(session, QUICKBOOKS, connection.qbo_id, made.values())
    for row in _pairs(session, connection):
        if made.get(row.precoro_key) == row.qbo_key:
            now = there.get(row.qbo_key, {})
            row.before = {"precoro": here.get(row.precoro_key, {}), "quickbooks": now, "followed": now}


def follow(session: Session, connection: Connection, key: str) -> None:
    """Note that Precoro has the name and SKU that QuickBooks has now."""
    row = session.scalars(select(Pair).where(is_pair(connection, key))).one()
    now = _images(session, QUICKBOOKS, connection.qbo_id, [row.qbo_key])
    row.before = {**(row.before or {}), "followed": now.get(row.qbo_key, {})}


def is_pair(connection: Connection, key: str) -> ColumnElement[bool]:
    """Say that a row is the pair of a product."""
    return and_(Pair.connection_id == connection.id, Pair.kind == KIND, Pair.precoro_key == key)


def entries(session: Session, side: str, company_id: int) -> Sequence[Entry]:
    """Return what a side has, the oldest first."""
    there = select(Entry).where(
        Entry.side == side, Entry.company_id == company_id, Entry.kind == KIND, Entry.gone_at.is_(None)
    )
    return session.scalars(there.order_by(Entry.id)).all()


def _link(row: Pair) -> Link:
    followed = (row.before or {}).get("followed") or {}
    return Link(row.qbo_key, followed.get("name"), followed.get("sku"))


def _pairs(session: Session, connection: Connection) -> Sequence[Pair]:
    """Return the pairs of products as they are stored now, also those written past the session."""
    mine = select(Pair).where(Pair.connection_id == connection.id, Pair.kind == KIND)
    return session.scalars(mine.execution_options(populate_existing=True)).all()


def _images(session: Session, side: str, company_id: int, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the name and SKU of entries, by their keys."""
    found = reference.entries(session, side, company_id, [(KIND, key) for key in keys])
    read = item if side == QUICKBOOKS else product
    return {key: {"name": read(one).name, "sku": read(one).sku} for (_, key), one in found.items()}
