"""What goes to QuickBooks before a document: how it stands, and that it is asked for and waited for.

A document waits for its predecessor without being looked at again and again: whatever becomes of the predecessor makes it due
(workers.records.outcome).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.books import PredecessorState
from mappers.documents.document import Document, Predecessor
from mappers.policy import load_policy
from mappers.settings.affected import sends
from store import records
from store.companies import Connection
from store.records import Record
from workers.rows import is_id

UNDER_WAY = {
    records.OPEN: "is not approved yet",
    records.READY: "waits to be sent",
    records.HELD: "needs attention",
    records.FAILED: "could not be sent",
}
"""The states in which a document may still come to stand in QuickBooks, and what it does meanwhile."""


def states(session: Session, connection: Connection, document: Document) -> tuple[PredecessorState, ...]:
    """Return how the predecessors of a document stand."""
    predecessor = document.predecessor
    return (
        () if predecessor is None else (_state(connection, predecessor, _record_of(session, connection, predecessor)),)
    )


def are_coming(session: Session, connection: Connection, document: Document, moment: datetime) -> bool:
    """Tell whether the predecessor of a document is still under way, and ask for a look at one that nobody has seen yet.

    Its row is locked until the transaction ends: what becomes of it then finds the document waiting.
    """
    predecessor = document.predecessor
    if predecessor is None:
        return False
    record = _record_of(session, connection, predecessor, lock=True)
    is_coming = _state(connection, predecessor, record).is_coming
    if is_coming and record is None:
        number = predecessor.idn if is_id(predecessor.idn) else None
        records.request(session, connection, predecessor.kind, str(predecessor.id), number, moment)
    return is_coming


def _record_of(
    session: Session, connection: Connection, predecessor: Predecessor, *, lock: bool = False
) -> Record | None:
    """Return the record of a predecessor, in whichever connection it is."""
    matching = select(Record).where(
        Record.precoro_company_id == connection.precoro_id,
        Record.kind == predecessor.kind,
        Record.precoro_id == str(predecessor.id),
    )
    return session.scalar(matching.with_for_update().execution_options(populate_existing=True) if lock else matching)


def _state(connection: Connection, predecessor: Predecessor, record: Record | None) -> PredecessorState:
    """Say whether a predecessor is coming: not if it is left out, removed, or not of this connection."""
    kind, key, is_sent_here = (
        predecessor.kind,
        str(predecessor.id),
        sends(load_policy(connection.policy), predecessor.kind),
    )
    if record is None:
        return PredecessorState(kind, key, predecessor.title, is_sent_here, "has not been looked at yet")
    title = f"{kind.replace('_', ' ')} {record.number or predecessor.idn}"
    is_coming = (
        is_sent_here and record.qbo_id is None and record.connection_id == connection.id and record.state in UNDER_WAY
    )
    return PredecessorState(kind, key, title, is_coming, UNDER_WAY.get(record.state, ""))
