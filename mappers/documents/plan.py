"""Tieout's one decision: the change that makes QuickBooks agree with a document."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mappers import notes, problems
from mappers.books import Books
from mappers.documents import adoption, differences, drift, duplicates, locks
from mappers.documents.amounts import only_recodes
from mappers.documents.bills import map_bill
from mappers.documents.credit_notes import with_positive_figures
from mappers.documents.decisions import NONE, Decisions
from mappers.documents.document import BILL, IN_REVISION, TYPES_IN_LOWER_CASE, Document
from mappers.documents.fields import FieldChange
from mappers.documents.figures import total_meant, wrong_figures
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, currency_of
from mappers.documents.merging import differs, merge, with_fields, with_our_marker
from mappers.documents.outcomes import (
    Adopt,
    Answers,
    Body,
    Create,
    Delete,
    Hold,
    Need,
    Nothing,
    Plan,
    RateLookup,
    Read,
    Search,
    Sent,
    Update,
    digest,
)
from mappers.documents.purchase_orders import changes_without_approval, map_purchase_order
from mappers.documents.sources import sources, with_sent_coding
from mappers.documents.status import PENDING, required_action
from mappers.policy import Policy
from mappers.problems import Note, Problem
from mappers.text import find_marker, marker
from mappers.write_back import read_external_id

_NO_ANSWERS: Mapping[Need, Any] = MappingProxyType({})
HISTORICAL = "Historical"
OF_OTHER_KIND = "This connection sends"
"""How the reason begins for which a document of a kind that is not sent is left out."""
RECODES = "The total is 0.00, but its lines move amounts between accounts: a person sends it, if that is meant."
KEPT = "Kept as it is in QuickBooks."
STANDS = "This approved version stands in QuickBooks."
CANCELLED = "Cancelled: nothing stands in QuickBooks for it."
"""Said of a document that was never sent, and of one whose entity was removed."""
_SEARCH_BACK = timedelta(days=1)


def plan(
    document: Document,
    sent: Sent | None,
    books: Books,
    policy: Policy,
    *,
    answers: Answers = _NO_ANSWERS,
    requested_by_person: bool = False,
    decisions: Decisions = NONE,
) -> Plan:
    """Return the change that makes QuickBooks agree, or why none is made.

    A `Need` asks for one read; call again with its answer in `answers`. `requested_by_person`: a person clicked Send.
    `decisions`: what that person decided besides, such as to step over a possible duplicate.
    """
    figures = with_positive_figures(document)
    return _DocumentPlanner(figures, sent, books, policy, answers, requested_by_person, decisions).plan()


def historical(go_live: datetime) -> str:
    """Say that a document was approved before the connection went live."""
    return f"{HISTORICAL}: approved before go-live ({go_live:%Y-%m-%d %H:%M} UTC)."


@dataclass(frozen=True)
class _DocumentPlanner:
    """One document being planned."""

    document: Document
    sent: Sent | None
    books: Books
    policy: Policy
    answers: Answers
    requested_by_person: bool
    decisions: Decisions

    def plan(self) -> Plan:
        action = required_action(self.document, linked=self.sent is not None)
        if self.sent is None and (never := self._never()):
            return never
        if action == "unknown":
            return Hold((problems.status_unknown(self.document.status, self.document.status_text),))
        if self.document.status == PENDING and (self.policy.pending_too or self.requested_by_person):
            action = "stand"
        if action == "nothing":
            return Nothing("open", f"Not approved yet ({self._status}).")
        if action == "wait":
            return Nothing("synced", f"Left as it is in QuickBooks: {self._status}.")
        if action == "remove":
            return self._plan_removal(self.sent) if self.sent else self._plan_forgotten_removal()
        return self._plan_change(self.sent) if self.sent else self._plan_first()

    @property
    def _status(self) -> str:
        if self.document.status == IN_REVISION:
            return "in revision"
        return self.document.status_text or f"status {self.document.status}"

    @property
    def _marker(self) -> str:
        return marker(self.books.connection, self.document.kind, self.document.id)

    @property
    def _type(self) -> str:
        return self.document.entity_type

    def _never(self) -> Nothing | None:
        """Return why a document without a link is never sent, whatever becomes of it."""
        if self.document.parent_idn is not None:
            return Nothing("never", f"A part of {self.document.parent_idn}, which was split; only the whole is sent.")
        return self._historical(self.document.approval_date)

    def _historical(self, approved: datetime | None) -> Nothing | None:
        """Return that the document was approved before go-live.

        Somebody has booked it already, and it stays so when it is revised.
        """
        if self.policy.go_live is None or approved is None or approved >= self.policy.go_live:
            return None
        return Nothing("never", historical(self.policy.go_live))

    # Nothing stands in QuickBooks yet

    def _plan_first(self) -> Plan:
        """Plan the first sending of a document.

        A kind of document that is chosen to be sent counts from its approval on, not before.
        """
        if self.policy.send not in ("both", f"{self.document.kind}s"):
            return Nothing("never", f"{OF_OTHER_KIND} {self.policy.send.replace('_', ' ')} only.")
        if self.document.approval_date is None and (historical := self._historical(self.document.create_moment)):
            return historical
        if self._posts_nothing:
            return Nothing("open", "Nothing to post: the total is 0.00.")
        if self._only_recodes and not self.requested_by_person:
            return Nothing("ready", RECODES)
        if not (self.policy.automatic or self.requested_by_person):
            return Nothing("ready", "Approved; sending is by hand.")
        return self._plan_create()

    def _plan_create(self, *more_notes: Note) -> Plan:
        """Plan a new entity: the only way to one, with every check before it.

        `more_notes` are said about an entity that is really new.
        """
        if self.decisions.adopt:
            return self._adopt_chosen(self.decisions.adopt)
        findings = Findings()
        mapped = self._map(None, findings)
        if self._ours is None:
            self._look_for_duplicates(findings)
        if findings.problems:
            return _hold(findings)
        if mapped is None or isinstance(mapped, RateLookup):
            return mapped or _hold(findings)
        existing = self._existing(mapped, findings)
        if existing is not None:
            return existing
        if self._ours is not None:  # it is gone
            self._look_for_duplicates(findings)
        if findings.problems:
            return _hold(findings)
        new = self._new(mapped, findings, *more_notes)
        waits = self._waits_for_predecessors(findings)
        return Nothing("open", waits[0].sentence, problems=tuple(waits), then=new) if waits else new

    def _waits_for_predecessors(self, findings: Findings) -> list[Problem]:
        """Return what goes first and is under way or gets an earlier date, unless a person does not wait."""
        waits = [
            problems.waits_for_predecessor(predecessor.kind, predecessor.id, predecessor.title, predecessor.why)
            for predecessor in self.books.predecessors
            if predecessor.is_coming and "waits_for_predecessor" not in self.decisions.accepted
        ]
        return waits + [
            problems.order_is_later(order.precoro_id, order.title, order.date) for order in findings.later_orders
        ]

    def _look_for_duplicates(self, findings: Findings) -> None:
        """Hold what QuickBooks may hold already, or note what a person stepped over."""
        possible = Findings()
        duplicates.hold_duplicates(self.document, self.sent, self.books, self.policy, possible)
        duplicates.hold_expenses(self.document, self.books, possible)
        for problem in possible.problems:
            if problem.code in self.decisions.accepted:
                findings.note(notes.sent_despite(problem.code))
            else:
                findings.hold(problem)

    def _new(self, mapped: Mapped, findings: Findings, *more_notes: Note) -> Create:
        return Create(
            mapped.type,
            mapped.body,
            mapped.total,
            (*findings.notes, *more_notes),
            mapped.line_keys,
            self._allow_duplicate,
            tuple(findings.unlinked_orders),
            mapped.sources,
        )

    @property
    def _allow_duplicate(self) -> bool:
        return "possible_duplicate" in self.decisions.accepted

    @property
    def _posts_nothing(self) -> bool:
        is_zero = self.document.kind == "invoice" and self.document.total == 0
        return is_zero and not self._only_recodes

    @property
    def _only_recodes(self) -> bool:
        return self.document.kind == "invoice" and only_recodes(self.document)

    def _map(self, sent: Sent | None, findings: Findings) -> Mapped | RateLookup | None:
        mapper = map_purchase_order if self.document.kind == "purchase_order" else map_bill
        books, policy, accepted = self.books, self.policy, self.decisions.accepted
        if books.orders and "link_refused" in accepted:
            books = dataclasses.replace(books, orders=())
            findings.note(notes.sent_without_link())
        if "order_is_later" in accepted:
            policy = dataclasses.replace(policy, bill_before_order="without_link")
        mapped = mapper(self.document, sent, books, policy, self.answers, findings)
        if not isinstance(mapped, Mapped):
            return mapped
        mapped = dataclasses.replace(mapped, sources=sources(self.document, books))
        return mapped if sent is None or self.requested_by_person else with_sent_coding(mapped, sent, books)

    @property
    def _ours(self) -> Read | None:
        """Return what to read of an entity that we may have sent: a recent one with our marker, or the one that our id names."""
        own = duplicates.own_entity(self.document, self._type, self.books)
        if own:
            return Read(self._type, own.id)
        external = read_external_id(self.document.external_id or "")
        if external is None or external[0] != self.books.realm or external[1] not in TYPES_IN_LOWER_CASE:
            return None
        return Read(TYPES_IN_LOWER_CASE[external[1]], external[2])

    def _existing(self, mapped: Mapped, findings: Findings) -> Plan | None:
        """Look at the entity that may stand for this document already.

        Precoro names it, or a recent entity carries our marker.
        """
        own = duplicates.own_entity(self.document, self._type, self.books)
        if own:
            return self._read_existing(Read(self._type, own.id), mapped, findings, ours=True)
        if self.document.qbo_id:
            return self._read_existing(Read(self._type, self.document.qbo_id), mapped, findings, ours=False)
        text = self.document.external_id
        if not text:
            return None
        external = read_external_id(text)
        if external and external[0] == self.books.realm and external[1] in TYPES_IN_LOWER_CASE:
            return self._read_ours(Read(TYPES_IN_LOWER_CASE[external[1]], external[2]), mapped, findings)
        if text.isascii() and text.isdigit():
            return self._read_existing(Read(self._type, text), mapped, findings, ours=False)
        return self._search_marker(text, mapped, findings)

    def _read_ours(self, need: Read, mapped: Mapped, findings: Findings) -> Plan | None:
        """Read the entity that our own id in Precoro names.

        An invoice that has become a credit note, or the other way round, names one of the other type, which is deleted first.
        """
        if need.type == self._type or need not in self.answers or self.answers[need] is None:
            return self._read_existing(need, mapped, findings, ours=True)
        return self._hold_existing(f"{need.type} {need.id}", f"this document becomes a {self._type}", findings)

    def _read_existing(self, need: Read, mapped: Mapped, findings: Findings, *, ours: bool) -> Plan | None:
        """Read the entity that is named, and adopt it or hold.

        One that was ours and is gone does not stand in the way.
        """
        if need not in self.answers:
            return need
        entity: Body | None = self.answers[need]
        if entity is None:
            return None if ours else self._hold_existing(f"{need.type} {need.id}", "it is not there any more", findings)
        marked, same = (
            duplicates.is_marked(entity, self.document, self.books),
            duplicates.is_same(entity, mapped, self.books),
        )
        if not marked and not same:
            return self._hold_existing(f"{need.type} {need.id}", "its vendor, currency or total is another", findings)
        if marked and not same and self._names(need) and _is_as_created(entity):
            return self._revise_forgotten(need.type, entity, mapped, findings)
        if marked and not same:
            why = "it carries our marker, but its vendor, currency or total is another"
            return Hold((problems.already_in_quickbooks(f"{need.type} {need.id}", why, need.id),))
        if marked or self._may_adopt(entity):
            return self._adopt(entity, mapped, findings)
        why = "it does not carry the marker of this document"
        return Hold((problems.already_in_quickbooks(f"{need.type} {need.id}", why, need.id),))

    def _names(self, need: Read) -> bool:
        """Tell whether our own id in Precoro names an entity: nobody copies that, as people copy a bill with its marker."""
        return read_external_id(self.document.external_id or "") == (self.books.realm, need.type.lower(), need.id)

    def _revise_forgotten(self, type_: str, entity: Body, mapped: Mapped, findings: Findings) -> Plan:
        """Send a revision over what we do not remember sending, as after an older database was restored."""
        findings.note(notes.adopted(type_, str(entity["Id"])))
        sent = adoption.taken_over(type_, entity, None)
        return self._update(_with_lines(sent, mapped), mapped, entity, findings)

    def _may_adopt(self, entity: Body) -> bool:
        """Tell whether a person decided to adopt an entity that carries nobody's marker."""
        return "already_in_quickbooks" in self.decisions.accepted and find_marker(entity.get("PrivateNote")) is None

    def _search_marker(self, text: str, mapped: Mapped, findings: Findings) -> Plan | None:
        """Search for our marker when `externalId` says something that others wrote."""
        created = self.document.create_date
        since = created - _SEARCH_BACK if created else None
        need = Search(self._type, mapped.body["VendorRef"]["value"], self._marker, since)
        if need not in self.answers:
            return need
        entities: tuple[Body, ...] = self.answers[need]
        same = [entity for entity in entities if duplicates.is_same(entity, mapped, self.books)]
        if len(entities) == 1 and same:
            return self._adopt(same[0], mapped, findings)
        return self._hold_existing(text, "others wrote that, and not exactly one entity carries our marker", findings)

    def _adopt_chosen(self, entity_id: str) -> Plan:
        """Adopt the entity that a person chose, whatever its figures.

        One that stands for another document is held.
        """
        findings, need = Findings(), Read(self._type, entity_id)
        mapped = self._map(None, findings)
        if mapped is None or isinstance(mapped, RateLookup) or findings.problems:
            return mapped if isinstance(mapped, RateLookup) else _hold(findings)
        if need not in self.answers:
            return need
        entity: Body | None = self.answers[need]
        if entity is None:
            return Hold((problems.deleted_in_quickbooks(self._type, entity_id),))
        if foreign := self._foreign_marker(entity):
            return Hold((foreign,))
        return self._adopt(entity, mapped, findings)

    def _adopt(self, entity: Body, mapped: Mapped, findings: Findings) -> Adopt:
        """Link the document to an entity, and plan to write our marker into it.

        Nothing is written where the marker is there already, or the period is closed.
        """
        type_, id_ = self._type, str(entity["Id"])
        findings.note(notes.adopted(type_, id_))
        marked = None
        if not duplicates.is_marked(entity, self.document, self.books):
            if locks.closed_period_problem(type_, entity, self.books):
                findings.note(notes.adopted_without_marker(type_, id_))
            else:
                marked = with_our_marker(entity, self._marker, is_us=self.books.is_us)
        kept = wrong_figures(mapped.body, entity) is not None
        adopted = Adopt(
            type_, id_, entity, tuple(findings.notes), mapped.body, mapped.line_keys, marked, kept, mapped.sources
        )
        differing = ", ".join(adoption.differences(adopted, self.books.home_currency))
        more = (notes.adopted_as_it_is(differing),) if differing else ()
        return dataclasses.replace(adopted, notes=(*adopted.notes, *more))

    def _hold_existing(self, what: str, why: str, findings: Findings) -> Hold | None:
        """Hold, unless a person decided to create it all the same."""
        if "already_in_quickbooks" in self.decisions.accepted:
            findings.note(notes.sent_despite("already_in_quickbooks"))
            return None
        return Hold((problems.already_in_quickbooks(what, why),))

    # Something stands in QuickBooks

    def _plan_change(self, sent: Sent) -> Plan:
        if doubled := self._entered_again(sent):
            return Hold((doubled,))
        if sent.version == self.document.version and not sent.revised and not self.requested_by_person:
            return (
                self._change_without_approval(sent)
                or self._wrong_figures(sent)
                or self._changed_since(sent)
                or self._unchanged(sent)
            )
        if not (self.policy.automatic or self.requested_by_person):
            return Nothing("ready", "Approved again; sending is by hand.")
        if self._posts_nothing:
            return self._plan_removal(sent)
        findings = Findings()
        mapped = self._map(sent, findings)
        if findings.problems:
            return self._close_then_hold(sent, findings.problems, findings)
        if mapped is None or isinstance(mapped, RateLookup):
            return mapped or _hold(findings)
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return self._plan_deleted(sent)
        return self._update(_with_lines(drift.corrected(sent, current), mapped), mapped, current, findings)

    def _entered_again(self, sent: Sent) -> Problem | None:
        """Return the problem of what people entered beside what stands, unless a person has decided about it."""
        is_decided = self.decisions.adopt or "entered_again" in self.decisions.accepted
        if is_decided or self.books.own_entity == "gone":
            return None
        return duplicates.entered_again(self.document, sent, self.books)

    def _wrong_figures(self, sent: Sent) -> Plan | None:
        """Hold what QuickBooks answered with other figures than were sent.

        It is over once they are corrected there, or a person decides.
        """
        if sent.kept or wrong_figures(sent.body, sent.answer) is None:
            return None
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return self._plan_deleted(sent)
        wrong = wrong_figures(sent.body, current)
        if wrong:
            return Hold((problems.total_differs_in_quickbooks(sent.type, sent.id, wrong),))
        keys = differences.keys_in_order(sent.line_ids, sent.answer)
        corrected = (notes.corrected(sent.type, sent.id),)
        return Adopt(sent.type, sent.id, current, corrected, sent.body, keys, sources=sent.sources)

    def _changed_since(self, sent: Sent) -> Plan | None:
        """Hold what was deleted in QuickBooks or changed by people there, or restore it where the settings say so."""
        if self.books.own_entity == "gone":
            return Hold((problems.deleted_in_quickbooks(sent.type, sent.id),))
        undecided = [field.change for field in self.books.drift if field.state == drift.OPEN]
        actions = {drift.action_on(change, self.policy) for change in undecided}
        if "hold" in actions:
            return Hold((problems.changed_in_quickbooks(sent.type, sent.id, _sentences(undecided)),))
        if "restore" in actions:
            return self._restore(sent)
        figures = [field.change for field in self.books.drift if field.state == drift.REPORTED and field.change.money]
        if not figures or self.policy.changed_in_quickbooks != "overwrite":
            return None
        return Nothing("synced", f"Changed in QuickBooks: {_sentences(figures)}. The next version overwrites it.")

    def _restore(self, sent: Sent) -> Plan:
        """Send again what was sent, over what people changed."""
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return self._plan_deleted(sent)
        keys = differences.keys_in_order(sent.line_ids, sent.answer)
        mapped = Mapped(sent.type, sent.body, keys, total_meant(sent.body), sent.sources)
        return self._update(sent, mapped, current, Findings())

    def _unchanged(self, sent: Sent) -> Nothing:
        """Leave what was sent.

        A note says when the same approved version would be mapped differently today. What others sent before us gets what we would
        have sent as the base of later changes.
        """
        if sent.kept:
            return Nothing("synced", KEPT, settled=True, kept=True)
        mapped = self._map(sent, Findings())
        if not sent.line_ids and isinstance(mapped, Mapped):
            kept = wrong_figures(mapped.body, sent.answer) is not None
            return Nothing("synced", STANDS, settled=True, kept=kept, mapped=mapped.body, line_keys=mapped.line_keys)
        changed = (notes.changed_without_revision(),) if sent.digest and self._is_another(sent, mapped) else ()
        return Nothing("synced", STANDS, changed, settled=True)

    def _is_another(self, sent: Sent, mapped: Mapped | RateLookup | None) -> bool:
        """Say whether what would be sent today is something else, or could not be sent because its currency is another."""
        if isinstance(mapped, Mapped):
            return digest(mapped.body) != sent.digest
        return self.document.currency != self._currency(sent.body)

    def _change_without_approval(self, sent: Sent) -> Plan | None:
        """Send the status of an order alone, or an earlier date that a bill needs.

        That needs no new approval, and is sent even for a billed order.
        """
        fields = changes_without_approval(self.document, sent, self.books)
        if not fields:
            return None
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return self._plan_deleted(sent)
        merged, mapped = with_fields(current, fields, is_us=self.books.is_us), sent.body | fields
        if not differs(current, merged):
            return Nothing("synced", "QuickBooks has this status already.", settled=True, mapped=mapped)
        keys = differences.keys_in_order(sent.line_ids, sent.answer)
        return Update(sent.type, sent.id, merged, mapped, Decimal(current["TotalAmt"]), (), keys, sources=sent.sources)

    def _close_then_hold(self, sent: Sent, reasons: Sequence[Problem], findings: Findings) -> Plan:
        """Hold a revision, but first close its order if Precoro closed it."""
        closing = self._change_without_approval(sent) if self.document.is_closed_order else None
        if isinstance(closing, Read):
            return closing
        if isinstance(closing, Update):
            return dataclasses.replace(closing, again=True)
        return Hold(tuple(reasons), tuple(findings.notes))

    def _plan_deleted(self, sent: Sent) -> Plan:
        """Plan what was deleted in QuickBooks: hold, or create it again."""
        decided = self.decisions.adopt or "deleted_in_quickbooks" in self.decisions.accepted
        if self.policy.deleted_in_quickbooks == "hold" and not decided:
            return Hold((problems.deleted_in_quickbooks(sent.type, sent.id),))
        return self._plan_create(notes.created_again(sent.type, sent.id))

    def _update(self, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
        """Lay the new version over the entity just read.

        Its period, its links or people's changes may forbid it.
        """
        reasons = [
            problem
            for problem in (self._foreign_marker(current), locks.closed_period_problem(sent.type, current, self.books))
            if problem
        ]
        if kept := self._keeping_note(sent, current):
            return Nothing("synced", KEPT, (kept,), settled=True, kept=True)
        if changed := self._drift(sent, current, findings):
            reasons.append(problems.changed_in_quickbooks(sent.type, sent.id, changed))
        locked = locks.lock_problem(sent.type, current)
        if locked and not self._may_change_locked(sent, mapped, current):
            reasons.append(locked)
        is_another = sent.type != mapped.type or self._currency(current) != self._currency(mapped.body)
        if is_another or _has_another_vendor_or_number(sent, mapped):
            self._look_for_duplicates(findings)  # before a deletion, too: what cannot be created again is not deleted
            reasons.extend(findings.problems)
        if reasons:
            return self._close_then_hold(sent, reasons, findings)
        if is_another:
            token = str(current["SyncToken"])
            return Delete(
                sent.type, sent.id, token, (*findings.notes, self._other_supplier(current, mapped)), again=True
            )
        return self._send_merged(sent, mapped, current, findings)

    def _send_merged(self, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
        merged = self._merged(sent, mapped, current)
        if not differs(current, merged) and wrong_figures(mapped.body, current) is None:
            return Nothing("synced", "QuickBooks holds it already.", tuple(findings.notes), settled=True)
        if current["VendorRef"]["value"] != mapped.body["VendorRef"]["value"]:
            findings.note(self._other_supplier(current, mapped))
        return Update(
            sent.type,
            sent.id,
            merged,
            mapped.body,
            mapped.total,
            tuple(findings.notes),
            mapped.line_keys,
            allow_duplicate=self._allow_duplicate,
            unlinked_orders=tuple(findings.unlinked_orders),
            sources=mapped.sources,
        )

    def _merged(self, sent: Sent, mapped: Mapped, current: Body) -> Body:
        """Return the object to send, with our coding where people changed it and ours counts."""
        changes = drift.changed_fields(sent, current)
        restored = {change.key for change in changes if not change.money and self._is_overwritten(change)}
        return merge(current, sent, mapped, is_us=self.books.is_us, restored=restored)

    def _currency(self, body: Body) -> str:
        return currency_of(body) or self.books.home_currency

    @staticmethod
    def _other_supplier(current: Body, mapped: Mapped) -> Note:
        return notes.supplier_changed(current["VendorRef"]["value"], mapped.body["VendorRef"]["value"])

    def _foreign_marker(self, current: Body) -> Problem | None:
        """Return the problem of an entity that carries the marker of another document."""
        mark = find_marker(current.get("PrivateNote"))
        if mark in (None, self._marker):
            return None
        return problems.belongs_to_another(self._type, str(current["Id"]), mark or "")

    def _drift(self, sent: Sent, current: Body, findings: Findings) -> str:
        """Return which fields people changed in QuickBooks that somebody has to decide about.

        Coding that they changed stays theirs, and figures that the settings or a person overwrite are ours again; a note says so.
        """
        changes = drift.changed_fields(sent, current, self.books.names)
        overwritten = [change for change in changes if self._is_overwritten(change)]
        if overwritten:
            findings.note(notes.overwritten(_sentences(overwritten)))
        held = [change for change in changes if change not in overwritten and (change.money or self._is_held(change))]
        for change in changes:
            if (
                change not in overwritten and change not in held and change.field != drift.STATUS
            ):  # which has its own notes
                findings.note(notes.kept_from_quickbooks(change.sentence))
        return _sentences(held)

    def _is_overwritten(self, change: FieldChange) -> bool:
        """Tell whether a field that people changed gets our value again."""
        return self.decisions.overwrite or self._is_overwritten_by_setting(change)

    def _is_overwritten_by_setting(self, change: FieldChange) -> bool:
        is_figure_to_overwrite = change.money and self.policy.changed_in_quickbooks == "overwrite"
        return is_figure_to_overwrite or drift.action_on(change, self.policy) == "restore"

    def _is_held(self, change: FieldChange) -> bool:
        """Tell whether a change of coding waits for a decision."""
        decided = {field.change.key for field in self.books.drift if field.state in drift.DECIDED}
        return drift.action_on(change, self.policy) == "hold" and change.key not in decided

    def _keeping_note(self, sent: Sent, current: Body) -> Note | None:
        """Return what a person decided to keep as it is in QuickBooks."""
        if not self.decisions.keep:
            return None
        changes = drift.changed_fields(sent, current, self.books.names)
        kept = _sentences(changes) or wrong_figures(sent.body, current)
        return notes.kept_by_a_person(kept) if kept else None

    def _may_change_locked(self, sent: Sent, mapped: Mapped, current: Body) -> bool:
        """Tell whether what is paid, applied or billed may take this revision.

        It must change nothing; or the policy must allow recoding of bills, and it changes accounts, classes and texts only.
        """
        merged = self._merged(sent, mapped, current)
        if not differs(current, merged):
            return True
        if self.policy.paid_bills != "allow_recoding" or sent.type != BILL or locks.is_billed_on(current):
            return False
        return locks.only_recodes(current, merged, mapped.total)

    def _plan_forgotten_removal(self) -> Plan:
        """Delete what carries our marker though we do not remember sending it, as after an older database was restored."""
        need = self._ours
        if need is not None and need not in self.answers:
            return need
        entity: Body | None = self.answers[need] if need else None
        if need is None or entity is None or not duplicates.is_marked(entity, self.document, self.books):
            return Nothing("removed", CANCELLED)
        return self._plan_removal(adoption.taken_over(need.type, entity, self.document.version))

    def _plan_removal(self, sent: Sent) -> Plan:
        """Delete what was sent.

        It stays if it is locked, changed by people, or in a closed period.
        """
        if not (self.policy.automatic or self.requested_by_person):
            return Nothing("ready", "To be removed from QuickBooks; sending is by hand.")
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return Nothing("removed", "Removed.", (notes.removed_already(sent.type, sent.id),), settled=True)
        if kept := self._keeping_note(sent, current):
            return Nothing("never", f"{self._status.capitalize()} in Precoro. {KEPT}", (kept,))
        problems_of_entity = (
            self._foreign_marker(current),
            locks.closed_period_problem(sent.type, current, self.books),
            locks.lock_problem(sent.type, current),
        )
        reasons = [problem for problem in problems_of_entity if problem]
        changes = drift.changed_fields(sent, current, self.books.names)
        figures = [change for change in changes if change.money and not self._is_overwritten_by_setting(change)]
        if figures and "changed_before_removal" not in self.decisions.accepted:
            reasons.append(problems.changed_before_removal(sent.type, sent.id, _sentences(figures)))
        if reasons:
            return Hold(tuple(reasons), (notes.cancelled(self._status, sent.type, sent.id),))
        return Delete(sent.type, sent.id, str(current["SyncToken"]))


def _sentences(changes: Iterable[FieldChange]) -> str:
    return "; ".join(change.sentence for change in changes)


def _is_as_created(entity: Body) -> bool:
    """Tell whether nobody has changed an entity since it was created (docs/reference/quickbooks.md, Identity and requestid)."""
    return str(entity.get("SyncToken")) == "0"


def _has_another_vendor_or_number(sent: Sent, mapped: Mapped) -> bool:
    """Tell whether a revision moves to where another entity may be the same document."""
    return any(sent.body.get(name) != mapped.body.get(name) for name in ("VendorRef", "DocNumber"))


def _with_lines(sent: Sent, mapped: Mapped) -> Sent:
    """Know the lines of what others sent before us by their place."""
    if sent.line_ids:
        return sent
    return dataclasses.replace(sent, line_ids=differences.line_ids(mapped.line_keys, sent.answer))


def _hold(findings: Findings) -> Hold:
    return Hold(tuple(findings.problems), tuple(findings.notes))
