"""Makes documents due when what stands for them in QuickBooks changes.

A held one at any change: a payment or link that is gone, a figure that was corrected. One that is in step when its entity was
deleted, was changed in a way that somebody has to decide about, or may have been entered a second time. An account that was switched off while its event was lost
is found by the refusal, and named once the lists are read again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers import problems
from mappers.documents.document import ENTITY_TYPES, EXPENSE
from store import companies, records
from store.companies import Connection
from store.records import CHUNK, Record, RecordState
from workers.documents import doubles, drift
from workers.reference import cache
from workers.reference.changes import LISTS, News


def on_changes(session: Session, connection: Connection, news: News, moment: datetime) -> None:
    """Make the documents due that these changes are about.

    Those are also what QuickBooks refused for an entry of a list, when any list has changed.
    """
    if any(news.rows(type_) or news.deleted(type_) for type_ in LISTS):
        cache.note_changed(session, connection, [problems.LISTS], moment)
    expenses = [*(str(row["Id"]) for row in news.rows(EXPENSE)), *news.deleted(EXPENSE)]
    cache.note_changed(session, connection, [f"expense:{id_}" for id_ in expenses], moment)
    for type_ in ENTITY_TYPES:
        touched = {*(str(row["Id"]) for row in news.rows(type_)), *news.deleted(type_)}
        _make_due(session, connection, records.HELD, type_, touched, moment)
        cache.note_changed(session, connection, doubles.held_for(session, connection, type_, touched), moment)
        doubled = doubles.note(session, connection, type_, news.new[type_]) if type_ in doubles.POSTING else ()
        differing = drift.keep_changes(session, connection, news, type_, moment)
        _make_due(session, connection, records.SYNCED, type_, {*differing, *doubled}, moment)


def _make_due(
    session: Session, connection: Connection, state: RecordState, type_: str, ids: Collection[str], moment: datetime
) -> None:
    """Make the documents in a state due that these entities stand for."""
    in_order = sorted(ids)
    for start in range(0, len(in_order), CHUNK):
        of_entities = (
            Record.connection_id == connection.id,
            Record.state == state,
            Record.qbo_company_id == connection.qbo_id,
            Record.qbo_type == type_,
            Record.qbo_id.in_(in_order[start : start + CHUNK]),
        )
        keys = session.scalars(select(Record.id).where(*of_entities)).all()
        if keys:
            companies.bump_reference(session, connection.id)  # what is being held at this moment was planned too early
            again = {"requested_version": Record.requested_version + 1, "requested_at": moment, "only_events": False}
            session.execute(update(Record).where(Record.id.in_(keys)).values(**again, queued_at=None))
