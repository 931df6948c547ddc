"""Makes held documents due when what they wait for changes in QuickBooks.

A payment or link that is gone, a figure that was corrected, a bill that was deleted: each changes the entity itself. An account
that was switched off while its event was lost is found by the refusal, and named once the lists are read again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers import problems
from mappers.documents.document import ENTITY_TYPES
from store import companies, records
from store.companies import Connection
from store.records import CHUNK, Record
from workers.reference import cache
from workers.reference.changes import LISTS, News


def on_changes(session: Session, connection: Connection, news: News, moment: datetime) -> None:
    """Make the held documents due that these changes may release.

    Their own entity was changed or deleted, or QuickBooks refused an entry of a list and any list has changed.
    """
    if any(news.rows(type_) or news.deleted(type_) for type_ in LISTS):
        cache.note_changed(session, connection, [problems.LISTS], moment)
    for type_ in ENTITY_TYPES:
        ids = sorted({*(str(row["Id"]) for row in news.rows(type_)), *news.deleted(type_)})
        for start in range(0, len(ids), CHUNK):
            _release(session, connection, type_, ids[start : start + CHUNK], moment)


def _release(session: Session, connection: Connection, type_: str, ids: list[str], moment: datetime) -> None:
    """Make the held documents due that these entities stand for."""
    held = (Record.connection_id == connection.id, Record.state == records.HELD)
    twins = (Record.qbo_company_id == connection.qbo_id, Record.qbo_type == type_, Record.qbo_id.in_(ids))
    keys = session.scalars(select(Record.id).where(*held, *twins)).all()
    if keys:
        companies.bump_reference(session, connection.id)  # what is being held at this moment was planned too early
        again = {"requested_version": Record.requested_version + 1, "requested_at": moment, "only_events": False}
        session.execute(update(Record).where(Record.id.in_(keys)).values(**again, queued_at=None))
