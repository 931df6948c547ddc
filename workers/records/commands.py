"""What people do with a record: work on it now, or leave it out from now on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from mappers.remedies import Act
from store import contents, drift, history, records
from store.records import Record, replace_problems
from workers.errors import BeingWorkedOnError
from workers.runtime import Runtime


def send(runtime: Runtime, record_id: int, who: str, decisions: Sequence[str] = (), *, action: str = "send") -> None:
    """Send a document now, or try a payment again: before all others, whatever it was held or left out for.

    `decisions` are what the person decides besides (mappers/documents/decisions.py). What the document's state in Precoro or
    the go-live rules out stays unsent; the record then says so. `action` is its name in the history.
    """
    with runtime.write() as (session, moment):
        record = session.get_one(Record, record_id)
        records.take_up(session, record_id)
        drift.reopen(session, record_id)
        records.revive(session, record_id, moment, by_person=True, overridden=decisions)
        _note(session, moment, who, action, record, decisions=list(decisions))
    runtime.dispatch()


def ignore(runtime: Runtime, record_id: int, who: str, why: str = "") -> None:
    """Leave a record out from now on; what stands on the other side because of it stays. Raises BeingWorkedOnError."""
    reason = f"ignored by {who}" + (f": {why}" if why else "")
    with runtime.write() as (session, moment):
        record = session.get_one(Record, record_id)
        changed = session.execute(
            update(Record)
            .where(Record.id == record_id, or_(Record.lease_until.is_(None), Record.lease_until <= moment))
            .values(
                state=records.NEVER,
                reason=reason[:1000],
                handled_version=Record.requested_version,
                requested_at=None,
                requested_by_person=False,
                write_back_due=False,
            )
            .returning(Record.id)
        ).first()
        if changed is None:
            title = record.number or record.idn or record.precoro_id
            raise BeingWorkedOnError(title, _show(record))
        replace_problems(session, record_id, [])
        contents.forget(session, record_id)
        drift.decide(session, record_id, drift.IGNORED, who, moment)
        records.release_followers(session, record, moment)
        _note(session, moment, who, "ignore", record, why=why)


def _show(record: Record) -> Act:
    """Return the act that shows a record."""
    slug = record.connection.slug
    if record.kind == records.PAYMENT:
        return Act("show_payment", {"payment": record.precoro_id, "connection": slug})
    return Act("show_document", {"document": record.name, "connection": slug})


def _note(session: Session, moment: datetime, who: str, action: str, record: Record, **details: Any) -> None:
    """Record in the history what a person did to a record."""
    history.note(session, moment, who, action, record.name, connection=record.connection.slug, **details)
