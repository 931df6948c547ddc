"""What people do about a cause that is gone: send again what it holds up, batch by batch, so that they can stop."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from store import history, records
from store.records import Record
from workers.attention.causes import waits_for
from workers.lookup import connection_named
from workers.runtime import Runtime

BATCH = 100
"""How many records are sent again in one transaction."""


def send_batch(
    runtime: Runtime, connection: str, code: str, subject: str | None, who: str, after: int = 0
) -> list[int]:
    """Send again the first records of a cause that come after a record; returns their ids, none when all are sent.

    They start their attempts afresh, and wait their turn like others. Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.write() as (session, moment):
        row = connection_named(session, connection)
        batch = select(Record).where(waits_for(row.id, code, subject), Record.id > after)
        sent = session.scalars(batch.order_by(Record.id).limit(BATCH)).all()
        for record in sent:
            records.revive(session, record.id, moment)
            history.note(session, moment, who, "send", record.name, connection=row.slug, cause=code, about=subject)
    runtime.dispatch()
    return [record.id for record in sent]


def send_all(runtime: Runtime, connection: str, code: str, subject: str | None, who: str) -> Iterator[int]:
    """Send again all that a cause holds up; yields how many records so far, and goes on when it is asked to."""
    sent, last = 0, 0
    while batch := send_batch(runtime, connection, code, subject, who, last):
        sent, last = sent + len(batch), batch[-1]
        yield sent
