"""One write to QuickBooks: its intent is committed, then it is sent, then its outcome is recorded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from mappers.books import RecentEntity
from mappers.documents.differences import dropped_notes, line_ids
from mappers.documents.document import EXPENSE, PURCHASE_ORDER
from mappers.documents.links import NOT_LINKED
from mappers.documents.outcomes import Adopt, Create, Delete, Search, Sent, Update
from mappers.documents.purchase_orders import CLOSED
from mappers.notes import billed_without_link, renewed
from mappers.text import clean, find_marker, is_same_number
from mappers.wire import finite
from outbound.errors import Landed, NotFound, RemoteError
from qbo_client.query import select as query
from store import intents, records, reference
from store.companies import QboCompany
from store.drift import forget as forget_drift
from store.intents import Intent, IntentState, Operation
from store.records import Record
from workers.records import drift_after_write
from workers.records.work import PostponedError, Work
from workers.rows import id_of, read_each

SLACK = timedelta(days=1)
ALLOW_DUPLICATE = "allowduplicatedocnum"
"""What lets QuickBooks take a number that is there already: it goes along only with the one write that a person decided on."""
DUPLICATE = "possible_duplicate"
CREATE_LOCK = 0x7E2
"""What those who are about to create lock in Postgres, besides the company: any number that nobody else locks in this database."""


def begin(
    work: Work, session: Session, moment: datetime, plan: Create | Update | Delete, version: str | None
) -> Intent:
    """Store a write before it is made, with all that recording its outcome will need."""
    work.need_lease(session, work.settings.qbo_timeout)
    if isinstance(plan, Delete):
        body = {"Id": plan.id, "SyncToken": plan.sync_token}
        return intents.begin(
            session,
            work.record.id,
            moment,
            operation=intents.DELETE,
            type_=plan.type,
            entity_id=plan.id,
            body=body,
            plan={},
        )
    kept = {
        "mapped": plan.mapped,
        "digest": plan.digest,
        "line_keys": list(plan.line_keys),
        "version": version,
        "notes": [asdict(note) for note in plan.notes],
        "include": ALLOW_DUPLICATE if plan.allow_duplicate else None,
        "kept": isinstance(plan, Update) and plan.kept,
        "unlinked_orders": list(plan.unlinked_orders),
        "sources": dict(plan.sources),
        "revised": isinstance(plan, Update) and plan.again and work.record.revised,
    }
    if isinstance(plan, Create):
        _check_number_is_free(work, session, moment, plan)
    operation: Operation = intents.CREATE if isinstance(plan, Create) else intents.UPDATE
    return intents.begin(
        session,
        work.record.id,
        moment,
        operation=operation,
        type_=plan.type,
        entity_id=None if isinstance(plan, Create) else plan.id,
        body=plan.body,
        plan=kept,
    )


def _check_number_is_free(work: Work, session: Session, moment: datetime, plan: Create) -> None:
    """Go on later, with a new decision, when the vendor's number went to another document since this one was planned.

    QuickBooks itself looks at numbers only where a company wants it. Of two documents that begin at once one goes first.
    The numbers of purchase orders are often QuickBooks' own.
    """
    number, vendor_id = plan.body.get("DocNumber"), plan.body["VendorRef"]["value"]
    if plan.type == PURCHASE_ORDER or not number or DUPLICATE in work.record.overridden_problems:
        return
    company_id = work.connection.qbo_id
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CREATE_LOCK, company_id)))
    others = intents.open_creates(session, company_id, plan.type, besides=work.record.id)
    taken = [
        str(other.body.get("DocNumber") or "") for other in others if other.body["VendorRef"]["value"] == vendor_id
    ]
    entity = reference.KnownEntity
    numbers = session.scalars(
        select(entity.number).where(
            entity.qbo_company_id == company_id,
            entity.type == plan.type,
            entity.vendor_id == vendor_id,
            entity.number.isnot(None),
            or_(entity.marker.is_(None), entity.marker != find_marker(plan.body.get("PrivateNote"))),
        )
    ).all()
    if any(is_same_number(other, number) for other in [*taken, *filter(None, numbers)]):
        raise PostponedError("another document of this vendor with this number was sent meanwhile", moment)


def call(work: Work, intent: Intent) -> Mapping[str, Any]:
    """Make the call of an intent to QuickBooks, and return the entity that it answers with."""
    if intent.operation == intents.DELETE:
        return work.qbo.delete(intent.type, str(intent.entity_id), intent.body["SyncToken"], request_id=intent.id)
    write = work.qbo.create if intent.operation == intents.CREATE else work.qbo.update
    return write(intent.type, intent.body, request_id=intent.id, include=intent.plan.get("include"))


def send(work: Work, intent: Intent, make: Callable[[Work, Intent], Mapping[str, Any]] = call) -> Mapping[str, Any]:
    """Send a new write, and record a failure: closed when it surely did not land, else left open to be settled.

    `make` makes the call.
    """
    try:
        return make(work, intent)
    except RemoteError as error:
        if error.landed is not Landed.MAYBE:
            state: IntentState = intents.REFUSED if error.status is not None else intents.LOST
            with work.runtime.write() as (session, moment):
                intents.close(session, intent.id, moment, state, error.sentence)
        raise


def record_landed(work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]) -> None:
    """Record that a write landed: a fact, whoever saw it and whoever has the claim now."""
    intents.close(session, intent.id, moment, intents.LANDED)
    if intent.operation == intents.DELETE:
        _note_on_orders(work, session, [])
        _unlink(work, session, intent.type, str(intent.entity_id))
        return
    kept = intent.plan
    _note_on_orders(work, session, kept.get("unlinked_orders", []))
    first_rate = intent.body.get("ExchangeRate") if intent.operation == intents.CREATE else _sent_rate(work)
    sent = Sent(
        type=intent.type,
        id=str(answer["Id"]),
        sync_token=str(answer["SyncToken"]),
        body=kept["mapped"],
        answer=dict(answer),
        version=kept["version"],
        digest=kept["digest"],
        line_ids=line_ids(kept["line_keys"], answer),
        first_rate=first_rate,
        revised=bool(kept.get("revised")),
        kept=bool(kept.get("kept")),
        sources=kept.get("sources") or {},
    )
    notes = [*kept["notes"], *(asdict(note) for note in dropped_notes(intent.body, answer))]
    link(session, work.connection.qbo, work.record, sent, notes)
    records.release_followers(session, work.record, moment)


def _note_on_orders(work: Work, session: Session, unlinked: Collection[str]) -> None:
    """Say on each order that this bill is not linked to it, and no longer on those that it was not linked to before."""
    record = work.record
    note = asdict(billed_without_link(f"Invoice {record.number or record.idn or record.precoro_id}"))
    before = _unlinked_before(session, record) if any(row["code"] in NOT_LINKED for row in record.notes) else set()
    for order_id in sorted(before | set(unlinked)):
        order = owner_of(session, work.connection.qbo_id, PURCHASE_ORDER, order_id)
        if order is not None:
            others = [row for row in order.notes if row != note]
            order.notes = [*others, note] if order_id in unlinked else others


def _unlinked_before(session: Session, record: Record) -> set[str]:
    """Return the orders in QuickBooks to which what was written for a record was not linked."""
    return {
        order_id for intent in intents.landed(session, record.id) for order_id in intent.plan.get("unlinked_orders", [])
    }


def record_adopted(work: Work, session: Session, plan: Adopt, version: str | None) -> None:
    """Link the record to an entity that already stands for it."""
    sent = Sent(
        type=plan.type,
        id=plan.id,
        sync_token=str(plan.entity["SyncToken"]),
        body=plan.mapped,
        answer=plan.entity,
        version=version,
        digest=plan.digest,
        line_ids=line_ids(plan.line_keys, plan.entity),
        first_rate=plan.entity.get("ExchangeRate"),
        kept=plan.kept,
        sources=plan.sources,
    )
    link(session, work.connection.qbo, work.record, sent, [asdict(note) for note in plan.notes])


def find_marked(work: Work, search: Search) -> tuple[dict[str, Any], ...]:
    """Look in QuickBooks for the entities that carry a marker; PrivateNote is no filter there, so the vendor is."""
    statement = query(search.type).where("VendorRef", "=", search.vendor_id)
    if search.since:
        statement = statement.where("TxnDate", ">=", search.since)
    rows = work.qbo.query_all(statement)
    return tuple(row for row in rows if find_marker(row.get("PrivateNote")) == search.marker)


def find_landed(
    work: Work, intent: Intent, find_created: Callable[[Work, Intent], Mapping[str, Any] | None]
) -> Mapping[str, Any] | None:
    """Return the entity in QuickBooks that shows that a write landed, or None when nothing shows it.

    `find_created` looks for what a create has made.
    """
    if intent.operation == intents.CREATE:
        return find_created(work, intent)
    try:
        current = work.qbo.read(intent.type, str(intent.entity_id))
    except NotFound:
        return {"Id": intent.entity_id} if intent.operation == intents.DELETE else None
    if intent.operation == intents.DELETE or not _shows(intent.body, current):
        return None
    return current


def _shows(body: Mapping[str, Any], current: Mapping[str, Any]) -> bool:
    """Say whether an entity shows what an update was to make of it."""
    return int(current["SyncToken"]) > int(body["SyncToken"]) and not dropped_notes(body, current)


def find_created(work: Work, intent: Intent) -> Mapping[str, Any] | None:
    """Look in QuickBooks for what an unanswered create has made."""
    marker = find_marker(intent.body["PrivateNote"])
    statement = (
        query(intent.type)
        .where("VendorRef", "=", intent.body["VendorRef"]["value"])
        .where("MetaData.LastUpdatedTime", ">=", intent.created_at - SLACK)
    )
    rows = work.qbo.query_all(statement)
    return next((row for row in rows if find_marker(row.get("PrivateNote")) == marker), None)


def owner_of(session: Session, qbo_company_id: int, type_: str, qbo_id: str) -> Record | None:
    """Return the record that an entity of QuickBooks stands for."""
    twin = (Record.qbo_company_id == qbo_company_id, Record.qbo_type == type_, Record.qbo_id == qbo_id)
    return session.scalar(select(Record).where(*twin))


def copy_of_twin(session: Session, record: Record) -> RecentEntity | Literal["gone"] | None:
    """Return what our copy of QuickBooks holds of a record's twin."""
    if record.qbo_company_id is None or record.qbo_type is None or record.qbo_id is None:
        return None
    row = reference.known_entity(session, record.qbo_company_id, record.qbo_type, record.qbo_id)
    return "gone" if row is None else entity_of(row)


