"""What people look at of products: what each is paired with, what it might be, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from mappers.products import Link, Product, QuickBooksItem, why_not
from store.companies import Connection
from workers.lookup import connection_named
from workers.products import cache
from workers.products.cache import KIND
from workers.reference import suggestions
from workers.runtime import Runtime

State = Literal["paired", "suggested", "not in QuickBooks", "cannot be used"]


@dataclass(frozen=True, slots=True)
class SuggestedItem:
    """A product of QuickBooks that a product of Precoro may be, with the score and what speaks for it."""

    item: str
    name: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product of Precoro: its state, its item or what it might be, and why its item cannot be used."""

    key: str
    name: str
    sku: str
    state: State
    item: str | None = None
    item_name: str | None = None
    why: str | None = None
    suggestions: tuple[SuggestedItem, ...] = ()


def products(runtime: Runtime, slug: str, state: str | None = None) -> list[ProductRow]:
    """Return the products of a connection in one state or in any, by name; inactive ones only when they are paired.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        catalogues = cache.load(session, connection)
        items = {item.key: item for item in catalogues.items}
        suggested = _suggested(session, connection, items)
    shown = [product for product in catalogues.products if product.active or product.key in catalogues.links]
    rows = [
        _row(product, catalogues.links.get(product.key), items, suggested[product.key])
        for product in sorted(shown, key=lambda product: (product.name.casefold(), product.key))
    ]
    return [row for row in rows if state in {None, row.state}]


def _suggested(
    session: Session, connection: Connection, items: Mapping[str, QuickBooksItem]
) -> Mapping[str, tuple[SuggestedItem, ...]]:
    """Return what each product might be, best first."""
    suggested: dict[str, tuple[SuggestedItem, ...]] = defaultdict(tuple)
    for row in suggestions.open_of(session, connection, KIND):
        if row.qbo_key in items:
            item = SuggestedItem(row.qbo_key, items[row.qbo_key].name, row.score, tuple(row.evidence))
            suggested[row.precoro_key] += (item,)
    return suggested


def _row(
    product: Product, link: Link | None, items: Mapping[str, QuickBooksItem], suggested: tuple[SuggestedItem, ...]
) -> ProductRow:
    """Return one product as people see it."""
    if link is None:
        state: State = "suggested" if suggested else "not in QuickBooks"
        return ProductRow(product.key, product.name, product.sku, state, suggestions=suggested)
    item = items.get(link.item)
    reason = why_not(item)
    state = "cannot be used" if reason else "paired"
    return ProductRow(product.key, product.name, product.sku, state, link.item, item.name if item else None, reason)
