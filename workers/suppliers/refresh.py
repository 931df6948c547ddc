"""Bringing our copies up to date for the actions with suppliers: the vendors of QuickBooks, then the suppliers of Precoro."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from store.companies import QboCompany
from store.records import SUPPLIER
from store.reference import QUICKBOOKS, Entry
from workers.reference.pages import Page, needs_only_changes, read_collection, read_entries, read_next
from workers.suppliers import cache
from workers.tasks.action import Step

VENDORS: Sequence[Page] = (["vendors"],)
BOTH: Sequence[Page] = (["vendors"], ["suppliers", 1])


def read(step: Step) -> list[Page] | None:
    """Read the next page of both sides, and return the pages that are left; None after the last one."""
    return read_next(step, BOTH, {"vendors": _read_vendors, "suppliers": _read_suppliers})


def read_vendors_only(step: Step) -> list[Page] | None:
    """Read the next page of the vendors, as `read` does."""
    return read_next(step, VENDORS, {"vendors": _read_vendors})


def _read_vendors(step: Step) -> list[Page]:
    """Read what changed with one call, if our copy is complete; else all vendors, page by page."""
    with step.read() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        without_details = select(Entry.id).where(
            Entry.side == QUICKBOOKS,
            Entry.company_id == company.id,
            Entry.kind == "vendor",
            Entry.gone_at.is_(None),
            Entry.details.is_(None),
        )
        is_partial = session.scalars(without_details.limit(1)).first() is not None
        is_complete = needs_only_changes(session, company, "vendor", moment) and not is_partial
    if not is_complete:
        return read_entries(step, "Vendor")
    step.report(now="what changed in QuickBooks")
    step.read_changes()
    return []


def _read_suppliers(step: Step, number: int, since: str | None = None) -> list[Page]:
    """Read up to 200 suppliers."""
    step.report(now=f"suppliers in Precoro, page {number}")
    return read_collection(step, "suppliers", SUPPLIER, cache.keep_suppliers, number, since)
