"""Catching up without events: what was modified in Precoro lately, and who acts on changes in QuickBooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import DocumentKind
from outbound.errors import Throttled
from precoro_client.client import PrecoroClient
from store import companies, records
from store.companies import Connection, PrecoroCompany
from store.records import DOCUMENT_KINDS, Record
from workers import backoff, clients
from workers.documents import changes as document_changes
from workers.documents import order_status
from workers.payments import changes as payment_changes
from workers.records.list_rows import ModifiedRows, is_unchanged, keep_number, keep_row, may_matter, parse_time
from workers.reference import changes
from workers.reference.changes import Listener
from workers.rows import id_of, is_id, with_ids
from workers.runtime import Runtime
from workers.suppliers import changes as supplier_changes

OVERLAP = timedelta(minutes=2)

ON_CHANGES: Sequence[Listener] = (
    supplier_changes.on_changes,
    document_changes.on_changes,
    order_status.on_changes,
    payment_changes.on_changes,
)
"""Who acts on what changed in QuickBooks, once our copies are up to date, in the same transaction."""


def catch_up(runtime: Runtime, precoro_id: int) -> int:
    """Make every document and supplier due that was modified in Precoro and had no event; returns how many.

    A document that is a draft, or carries the `updateDate` we know, costs no read of its own. When Precoro throttles us,
    every connection of the company backs off.
    """
    with runtime.read() as (session, _):
        company = session.get_one(PrecoroCompany, precoro_id)
        connections = companies.connections_of(session, precoro_id)
    if not connections:
        return 0
    try:
        due = _catch_up_documents(runtime, company, connections[0])
        return due + _catch_up_suppliers(runtime, company, connections)
    except Throttled as error:
        with runtime.write() as (session, moment):
            backoff.back_off_company(session, runtime.settings, moment, error, precoro_id=precoro_id)
        raise


def _catch_up_documents(runtime: Runtime, company: PrecoroCompany, connection: Connection) -> int:
    """Read the pages of modified documents, and make due what is new in them; returns how many documents."""
    client, due = clients.precoro_for_catch_up(runtime, company), 0
    for kind in DOCUMENT_KINDS:
        since = parse_time(company.modified_read_until.get(kind)) or connection.created_at
        modified = request_modified_since(runtime, connection, client, kind, since - OVERLAP)
        due += modified.due
        with runtime.write() as (session, moment):
            _move_on(session, company.id, kind, modified)
            if modified.due:
                session.get_one(PrecoroCompany, company.id).unannounced_at = moment
    return due


def request_modified_since(
    runtime: Runtime, connection: Connection, client: PrecoroClient, kind: DocumentKind, since: datetime
) -> ModifiedRows:
    """Make due what was modified since a moment and may matter. One call for 200 documents."""
    page = client.documents_since(kind, since)
    asked_at, due, number = page.at, 0, 1
    while True:
        with runtime.write() as (session, now):
            due += sum(_request_if_new(session, connection, kind, row, now) for row in with_ids(kind, page.rows))
        if not page.more:
            return ModifiedRows(due, asked_at)
        number += 1
        page = client.documents_since(kind, since, page=number)


def _catch_up_suppliers(runtime: Runtime, company: PrecoroCompany, connections: Sequence[Connection]) -> int:
    """Read the pages of modified suppliers, for every connection of the company; returns how many are due."""
    since = parse_time(company.modified_read_until.get(records.SUPPLIER)) or connections[0].created_at
    client = clients.precoro_for_catch_up(runtime, company)
    modified = supplier_changes.catch_up(runtime, client, connections, since - OVERLAP)
    with runtime.write() as (session, moment):
        backoff.note_answers(session, runtime.settings, moment, runtime.take_answers())
        _move_on(session, company.id, records.SUPPLIER, modified)
    return modified.due


def _move_on(session: Session, company_id: int, kind: str, modified: ModifiedRows) -> None:
    """Let the next catch-up begin where this one was asked for: by Precoro's own clock, from which ours may differ by any amount."""
    fresh = session.get_one(PrecoroCompany, company_id)
    fresh.modified_read_until = {**fresh.modified_read_until, kind: modified.asked_at.isoformat()}


def _request_if_new(
    session: Session, connection: Connection, kind: DocumentKind, row: Mapping[str, Any], now: datetime
) -> bool:
    """Make a document due if its row shows something new that may matter in QuickBooks."""
    key = id_of(row)
    record = session.scalar(
        select(Record).where(
            Record.precoro_company_id == connection.precoro_id, Record.kind == kind, Record.precoro_id == key
        )
    )
    if (record and record.requested_version > record.handled_version) or not _may_matter(session, row, record):
        return False
    if record and record.state == records.FAILED:
        keep_row(record, row)  # the next look finds nothing new in it, and leaves the failure to people
    idn = str(row["idn"]) if is_id(row.get("idn")) else None
    record_id = records.request(session, connection, kind, key, idn, now)
    keep_number(session.get_one(Record, record_id), row)
    return True


def _may_matter(session: Session, row: Mapping[str, Any], record: Record | None) -> bool:
    """Say whether a row may call for something in QuickBooks, because of its document or of one that waits for it."""
    if may_matter(row, record):
        return True
    if record is None or is_unchanged(row, record.list_row):
        return False
    return session.scalar(select(Record.id).where(Record.id == record.id, records.is_awaited())) is not None


def read_changes(runtime: Runtime, qbo_id: int) -> None:
    """Read what changed in a QuickBooks company, and let every listener act on it. Raises RemoteError."""
    changes.read(runtime, qbo_id, ON_CHANGES)
