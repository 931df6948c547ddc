"""The one decision of Tieout: what QuickBooks should hold because of a document, and the change that gets it there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from mappers import notes, problems
from mappers.books import Books
from mappers.documents import differences, duplicates, locks
from mappers.documents.bills import map_bill
from mappers.documents.document import IN_REVISION, Document
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, currency_of
from mappers.documents.merging import differs, merge, with_status
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
    Rate,
    Read,
    Search,
    Sent,
    Update,
    digest,
)
from mappers.documents.purchase_orders import map_purchase_order
from mappers.documents.status import PENDING, standing
from mappers.policy import Policy
from mappers.problems import Note, Problem
from mappers.text import find_marker, marker
from mappers.write_back import read_external_id

_NO_ANSWERS: Mapping[Need, Any] = MappingProxyType({})
HISTORICAL = "Historical"
_SEARCH_BACK = timedelta(days=1)


def plan(
    document: Document,
    sent: Sent | None,
    books: Books,
    policy: Policy,
    *,
    answers: Answers = _NO_ANSWERS,
    asked: bool = False,
    accepted: Collection[str] = (),
) -> Plan:
    """Return the one change that makes QuickBooks agree with this document, or why none is made.

    A `Need` asks for one read; call again with its answer in `answers`. `asked`: a person clicked Send. `accepted`: codes
    of problems that a person decided to step over (possible_duplicate,
    already_in_quickbooks, changed_in_quickbooks, deleted_in_quickbooks).
    """
    return _Planning(document, sent, books, policy, answers, asked, frozenset(accepted)).plan()


def historical(go_live: datetime) -> str:
    """Say why a document is never sent that was approved before the connection went live."""
    return f"{HISTORICAL}: approved before go-live ({go_live:%Y-%m-%d %H:%M} UTC)."


@dataclass(frozen=True)
class _Planning:
    """One document being planned; the methods read from the outside in."""

    document: Document
    sent: Sent | None
    books: Books
    policy: Policy
    answers: Answers
    asked: bool
    accepted: frozenset[str]

    def plan(self) -> Plan:
        stands = standing(self.document, linked=self.sent is not None)
        if self.sent is None and (never := self._never()):
            return never
        if stands == "unknown":
            return Hold((problems.status_unknown(self.document.status, self.document.status_text),))
        if self.document.status == PENDING and (self.policy.pending_too or self.asked):
            stands = "stand"
        if stands == "nothing":
            return Nothing("open", f"Not approved yet ({self._status}).")
        if stands == "wait":
            return Nothing("synced", f"Left as it is in QuickBooks: {self._status}.")
        if stands == "remove":
            return self._remove(self.sent) if self.sent else Nothing("removed", "Cancelled before it was sent.")
        return self._change(self.sent) if self.sent else self._create()

    @property
    def _status(self) -> str:
        if self.document.status == IN_REVISION:
            return "in revision"
        return self.document.status_text or f"status {self.document.status}"

    @property
    def _type(self) -> str:
        return self.document.entity_type

    def _never(self) -> Nothing | None:
        """Return why a document without a link is never sent, whatever becomes of it."""
        if self.document.is_credit_note:
            return Nothing("never", "Credit notes are not sent; enter the vendor credit in QuickBooks.")
        if self.document.parent_idn is not None:
            return Nothing("never", f"A part of {self.document.parent_idn}, which was split; only the whole is sent.")
        return self._historical(self.document.approval_date)

    def _historical(self, approved: datetime | None) -> Nothing | None:
        """Return that somebody has booked it already: it was approved before go-live, and stays so when it is revised."""
        if self.policy.go_live is None or approved is None or approved >= self.policy.go_live:
            return None
        return Nothing("never", historical(self.policy.go_live))

    # Nothing stands in QuickBooks yet

    def _create(self) -> Plan:
        """Send a document for the first time; what is chosen to be sent counts from its approval on, not before."""
        if self.policy.send not in ("both", f"{self.document.kind}s"):
            return Nothing("never", f"This connection sends {self.policy.send.replace('_', ' ')} only.")
        if self.document.approval_date is None and (historical := self._historical(self.document.create_moment)):
            return historical
        if self._posts_nothing:
            return Nothing("open", "Nothing to post: the total is 0.00.")
        if not (self.policy.automatic or self.asked):
            return Nothing("ready", "Approved; sending is by hand.")
        findings = Findings()
        mapped = self._map(None, findings)
        self._look_for_duplicates(findings)
        if findings.problems:
            return _hold(findings)
        if mapped is None or isinstance(mapped, Rate):
            return mapped or _hold(findings)
        return self._found(mapped, findings) or self._new(mapped, findings)

    def _look_for_duplicates(self, findings: Findings) -> None:
        """Hold a possible duplicate, or note that a person decided that it is none."""
        found = Findings()
        day = self.document.issue_date or self.document.create_date
        duplicates.find(self.document, self._type, day, self.books, self.policy, found)
        if found.problems and "possible_duplicate" in self.accepted:
            findings.note(notes.sent_despite("possible_duplicate"))
            return
        for problem in found.problems:
            findings.hold(problem)

    @staticmethod
    def _new(mapped: Mapped, findings: Findings) -> Create:
        return Create(mapped.type, mapped.body, mapped.total, tuple(findings.notes), mapped.line_keys)

    @property
    def _posts_nothing(self) -> bool:
        return self.document.kind == "invoice" and self.document.total == 0

    def _map(self, sent: Sent | None, findings: Findings) -> Mapped | Rate | None:
        mapper = map_purchase_order if self.document.kind == "purchase_order" else map_bill
        return mapper(self.document, sent, self.books, self.policy, self.answers, findings)

    def _found(self, mapped: Mapped, findings: Findings) -> Plan | None:
        """Look at what may stand for this document already: named by Precoro, or known to carry our marker."""
        known = duplicates.own(self.document, self._type, self.books)
        if known:
            return self._named(Read(self._type, known.id), mapped, findings, ours=True)
        if self.document.qbo_id:
            return self._named(Read(self._type, self.document.qbo_id), mapped, findings, ours=False)
        text = self.document.external_id
        if not text:
            return None
        named = read_external_id(text)
        if named and named[:2] == (self.books.realm, self._type.lower()):
            return self._named(Read(self._type, named[2]), mapped, findings, ours=True)
        if text.isascii() and text.isdigit():
            return self._named(Read(self._type, text), mapped, findings, ours=False)
        return self._searched(text, mapped, findings)

    def _named(self, need: Read, mapped: Mapped, findings: Findings, *, ours: bool) -> Plan | None:
        """Read the entity that is named; one that was ours and is gone stands in nobody's way."""
        if need not in self.answers:
            return need
        entity: Body | None = self.answers[need]
        if entity is None:
            return None if ours else self._already(f"{need.type} {need.id}", "it is not there any more", findings)
        marked, same = (
            duplicates.is_marked(entity, self.document, self.books),
            duplicates.is_same(entity, mapped, self.books),
        )
        if not marked and not same:
            return self._already(f"{need.type} {need.id}", "its vendor, currency or total is another", findings)
        if marked and not same:
            why = "it carries our marker, but its vendor, currency or total is another"
            return Hold((problems.already_in_quickbooks(f"{need.type} {need.id}", why),))
        if marked or self._may_adopt(entity):
            return self._adopt(entity, mapped, findings)
        return Hold(
            (problems.already_in_quickbooks(f"{need.type} {need.id}", "it does not carry the marker of this document"),)
        )

    def _may_adopt(self, entity: Body) -> bool:
        """Tell whether a person decided to adopt an entity that carries nobody's marker."""
        return "already_in_quickbooks" in self.accepted and find_marker(entity.get("PrivateNote")) is None

    def _searched(self, text: str, mapped: Mapped, findings: Findings) -> Plan | None:
        """Search for our marker when `externalId` says something that others wrote."""
        created = self.document.create_date
        mark = marker(self.books.connection, self.document.kind, self.document.id)
        since = created - _SEARCH_BACK if created else None
        need = Search(self._type, mapped.body["VendorRef"]["value"], mark, since)
        if need not in self.answers:
            return need
        entities: tuple[Body, ...] = self.answers[need]
        same = [entity for entity in entities if duplicates.is_same(entity, mapped, self.books)]
        if len(entities) == 1 and same:
            return self._adopt(same[0], mapped, findings)
        return self._already(text, "others wrote that, and not exactly one entity carries our marker", findings)

    def _adopt(self, entity: Body, mapped: Mapped, findings: Findings) -> Adopt:
        findings.note(notes.adopted(self._type, str(entity["Id"])))
        return Adopt(self._type, str(entity["Id"]), entity, tuple(findings.notes), mapped.body, mapped.line_keys)

    def _already(self, what: str, why: str, findings: Findings) -> Hold | None:
        """Hold, unless a person decided to create it all the same."""
        if "already_in_quickbooks" in self.accepted:
            findings.note(notes.sent_despite("already_in_quickbooks"))
            return None
        return Hold((problems.already_in_quickbooks(what, why),))

    # Something stands in QuickBooks

    def _change(self, sent: Sent) -> Plan:
        if sent.version == self.document.version and not sent.revised and not self.asked:
            return self._closed_or_reopened(sent) or self._unchanged(sent)
        if not (self.policy.automatic or self.asked):
            return Nothing("ready", "Approved again; sending is by hand.")
        if self._posts_nothing:
            return self._remove(sent)
        findings = Findings()
        mapped = self._map(sent, findings)
        if findings.problems:
            return _hold(findings)
        if mapped is None or isinstance(mapped, Rate):
            return mapped or _hold(findings)
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        return self._update(sent, mapped, current, findings) if current else self._gone(sent)

    def _unchanged(self, sent: Sent) -> Nothing:
        """Leave what was sent; note when the same approved version would be mapped differently today."""
        mapped = self._map(sent, Findings())
        another = isinstance(mapped, Mapped) and bool(sent.digest) and digest(mapped.body) != sent.digest
        told = (notes.changed_without_revision(),) if another else ()
        return Nothing("synced", "This approved version stands in QuickBooks.", told, settled=True)

    def _closed_or_reopened(self, sent: Sent) -> Plan | None:
        """Send POStatus alone when Precoro closed or reopened an order without a new approval, even a billed one."""
        status = "Closed" if self.document.is_closed_order else "Open"
        if sent.body.get("POStatus") in (None, status):
            return None
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return self._gone(sent)
        merged, mapped = with_status(current, status, is_us=self.books.is_us), sent.body | {"POStatus": status}
        if not differs(current, merged):
            return Nothing("synced", "QuickBooks has this status already.", settled=True)
        keys = differences.keys_in_order(sent.line_ids, sent.answer)
        return Update(sent.type, sent.id, merged, mapped, Decimal(current["TotalAmt"]), (), keys)

    def _gone(self, sent: Sent) -> Plan:
        """Decide about an entity that people deleted in QuickBooks: hold, or create it again."""
        if self.policy.deleted_in_quickbooks == "hold" and "deleted_in_quickbooks" not in self.accepted:
            return Hold((problems.deleted_in_quickbooks(sent.type, sent.id),))
        findings = Findings()
        mapped = self._map(None, findings)
        if mapped is None or findings.problems:
            return _hold(findings)
        if isinstance(mapped, Rate):
            return mapped
        findings.note(notes.created_again(sent.type, sent.id))
        return self._new(mapped, findings)

    def _update(self, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
        """Lay the new version over the entity just read, unless its period, its links or people say otherwise."""
        stopped = [
            problem for problem in (self._foreign(current), locks.closed(sent.type, current, self.books)) if problem
        ]
        stopped += self._drifted(sent, current, findings)
        locked = locks.lock(sent.type, current)
        if locked and not self._may_recode(sent, mapped, current):
            stopped.append(locked)
        if stopped:
            return Hold(tuple(stopped), tuple(findings.notes))
        if self._currency(current) != self._currency(mapped.body):
            token = str(current["SyncToken"])
            return Delete(
                sent.type, sent.id, token, (*findings.notes, self._other_supplier(current, mapped)), again=True
            )
        return self._written(sent, mapped, current, findings)

    def _written(self, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
        merged = merge(current, sent, mapped, is_us=self.books.is_us)
        if not differs(current, merged):
            return Nothing("synced", "QuickBooks holds it already.", tuple(findings.notes), settled=True)
        if current["VendorRef"]["value"] != mapped.body["VendorRef"]["value"]:
            findings.note(self._other_supplier(current, mapped))
        return Update(sent.type, sent.id, merged, mapped.body, mapped.total, tuple(findings.notes), mapped.line_keys)

    def _currency(self, body: Body) -> str:
        return currency_of(body) or self.books.home_currency

    @staticmethod
    def _other_supplier(current: Body, mapped: Mapped) -> Note:
        return notes.supplier_changed(current["VendorRef"]["value"], mapped.body["VendorRef"]["value"])

    def _foreign(self, current: Body) -> Problem | None:
        """Return the problem of an entity that carries the marker of another document."""
        mark = find_marker(current.get("PrivateNote"))
        if mark in (None, marker(self.books.connection, self.document.kind, self.document.id)):
            return None
        return problems.belongs_to_another(self._type, str(current["Id"]), mark or "")

    def _drifted(self, sent: Sent, current: Body, findings: Findings) -> list[Problem]:
        """Report what people changed: figures are held or overwritten by policy, coding stays theirs."""
        changes = differences.drift(sent.answer, current)
        money = [change for change in changes if change.money]
        for change in changes:
            if not change.money:
                findings.note(notes.kept_from_quickbooks(change.sentence))
        if not money:
            return []
        listed = "; ".join(change.sentence for change in money)
        if self.policy.changed_in_quickbooks == "overwrite" or "changed_in_quickbooks" in self.accepted:
            findings.note(notes.overwritten(listed))
            return []
        return [problems.changed_in_quickbooks(sent.type, sent.id, listed)]

    def _may_recode(self, sent: Sent, mapped: Mapped, current: Body) -> bool:
        """Tell whether policy lets accounts and texts of a paid bill change, and this revision changes nothing else."""
        if self.policy.paid_bills != "allow_recoding" or sent.type != "Bill" or locks.is_billed_on(current):
            return False
        merged = merge(current, sent, mapped, is_us=self.books.is_us)
        return locks.only_recodes(current, merged, mapped.total)

    def _remove(self, sent: Sent) -> Plan:
        """Delete what was sent, unless it is gone, locked, changed by people, or in a closed period."""
        if not (self.policy.automatic or self.asked):
            return Nothing("ready", "To be removed from QuickBooks; sending is by hand.")
        need = Read(sent.type, sent.id)
        if need not in self.answers:
            return need
        current: Body | None = self.answers[need]
        if current is None:
            return Nothing("removed", "Removed.", (notes.removed_already(sent.type, sent.id),), settled=True)
        findings = Findings()
        found = (self._foreign(current), locks.closed(sent.type, current, self.books), locks.lock(sent.type, current))
        stopped = [problem for problem in found if problem] + self._drifted(sent, current, findings)
        if stopped:
            return Hold(tuple(stopped), tuple(findings.notes))
        return Delete(sent.type, sent.id, str(current["SyncToken"]))


def _hold(findings: Findings) -> Hold:
    return Hold(tuple(findings.problems), tuple(findings.notes))
