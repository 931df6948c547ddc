"""Events that are only the echo of our own write-back: a whole page of them is settled with one call (design section 6).

Our PATCH may fire an event, and reading the document again because of it would double the reads. So a record that was
written back lately is looked up on one page of what was modified since: its `updateDate` tells whether there is more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from precoro_client.client import PrecoroClient
from store.records import Record
from workers.work import Work

MOST_PAGES = 3
SLACK = timedelta(seconds=2)


def is_only_echo(work: Work) -> bool:
    """Say whether the event told nothing new; every other record on the same page that waits for this is settled too."""
    record = work.record
    if not _may_be_echo(record, work.settings.echo_window):
        return False
    with work.runtime.read() as (session, _):
        waiting = _waiting(session, record, work.settings.echo_window)
    since = min(written for _, _, written in waiting.values())
    unchanged = _unchanged(work.precoro, record.kind, since - SLACK, {key: row[1] for key, row in waiting.items()})
    only_echo = record.precoro_id in unchanged
    if only_echo:
        work.values["done"] = work.claim.wanted
        work.values["wanted_at"] = None
        work.outcome = "only the echo of our own write-back"
    with work.runtime.write() as (session, moment):
        for key in unchanged - {record.precoro_id}:
            _settle(session, record.connection_id, record.kind, key, waiting[key][0], moment)
    return only_echo


def _may_be_echo(record: Record, window: float) -> bool:
    """Say whether the first event since our write-back came soon after it, and nobody asked."""
    if record.asked or record.written_back_at is None or record.wanted_at is None or record.precoro_updated is None:
        return False
    return record.wanted_at - record.written_back_at <= timedelta(seconds=window)


def _waiting(session: Session, record: Record, window: float) -> dict[str, tuple[int, str, datetime]]:
    """Return the records of this kind that may be echoes: Precoro id -> (wanted, the updateDate we know, written back)."""
    found = session.scalars(
        select(Record).where(
            Record.connection_id == record.connection_id,
            Record.kind == record.kind,
            Record.wanted > Record.done,
            Record.written_back_at.isnot(None),
        )
    )
    return {
        one.precoro_id: (one.wanted, one.precoro_updated, one.written_back_at)
        for one in found
        if _may_be_echo(one, window) and one.precoro_updated and one.written_back_at
    }


def _unchanged(client: PrecoroClient, kind: str, since: datetime, known: dict[str, str]) -> set[str]:
    """Return the ids whose row carries the very `updateDate` that we know."""
    unchanged: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        page = client.documents_since(kind, since, page=number)  # type: ignore[arg-type]
        for row in page.rows:
            key = str(row.get("id"))
            if key in known and moment_of(row.get("updateDate")) == moment_of(known[key]):
                unchanged.add(key)
        if not page.more:
            break
    return unchanged


def moment_of(text: object) -> datetime | None:
    """Read a time as Precoro writes it."""
    return datetime.fromisoformat(str(text)) if text else None


def _settle(session: Session, connection_id: int, kind: str, key: str, wanted: int, moment: datetime) -> None:
    """Mark another record as looked at, unless it is being worked on or more was told about it meanwhile."""
    session.execute(
        update(Record)
        .where(
            Record.connection_id == connection_id,
            Record.kind == kind,
            Record.precoro_id == key,
            Record.wanted == wanted,
            or_(Record.lease_until.is_(None), Record.lease_until <= moment),
        )
        .values(done=wanted, wanted_at=None)
    )