def load_sent(record: Record) -> Sent | None:
    """Return what is known of our last write for a record."""
    if record.sent is None or record.qbo_id is None:
        return None
    rate = record.sent.get("first_rate")
    return Sent(**{**record.sent, "revised": record.revised, "first_rate": None if rate is None else Decimal(rate)})


def _sent_rate(work: Work) -> Decimal | None:
    """Return the exchange rate of the create, which updates keep."""
    sent = load_sent(work.record)
    return sent.first_rate if sent else None


def link(session: Session, company: QboCompany, record: Record, sent: Sent, notes: list[dict[str, str]]) -> None:
    """Say that this entity stands for the record, and remember it for the search for duplicates."""
    drift_after_write.settle(session, record, load_sent(record), sent)
    record.qbo_company_id, record.qbo_type, record.qbo_id = company.id, sent.type, sent.id
    record.qbo_number = clean(str(sent.answer.get("DocNumber") or sent.id))[:40]
    before = record.notes if sent.answer.get("POStatus") != CLOSED else []
    record.sent, record.notes, record.revised = _stored(sent), renewed(before, notes), sent.revised
    _write(session, record, ("qbo_company_id", "qbo_type", "qbo_id", "qbo_number", "sent", "notes", "revised"))
    keep_entities(session, company.id, sent.type, [sent.answer])


