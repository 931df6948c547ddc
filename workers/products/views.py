"""What people look at of products: what each is paired with, what it might be, and what is wrong with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy.orm import Session

from mappers.products import Product, QuickBooksItem, why_not
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS
from workers.lookup import connection_named
from workers.products import cache
from workers.products.cache import KIND
from workers.reference import suggestions
from workers.runtime import Runtime

State = Literal["paired", "suggested", "not in QuickBooks", "cannot be used"]
STATES: tuple[State, ...] = get_args(State)


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


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some of the products that match, and how many there are in each state, if any were wanted."""

    rows: tuple[ProductRow, ...]
    by_state: Mapping[str, int]


def products(
    runtime: Runtime,
    slug: str,
    state: str | None = None,
    text: str | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> ProductPage:
    """Return the products of a connection in one state or in any, by name; inactive ones only when they are paired.

    `text` is a part of a name or SKU, or an id. Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        rows = _rows(session, connection_named(session, slug))
    matches = [row for row in rows if _goes_by(row, text)] if text else rows
    numbers = Counter(row.state for row in matches)
    wanted = [row for row in matches if state in {None, row.state}]
    return ProductPage(
        rows=tuple(wanted[offset:] if limit is None else wanted[offset : offset + limit]),
        by_state={state: numbers[state] for state in STATES if numbers[state]},
    )


def _rows(session: Session, connection: Connection) -> list[ProductRow]:
    """Return the products of a connection, by name."""
    items = {entry.key: cache.item(entry) for entry in cache.entries(session, QUICKBOOKS, connection.qbo_id)}
    catalogue = [cache.product(entry) for entry in cache.entries(session, PRECORO, connection.precoro_id)]
    twins = cache.twins(session, connection)
    suggested = _suggested(session, connection, items)
    return [
        _row(product, twins.get(product.key), items, suggested[product.key])
        for product in sorted(catalogue, key=lambda product: (product.name.casefold(), product.key))
        if product.active or product.key in twins
    ]


def _goes_by(row: ProductRow, text: str) -> bool:
    """Say whether a text is a part of a name or SKU of a product, or its id."""
    names = (row.name, row.sku, row.item_name or "")
    return text in {row.key, row.item} or any(text.casefold() in name.casefold() for name in names)


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
    product: Product,
    item_key: str | None,
    items: Mapping[str, QuickBooksItem],
    suggested: tuple[SuggestedItem, ...],
) -> ProductRow:
    """Return one product as people see it."""
    if item_key is None:
        state: State = "suggested" if suggested else "not in QuickBooks"
        return ProductRow(product.key, product.name, product.sku, state, suggestions=suggested)
    item = items.get(item_key)
    reason = why_not(item)
    state = "cannot be used" if reason else "paired"
    return ProductRow(product.key, product.name, product.sku, state, item_key, item.name if item else None, reason)
