"""Purchase orders and invoices: read in Precoro, planned, applied to QuickBooks, and their outcome recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from mappers import problems
from mappers.documents.differences import line_ids
from mappers.documents.document import IN_REVISION, Document, DocumentKind
from mappers.documents.drift import is_newer
from mappers.documents.figures import wrong_figures
from mappers.documents.outcomes import (
    Adopt,
    Create,
    Delete,
    Hold,
    Need,
    Nothing,
    Plan,
    RateLookup,
    Read,
    Update,
    until_live,
)
from mappers.documents.purchase_orders import STATUS_NOTES
from mappers.documents.reading import UnreadableDocument, load_document
from mappers.problems import Note, Problem
from mappers.remedies import Remedy
from mappers.text import find_marker, marker
from outbound.errors import BadReference, CallDetails, ClosedPeriod, DuplicateNumber, NotFound, NotVisible, RemoteError
from outbound.wire import JsonObject
from store import companies, order_lines, records, reference
from store.companies import Connection, QboCompany
from store.drift import forget as forget_drift
from store.intents import CREATE, Intent
from store.records import Record
from workers.documents import doubles, drift, predecessors, waiting
from workers.documents.planner import planner
from workers.payments import balances, forgotten
from workers.records import list_rows, recent_page, write_back, writes
from workers.records.kind import Kind
from workers.records.outcome import record_outcome, record_waiting, title_of
from workers.records.work import PostponedError, Work
from workers.reference import changes, home_currency
from workers.taxes import state as taxes

CANNOT_BE_LINKED = "620"
STEPPED_OVER = {"possible_duplicate", "already_in_quickbooks", "entered_again"}
"""Problems about what stands there already; who steps over them knows of it."""


@dataclass(frozen=True)
class Documents(Kind[Document, Plan]):
    """The documents of one kind."""

    kind: DocumentKind

    def read(self, work: Work) -> Document | None:
        """Read the document as it is now, unless a page of what was modified shows that nothing is to be done.

        Raises PostponedError when the same document was read less than a minute ago (docs/explanation/design.md, Quotas).
        """
        record = work.record
        if record.read_at is not None:
            again = record.read_at + timedelta(seconds=work.settings.reread_after)
            if work.claimed_at < again:
                raise PostponedError("it was read less than a minute ago", again)
        if recent_page.is_unchanged_on_page(work, self.kind):
            return None
        payload = self.fetch(work)
        balances.learn(work, payload)
        work.contents = payload
        try:
            document = load_document(self.kind, payload)
        except UnreadableDocument as error:
            self.hold(work, Hold((problems.unreadable_document(error.field, error.shown),)))
            return None
        return document if _belongs_here(work, document) else None

    def plan(self, work: Work, document: Document) -> Plan:
        """Decide what QuickBooks should hold, reading there only what the decision needs."""
        record = work.record
        taxes.remember(work, document)
        home_currency.learn(work, document)
        with work.runtime.read() as (session, _):
            decide = planner(session, record, document)
        answers: dict[Need, object] = {}
        while isinstance(decision := decide(answers), Need):
            answers[decision] = _answer(work, decision)
        return decision if work.connection.live_at or record.requested_by_person else until_live(decision)

    def apply(self, work: Work, document: Document, decision: Plan) -> None:
        """Make the one change, and record its outcome; after a deletion that is to be followed by a create, plan again."""
        _describe(work, document)
        _keep_order_lines(work, document)
        if isinstance(decision, Create | Update | Delete):
            _change(work, document, decision)
            if not isinstance(decision, Create) and decision.again:
                self.apply(work, document, self.plan(work, document))
        elif isinstance(decision, Adopt):
            _adopt(work, document, decision)
        elif isinstance(decision, Nothing) and decision.state == records.OPEN and decision.problems:
            self._wait(work, document, decision)
        elif isinstance(decision, Nothing):
            _leave(work, document, decision)
        elif isinstance(decision, Hold):
            self.hold(work, decision)

    def _wait(self, work: Work, document: Document, decision: Nothing) -> None:
        """Let the document wait for its predecessors, or plan it again if none of them is under way any more."""
        with work.runtime.write() as (session, moment):
            is_waiting = predecessors.ask_for(session, work.connection, document, decision, moment)
            if is_waiting:
                kept = {"requested_by_person": work.record.requested_by_person}
                record_waiting(work, session, moment, decision, [], **kept)
        if not is_waiting:
            self.apply(work, document, self.plan(work, document))

    def hold(self, work: Work, decision: Hold) -> None:
        """Hold the document with every problem; if its subject was fixed meanwhile it stays due instead (docs/reference/states.md, A document)."""
        with work.runtime.write() as (session, moment):
            waiting.hold(work, session, moment, decision)
            if any(problem.subject in {"period", problems.LISTS} for problem in decision.problems):
                session.get_one(QboCompany, work.connection.qbo_id).changes_due = True

    def problem(self, error: RemoteError) -> Problem:
        """Turn a definite refusal of a service into the reason why the document is held."""
        if isinstance(error, NotVisible):
            return problems.not_visible("the document")
        if isinstance(error, DuplicateNumber):
            number = error.number or "this number"
            return problems.possible_duplicate(error.txn_type or "An entity", error.txn_id or "", number)
        if isinstance(error, ClosedPeriod):
            return Problem("period_closed", error.sentence, Remedy(error.remedy), "period")
        if self.kind == records.INVOICE and _is_about_link(error):
            return problems.link_refused(error.words)
        refusal = (
            problems.reference_refused if isinstance(error, BadReference | NotFound) else problems.refused_by_quickbooks
        )
        return refusal(error.code or "", error.words)

    def write_back(self, work: Work) -> None:
        """Bring `externalId` and `externalIntegrationLog` of the document up to date, and look at payments that we have forgotten."""
        forgotten.request_of(work)
        write_back.write_back(work, self.kind)

    def find_landed(self, work: Work, intent: Intent) -> Mapping[str, Any] | None:
        """Return the entity in QuickBooks that shows that a write landed."""
        return writes.find_landed(work, intent, writes.find_created)

    def record_landed(
        self, work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]
    ) -> None:
        """Record that a write landed, whoever saw it."""
        _record_landed(work, session, moment, intent, answer)

    def fetch(self, work: Work) -> JsonObject:
        """Make the one read. The id says which document it is; its running number is a hint that may be wrong.

        Raises NotVisible when Precoro shows no document with this id.
        """
        record = work.record
        number = record.idn or self._running_number(work)
        payload = work.precoro.get_document(self.kind, number)
        if not _is_of(payload, record):
            hint, record.idn = number, None
            number = self._running_number(work)
            if number == hint:
                raise NotVisible(CallDetails(service="Precoro", text=f"Number {hint} is another {self.kind}."))
            payload = work.precoro.get_document(self.kind, number)
        if not _is_of(payload, record):
            raise NotVisible(CallDetails(service="Precoro", text=f"Number {number} is another {self.kind}."))
        record.idn, work.read_at = number, work.claimed_at
        return payload

    def _running_number(self, work: Work) -> str:
        """Look up the running number of a document of which an event gave only the id."""
        precoro_id = work.record.precoro_id
        collection = "purchaseorders" if self.kind == records.PURCHASE_ORDER else "invoices"
        for row in work.precoro.list(collection, id=precoro_id):
            if str(row.get("id")) == precoro_id:
                return str(row["idn"])
        raise NotVisible(CallDetails(service="Precoro", text=f"No {self.kind} with id {precoro_id}."))


def _is_of(payload: JsonObject, record: Record) -> bool:
    """Say whether what was read is the document of a record, or of one that is not known yet."""
    return not record.precoro_id or str(payload.get("id", record.precoro_id)) == record.precoro_id


def _is_about_link(error: RemoteError) -> bool:
    """Say whether QuickBooks refused a bill for the order that it is linked to (docs/reference/quickbooks.md, Bills)."""
    return error.code == CANNOT_BE_LINKED or "purchase order" in error.details.text.casefold()


def _belongs_here(work: Work, document: Document) -> bool:
    """Say whether to go on: a new document belongs to the connection that serves its legal entity, and may have to move.

    The connection of the entity comes before the one that serves all others. What stands in QuickBooks stays where it is.
    """
    record = work.record
    if record.qbo_id is not None:
        return True
    entity = None if document.legal_entity_id is None else str(document.legal_entity_id)
    with work.runtime.read() as (session, _):
        serving = companies.connection_for_entity(session, work.connection.precoro_id, entity)
    if serving is not None and serving.id == work.connection.id:
        return True
    return _move(work, serving)


def _move(work: Work, serving: Connection | None) -> bool:
    """Give the document to the connection that serves its legal entity, or to none; says whether to go on with it now."""
    record = work.record
    with work.runtime.write() as (session, moment):
        if serving is None:
            record_outcome(work, session, moment, records.NEVER, "No connection serves its legal entity.", "never")
            return False
        session.execute(update(Record).where(records.is_claimed_by(work.claim)).values(connection_id=serving.id))
        records.release_followers(session, record, moment)
        record.connection_id, record.connection = serving.id, serving
        work.outcome = f"moved to {serving.slug}"
        return companies.is_working(serving, moment)


def _answer(work: Work, need: Need) -> object:
    """Read what the decision asks for."""
    if isinstance(need, Read):
        return _read(work, need)
    if isinstance(need, RateLookup):
        return _exchange_rate(work, need)
    return writes.find_marked(work, need)


def _read(work: Work, need: Read) -> JsonObject | None:
    """Read an entity, and keep what it shows that people changed or deleted."""
    record = work.record
    is_own = (need.type, need.id) == (record.qbo_type, record.qbo_id)
    sent = writes.load_sent(record) if is_own else None
    try:
        entity = work.qbo.read(need.type, need.id)
    except NotFound:
        with work.runtime.write() as (session, moment):
            writes.forget_entities(session, work.connection.qbo_id, need.type, [need.id])
            if is_own:
                drift.keep(session, session.get_one(Record, record.id), None, moment)
        return None
    if sent is not None and is_newer(entity.get("SyncToken"), sent.sync_token):
        with work.runtime.write() as (session, moment):
            if drift.keep(session, session.get_one(Record, record.id), entity, moment):
                records.make_due(session, [record.id], moment)  # what is decided now may not be about that
    return entity


def _exchange_rate(work: Work, need: RateLookup) -> Decimal | None:
    """Return an exchange rate, asked for once a currency and day."""
    company = work.connection.qbo
    with work.runtime.read() as (session, _):
        cached = reference.rate(session, company.id, need.currency, need.date)
    if cached is not None:
        return cached
    rate = work.qbo.exchange_rate(need.currency, need.date)
    if rate is not None:
        row = {"qbo_company_id": company.id, "currency": need.currency, "on": need.date, "rate": rate}
        with work.runtime.write() as (session, _):
            reference.keep(session, reference.Rate, [row], ("qbo_company_id", "currency", "on"))
    return rate


def _change(work: Work, document: Document, decision: Create | Update | Delete) -> None:
    """Commit the intent, call, commit the outcome."""
    if isinstance(decision, Create) or (isinstance(decision, Delete) and decision.again):
        changes.need_recent(work)
    with work.runtime.write() as (session, moment):
        sent = writes.load_sent(work.record)
        keeps_version = sent is not None and isinstance(decision, Update) and decision.again
        version = sent.version if sent and keeps_version else document.version
        intent = writes.begin(work, session, moment, decision, version)
        session.execute(
            update(Record).where(Record.id == work.record.id).values(read_at=work.read_at, **title_of(work.record))
        )
    try:
        answer = writes.send(work, intent)
    except DuplicateNumber as error:
        answer = _own_duplicate(work, error)
    is_kept = isinstance(decision, Update) and decision.kept
    if not isinstance(decision, Delete) and not is_kept and (wrong := wrong_figures(decision.mapped, answer)):
        _hold_wrong(work, intent, answer, wrong)
        return
    with work.runtime.write() as (session, moment):
        _record_landed(work, session, moment, intent, answer)
        if not isinstance(decision, Create) and decision.again:
            return
        if not isinstance(decision, Delete):
            verb = "created" if isinstance(decision, Create) else "updated"
            record_outcome(work, session, moment, records.SYNCED, None, f"{verb} {decision.type} {answer['Id']}")
        else:
            record_outcome(work, session, moment, records.REMOVED, None, f"removed {decision.type} {decision.id}")


def _record_landed(work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]) -> None:
    """Record that a write landed; what people entered while it was under way is looked at next, unless one has decided about it."""
    writes.record_landed(work, session, moment, intent, answer)
    is_decided = STEPPED_OVER & set(work.record.overridden_problems)
    if intent.operation == CREATE and not is_decided and (double := doubles.beside(session, work.record)):
        writes.note_double(session, work.record, double, moment)


def _hold_wrong(work: Work, intent: Intent, answer: Mapping[str, Any], wrong: str) -> None:
    """Record a write as a fact, and hold the document for its wrong figures."""
    with work.runtime.write() as (session, moment):
        writes.record_landed(work, session, moment, intent, answer)
    problem = problems.total_differs_in_quickbooks(intent.type, str(answer["Id"]), wrong)
    sent_with = tuple(Note(note["code"], note["sentence"]) for note in work.record.notes)
    with work.runtime.write() as (session, moment):
        waiting.hold(work, session, moment, Hold((problem,), sent_with), overridden_problems=[])


def _own_duplicate(work: Work, error: DuplicateNumber) -> Mapping[str, Any]:
    """Return the entity that has the number if it is our own, made by a write we no longer knew of; else raise on."""
    if error.txn_id is None or error.txn_type is None:
        raise error
    entity = work.qbo.read(error.txn_type, error.txn_id)
    ours = marker(work.connection.slug, work.record.kind, int(work.record.precoro_id))
    if find_marker(entity.get("PrivateNote")) != ours:
        raise error
    return entity


def _adopt(work: Work, document: Document, decision: Adopt) -> None:
    """Link an existing entity to the document, unless it stands for another one; whoever made it may have sent the files, too."""
    work.files_may_stand = True
    with work.runtime.write() as (session, moment):
        owner = writes.owner_of(session, work.connection.qbo_id, decision.type, decision.id)
        if owner is not None and owner.id != work.record.id:
            other = problems.belongs_to_another(
                decision.type, decision.id, f"{owner.kind}:{owner.idn or owner.precoro_id}"
            )
            waiting.hold(work, session, moment, Hold((other,)))
            return
        if decision.marked is None:
            writes.record_adopted(work, session, decision, document.version)
            record_outcome(work, session, moment, records.SYNCED, None, f"adopted {decision.type} {decision.id}")
    if decision.marked is not None:
        _change(work, document, decision.update(decision.marked))


def _leave(work: Work, document: Document, decision: Nothing) -> None:
    """Record that nothing is to be sent, and why."""
    record = work.record
    stale = {"changed_without_revision", *(STATUS_NOTES if decision.mapped else ())}  # found out anew each time
    before = record.notes if decision.state != records.REMOVED else []
    notes = [note for note in before if note["code"] not in stale]
    if decision.state == records.READY:
        with work.runtime.write() as (session, moment):
            waiting.ready(work, session, moment, decision, notes)
        return
    record.revised = record.revised or (document.status == IN_REVISION and record.qbo_id is not None)
    record.notes = notes + [asdict(note) for note in decision.notes]
    if decision.settled and record.sent is not None:
        body = decision.mapped or record.sent["body"]
        record.sent = {**record.sent, "body": body, "version": document.version}
        record.sent |= {"kept": decision.kept, "doubled_by": None}
        if decision.line_keys:
            record.sent |= {"line_ids": line_ids(decision.line_keys, record.sent["answer"])}
            work.files_may_stand = True
        record.revised = False
    with work.runtime.write() as (session, moment):
        session.execute(
            update(Record)
            .where(records.is_claimed_by(work.claim))
            .values(revised=record.revised, notes=record.notes, sent=record.sent)
        )
        if decision.state == records.REMOVED:
            forget_drift(session, record.id)
        record_outcome(work, session, moment, decision.state, decision.reason, f"nothing: {decision.reason}")


def _describe(work: Work, document: Document) -> None:
    """Take over what people recognise the document by."""
    list_rows.describe(work.record, document)
    work.record.log_text = document.external_log
    work.attachments = document.attachments


def _keep_order_lines(work: Work, document: Document) -> None:
    """Keep which lines an order has, whatever becomes of it: invoices that bill them look for it."""
    if document.kind == records.PURCHASE_ORDER:
        with work.runtime.write() as (session, _):
            order_lines.keep(session, work.record.id, [line.key for line in document.lines])
