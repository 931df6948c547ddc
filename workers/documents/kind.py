"""Purchase orders and invoices: read in Precoro, planned, applied to QuickBooks, and where they stand recorded."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from mappers import problems
from mappers.documents.document import IN_REVISION, Document, UnreadableDocument, load_document
from mappers.documents.outcomes import Adopt, Create, Delete, Hold, Need, Nothing, Plan, Rate, Read, Update, until_live
from mappers.documents.plan import plan as make_plan
from mappers.policy import load_policy
from mappers.problems import Problem
from mappers.text import find_marker, marker
from outbound.errors import CallDetails, ClosedPeriod, DuplicateNumber, NotFound, NotVisible, RemoteError
from store import companies, records, reference
from store.companies import Connection, QboCompany
from store.records import Record
from workers.records import list_rows, writes
from workers.records import outcome as standing
from workers.records import recent_page as glance
from workers.records.outcome import title_of
from workers.records.work import PostponedError, Work
from workers.reference import books
from workers.reference import home_currency as home_currencies
from workers.taxes import state as taxes


def read(work: Work) -> Document | None:
    """Read the document as it is now, unless a page of what was modified shows that nothing is to be done.

    Raises PostponedError when the same document was read less than a minute ago (docs/explanation/design.md, Quotas).
    """
    record = work.record
    if record.read_at is not None:
        again = record.read_at + timedelta(seconds=work.settings.reread_after)
        if work.claimed_at < again:
            raise PostponedError("it was read less than a minute ago", again)
    if glance.needs_no_read(work):
        return None
    payload = _get(work)
    try:
        document = load_document(record.kind, payload)  # type: ignore[arg-type]
    except UnreadableDocument as error:
        hold(work, Hold((problems.unreadable_document(error.field, repr(error.value)),)))
        return None
    return document if _belongs_here(work, document) else None


def plan(work: Work, document: Document) -> Plan:
    """Decide what QuickBooks should hold, reading there only what the decision needs."""
    sent = writes.sent_of(work.record)
    policy = load_policy(work.connection.policy)
    taxes.remember(work, document)
    home_currencies.learn(work, document)
    known = books.load(work, document, sent.type if sent else None)
    answers: dict[Need, Any] = {}
    record = work.record
    decide = partial(
        make_plan, document, sent, known, policy, asked=record.requested_by_person, accepted=record.overridden_problems
    )
    decision = decide()
    while isinstance(decision, Need):
        answers[decision] = _answer(work, decision)
        decision = decide(answers=answers)
    return decision if work.connection.live_at or record.requested_by_person else until_live(decision)


def apply(work: Work, document: Document, decision: Plan) -> None:
    """Make the one change, and record where the document stands."""
    _describe(work, document)
    if isinstance(decision, Create | Update | Delete):
        _change(work, document, decision)
    elif isinstance(decision, Adopt):
        with work.runtime.write() as (session, moment):
            writes.adopted(work, session, decision, document.version)
            standing.stand(work, session, moment, records.SYNCED, None, f"adopted {decision.type} {decision.id}")
    elif isinstance(decision, Nothing):
        _nothing(work, document, decision)
    elif isinstance(decision, Hold):
        hold(work, decision)


def hold(work: Work, decision: Hold) -> None:
    """Hold the document with every problem; if its subject was fixed meanwhile it stays due instead (docs/reference/states.md, A document)."""
    with work.runtime.write() as (session, moment):
        standing.hold(work, session, moment, decision)
        if any(problem.subject == "period" for problem in decision.problems):
            session.get_one(QboCompany, work.connection.qbo_id).changes_due = True


def problem(error: RemoteError) -> Problem:
    """Turn a definite refusal of a service into the reason why the document is held."""
    if isinstance(error, NotVisible):
        return problems.not_visible("the document")
    if isinstance(error, DuplicateNumber):
        return Problem("possible_duplicate", error.sentence, error.remedy, f"duplicate:{error.txn_id}")
    if isinstance(error, ClosedPeriod):
        return Problem("period_closed", error.sentence, error.remedy, "period")
    return problems.refused_by_quickbooks(error.code or "", error.details.text or error.sentence)


def _get(work: Work) -> dict[str, Any]:
    """Make the one read."""
    record = work.record
    if record.idn is None:
        record.idn = _running_number(work)
    payload = work.precoro.get_document(record.kind, record.idn)  # type: ignore[arg-type]
    work.read_at = work.claimed_at
    return payload


def _running_number(work: Work) -> str:
    """Look up the running number of a document of which an event gave only the id."""
    collection = "purchaseorders" if work.record.kind == records.PURCHASE_ORDER else "invoices"
    rows = list(work.precoro.list(collection, id=work.record.precoro_id))
    found = next((row for row in rows if str(row.get("id")) == work.record.precoro_id), None)
    if found is None:
        raise NotVisible(
            CallDetails(service="Precoro", text=f"No {work.record.kind} with id {work.record.precoro_id}.")
        )
    return str(found["idn"])


def _belongs_here(work: Work, document: Document) -> bool:
    """Say whether to go on: a new document belongs to the connection that serves its legal entity, and may have to move.

    The connection of the entity comes before the one that serves all others. What stands in QuickBooks stays where it is.
    """
    record = work.record
    if record.qbo_id is not None:
        return True
    entity = None if document.legal_entity_id is None else str(document.legal_entity_id)
    with work.runtime.read() as (session, _):
        serving = companies.of_entity(session, work.connection.precoro_id, entity)
    if serving is not None and serving.id == work.connection.id:
        return True
    return _move(work, serving)


def _move(work: Work, serving: Connection | None) -> bool:
    """Give the document to the connection that serves its legal entity, or to none; says whether to go on with it now."""
    record = work.record
    with work.runtime.write() as (session, moment):
        if serving is None:
            standing.stand(work, session, moment, records.NEVER, "No connection serves its legal entity.", "never")
            return False
        session.execute(update(Record).where(records.holds(work.claim)).values(connection_id=serving.id))
        record.connection_id, record.connection = serving.id, serving
        works_now = companies.works(serving, moment)
        work.is_recorded, work.outcome = not works_now, f"moved to {serving.slug}"
    return works_now


def _answer(work: Work, need: Need) -> Any:
    """Read what the decision asks for."""
    if isinstance(need, Read):
        try:
            return work.qbo.read(need.type, need.id)
        except NotFound:
            return None
    if isinstance(need, Rate):
        return _rate(work, need)
    return writes.search(work, need)


def _rate(work: Work, need: Rate) -> Any:
    """Return an exchange rate, asked for once a currency and day."""
    company = work.connection.qbo
    with work.runtime.read() as (session, _):
        known = reference.rate(session, company.id, need.currency, need.date)
    if known is not None:
        return known
    found = work.qbo.exchange_rate(need.currency, need.date)
    if found is not None:
        row = {"qbo_company_id": company.id, "currency": need.currency, "on": need.date, "rate": found}
        with work.runtime.write() as (session, _):
            reference.keep(session, reference.Rate, [row], ("qbo_company_id", "currency", "on"))
    return found


def _change(work: Work, document: Document, decision: Create | Update | Delete) -> None:
    """Commit the intent, call, commit the outcome."""
    with work.runtime.write() as (session, moment):
        intent = writes.begin(work, session, moment, decision, document.version)
        session.execute(
            update(Record).where(Record.id == work.record.id).values(read_at=work.read_at, **title_of(work.record))
        )
    try:
        answer = writes.send(work, intent)
    except DuplicateNumber as error:
        writes.unanswered(work, intent, error)
        answer = _ours(work, error)
    except RemoteError as error:
        writes.unanswered(work, intent, error)
        raise
    with work.runtime.write() as (session, moment):
        writes.landed(work, session, moment, intent, answer)
        if isinstance(decision, Delete):
            if not decision.again:
                standing.stand(work, session, moment, records.REMOVED, None, f"removed {decision.type} {decision.id}")
        else:
            verb = "created" if isinstance(decision, Create) else "updated"
            standing.stand(work, session, moment, records.SYNCED, None, f"{verb} {decision.type} {answer['Id']}")


def _ours(work: Work, error: DuplicateNumber) -> Any:
    """Return the entity that has the number if it is our own, made by a write we no longer knew of; else raise on."""
    if error.txn_id is None or error.txn_type is None:
        raise error
    entity = work.qbo.read(error.txn_type, error.txn_id)
    ours = marker(work.connection.slug, work.record.kind, int(work.record.precoro_id))
    if find_marker(entity.get("PrivateNote")) != ours:
        raise error
    return entity


def _nothing(work: Work, document: Document, decision: Nothing) -> None:
    """Record that nothing is to be sent, and why."""
    record = work.record
    if decision.state == records.READY:
        with work.runtime.write() as (session, moment):
            standing.wait(work, session, moment, decision, _still_true(record.notes))
        return
    record.revised = record.revised or (document.status == IN_REVISION and record.qbo_id is not None)
    record.notes = _still_true(record.notes) + [asdict(note) for note in decision.notes]
    if decision.settled and record.sent is not None:
        record.sent = {**record.sent, "version": document.version}
        record.revised = False
    with work.runtime.write() as (session, moment):
        session.execute(
            update(Record)
            .where(records.holds(work.claim))
            .values(revised=record.revised, notes=record.notes, sent=record.sent)
        )
        standing.stand(work, session, moment, decision.state, decision.reason, f"nothing: {decision.reason}")


def _still_true(notes: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the notes on what was sent; that something was changed since is found out anew each time."""
    return [note for note in notes if note["code"] != "changed_without_revision"]


def _describe(work: Work, document: Document) -> None:
    """Take over what people recognise the document by."""
    record = work.record
    record.number, record.supplier = document.number[:300], document.supplier_name[:300]
    record.currency, record.amount = document.currency, document.total
    record.external_id, record.log_text = document.external_id, document.external_log
    record.list_row = list_rows.seen_in(document)
