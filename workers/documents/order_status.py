"""Notes on orders that are closed or open in QuickBooks against Precoro."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents.document import PURCHASE_ORDER
from mappers.documents.purchase_orders import CLOSED, STATUS_NOTES, status_note
from mappers.notes import LASTING
from store.companies import Connection
from store.records import CHUNK, Record
from workers.reference.changes import News


def on_changes(session: Session, connection: Connection, news: News, _: datetime) -> None:
    """Say on each changed order whether QuickBooks has another status than was sent."""
    orders = {str(row["Id"]): row for row in news.rows(PURCHASE_ORDER)}
    for record in _twins(session, connection, list(orders)):
        note = status_note(record.sent["body"] if record.sent else {}, orders[str(record.qbo_id)])
        over = STATUS_NOTES | LASTING if orders[str(record.qbo_id)].get("POStatus") == CLOSED else STATUS_NOTES
        others = [other for other in record.notes if other["code"] not in over]
        notes = [*others, *([asdict(note)] if note else [])]
        if notes != record.notes:
            record.notes = notes


def _twins(session: Session, connection: Connection, ids: Sequence[str]) -> Iterator[Record]:
    """Yield the records of a connection that these orders in QuickBooks stand for."""
    twins = (Record.connection_id == connection.id, Record.qbo_company_id == connection.qbo_id)
    for start in range(0, len(ids), CHUNK):
        of_chunk = (Record.qbo_type == PURCHASE_ORDER, Record.qbo_id.in_(ids[start : start + CHUNK]))
        yield from session.scalars(select(Record).where(*twins, *of_chunk)).all()
