"""Reading for the actions with suppliers: what changed in QuickBooks, or all vendors when that is too long ago, and all suppliers.

One page a step. What the whole list of Precoro does not show is gone there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from qbo_client.query import MAX_ROWS
from qbo_client.query import select as query
from store import reference
from store.companies import QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.reference import cache as copies
from workers.rows import with_ids
from workers.suppliers import cache as supplier_copies
from workers.tasks.action import Step

REACH = timedelta(days=29)
"""How far back QuickBooks tells changes (30 days), with a margin."""

Cursor = dict[str, Any]


def read(step: Step) -> Cursor | None:
    """Make the calls of one page, and return from where to go on; None at the end."""
    cursor = step.cursor or {"read": "quickbooks"}
    if cursor["read"] == "vendors":
        return _read_vendors(step, cursor.get("after"))
    if cursor["read"] == "suppliers":
        return _read_suppliers(step, cursor["page"], cursor["since"])
    return _read_quickbooks(step)


def read_vendors_only(step: Step) -> Cursor | None:
    """Bring our copies of the vendors up to date, and no more."""
    cursor = read(step)
    return None if cursor is None or cursor["read"] == "suppliers" else cursor


def _read_quickbooks(step: Step) -> Cursor:
    """Read what changed with one call, if our copies are whole; else begin to read all vendors."""
    with step.read() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        vendors = select(Entry.id).where(
            Entry.side == QUICKBOOKS, Entry.company_id == company.id, Entry.kind == "vendor", Entry.gone_at.is_(None)
        )
        partly = session.scalars(vendors.where(Entry.details.is_(None)).limit(1)).first() is not None
        known = session.scalars(vendors.limit(1)).first() is not None
        lately = company.changes_since is not None and company.changes_since > moment - REACH
    if not (known and lately) or partly:
        return {"read": "vendors"}
    step.report(now="what changed in QuickBooks")
    step.read_changes()
    return {"read": "suppliers", "page": 1, "since": moment.isoformat()}


def _read_vendors(step: Step, after: str | None) -> Cursor:
    """Read up to 1,000 vendors, inactive ones included."""
    step.report(now="vendors in QuickBooks")
    statement = query("Vendor").with_inactive()
    if after is not None:
        statement = statement.where("Id", ">", after)
    rows = step.quickbooks.query(statement.order_by("Id").limit(MAX_ROWS))
    with step.write() as (session, moment):
        copies.keep_quickbooks(session, step.connection.qbo, "Vendor", rows, moment)
    if len(rows) == MAX_ROWS:
        return {"read": "vendors", "after": str(rows[-1]["Id"])}
    return {"read": "suppliers", "page": 1, "since": moment.isoformat()}


def _read_suppliers(step: Step, number: int, since: str) -> Cursor | None:
    """Read up to 200 suppliers; after the last page, note which are gone."""
    step.report(now=f"suppliers in Precoro, page {number}")
    with step.read() as (_, before):
        page = step.precoro.page("suppliers", number)
    with step.write() as (session, moment):
        supplier_copies.keep_suppliers(session, step.connection, with_ids("suppliers", page.rows), before)
        if page.more:
            return {"read": "suppliers", "page": number + 1, "since": since}
        unseen = session.scalars(
            select(Entry.key).where(
                Entry.side == PRECORO,
                Entry.company_id == step.connection.precoro_id,
                Entry.kind == "supplier",
                Entry.gone_at.is_(None),
                Entry.seen_at < datetime.fromisoformat(since),
            )
        ).all()
        reference.vanish(session, PRECORO, step.connection.precoro_id, "supplier", unseen, moment)
    return None
