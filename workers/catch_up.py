"""Catching up without events: what was modified in Precoro, and what changed in QuickBooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outbound.errors import RemoteError, Throttled
from precoro_client.client import PrecoroClient
from qbo_client.changes import Changes
from store import companies, events, history, records
from store.companies import Connection, PrecoroCompany, QboCompany
from store.events import Event
from store.records import Record
from workers import clients
from workers.records import backoff as resting
from workers.records import writes
from workers.records.recent_page import matters, moment_of
from workers.reference import cache as reference
from workers.reference import full_resync as everything
from workers.reference import merges
from workers.reference.company import SWITCHES, WHO, keep_preferences
from workers.rows import id_of, is_id, with_ids
from workers.runtime import Runtime
from workers.suppliers import changes as supplier_changes

log = structlog.get_logger()

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
            found += sum(_want_if_news(session, serving, kind, row, now) for row in with_ids(kind, page.rows))
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
    key = id_of(row)
    known = session.scalar(
        select(Record).where(
            Record.precoro_company_id == serving.precoro_id, Record.kind == kind, Record.precoro_id == key
        )
    )
    if (known and known.wanted > known.done) or not matters(row, known):
        return False
    records.want(session, serving, kind, key, str(row["idn"]) if is_id(row.get("idn")) else None, now)
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
    """Read what changed in a QuickBooks company with one call, and bring our copies up to date. Raises RemoteError.

    After more than 30 days without, which QuickBooks does not remember, everything is read once instead.
    """
    with runtime.write() as (session, begun):
        company = session.get_one(QboCompany, qbo_id)
        read_before, asks_preferences = company.changes_read_at, _may_have_switched(session, company)
        company.changes_due = False
        company.changes_read_at = None  # until all is kept: whoever dies meanwhile leaves it due
    try:
        found = _changes(runtime, company, company.changes_since or begun)
        preferences = clients.quickbooks(runtime, company).preferences() if asks_preferences else None
    except RemoteError as error:
        with runtime.write() as (session, moment):
            fresh = session.get_one(QboCompany, qbo_id)
            fresh.changes_due, fresh.changes_read_at = True, read_before
            if isinstance(error, Throttled):
                resting.rest(session, runtime.settings, moment, error, qbo_id=qbo_id)
        raise
    with runtime.write() as (session, moment):
        fresh = session.get_one(QboCompany, qbo_id)
        if preferences is not None:
            keep_preferences(session, fresh, preferences, moment)
        _keep(session, fresh, found, moment)
        fresh.changes_read_at = begun


def _changes(runtime: Runtime, company: QboCompany, since: datetime) -> Changes:
    """Return the changes since a moment, or everything when QuickBooks does not remember them, as far as it can be read."""
    found = clients.quickbooks(runtime, company).changes([*LISTS, *TRANSACTIONS], since)
    if found.gap:
        log.warning(
            "QuickBooks remembers no changes of so long ago, everything is read once",
            company=company.realm,
            since=since,
        )
        found = replace(everything.read(runtime, company, LISTS, TRANSACTIONS, since), until=found.until)
        log.info("everything was read", company=company.realm, calls=found.calls)
    rows = {kind: with_ids(kind, of_kind, "Id") for kind, of_kind in found.rows.items()}
    deleted = {kind: [key for key in keys if is_id(key)] for kind, keys in found.deleted.items()}
    return replace(found, rows=rows, deleted=deleted)


def _keep(session: Session, company: QboCompany, found: Changes, moment: datetime) -> None:
    """Bring our copies up to date, and make due what waited for what has changed."""
    for kind in LISTS:
        reference.keep_quickbooks(session, company, kind, found.rows.get(kind, []), moment)
        reference.forget_quickbooks(session, company, kind, found.deleted.get(kind, []), moment)
    for kind in TRANSACTIONS:
        writes.remember(session, company.id, kind, found.rows.get(kind, []))
        writes.forget(session, company.id, kind, found.deleted.get(kind, []))
    merges.follow(session, company, (company.changes_since or moment) - A_DAY, moment)
    for connection in company.connections:
        reference.release(session, connection, reference.subjects(session, connection, found.rows), moment)
        vendors, gone = found.rows.get("Vendor", []), found.deleted.get("Vendor", [])
        supplier_changes.vendors_changed(session, connection, vendors, gone, moment)
        if found.gap:
            since = str(company.changes_since)
            history.note(session, moment, WHO, "everything read", connection.slug, since=since, calls=found.calls)
    company.changes_since = found.until


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
