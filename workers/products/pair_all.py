"""`products sync`: pair what has one name or SKU on both sides, and follow the names in QuickBooks.

QuickBooks is read in full once; afterwards one call tells what changed. Every write to Precoro may be made twice: a name, a SKU
and an id are what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers import products
from mappers.products import ProductStep
from outbound.wire import JsonObject
from store.companies import Connection, QboCompany
from store.tasks import APPLIED, SKIPPED, Change
from workers.products import cache
from workers.products.cache import KIND
from workers.reference import cache as reference_cache
from workers.reference import pairs, suggestions
from workers.reference.pages import Page, needs_only_changes, read_collection, read_entries, read_next
from workers.tasks.action import Action, Calls, Planned, Step

NAME = "products sync"
FIRST: Sequence[Page] = (["items", 1], ["quickbooks"], ["compare"])


def read(step: Step) -> list[Page] | None:
    """Read the next page: Precoro's catalogue, then what QuickBooks has; last of all, compare the names."""
    return read_next(step, FIRST, {"items": _read_items, "quickbooks": _read_quickbooks, "compare": _suggest})


def plan(
    session: Session, connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what is to be done about each product, problems first."""
    decisions = products.plan_products(cache.load(session, connection))
    for decision in sorted(decisions, key=lambda decision: products.ORDER.index(decision.what)):
        yield Planned(decision.what, f"{KIND}:{decision.product.key}", decision.sentence, _body(decision))


def apply(step: Step, rows: Sequence[Change]) -> None:
    """Carry out changes: a pair, a new name or SKU, or the id of the item in Precoro."""
    for change in rows:
        key = change.body["product"]
        if not _still_holds(step, change):
            with step.finish(change, SKIPPED, "It was paired otherwise meanwhile"):
                continue
        row = _write(step, key, change.body)
        with step.finish(change, APPLIED, f"{change.sentence}: done") as (session, moment):
            connection = session.get_one(Connection, step.connection.id)
            if change.what == "pair":
                twins = {key: change.body["item"]}
                cache.make_pairs(session, connection, KIND, twins, moment, how="sync", who=step.task.who)
            if change.what == "rename":
                cache.follow(session, connection, key)
            if row is not None:
                reference_cache.keep_precoro(session, connection.precoro_id, KIND, [row], moment)


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: a new name or SKU is read before it is written."""
    return Calls(precoro=counts["pair"] + 2 * counts["rename"] + counts["tag"])


ACTION = Action("Sync products", read, plan, apply, calls=calls, long_plan=True)


def _read_items(step: Step, number: int, since: str | None = None) -> list[Page]:
    """Read up to 200 items of Precoro's catalogue."""
    step.report(now=f"products in Precoro, page {number}")
    return read_collection(step, "items", KIND, _keep, number, since)


def _keep(session: Session, connection: Connection, rows: Sequence[JsonObject], moment: datetime) -> None:
    reference_cache.keep_precoro(session, connection.precoro_id, KIND, rows, moment)


def _read_quickbooks(step: Step) -> list[Page]:
    """Read what changed with one call, if our copy is complete and nobody asked for all; else the whole list."""
    with step.read() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        is_complete = needs_only_changes(session, company, KIND, moment)
    if not is_complete or step.arguments.get("all"):
        return read_entries(step, "Item")
    step.report(now="what changed in QuickBooks")
    step.read_changes()
    return []


def _suggest(step: Step) -> list[Page]:
    """Keep what may belong together. Comparing takes seconds for long catalogues, so no transaction is open meanwhile."""
    step.report(now="comparing names")
    with step.read() as (session, _):
        catalogues = cache.load(session, session.get_one(Connection, step.connection.id))
    candidates = products.suggest_products(catalogues)
    with step.write() as (session, moment):
        suggestions.keep(session, session.get_one(Connection, step.connection.id), KIND, candidates, moment)
    return []


def _body(decision: ProductStep) -> dict[str, Any]:
    """Return all that applying a decision needs."""
    return {
        "product": decision.product.key,
        "item": decision.item.key if decision.item else None,
        "name": decision.name,
        "sku": decision.sku,
        "external_id": decision.external_id,
    }


def _still_holds(step: Step, change: Change) -> bool:
    """Say whether a change is still right: a pair for what is not paired, all else for what is paired as planned."""
    key, item_key = change.body["product"], change.body["item"]
    with step.read() as (session, _):
        connection = session.get_one(Connection, step.connection.id)
        paired_with = pairs.paired(session, connection, KIND).get(key)
        is_refused = (key, item_key) in suggestions.refused(session, connection, KIND)
    return paired_with == item_key or (change.what == "pair" and paired_with is None and not is_refused)


def _write(step: Step, key: str, body: Mapping[str, Any]) -> JsonObject | None:
    """Write to Precoro what a change says; returns the item as Precoro has it then, or None when there was nothing to write."""
    row: JsonObject | None = None
    changed = {name: body[name] for name in ("name", "sku") if body[name]}
    if changed:
        row = step.precoro.change_item(step.precoro.get("items", key), changed)
    if body["external_id"]:
        row = step.precoro.patch("items", key, external_id=body["external_id"])
    return row
