"""Catching up without events: what was modified in Precoro, and what changed in QuickBooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outbound.errors import RemoteError, Throttled
from precoro_client.client import PrecoroClient
from store import companies, events, records
from store.companies import Connection, PrecoroCompany, QboCompany
from store.events import Event
from store.records import Record
from workers import clients, merges, reference, resting, supplier_changes, writes
from workers.company import SWITCHES, keep_preferences
from workers.glance import matters, moment_of
from workers.runtime import Runtime

KINDS = (records.PURCHASE_ORDER, records.INVOICE)
OVERLAP = timedelta(minutes=2)
A_DAY = timedelta(days=1)
"""How long an event about a merge may be older than the changes that are read: to follow one twice does no harm."""
LISTS = ("Vendor", "Account", "Class", "Customer", "Department", "Item", "Term")
TRANSACTIONS = ("Bill", "PurchaseOrder")


def catch_up(runtime: Runtime, precoro_id: int) -> int:
    """Make every document and supplier due that was modified in Precoro lately and that no event told of; returns how many.

    A document that is a draft, or carries the `updateDate` we know, costs no read of its own. When Precoro throttles us,
    every connection of the company rests.
    """
    with runtime.read() as (session, _):
        company = session.get_one(PrecoroCompany, precoro_id)
        serving = companies.serving(session, precoro_id)
    if not serving:
        return 0
    try:
        return _look(runtime, company, serving[0]) + _look_at_suppliers(runtime, company, serving)
    except Throttled as error:
        with runtime.write() as (session, moment):
            resting.rest(session, runtime.settings, moment, error, precoro_id=precoro_id)
        raise


def _look(runtime: Runtime, company: PrecoroCompany, serving: Connection) -> int:
    """Look through what was modified, page by page, and make due what brings news; returns how many documents."""
    with runtime.read() as (_, moment):
        begun = moment
    client, found = clients.precoro_for_catch_up(runtime, company), 0
    for kind in KINDS:
        since = moment_of(company.read_until.get(kind)) or serving.created_at
        found += want_since(runtime, serving, client, kind, since - OVERLAP)
        with runtime.write() as (session, _):
            fresh = session.get_one(PrecoroCompany, company.id)
            fresh.read_until = {**fresh.read_until, kind: begun.isoformat()}
    return found


def want_since(runtime: Runtime, serving: Connection, client: PrecoroClient, kind: str, since: datetime) -> int:
    """Make due what was modified since a moment and may matter; returns how many. One call for 200 documents."""
    number, more, found = 1, True, 0
    while more:
        page = client.documents_since(kind, since, page=number)  # type: ignore[arg-type]
        with runtime.write() as (session, now):
            found += sum(_want_if_news(session, serving, kind, row, now) for row in page.rows)
        number, more = number + 1, page.more
    return found


def _look_at_suppliers(runtime: Runtime, company: PrecoroCompany, serving: Sequence[Connection]) -> int:
    """Look through the suppliers that were modified, for every connection of the company; returns how many are due."""
    with runtime.read() as (_, begun):
        since = moment_of(company.read_until.get(records.SUPPLIER)) or serving[0].created_at
    client = clients.precoro_for_catch_up(runtime, company)
    found = supplier_changes.catch_up(runtime, client, serving, since - OVERLAP)
    with runtime.write() as (session, _):
        fresh = session.get_one(PrecoroCompany, company.id)
        fresh.read_until = {**fresh.read_until, records.SUPPLIER: begun.isoformat()}
    return found


def _want_if_news(session: Session, serving: Connection, kind: str, row: Mapping[str, Any], now: datetime) -> bool:
    """Make a document due if its row says something new that may matter in QuickBooks."""
    key = str(row["id"])
    known = session.scalar(
        select(Record).where(
            Record.precoro_company_id == serving.precoro_id, Record.kind == kind, Record.precoro_id == key
        )
    )
    if (known and known.wanted > known.done) or not matters(row, known):
        return False
    records.want(session, serving, kind, key, str(row["idn"]) if row.get("idn") else None, now)
    return True


def are_due(runtime: Runtime, qbo_id: int) -> bool:
    """Say whether the changes of a company should be read: an event came, or none has come for long."""
    idle = timedelta(seconds=runtime.settings.changes_idle)
    with runtime.read() as (session, moment):
        found = session.scalar(
            select(QboCompany.id).where(
                QboCompany.id == qbo_id,
                or_(
                    QboCompany.changes_due,
                    QboCompany.changes_read_at.is_(None),
                    QboCompany.changes_read_at <= moment - idle,
                ),
            )
        )
    return found is not None


def read(runtime: Runtime, qbo_id: int) -> None:
    """Read what changed in a QuickBooks company with one call, and bring our copies up to date."""
    with runtime.write() as (session, moment):
        company = session.get_one(QboCompany, qbo_id)
        read_before, asks_preferences = company.changes_read_at, _may_have_switched(session, company)
        company.changes_due = False
        company.changes_read_at = moment
    client = clients.quickbooks(runtime, company)
    try:
        found = client.changes([*LISTS, *TRANSACTIONS], company.changes_since or moment)
        preferences = client.preferences() if asks_preferences else None
    except RemoteError as error:
        with runtime.write() as (session, moment):
            fresh = session.get_one(QboCompany, qbo_id)
            fresh.changes_due, fresh.changes_read_at = True, read_before
            if isinstance(error, Throttled):
                resting.rest(session, runtime.settings, moment, error, qbo_id=qbo_id)
        raise
    with runtime.write() as (session, moment):
        for kind in LISTS:
            reference.keep_quickbooks(session, company, kind, found.rows.get(kind, []), moment)
            reference.forget_quickbooks(session, company, kind, found.deleted.get(kind, []), moment)
        for kind in TRANSACTIONS:
            writes.remember(session, qbo_id, kind, found.rows.get(kind, []))
            writes.forget(session, qbo_id, kind, found.deleted.get(kind, []))
        fresh = session.get_one(QboCompany, qbo_id)
        fresh.changes_since = found.until
        if preferences is not None:
            keep_preferences(session, fresh, preferences, moment)
        merges.follow(session, fresh, (company.changes_since or moment) - A_DAY, moment)
        for connection in fresh.connections:
            reference.release(session, connection, reference.subjects(session, connection, found.rows), moment)
            vendors, gone = found.rows.get("Vendor", []), found.deleted.get("Vendor", [])
            supplier_changes.vendors_changed(session, connection, vendors, gone, moment)


def _may_have_switched(session: Session, company: QboCompany) -> bool:
    """Say whether the preferences are read along: something is held for them, or an event told that they have changed."""
    told = select(Event.id).where(
        Event.source == events.QUICKBOOKS,
        Event.company == company.realm,
        Event.subject.startswith("preferences:"),
        Event.received_at >= (company.changes_read_at or company.looked_at or Event.received_at),
    )
    held = any(records.is_held_for(session, one.id, SWITCHES) for one in company.connections)
    return held or session.scalars(told.limit(1)).first() is not None
