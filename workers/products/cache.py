"""Our copies of both catalogues, with the pairs between them, as products are decided about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from mappers.products import Catalogues, Link, Product, QuickBooksItem, find_pairs
from store import reference
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry, ListedEntry, Pair
from workers.reference import pairs, suggestions

KIND = "item"
"""The kind of entries and pairs that products are, on both sides."""


def load(session: Session, connection: Connection) -> Catalogues:
    """Return both catalogues, the pairs between them, and what a person said is not the same."""
    return Catalogues(
        products=[product(entry) for entry in entries(session, PRECORO, connection.precoro_id)],
        items=[item(entry) for entry in entries(session, QUICKBOOKS, connection.qbo_id)],
        links={pair.precoro_key: _link(pair) for pair in _pairs(session, connection)},
        refused=suggestions.refused(session, connection, KIND),
        realm=connection.qbo.realm,
    )


def product(entry: Entry | ListedEntry) -> Product:
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


def item(entry: Entry | ListedEntry) -> QuickBooksItem:
    """Return our copy of a product or service of QuickBooks as products are decided about."""
    data = entry.data
    return QuickBooksItem(
        entry.key,
        data.get("short") or entry.name,
        full_name=entry.name,
        sku=data.get("sku") or "",
        active=entry.active,
        kind=data.get("kind") or "",
        for_purchase=bool(data.get("for_purchase")),
    )


def equal_products(session: Session, connection: Connection, _kind: str) -> dict[str, str]:
    """Return what has one name or SKU on both sides and can be bought, and is neither paired nor refused."""
    decisions = find_pairs(load(session, connection))
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
    suggestions.forget(session, connection, kind, twins)
    return released


def _remember(session: Session, connection: Connection, twins: Mapping[str, str]) -> None:
    """Keep with new pairs what both sides were before, and which name in QuickBooks Precoro follows from."""
    in_precoro = _labels(session, PRECORO, connection.precoro_id, twins)
    in_quickbooks = _labels(session, QUICKBOOKS, connection.qbo_id, twins.values())
    for pair in _pairs(session, connection):
        if twins.get(pair.precoro_key) == pair.qbo_key:
            label = in_quickbooks.get(pair.qbo_key, {})
            pair.before = {
                "precoro": in_precoro.get(pair.precoro_key, {}),
                "quickbooks": label,
                "followed": label,
            }


def follow(session: Session, connection: Connection, key: str) -> None:
    """Note that Precoro has the name and SKU that QuickBooks has now."""
    pair = session.scalars(
        select(Pair).where(Pair.connection_id == connection.id, Pair.kind == KIND, Pair.precoro_key == key)
    ).one()
    labels = _labels(session, QUICKBOOKS, connection.qbo_id, [pair.qbo_key])
    pair.before = {**(pair.before or {}), "followed": labels.get(pair.qbo_key, {})}


def entries(session: Session, side: str, company_id: int) -> list[ListedEntry]:
    """Return the catalogue of one side, the oldest entry first."""
    return reference.listed(session, side, company_id, KIND)


def twins(session: Session, connection: Connection) -> dict[str, str]:
    """Return the pairs of products: Precoro key -> QuickBooks key."""
    pairs = select(Pair.precoro_key, Pair.qbo_key).where(Pair.connection_id == connection.id, Pair.kind == KIND)
    return {pair.precoro_key: pair.qbo_key for pair in session.execute(pairs)}


def _link(pair: Pair) -> Link:
    followed = (pair.before or {}).get("followed") or {}
    return Link(pair.qbo_key, followed.get("name"), followed.get("sku"))


def _pairs(session: Session, connection: Connection) -> Sequence[Pair]:
    """Return the pairs of products as they are stored now, also those written past the session."""
    statement = select(Pair).where(Pair.connection_id == connection.id, Pair.kind == KIND)
    return session.scalars(statement.options(undefer(Pair.before)).execution_options(populate_existing=True)).all()


def _labels(session: Session, side: str, company_id: int, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the name and SKU of entries, by their keys."""
    rows = reference.entries(session, side, company_id, [(KIND, key) for key in keys])
    read = item if side == QUICKBOOKS else product
    return {key: {"name": read(entry).name, "sku": read(entry).sku} for (_, key), entry in rows.items()}
