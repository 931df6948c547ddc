"""Events that are only the echo of our own write-back: a whole page of them is settled with one call (design section 6).

Our PATCH may fire an event, and reading the document again because of it would double the reads. So a record that was
written back lately is looked up on one page of what was modified since: its row tells whether there is more. The
`updateDate` alone would not do: it counts whole seconds, and somebody may act in the very second of our PATCH.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mappers.documents import Document
from precoro_client.client import PrecoroClient
from store.records import Record
from workers.work import Work

MOST_PAGES = 3
SLACK = timedelta(seconds=2)


class Waiting(NamedTuple):
    """A record that waits to know whether there was more than an echo."""

    wanted: int
    seen: Mapping[str, str]
    written_back_at: datetime


def is_only_echo(work: Work) -> bool:
    """Say whether the event told nothing new; every other record on the same page that waits for this is settled too."""
    record, window = work.record, timedelta(seconds=work.settings.echo_window)
    if not _may_be_echo(record, window):
        return False
    with work.runtime.read() as (session, _):
        waiting = _waiting(session, record, window)
    since = min(one.written_back_at for one in waiting.values())
    echoes = _echoes(work.precoro, record.kind, since - SLACK, waiting)
    with work.runtime.write() as (session, moment):
        for key in echoes - {record.precoro_id}:
            _settle(session, record, key, waiting[key].wanted, moment)
    if record.precoro_id not in echoes:
        return False
    work.values.update(done=work.claim.wanted, wanted_at=None)
    work.outcome = "only the echo of our own write-back"
    return True


def seen_in(document: Document) -> dict[str, str]:
    """Return what a list row shows of a document that was just read."""
    updated = document.update_date.isoformat() if document.update_date else ""
    return {
        "updateDate": updated,
        "status": str(document.status),
        "approvalDate": document.version or "",
        "sum": str(document.total),
    }


def moment_of(text: object) -> datetime | None:
    """Read a time as Precoro writes it."""
    return datetime.fromisoformat(str(text)) if text else None


def tells_nothing_new(row: Mapping[str, Any], seen: Mapping[str, str] | None) -> bool:
    """Say whether a list row shows a document as it was seen last; a row that shows too little says nothing."""
    if not seen or not seen["updateDate"] or any(name not in row for name in seen):
        return False
    return (
        moment_of(row["updateDate"]) == moment_of(seen["updateDate"])
        and str(row["status"]) == seen["status"]
        and str(row["approvalDate"] or "") == seen["approvalDate"]
        and Decimal(str(row["sum"])) == Decimal(seen["sum"])
    )


def _may_be_echo(record: Record, window: timedelta) -> bool:
    """Say whether nothing but events asked for a look, the first of them soon after our write-back."""
    if not record.only_events or record.written_back_at is None or record.wanted_at is None or not record.seen:
        return False
    return timedelta(0) <= record.wanted_at - record.written_back_at <= window


def _waiting(session: Session, record: Record, window: timedelta) -> dict[str, Waiting]:
    """Return the records of this kind that may be echoes, by their Precoro ids."""
    found = session.scalars(
        select(Record).where(
            Record.connection_id == record.connection_id,
            Record.kind == record.kind,
            Record.wanted > Record.done,
            Record.written_back_at.isnot(None),
        )
    )
    return {
        one.precoro_id: Waiting(one.wanted, one.seen, one.written_back_at)
        for one in found
        if _may_be_echo(one, window) and one.seen and one.written_back_at
    }


def _echoes(client: PrecoroClient, kind: str, since: datetime, waiting: Mapping[str, Waiting]) -> set[str]:
    """Return the ids of those whose row tells nothing new."""
    echoes: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        page = client.documents_since(kind, since, page=number)  # type: ignore[arg-type]
        for row in page.rows:
            key = str(row.get("id"))
            if key in waiting and tells_nothing_new(row, waiting[key].seen):
                echoes.add(key)
        if not page.more:
            break
    return echoes


def _settle(session: Session, record: Record, key: str, wanted: int, moment: datetime) -> None:
    """Mark another record as looked at, unless it is being worked on or more was told about it meanwhile."""
    session.execute(
        update(Record)
        .where(
            Record.connection_id == record.connection_id,
            Record.kind == record.kind,
            Record.precoro_id == key,
            Record.wanted == wanted,
            or_(Record.lease_until.is_(None), Record.lease_until <= moment),
        )
        .values(done=wanted, wanted_at=None)
    )
