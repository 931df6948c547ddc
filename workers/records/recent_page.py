"""One page of documents modified lately, in place of many reads.

Reading a document costs one call, and so does a page of two hundred rows. A page is read first when several events wait,
and when an event may be only the echo of our own write-back. A row that is as it was last shows that nothing is new; a row
of a draft without a twin shows that there is nothing to send yet. `updateDate` alone is not enough: it counts whole seconds,
and somebody may act in the very second of our PATCH.

Why: docs/explanation/design.md, Quotas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from mappers.documents.document import DocumentKind
from precoro_client.client import PrecoroClient
from store import records
from store.companies import Connection
from store.intents import OPEN, Intent
from store.records import Record
from workers.records.list_rows import may_matter
from workers.records.work import Work

MAX_PAGES = 3
DELAY = timedelta(minutes=2)
"""How long an event may have been under way, and how far the clocks may differ."""


def is_unchanged_on_page(work: Work, kind: DocumentKind) -> bool:
    """Say whether a page of recent changes shows that the document need not be read; marks the others that wait, too."""
    record, window = work.record, timedelta(seconds=work.settings.echo_window)
    if not record.only_events or record.requested_at is None or record.requested_by_person:
        return False
    if record.state == records.FAILED:
        return False  # its row was never handled
    with work.runtime.read() as (session, _):
        if is_page_read(session, record):
            return False
        waiting = {other.precoro_id: other for other in waiting_with(session, record)}
    if record.precoro_id not in waiting:
        return False
    if len(waiting) == 1 and not may_be_echo(record, window):
        return False
    since = min(_modified_since(other, window) for other in waiting.values())
    unchanged = _unchanged(work.precoro, kind, since - DELAY, waiting)
    _record_page(work, waiting, unchanged)
    return record.precoro_id in unchanged


def is_page_read(session: Session, record: Record) -> bool:
    """Say whether a page was read since the record was requested: of many that wait, only the first reads one and looks at the others."""
    read_until = session.get_one(Connection, record.connection_id).pages_read_until.get(record.kind)
    requested_at = record.requested_at
    return bool(read_until and requested_at and requested_at <= datetime.fromisoformat(read_until))


def may_be_echo(record: Record, window: timedelta) -> bool:
    """Say whether the first event since our write-back came soon after it."""
    if record.written_back_at is None or record.requested_at is None or not record.list_row:
        return False
    return timedelta(0) <= record.requested_at - record.written_back_at <= window


def _modified_since(record: Record, window: timedelta) -> datetime:
    """Return the moment from which a page shows the row of this record."""
    written_back_at = record.written_back_at if may_be_echo(record, window) else None
    return min(moment for moment in (record.requested_at, written_back_at) if moment)


def waiting_with(session: Session, record: Record) -> Iterable[Record]:
    """Return the records of the same kind and connection that wait because of events alone.

    One with an unanswered write is not among them: whatever its row shows, that write has to be settled. Neither is one for which
    another waits: that it was cancelled as a draft matters to the other.
    """
    unsettled = exists().where(Intent.record_id == Record.id, Intent.state == OPEN)
    return session.scalars(
        select(Record).where(
            Record.connection_id == record.connection_id,
            Record.kind == record.kind,
            Record.requested_version > Record.handled_version,
            Record.requested_at.isnot(None),
            Record.only_events,
            ~Record.requested_by_person,
            Record.state.notin_((records.NEVER, records.FAILED)),
            ~unsettled,
            ~records.is_awaited(),
        )
    )


def _unchanged(client: PrecoroClient, kind: DocumentKind, since: datetime, waiting: Mapping[str, Record]) -> set[str]:
    """Return the ids of the waiting documents whose rows show that nothing is to be done."""
    unchanged: set[str] = set()
    for number in range(1, MAX_PAGES + 1):
        page = client.documents_since(kind, since, page=number)
        for row in page.rows:
            key = str(row.get("id"))
            if key in waiting and not may_matter(row, waiting[key]):
                unchanged.add(key)
        if not page.more:
            break
    return unchanged


def _record_page(work: Work, waiting: Mapping[str, Record], unchanged: set[str]) -> None:
    """Record until when pages were read, and that the unchanged documents are handled."""
    record = work.record
    with work.runtime.write() as (session, moment):
        connection = session.get_one(Connection, record.connection_id)
        connection.pages_read_until = {**connection.pages_read_until, record.kind: work.claimed_at.isoformat()}
        for key in unchanged - {record.precoro_id}:
            mark_handled(session, waiting[key], moment)
    if record.precoro_id in unchanged:
        work.values.update(handled_version=work.claim.requested_version, requested_at=None)
        work.outcome = "nothing new"


def mark_handled(session: Session, record: Record, moment: datetime) -> None:
    """Mark the version requested of another record as handled, unless somebody works on it or a newer one is requested."""
    session.execute(
        update(Record)
        .where(
            Record.id == record.id,
            Record.requested_version == record.requested_version,
            or_(Record.lease_until.is_(None), Record.lease_until <= moment),
        )
        .values(handled_version=record.requested_version, requested_at=None, queued_at=None, lease_until=None)
    )
