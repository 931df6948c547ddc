"""Suppliers as a kind of record: kept in step with their vendors, both ways, by the same pipeline as documents.

A supplier is looked at in our copies first, which events bring up to date with one page for many. A side is read again
before it is written to, and then the plan is made again with what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, TypeAlias

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from mappers import notes, problems
from mappers.documents.outcomes import Hold, Nothing
from mappers.policy import Policy, load_policy
from mappers.problems import Note, Problem
from mappers.remedies import Remedy
from mappers.suppliers import merge as supplier_merge
from mappers.suppliers.fields import LABELS
from mappers.suppliers.merge import Answer, Merge, Question
from mappers.suppliers.profile import Profile, UnreadableProfile, read_vendor
from mappers.suppliers.vendor_creation import CreateVendor, PairWith
from mappers.write_back import external_id, may_write_external_id, read_external_id
from outbound.errors import DuplicateName, NotVisible, RemoteError
from store import history, records
from store.intents import Intent
from workers import clients
from workers.records import writes
from workers.records.kind import Kind
from workers.records.outcome import record_hold, record_outcome
from workers.records.work import PostponedError, Work
from workers.reference import pairs
from workers.suppliers import missing_vendor, recent_page, vendors
from workers.suppliers import records as supplier_records
from workers.suppliers import sides as supplier_sides
from workers.suppliers.sides import Sides

log = structlog.get_logger()

TIEOUT = "tieout"
UNDO = "undo"
"""What is stored with a record whose pair a person undoes with all that it brought."""

Decision: TypeAlias = Merge | CreateVendor | PairWith | Nothing | Hold


class Suppliers(Kind[Sides, Decision]):
    """Suppliers, each with the vendor of its connection."""

    def read(self, work: Work) -> Sides | None:
        """Return both sides; None when a page shows that nothing is to be done, or they cannot be read."""
        if recent_page.is_idle_on_page(work):
            return None
        try:
            return supplier_sides.load(work)
        except UnreadableProfile as error:
            self.hold(work, Hold((problems.supplier_unreadable(work.record.precoro_id, "Precoro", error.field),)))
        except NotVisible:
            if _is_paired(work):
                raise
            with work.runtime.write() as (session, moment):
                record_outcome(work, session, moment, records.OPEN, "Precoro does not show it.", "nothing: not visible")
        return None

    def plan(self, work: Work, sides: Sides) -> Decision:
        """Decide what keeps both sides in step, with what a side really holds before it is written to."""
        if sides.vendor_id is None:
            return missing_vendor.plan(work, sides.supplier)
        if sides.vendor_row is None:
            sides.read_vendor()
        decision = _merge(work, sides)
        while isinstance(decision, Merge) and sides.read_before_writing(decision):
            decision = _merge(work, sides)
        return decision

    def apply(self, work: Work, sides: Sides, decision: Decision) -> None:
        """Write what the plan says, and record what came of it."""
        if isinstance(decision, Merge):
            _keep_in_step(work, sides, decision)
        elif isinstance(decision, CreateVendor):
            _create(work, sides, decision)
        elif isinstance(decision, PairWith):
            with work.runtime.write() as (session, moment):
                supplier_records.make_pair(
                    session, work.connection, work.record.precoro_id, decision.vendor_id, moment, how=decision.how
                )
                record_outcome(work, session, moment, records.OPEN, None, f"paired with vendor {decision.vendor_id}")
        elif isinstance(decision, Hold):
            self.hold(work, decision)
        else:
            with work.runtime.write() as (session, moment):
                record_outcome(work, session, moment, decision.state, decision.reason, f"nothing: {decision.reason}")

    def hold(self, work: Work, decision: Hold) -> None:
        """Hold the supplier with every problem."""
        with work.runtime.write() as (session, moment):
            record_hold(work, session, moment, decision)

    def problem(self, error: RemoteError) -> Problem:
        """Turn a definite refusal of a service into the reason why the supplier is held."""
        if isinstance(error, NotVisible):
            access = Remedy("Give the user of the key access to it.")
            return replace(problems.not_visible("the supplier"), remedy=access)
        if error.service == "Precoro":
            return problems.refused_by_precoro(error.words)
        problem = problems.refused_by_quickbooks(error.code or "", error.words)
        remedy = Remedy("Correct the supplier in Precoro; it is looked at again when it is saved there.")
        return replace(problem, remedy=remedy)

    def write_back(self, work: Work) -> None:
        """Bring `externalId` of the supplier up to date: the vendor's while they are paired, unless others own it."""
        record = work.record
        if not record.write_back_due:
            return
        wanted = _external_id(work)
        if wanted is not None and wanted != (record.external_id or ""):
            client = clients.precoro_for_write_back(work.runtime, work.connection.precoro)
            client.patch("suppliers", record.precoro_id, external_id=wanted)
            work.values["external_id"] = wanted
        work.values["write_back_due"] = False

    def find_landed(self, work: Work, intent: Intent) -> Mapping[str, Any] | None:
        """Return the vendor that shows that a write landed: no two vendors have one name."""
        return writes.find_landed(work, intent, vendors.find_created)

    def record_landed(
        self, work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]
    ) -> None:
        """Record that a write landed: the pair of a new vendor, or what both sides agree on now."""
        vendors.record_landed(work, session, moment, intent, answer)


