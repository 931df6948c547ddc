"""All that waits, and what would be sent for it: worked out from what is known, without a call.

What stands in QuickBooks already is taken to be as it last answered. What only QuickBooks can tell is left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from mappers.documents.document import PURCHASE_ORDER, Document
from mappers.documents.outcomes import Adopt, Create, Delete, Hold, Need, Nothing, Plan, RateLookup, Read, Update
from mappers.documents.preview import LISTS, ORDER, Names, PreviewEntity, linked_orders, preview, references
from mappers.documents.reading import UnreadableDocument, load_document
from mappers.policy import Policy, load_policy
from mappers.problems import Note, Problem
from store import records, reference
from store.companies import Connection
from store.contents import Contents
from store.records import Record
from store.reference import QUICKBOOKS
from workers.attachments.planned import PlannedFile, planned_files
from workers.documents.planner import Decide, planner
from workers.documents.waiting import in_words_for
from workers.lookup import connection_named
from workers.records import writes
from workers.runtime import Runtime

AT_ONCE = 100
"""How many documents are worked out in one transaction."""

Decision: TypeAlias = Literal["create", "update", "remove", "adopt", "wait", "by hand", "hold", "leave", "look", "read"]
"""What becomes of a document. One that waits is sent after another; by hand, when a person sends it.