def note_double(session: Session, record: Record, entity_id: str, moment: datetime) -> None:
    """Note on a record in step that people may have entered the same, and make it due for a look at that."""
    record.sent = {**(record.sent or {}), "doubled_by": entity_id}
    _write(session, record, ("sent",))
    records.make_due(session, [record.id], moment)


def _unlink(work: Work, session: Session, type_: str, qbo_id: str) -> None:
    """Say that nothing stands for the record any more."""
    forget_drift(session, work.record.id)
    record, company = work.record, work.connection.qbo
    record.qbo_company_id = record.qbo_type = record.qbo_id = record.sent = None
    record.revised, record.notes = False, []
    _write(session, record, ("qbo_company_id", "qbo_type", "qbo_id", "sent", "revised", "notes"))
    forget_entities(session, company.id, type_, [qbo_id])


def keep_entities(session: Session, qbo_company_id: int, type_: str, entities: list[dict[str, Any]]) -> None:
    """Keep what QuickBooks is known to hold, from any answer that shows it."""
    _keep_rows(session, read_each(type_, entities, lambda entity: _entity_row(qbo_company_id, type_, entity)))


def _keep_rows(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        reference.keep(session, reference.KnownEntity, rows, ("qbo_company_id", "type", "qbo_id"))


def keep_changed(
    session: Session, qbo_company_id: int, type_: str, entities: Sequence[dict[str, Any]]
) -> frozenset[str]:
    """Keep what QuickBooks told of changed entities; returns the ids of those that are new to our copy.

    What a write of ours overtook while QuickBooks told it is older than our copy, and left out.
    """
    copies = {
        row.qbo_id: entity_of(row)
        for row in reference.known_entities(session, qbo_company_id, type_, [str(entity["Id"]) for entity in entities])
    }
    rows = {
        row["qbo_id"]: (row, entity)
        for row, entity in read_each(
            type_, entities, lambda entity: (_entity_row(qbo_company_id, type_, entity), entity)
        )
    }
    changed = {qbo_id for qbo_id, copy in copies.items() if qbo_id in rows and _differs(copy, rows[qbo_id][0])}
    overtaken = {qbo_id for qbo_id in changed if _is_overtaken(session, qbo_company_id, type_, rows[qbo_id][1])}
    _keep_rows(session, [row for qbo_id, (row, _) in rows.items() if qbo_id not in overtaken])
    return frozenset(rows) - set(copies)


def keep_expenses(session: Session, qbo_company_id: int, expenses: Sequence[dict[str, Any]]) -> None:
    """Keep the expenses and cheques that may have paid for what a bill will come for; what pays nobody is forgotten."""
    paying = [expense for expense in expenses if _pays_vendor(expense)]
    others = [str(expense["Id"]) for expense in expenses if not _pays_vendor(expense)]
    forget_entities(session, qbo_company_id, EXPENSE, others)
    keep_entities(session, qbo_company_id, EXPENSE, paying)


def _pays_vendor(expense: Mapping[str, Any]) -> bool:
    """Say whether an expense pays a vendor: a refund does not, nor one that is void or names a customer."""
    payee = expense.get("EntityRef")
    is_vendor = isinstance(payee, dict) and payee.get("type") == "Vendor"
    return is_vendor and not expense.get("Credit") and expense.get("TotalAmt") != 0


def entity_of(row: reference.KnownEntity | reference.ListedEntity) -> RecentEntity:
    """Return a row of our copy as the value that decisions are made with."""
    return RecentEntity(row.type, row.qbo_id, row.vendor_id, row.number or "", row.total, row.dated, row.marker)


def _differs(copy: RecentEntity, row: Mapping[str, Any]) -> bool:
    """Say whether a row has other figures than our copy."""
    figures = copy.vendor_id, copy.number or None, copy.total, copy.date
    return figures != (row["vendor_id"], row["number"], row["total"], row["dated"])


def _is_overtaken(session: Session, qbo_company_id: int, type_: str, entity: Mapping[str, Any]) -> bool:
    """Say whether our last write made a later version of an entity than this one."""
    owner = owner_of(session, qbo_company_id, type_, str(entity["Id"]))
    sent, token = load_sent(owner) if owner else None, str(entity.get("SyncToken"))
    return sent is not None and token.isdigit() and sent.sync_token.isdigit() and int(token) < int(sent.sync_token)


def _entity_row(qbo_company_id: int, type_: str, entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the search for duplicates needs of an entity. Raises ValueError, TypeError, LookupError or ArithmeticError."""
    return {
        "qbo_company_id": qbo_company_id,
        "type": type_,
        "qbo_id": id_of(entity, "Id"),
        "vendor_id": id_of(entity["EntityRef" if type_ == EXPENSE else "VendorRef"], "value"),
        "number": clean(str(entity.get("DocNumber") or ""))[:60] or None,
        "total": finite(entity["TotalAmt"]),
        "dated": date.fromisoformat(entity["TxnDate"]),
        "marker": find_marker(entity.get("PrivateNote")),
    }


def forget_entities(session: Session, qbo_company_id: int, type_: str, qbo_ids: list[str]) -> None:
    """Forget what QuickBooks no longer holds."""
    if qbo_ids:
        entity = reference.KnownEntity
        of_type = entity.qbo_company_id == qbo_company_id, entity.type == type_
        session.execute(delete(entity).where(*of_type, entity.qbo_id.in_(qbo_ids)))


def _stored(sent: Sent) -> dict[str, Any]:
    """Return what is known of a write as JSON; `revised` has a column of its own."""
    kept = asdict(sent)
    del kept["revised"]
    return kept


def _write(session: Session, record: Record, names: tuple[str, ...]) -> None:
    """Write these columns of a record whoever holds its claim: they are facts."""
    session.execute(
        update(Record).where(Record.id == record.id).values({name: getattr(record, name) for name in names})
    )