def _merge(work: Work, sides: Sides) -> Merge | Hold:
    """Plan with both sides as they are known now."""
    record, supplier = work.record, sides.supplier
    try:
        vendor = sides.vendor
    except UnreadableProfile as error:
        return Hold((problems.supplier_unreadable(supplier.id, "QuickBooks", error.field),))
    if vendor is None:
        return Hold((problems.vendor_gone(supplier.id, supplier.name, str(sides.vendor_id)),))
    if UNDO in record.overridden_problems:
        return supplier_merge.undo(supplier, vendor, sides.before)
    if sides.shared_with:
        return Merge(notes=(notes.vendor_shared(", ".join(sides.shared_with)),), open=frozenset(LABELS))
    agreed = supplier_records.agreed_with(record, vendor.id)
    answers = [answer for answer in map(Answer.read, record.overridden_problems) if answer]
    return supplier_merge.merge(supplier, vendor, agreed, _policy(work), answers)


def _keep_in_step(work: Work, sides: Sides, decision: Merge) -> None:
    """Write to both sides what the plan says, and record what they agree on now."""
    notes_on_it = [*decision.notes, *sides.write_supplier(decision), *sides.write_vendor(decision)]
    supplier, vendor = sides.supplier, sides.vendor
    if vendor is None:
        raise PostponedError("the vendor is gone meanwhile", work.claimed_at)
    with work.runtime.write() as (session, moment):
        if decision.unpair:
            _end(work, session, moment)
            return
        _record(work, session, moment, decision, supplier, vendor, notes_on_it)


def _record(
    work: Work,
    session: Session,
    moment: datetime,
    decision: Merge,
    supplier: Profile,
    vendor: Profile,
    notes_on_it: list[Note],
) -> None:
    """Record what both sides agree on now, and what is asked."""
    record = work.record
    asked_before = {question.digest for question in supplier_records.questions_of(record)}
    agreed = supplier_merge.agree(supplier_records.agreed_with(record, vendor.id), decision, supplier, vendor)
    record.sent = {
        "vendor": vendor.id,
        "agreed": supplier_merge.to_json(agreed),
        "questions": supplier_records.as_questions(decision.questions),
    }
    session.execute(update(records.Record).where(records.Record.id == record.id).values(sent=record.sent))
    for question in decision.questions:
        if question.why == "guarded" and question.digest not in asked_before:
            _alarm(work, session, moment, question)
    holding = [*(_problem(supplier.id, question) for question in decision.questions), *_locked(supplier, vendor)]
    record.notes = [asdict(note) for note in notes_on_it]
    if holding:
        record_hold(work, session, moment, Hold(tuple(holding), tuple(notes_on_it)))
    else:
        summary = _summary(decision)
        record_outcome(work, session, moment, records.SYNCED, None, summary, notes=record.notes)