`look` is decided only after a look in QuickBooks, `read` only after the document was read in Precoro.
"""


@dataclass(frozen=True, kw_only=True)
class WaitingDocument:
    """A document that waits, and what would be sent for it.

    `amount` is its total in Precoro, `entity` what would stand in QuickBooks, `orders` are the purchase orders that it is linked to.
    `problems` are what it is held or waits for.
    """

    record_id: int
    connection: str
    document: str
    number: str | None
    supplier: str | None
    state: str
    issued_on: date | None
    currency: str | None
    amount: Decimal | None
    decision: Decision
    why: str | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    entity: PreviewEntity | None = None
    files: tuple[PlannedFile, ...] = ()


@dataclass(frozen=True)
class _Planned:
    """A document that waits, as it was read, with what is decided about it; neither while it was not read."""

    record: Record
    document: Document | None = None
    plan: Plan | None = None
    is_by_hand: bool = False

    @property
    def change(self) -> Create | Update | None:
        """What would be sent sooner or later."""
        plan = self.plan.then if isinstance(self.plan, Nothing) else self.plan
        return plan if isinstance(plan, Create | Update) else None


def waiting_documents(
    runtime: Runtime, connection: str | None = None, since: datetime | None = None, *, after: int = 0
) -> Iterator[WaitingDocument]:
    """Yield all documents that wait, of one connection or of all, the oldest first.

    `since` is the moment of going live that is tried, for connections that are not live yet; `after` the `record_id` that the
    page before ended with. Raises NoSuchConnectionError.
    """
    last = after
    while True:
        with runtime.read() as (session, _):
            waiting = [_is_waiting(), Record.id > last]
            if connection:
                waiting.append(Record.connection_id == connection_named(session, connection).id)
            page = session.scalars(
                select(Record).where(*waiting).options(selectinload(Record.problems)).order_by(Record.id).limit(AT_ONCE)
            ).all()
            rows = _rows(session, page, since)
        yield from rows
        if len(page) < AT_ONCE:
            return
        last = page[-1].id


def _is_waiting() -> ColumnElement[bool]:
    """Say that a document waits: for a person, for going live, for another one, or to be looked at."""
    is_due = and_(Record.requested_version > Record.handled_version, Record.state != records.NEVER)
    waits = and_(Record.state == records.OPEN, Record.problems.any())
    stands = Record.state.in_((records.READY, records.HELD, records.FAILED))
    return and_(Record.kind.in_(records.DOCUMENT_KINDS), or_(stands, waits, is_due))


def _rows(session: Session, page: Sequence[Record], since: datetime | None) -> list[WaitingDocument]:
    """Return what would become of the documents of a page."""
    kept = select(Contents).where(Contents.record_id.in_([record.id for record in page]))
    payloads = {contents.record_id: contents.payload for contents in session.scalars(kept)}
    planned = [_planned(session, record, payloads.get(record.id), since) for record in page]
    return [_row(session, item, names) for item, names in zip(planned, _names(session, planned), strict=True)]


def _planned(session: Session, record: Record, payload: dict[str, Any] | None, since: datetime | None) -> _Planned:
    """Decide about a document as it was last read."""
    if payload is None or record.kind not in records.DOCUMENT_KINDS:
        return _Planned(record)
    try:
        document = load_document(record.kind, payload)
    except UnreadableDocument:
        return _Planned(record)
    policy = _policy(record.connection, since)
    plan = _decided(session, record, planner(session, record, document, policy=policy))
    if isinstance(plan, Nothing) and plan.state == records.READY:
        by_person = _decided(session, record, planner(session, record, document, policy=policy, by_person=True))
        return _Planned(record, document, by_person, is_by_hand=True)
    return _Planned(record, document, in_words_for(session, record, plan) if isinstance(plan, Hold) else plan)


def _policy(connection: Connection, since: datetime | None) -> Policy:
    """Return the settings of a connection, which goes live from `since` on if it is not live yet."""
    policy = load_policy(connection.policy)
    return policy if since is None or connection.live_at else replace(policy, go_live=since)


def _decided(session: Session, record: Record, decide: Decide) -> Plan:
    """Decide with what is known of QuickBooks; a need that nothing answers is returned as it is."""
    answers: dict[Need, object] = {}
    while isinstance(plan := decide(answers), Need):
        answer = _answer(session, record, plan)
        if answer is None:
            break
        answers[plan] = answer
    return plan


def _answer(session: Session, record: Record, need: Need) -> object | None:
    """Return what is known: an exchange rate that was looked up before, or what QuickBooks last answered to a write."""
    if isinstance(need, RateLookup):
        return reference.rate(session, record.connection.qbo_id, need.currency, need.date)
    sent = writes.load_sent(record)
    return sent.answer if sent and need == Read(sent.type, sent.id) else None


def _names(session: Session, planned: Sequence[_Planned]) -> list[Names]:
    """Return for each document the names of what its change refers to; each company is asked once."""
    wanted: dict[int, set[tuple[str, str]]] = {}
    orders: dict[int, set[str]] = {}
    for item in planned:
        if item.change:
            company_id = item.record.connection.qbo_id
            keys = ((LISTS[field], id_) for field, id_ in references(item.change.body))
            wanted.setdefault(company_id, set()).update(keys)
            orders.setdefault(company_id, set()).update(linked_orders(item.change.body))
    names = {company_id: names_in(session, company_id, keys, orders[company_id]) for company_id, keys in wanted.items()}
    return [names.get(item.record.connection.qbo_id, {}) for item in planned]


def names_in(session: Session, company_id: int, keys: Collection[tuple[str, str]], orders: Collection[str]) -> Names:
    """Return the names of entries, by their lists and ids, and of purchase orders in one company of QuickBooks."""
    names = {key: entry.name for key, entry in reference.entries(session, QUICKBOOKS, company_id, keys).items()}
    owners = select(Record.qbo_id, Record.number).where(
        Record.qbo_company_id == company_id, Record.qbo_type == PURCHASE_ORDER, Record.qbo_id.in_(orders)
    )
    return names | {(ORDER, str(id_)): number or str(id_) for id_, number in session.execute(owners)}


def _row(session: Session, item: _Planned, names: Names) -> WaitingDocument:
    record, document, change = item.record, item.document, item.change
    row = WaitingDocument(
        record_id=record.id,
        connection=record.connection.slug,
        document=record.name,
        number=record.number,
        supplier=record.supplier,
        state=record.state,
        issued_on=record.issued_on,
        currency=record.currency,
        amount=record.amount,
        **_described(item),
    )
    if document is None or change is None:
        return row
    entity = preview(change, names, currency=document.currency, precoro_date=document.dated)
    files = planned_files(session, record, document, is_new=isinstance(change, Create))
    return replace(row, entity=entity, files=files, notes=change.notes)


def _described(item: _Planned) -> dict[str, Any]:
    """Return the decision about a document, why, and the problems behind it."""
    record, plan = item.record, item.plan
    stored = tuple(Problem(row.code, row.sentence, row.remedy, row.subject) for row in record.problems)
    if plan is None:
        return {"decision": "hold" if stored else "read", "why": record.reason, "problems": stored}
    if isinstance(plan, Hold):
        return {"decision": "hold", "problems": plan.problems}
    if isinstance(plan, Nothing):
        return {"decision": "wait" if plan.then else "leave", "why": plan.reason, "problems": plan.problems}
    if item.is_by_hand and item.change:
        return {"decision": "by hand", "why": record.reason}
    decisions: dict[type, Decision] = {Create: "create", Update: "update", Delete: "remove", Adopt: "adopt"}
    return {"decision": decisions.get(type(plan), "look")}
