"""Products that people look at, pair and unpair by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from mappers.products import Item, Link, Product, external_id, is_ours, why_not
from mappers.remedies import Act
from store import companies, history
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers import clients
from workers.errors import (
    AmbiguousNameError,
    NoSuchEntryError,
    NotPairedError,
    UnusableItemError,
)
from workers.lookup import connection_named
from workers.products import cache as catalogues
from workers.products.cache import KIND
from workers.reference import cache as reference_lists
from workers.reference import pairs, suggestions
from workers.runtime import Runtime

State = Literal["paired", "suggested", "not in QuickBooks", "cannot be used"]


@dataclass(frozen=True)
class Listed:
    """One product of Precoro as people see it: where it stands, its item or what it might be, and what is wrong."""

    key: str
    name: str
    sku: str
    state: State
    item: str | None = None
    item_name: str | None = None
    why: str | None = None
    suggestions: Sequence[dict[str, object]] = field(default_factory=list)


def listed(runtime: Runtime, slug: str) -> list[Listed]:
    """Return the products of a connection with where each stands, by name; inactive ones only when they are paired."""
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        both = catalogues.load(session, connection, suggestions.refused(session, connection, KIND))
        near = _near(session, connection, {one.key: one for one in both.items})
    shown = [one for one in both.products if one.active or one.key in both.links]
    items = {one.key: one for one in both.items}
    return [
        _listed(one, both.links.get(one.key), items, near[one.key])
        for one in sorted(shown, key=lambda one: (one.name.casefold(), one.key))
    ]


def _near(session: Session, connection: Connection, items: Mapping[str, Item]) -> dict[str, list[dict[str, object]]]:
    """Return what each product might be, best first."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for one in suggestions.open_of(session, connection, KIND):
        if one.qbo_key in items:
            name = items[one.qbo_key].name
            told = {"item": one.qbo_key, "name": name, "score": one.score, "evidence": one.evidence}
            found[one.precoro_key].append(told)
    return found


def _listed(
    product: Product, link: Link | None, items: Mapping[str, Item], near: Sequence[dict[str, object]]
) -> Listed:
    """Return where one product stands."""
    if link is None:
        state: State = "suggested" if near else "not in QuickBooks"
        return Listed(product.key, product.name, product.sku, state, suggestions=near)
    item = items.get(link.item)
    reason = why_not(item)
    name = item.name if item else None
    state = "cannot be used" if reason else "paired"
    return Listed(product.key, product.name, product.sku, state, link.item, name, reason)


def pair(runtime: Runtime, slug: str, product_text: str, item_text: str, who: str) -> int:
    """Pair two products by hand, each named by id, name or SKU; returns how many held documents go on because of it.

    What was paired with the product before is replaced. Raises NoSuchEntryError, AmbiguousNameError, UnusableItemError, and
    RemoteError when the id could not be written to Precoro; the pair stands then, and the next sync writes it.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        product = catalogues.product(_entry(session, connection, PRECORO, product_text))
        item = catalogues.item(_entry(session, connection, QUICKBOOKS, item_text))
        reason = why_not(item)
        if reason:
            raise UnusableItemError(reason)
        before = pairs.paired(session, connection, KIND).get(product.key)
        released = catalogues.make_pairs(
            session, connection, KIND, {product.key: item.key}, moment, how="person", who=who
        )
        history.note(
            session, moment, who, "pair", f"{KIND}:{product.key}", before=before, after=item.key, connection=slug
        )
        company, realm = connection.precoro_id, connection.qbo.realm
    runtime.dispatch()
    if is_ours(product.external_id, realm):
        _tag(runtime, company, product.key, external_id(realm, item.key))
    return released


def unpair(runtime: Runtime, slug: str, product_text: str, who: str) -> str:
    """Unpair a product for good and return the id of the item it had: no sync pairs these two again.

    What was sent stays as it is; later lines with this product go by their account. Raises NotPairedError as well as what
    pairing raises.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        product = catalogues.product(_entry(session, connection, PRECORO, product_text))
        had = pairs.unpair(session, connection, KIND, product.key)
        if had is None:
            raise NotPairedError(product.name, Act("list_products", {"connection": connection.slug}))
        suggestions.refuse(session, connection, KIND, product.key, had, who, moment)
        history.note(session, moment, who, "unpair", f"{KIND}:{product.key}", before=had, connection=slug)
        company, realm = connection.precoro_id, connection.qbo.realm
    if product.external_id == external_id(realm, had):
        _tag(runtime, company, product.key, "")
    return had


def _tag(runtime: Runtime, precoro_id: int, key: str, text: str) -> None:
    """Write the id in QuickBooks to a product of Precoro, or take it away, and keep what Precoro has then."""
    with runtime.read() as (session, _):
        company = session.get_one(companies.PrecoroCompany, precoro_id)
    row = clients.precoro_for_set_up(runtime, company).patch("items", key, external_id=text)
    with runtime.write() as (session, moment):
        reference_lists.keep_precoro(session, precoro_id, KIND, [row], moment)


def _entry(session: Session, connection: Connection, side: str, text: str) -> Entry:
    """Return the one entry with this id, or else this name or SKU."""
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    there = catalogues.entries(session, side, company)
    found = [one for one in there if one.key == text] or [one for one in there if text in _called(one)]
    shown = "Precoro" if side == PRECORO else "QuickBooks"
    if not found:
        raise NoSuchEntryError(shown, "product", text, connection.slug)
    if len(found) > 1:
        raise AmbiguousNameError("product", text, [row.key for row in found])
    return found[0]


def _called(entry: Entry) -> set[str | None]:
    return {entry.name, entry.data.get("short"), entry.data.get("sku")}