def _alarm(work: Work, session: Session, moment: datetime, question: Question) -> None:
    """Warn that an account number or e-mail was changed: that is how payment fraud looks."""
    label, key, slug = LABELS[question.field], work.record.precoro_id, work.connection.slug
    log.warning("payment details changed", supplier=key, connection=slug, field=label)
    history.note(session, moment, TIEOUT, "alarm", f"supplier:{key}", field=label, connection=slug)


def _problem(supplier_id: str, question: Question) -> Problem:
    """Return the problem that holds a supplier until a question is answered."""
    label = LABELS[question.field]
    if question.why == "first":
        return problems.supplier_differs(supplier_id, question.field, label)
    if question.why == "both":
        return problems.supplier_changed_on_both_sides(supplier_id, question.field, label)
    return problems.payment_details_changed(supplier_id, question.field, label)


def _locked(supplier: Profile, vendor: Profile) -> list[Problem]:
    """Return the problem with a supplier whose currency was changed after it was paired."""
    if not vendor.currencies or not supplier.currencies or vendor.currencies[0] in supplier.currencies:
        return []
    currencies = ", ".join(supplier.currencies)
    return [problems.supplier_currency_locked(supplier.id, supplier.name, vendor.currencies[0], currencies)]


def _summary(decision: Merge) -> str:
    parts = [
        f"{side}: {', '.join(LABELS[name] for name in values)}"
        for side, values in (("Precoro", decision.to_precoro), ("QuickBooks", decision.to_quickbooks))
        if values
    ]
    return "; ".join(parts) or "in step"


def _end(work: Work, session: Session, moment: datetime) -> None:
    """End the pair of this record, because a side was made inactive or a person undoes it."""
    record = work.record
    record_outcome(work, session, moment, records.OPEN, "It is not paired with a vendor any more.", "unpaired")
    vendor_id = pairs.unpair(session, work.connection, records.SUPPLIER, record.precoro_id, moment)
    history.note(
        session,
        moment,
        TIEOUT,
        "unpair",
        f"supplier:{record.precoro_id}",
        before=vendor_id,
        connection=work.connection.slug,
    )


def _create(work: Work, sides: Sides, decision: CreateVendor) -> None:
    """Create the vendor; a name that is taken holds the supplier with its choices."""
    try:
        answer = vendors.create(work, decision.body)
    except DuplicateName:
        holder = vendors.holder_of(work.qbo, decision.name)
        with work.runtime.write() as (session, moment):
            record_hold(work, session, moment, Hold((vendors.name_taken(sides.supplier.id, decision.name, holder),)))
        return
    vendor = read_vendor(answer)
    with work.runtime.write() as (session, moment):
        history.note(
            session,
            moment,
            TIEOUT,
            "create vendor",
            f"supplier:{work.record.precoro_id}",
            after=vendor.id,
            connection=work.connection.slug,
        )
        _record(work, session, moment, Merge(), sides.supplier, vendor, list(decision.notes))


def _external_id(work: Work) -> str | None:
    """Return what `externalId` should hold; None to leave it alone, as when it names the vendor of another connection."""
    record, realm = work.record, work.connection.qbo.realm
    if not may_write_external_id(record.external_id, realm) or not _policy(work).write_back:
        return None
    named = read_external_id(record.external_id or "")
    with work.runtime.read() as (session, _):
        vendor_id = supplier_records.vendor_of(session, work.connection, record.precoro_id)
        if named and supplier_records.is_twin_elsewhere(session, work.connection, record.precoro_id, named[2]):
            return None
    if vendor_id is not None:
        return external_id(realm, "vendor", vendor_id)
    former_id = (record.sent or {}).get("vendor")
    return "" if former_id and record.external_id == external_id(realm, "vendor", former_id) else None


def _is_paired(work: Work) -> bool:
    with work.runtime.read() as (session, _):
        return supplier_records.vendor_of(session, work.connection, work.record.precoro_id) is not None


def _policy(work: Work) -> Policy:
    return load_policy(work.connection.policy)
