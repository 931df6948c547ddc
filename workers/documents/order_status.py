"""Notes on orders that are closed or open in QuickBooks against Precoro."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from mappers.documents.document import PURCHASE_ORDER
from mappers.documents.purchase_orders import CLOSED, STATUS_NOTES, status_note
from mappers.notes import LASTING
from store.companies import Connection
from workers.documents import drift
from workers.reference.changes import News


def on_changes(session: Session, connection: Connection, news: News, _: datetime) -> None:
    """Say on each changed order whether QuickBooks has another status than was sent."""
    orders = {str(row["Id"]): row for row in news.rows(PURCHASE_ORDER)}
    for record in drift.twins(session, connection, PURCHASE_ORDER, list(orders)):
        note = status_note(record.sent["body"] if record.sent else {}, orders[str(record.qbo_id)])
        over = STATUS_NOTES | LASTING if orders[str(record.qbo_id)].get("POStatus") == CLOSED else STATUS_NOTES
        others = [other for other in record.notes if other["code"] not in over]
        notes = [*others, *([asdict(note)] if note else [])]
        if notes != record.notes:
            record.notes = notes
