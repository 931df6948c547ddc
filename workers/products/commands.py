"""What people do with products: pair and unpair them by hand."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mappers.products import external_id, is_ours, why_not
from mappers.remedies import Act
from store import companies, history
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, ListedEntry
from workers import clients
from workers.errors import NoSuchEntryError, NotPairedError, UnusableItemError
from workers.lookup import connection_named, only_key
from workers.products import cache
from workers.products.cache import KIND
from workers.reference import cache as reference_cache
from workers.reference import pairs, suggestions
from workers.runtime import Runtime


def pair(runtime: Runtime, slug: str, product_text: str, item_text: str, who: str) -> int:
    """Pair two products by hand, each named by id, name or SKU; returns how many held documents go on because of it.

    What was paired with the product before is replaced. Raises NoSuchEntryError, AmbiguousNameError, UnusableItemError, and
    RemoteError when the id could not be written to Precoro; the pair is kept then, and the next sync writes the id.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        product = cache.product(_entry(session, connection, PRECORO, product_text))
        item = cache.item(_entry(session, connection, QUICKBOOKS, item_text))
        reason = why_not(item)
        if reason:
            raise UnusableItemError(reason)
        before = pairs.paired(session, connection, KIND).get(product.key)
        released = cache.make_pairs(session, connection, KIND, {product.key: item.key}, moment, how="person", who=who)
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
        product = cache.product(_entry(session, connection, PRECORO, product_text))
        item_key = pairs.unpair(session, connection, KIND, product.key, moment)
        if item_key is None:
            raise NotPairedError(product.name, Act("list_products", {"connection": connection.slug}))
        suggestions.refuse(session, connection, KIND, product.key, item_key, who, moment)
        history.note(session, moment, who, "unpair", f"{KIND}:{product.key}", before=item_key, connection=slug)
        company, realm = connection.precoro_id, connection.qbo.realm
    runtime.dispatch()
    if product.external_id == external_id(realm, item_key):
        _tag(runtime, company, product.key, "")
    return item_key


def _tag(runtime: Runtime, precoro_id: int, key: str, text: str) -> None:
    """Write the id in QuickBooks to a product of Precoro, or take it away, and keep what Precoro has then."""
    with runtime.read() as (session, _):
        company = session.get_one(companies.PrecoroCompany, precoro_id)
    row = clients.precoro_for_set_up(runtime, company).patch("items", key, external_id=text)
    with runtime.write() as (session, moment):
        reference_cache.keep_precoro(session, precoro_id, KIND, [row], moment)


def _entry(session: Session, connection: Connection, side: str, text: str) -> ListedEntry:
    """Return the one entry with this id, or else this name or SKU."""
    company, service = (connection.precoro_id, "Precoro") if side == PRECORO else (connection.qbo_id, "QuickBooks")
    entries = {entry.key: entry for entry in cache.entries(session, side, company)}
    names = {key: _names(entry) for key, entry in entries.items()}
    missing = NoSuchEntryError(service, "product", text, connection.slug)
    return entries[only_key(text, names, what="product", missing=missing)]


def _names(entry: ListedEntry) -> set[str]:
    return {name for name in (entry.name, entry.data.get("short"), entry.data.get("sku")) if name}
