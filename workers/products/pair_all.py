"""Syncing products: reading both catalogues, pairing what has one name or SKU, and following names in QuickBooks.

QuickBooks is read in full once; afterwards one call tells what changed. Every write to Precoro may be made twice: a name, a SKU
and an id are what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from mappers import products
from mappers.products import Catalogues, Decision
from outbound.wire import JsonObject
from qbo_client.query import MAX_ROWS
from qbo_client.query import select as query
from store import reference
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from store.tasks import APPLIED, SKIPPED, Change
from workers.products import cache as catalogues
from workers.products.cache import KIND
from workers.reference import cache as reference_lists
from workers.reference import pairs, suggestions
from workers.tasks.engine import Action, Calls, Planned, Step

REMEMBERED = timedelta(days=29)
"""How far back QuickBooks tells of changes: 30 days, less one to be sure (docs/reference/quickbooks.md, Change data capture)."""


def read(step: Step) -> dict[str, Any] | None:
    """Read one page: Precoro's catalogue page by page, then what QuickBooks has."""
    cursor = step.cursor or {"side": PRECORO, "from": 1}
    if cursor["side"] == PRECORO:
        return _read_precoro(step, cursor["from"])
    if cursor["from"] == 1 and not step.arguments.get("all") and _may_read_changes(step):
        step.report(now="What changed in QuickBooks")
        step.read_changes()
        following = None
    else:
        following = _read_quickbooks(step, cursor["from"])
    if following is None:
        _suggest(step)
    return following


def plan(
    session: Session, connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Say what is to be done about each product, the weightiest first."""
    decisions = products.decide(_known(session, connection))
    for one in sorted(decisions, key=lambda one: products.ORDER.index(one.what)):
        yield Planned(one.what, f"{KIND}:{one.product.key}", one.sentence, _body(one))


def apply(step: Step, rows: Sequence[Change]) -> None:
    """Carry out changes: a pair, a new name or SKU, or the id of the item in Precoro."""
    for change in rows:
        key = change.body["product"]
        if not _still_holds(step, change):
            with step.settle(change, SKIPPED, "It was paired otherwise meanwhile"):
                continue
        row = _write(step, key, change.body)
        with step.settle(change, APPLIED, f"{change.sentence}: done") as (session, moment):
            connection = session.get_one(Connection, step.connection.id)
            if change.what == "pair":
                twins = {key: change.body["item"]}
                catalogues.make_pairs(session, connection, KIND, twins, moment, how="sync", who=step.task.who)
            if change.what == "rename":
                catalogues.follow(session, connection, key)
            if row is not None:
                reference_lists.keep_precoro(session, connection.precoro_id, KIND, [row], moment)


def calls(counts: Counter[str]) -> Calls:
    """Return what a plan costs: a new name or SKU is read before it is written."""
    return Calls(precoro=counts["pair"] + 2 * counts["rename"] + counts["tag"])


SYNC = "products sync"
SYNC_PRODUCTS = Action("Sync products", read, plan, apply, calls=calls, long_plan=True)


def _read_precoro(step: Step, number: int) -> dict[str, Any]:
    """Keep one page of the catalogue; after the last one, what was on no page is gone."""
    page = step.precoro.page("items", number)
    with step.write() as (session, moment):
        reference_lists.keep_precoro(session, step.connection.precoro_id, KIND, page.rows, moment)
        if not page.more:
            gone = [
                one.key
                for one in catalogues.entries(session, PRECORO, step.connection.precoro_id)
                if one.seen_at < step.task.created_at
            ]
            reference.vanish(session, PRECORO, step.connection.precoro_id, KIND, gone, moment)
    step.report(now=f"Precoro's products, page {number}")
    return {"side": PRECORO, "from": number + 1} if page.more else {"side": QUICKBOOKS, "from": 1}


def _suggest(step: Step) -> None:
    """Keep what may belong together. Comparing takes seconds for long catalogues, so no transaction is open meanwhile."""
    step.report(now="Comparing names")
    with step.read() as (session, _):
        known = _known(session, session.get_one(Connection, step.connection.id))
    found = products.near(known)
    with step.write() as (session, moment):
        suggestions.keep(session, session.get_one(Connection, step.connection.id), KIND, found, moment)


def _known(session: Session, connection: Connection) -> Catalogues:
    return catalogues.load(session, connection, suggestions.refused(session, connection, KIND))


def _may_read_changes(step: Step) -> bool:
    """Say whether one call can bring our copy of QuickBooks up to date."""
    company_id = step.connection.qbo_id
    mine = (Entry.side == QUICKBOOKS) & (Entry.company_id == company_id) & (Entry.kind == KIND)
    with step.read() as (session, moment):
        since = session.get_one(QboCompany, company_id).changes_since
        is_known = session.scalar(select(exists().where(mine)))
    return bool(is_known) and since is not None and since > moment - REMEMBERED


def _read_quickbooks(step: Step, start: int) -> dict[str, Any] | None:
    """Keep one page of products and services, inactive ones included."""
    rows = step.quickbooks.query(query("Item").with_inactive().order_by("Id").limit(MAX_ROWS, start=start))
    with step.write() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        reference_lists.keep_quickbooks(session, company, "Item", rows, moment)
    step.report(now=f"Products of QuickBooks, from {start}")
    return {"side": QUICKBOOKS, "from": start + MAX_ROWS} if len(rows) == MAX_ROWS else None


def _body(decision: Decision) -> dict[str, Any]:
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
        now = pairs.paired(session, connection, KIND).get(key)
        is_refused = (key, item_key) in suggestions.refused(session, connection, KIND)
    return now == item_key or (change.what == "pair" and now is None and not is_refused)


def _write(step: Step, key: str, body: Mapping[str, Any]) -> JsonObject | None:
    """Write to Precoro what a change says; returns the item as Precoro has it then, or None when there was nothing to write."""
    row: JsonObject | None = None
    changed = {name: body[name] for name in ("name", "sku") if body[name]}
    if changed:
        row = step.precoro.change_item(step.precoro.get("items", key), changed)
    if body["external_id"]:
        row = step.precoro.patch("items", key, external_id=body["external_id"])
    return row
