"""What becomes of a drift when a write of ours about the same record lands."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from mappers.documents import drift as rules
from mappers.documents.outcomes import Sent
from mappers.policy import load_policy
from store import drift
from store.records import Record


def settle(session: Session, record: Record, before: Sent | None, sent: Sent) -> None:
    """Leave of a drift what our write has left as people made it, or what they changed after it; the rest is restored.

    `before` is the write before this one.
    """
    row = drift.drift_of(session, record.id)
    if row is None:
        return
    if row.entity is not None and row.entity.get("Id") == sent.id and rules.is_newer(row.sync_token, sent.sync_token):
        change = rules.change_of(sent, row.entity)
        left = rules.decide(change, row.changes, load_policy(record.connection.policy)) if change else ()
    else:
        left = rules.after_write(before, sent, row.changes) if before is not None else ()
    row.take(left or [replace(field, state=rules.RESTORED) for field in row.changes])
    row.state = row.state if left else rules.RESTORED
