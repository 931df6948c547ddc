"""What people look at of products: what each is paired with, what it might be, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from mappers.products import NOT_SOLD, Product, QuickBooksItem, why_not
from store.base import JsonText, holds, json_flag, word
from store.companies import Connection
from store.reference import OPEN, PRECORO, QUICKBOOKS, Entry, Pair, Suggestion
from workers.lookup import connection_named
from workers.products import cache
from workers.products.cache import KIND
from workers.runtime import Runtime

Listed, Item = aliased(Entry, name="product"), aliased(Entry, name="item")
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
        connection = connection_named(session, slug)
        matching, in_state = _matching(session, connection, text), _state(connection)
        counted = matching.with_only_columns(in_state, func.count(), maintain_column_froms=True).group_by(in_state)
        numbers: dict[str, int] = {name: number for name, number in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
        wanted = matching.where(in_state == state) if state else matching
        page = session.execute(wanted.order_by(func.lower(Listed.name), Listed.key).limit(limit).offset(offset)).all()
        suggested = _suggested(session, connection, [product.key for product, *_ in page])
    return ProductPage(
        rows=tuple(
            _row(cache.product(product), item_key, cache.item(item) if item else None, suggested[product.key])
            for product, item_key, item in page
        ),
        by_state={name: numbers[name] for name in STATES if name in numbers},
    )


def _matching(session: Session, connection: Connection, text: str | None) -> Select[Entry, str | None, Entry | None]:
    """Return the products of a connection that go by a text, each with its item and the key of that."""
    is_pair = (Pair.connection_id == connection.id, Pair.kind == KIND, Pair.precoro_key == Listed.key)
    products = (
        select(Listed, Pair.qbo_key, Item)
        .outerjoin(Pair, and_(*is_pair))
        .outerjoin(Item, and_(*_is_item(Item, connection), Item.key == Pair.qbo_key))
        .where(
            Listed.side == PRECORO,
            Listed.company_id == connection.precoro_id,
            Listed.kind == KIND,
            Listed.gone_at.is_(None),
            or_(Listed.active, Pair.id.is_not(None)),
        )
    )
    return products.where(_goes_by(session, text)) if text else products


def _is_item(entry: Any, connection: Connection) -> tuple[ColumnElement[bool], ...]:
    """Say that an entry is a product or service that QuickBooks has."""
    of_company = entry.side == QUICKBOOKS, entry.company_id == connection.qbo_id, entry.kind == KIND
    return (*of_company, entry.gone_at.is_(None))


def _goes_by(session: Session, text: str) -> ColumnElement[bool]:
    """Say that a text is a part of a name or SKU of a product, or its id."""
    item_name = func.coalesce(JsonText(Item.data, "short"), Item.name)
    names = Listed.name, JsonText(Listed.data, "sku"), item_name
    return or_(*(holds(session, name, text) for name in names), Listed.key == text, Pair.qbo_key == text)


def _state(connection: Connection) -> ColumnElement[str]:
    """Return the state of a product as `_row` finds it: `mappers.products.why_not` says what cannot be bought, and why."""
    item = aliased(Entry)
    has_suggestion = exists().where(
        Suggestion.connection_id == connection.id,
        Suggestion.kind == KIND,
        Suggestion.state == OPEN,
        Suggestion.precoro_key == Listed.key,
        Suggestion.qbo_key == item.key,
        *_is_item(item, connection),
    )
    is_sold = func.coalesce(JsonText(Item.data, "kind"), "").notin_(NOT_SOLD)
    is_usable = and_(Item.active, is_sold, json_flag(Item.data, "for_purchase"))
    return case(
        (and_(Pair.id.is_(None), has_suggestion), word("suggested")),
        (Pair.id.is_(None), word("not in QuickBooks")),
        (is_usable, word("paired")),
        else_=word("cannot be used"),
    )


def _suggested(
    session: Session, connection: Connection, keys: Sequence[str]
) -> Mapping[str, tuple[SuggestedItem, ...]]:
    """Return what each of these products might be, best first."""
    suggested: dict[str, tuple[SuggestedItem, ...]] = defaultdict(tuple)
    of_products = (
        select(Suggestion, Item)
        .join(Item, and_(*_is_item(Item, connection), Item.key == Suggestion.qbo_key))
        .where(
            Suggestion.connection_id == connection.id,
            Suggestion.kind == KIND,
            Suggestion.state == OPEN,
            Suggestion.precoro_key.in_(keys),
        )
    )
    for row, item in session.execute(of_products.order_by(Suggestion.score.desc(), Suggestion.id)):
        likely = SuggestedItem(row.qbo_key, cache.item(item).name, row.score, tuple(row.evidence))
        suggested[row.precoro_key] += (likely,)
    return suggested


def _row(
    product: Product,
    item_key: str | None,
    item: QuickBooksItem | None,
    suggested: tuple[SuggestedItem, ...],
) -> ProductRow:
    """Return one product as people see it."""
    if item_key is None:
        state: State = "suggested" if suggested else "not in QuickBooks"
        return ProductRow(product.key, product.name, product.sku, state, suggestions=suggested)
    reason = why_not(item)
    state = "cannot be used" if reason else "paired"
    return ProductRow(product.key, product.name, product.sku, state, item_key, item.name if item else None, reason)
