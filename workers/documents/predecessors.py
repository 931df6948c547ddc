"""What goes to QuickBooks before a document, and how the document waits for it.

That is the orders of an invoice, and the invoice that a credit note credits. A document waits for its predecessors without
being looked at again and again: whatever becomes of one makes it due (workers.records.outcome).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from mappers.books import Books, OrderTwin, PredecessorState
from mappers.documents.document import PURCHASE_ORDER, Document, Predecessor
from mappers.documents.outcomes import Nothing
from mappers.policy import load_policy
from mappers.settings.affected import sends
from store import order_lines, records, reference
from store.companies import Connection
from store.records import ProblemRow, Record
from workers.records import list_rows
from workers.rows import is_id

UNDER_WAY = {
    records.OPEN: "is not approved yet",
    records.READY: "waits to be sent",
    records.HELD: "needs attention",
    records.FAILED: "could not be sent",
}
"""The states in which a document may still come to stand in QuickBooks, and what it does meanwhile."""


def add_to(books: Books, session: Session, connection: Connection, record: Record, document: Document) -> Books:
    """Return the books with what goes before a document, and what waits for an order."""
    predecessors = _records(session, connection, document)
    twins = {predecessor.id: _twin(session, connection, predecessor) for predecessor in predecessors}
    deleted = {order.subject for order in predecessors if twins[order.id] is None and _was_sent(connection, order)}
    states = _states(connection, document, predecessors)
    return replace(
        books,
        predecessors=tuple(replace(state, is_deleted=f"{state.kind}:{state.id}" in deleted) for state in states),
        orders=tuple(twin for twin in twins.values() if twin),
        billed_from=billed_from(session, record) if document.kind == records.PURCHASE_ORDER else None,
    )


def ask_for(session: Session, connection: Connection, document: Document, decision: Nothing, moment: datetime) -> bool:
    """Ask for what a document waits for; tell whether any of it is still to come.

    That is a look at a predecessor that nobody has seen yet or that was not approved when it was seen, and an earlier date of an
    order. Their rows are locked until the transaction ends: what becomes of one then finds the document waiting.
    """
    predecessors = _records(session, connection, document, lock=True)
    subjects = {problem.subject for problem in decision.problems}
    states = _states(connection, document, predecessors)
    coming = {f"{state.kind}:{state.id}" for state in states if state.is_coming}
    later = {record.subject for record in predecessors if _is_later(session, connection, record, document)}
    drafts = {record.subject for record in predecessors if record.state == records.OPEN and not record.problems}
    if not subjects & (coming | later):
        return False
    unseen = _unseen(document, predecessors)
    if unseen and f"{unseen.kind}:{unseen.id}" in coming:
        number = unseen.idn if is_id(unseen.idn) else None
        records.request(session, connection, unseen.kind, str(unseen.id), number, moment)
    due = subjects & (later | coming & drafts)
    records.make_due(session, [record.id for record in predecessors if record.subject in due], moment)
    return True


def billed_from(session: Session, record: Record) -> date | None:
    """Return the date of the earliest document that waits for an order to get an earlier date."""
    waiting = (
        select(func.min(Record.issued_on))
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(Record.connection_id == record.connection_id, ProblemRow.subject == record.subject)
    )
    return session.scalar(waiting.where(ProblemRow.code == "order_is_later", Record.state == records.OPEN))


def _is_later(session: Session, connection: Connection, record: Record, document: Document) -> bool:
    """Tell whether an order is dated after a document and can be given an earlier date."""
    order = _twin(session, connection, record)
    return (
        order is not None and order.is_movable and document.issue_date is not None and order.date > document.issue_date
    )


def _records(session: Session, connection: Connection, document: Document, *, lock: bool = False) -> Sequence[Record]:
    """Return the records of the one that is named and of those whose lines are billed, of any connection."""
    named, billed = document.predecessor, document.billed_order_lines.values()
    if named is None and not billed:
        return []
    ways: list[ColumnElement[bool]] = [Record.id.in_(order_lines.orders_with(billed))] if billed else []
    if named is not None:
        ways.append(and_(Record.kind == named.kind, Record.precoro_id == str(named.id)))
    matching = select(Record).where(Record.precoro_company_id == connection.precoro_id, or_(*ways)).order_by(Record.id)
    if lock:
        matching = matching.with_for_update().execution_options(populate_existing=True)
    return session.scalars(matching).all()


def _states(connection: Connection, document: Document, predecessors: Sequence[Record]) -> list[PredecessorState]:
    states = [_state(connection, record) for record in predecessors]
    unseen = _unseen(document, predecessors)
    if unseen:
        is_sent_here = sends(load_policy(connection.policy), unseen.kind)
        states.append(
            PredecessorState(unseen.kind, str(unseen.id), unseen.title, is_sent_here, "was not looked at yet")
        )
    return states


def _unseen(document: Document, predecessors: Sequence[Record]) -> Predecessor | None:
    """Return the predecessor that a document names and that has no record yet."""
    named = document.predecessor
    return None if named is None or str(named.id) in {record.precoro_id for record in predecessors} else named


def _state(connection: Connection, record: Record) -> PredecessorState:
    """Say whether a predecessor is coming: not if it is left out, denied, removed, or not of this connection."""
    is_coming = (
        record.qbo_id is None
        and record.state in UNDER_WAY
        and not list_rows.was_denied_or_cancelled(record)
        and record.connection_id == connection.id
        and sends(load_policy(connection.policy), record.kind)
    )
    return PredecessorState(record.kind, record.precoro_id, _title(record), is_coming, UNDER_WAY.get(record.state, ""))


def _twin(session: Session, connection: Connection, record: Record) -> OrderTwin | None:
    """Return the purchase order in QuickBooks that a record stands for, unless our copy knows it to be gone."""
    if not _was_sent(connection, record) or record.qbo_id is None or record.sent is None:
        return None
    entity = reference.known_entity(session, connection.qbo_id, PURCHASE_ORDER, record.qbo_id)
    if entity is None:
        return None
    sent = record.sent
    is_movable = record.state == records.SYNCED and sent["body"].get("TxnDate") == entity.dated.isoformat()
    return OrderTwin(
        record.precoro_id,
        _title(record),
        record.qbo_id,
        entity.vendor_id,
        entity.dated,
        sent["line_ids"],
        is_movable,
    )


def _was_sent(connection: Connection, record: Record) -> bool:
    """Tell whether a purchase order in QuickBooks stands for a record, or did before it was deleted there."""
    return record.qbo_company_id == connection.qbo_id and record.qbo_type == PURCHASE_ORDER


def _title(record: Record) -> str:
    """Return what people call a document, such as `purchase order PO-57`."""
    return f"{record.kind.replace('_', ' ')} {record.number or record.idn or record.precoro_id}"
