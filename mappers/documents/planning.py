"""One document being planned: what every part of its plan needs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from mappers import notes, problems
from mappers.books import Books
from mappers.documents import duplicates
from mappers.documents.amounts import only_recodes
from mappers.documents.bills import map_bill
from mappers.documents.decisions import Decisions
from mappers.documents.document import IN_REVISION, Document
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, currency_of
from mappers.documents.outcomes import Answers, Body, Hold, RateLookup, Sent
from mappers.documents.purchase_orders import map_purchase_order
from mappers.documents.sources import sources, with_sent_coding
from mappers.policy import Policy
from mappers.problems import Problem
from mappers.text import find_marker, marker


@dataclass(frozen=True)
class Planning:
    """One document being planned."""

    document: Document
    sent: Sent | None
    books: Books
    policy: Policy
    answers: Answers
    requested_by_person: bool
    decisions: Decisions

    @property
    def status(self) -> str:
        """Return the status in Precoro, in words."""
        if self.document.status == IN_REVISION:
            return "in revision"
        return self.document.status_text or f"status {self.document.status}"

    @property
    def marker(self) -> str:
        """Return the marker of the document."""
        return marker(self.books.connection, self.document.kind, self.document.id)

    @property
    def type(self) -> str:
        """Return the type in QuickBooks of what the document becomes."""
        return self.document.entity_type

    @property
    def posts_nothing(self) -> bool:
        """Tell whether this is an invoice of 0.00 that moves nothing between accounts either."""
        is_zero = self.document.kind == "invoice" and self.document.total == 0
        return is_zero and not self.only_recodes

    @property
    def only_recodes(self) -> bool:
        """Tell whether this is an invoice of 0.00 whose lines move amounts between accounts."""
        return self.document.kind == "invoice" and only_recodes(self.document)

    @property
    def allow_duplicate(self) -> bool:
        """Tell whether a person sends the document although QuickBooks may hold it already."""
        return "possible_duplicate" in self.decisions.accepted

    def mapped(self, sent: Sent | None, findings: Findings) -> Mapped | RateLookup | None:
        """Return the entity that the document becomes, or the rate to look up first.

        Returns None when `findings` says why it is held.
        """
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

    def look_for_duplicates(self, findings: Findings) -> None:
        """Hold what QuickBooks may hold already, or note what a person stepped over."""
        possible = Findings()
        duplicates.hold_duplicates(self.document, self.sent, self.books, self.policy, possible)
        duplicates.hold_expenses(self.document, self.books, possible)
        for problem in possible.problems:
            if problem.code in self.decisions.accepted:
                findings.note(notes.sent_despite(problem.code))
            else:
                findings.hold(problem)

    def currency(self, body: Body) -> str:
        """Return the currency of an entity, or of our own fields."""
        return currency_of(body) or self.books.home_currency

    def foreign_marker(self, current: Body) -> Problem | None:
        """Return the problem of an entity that carries the marker of another document."""
        mark = find_marker(current.get("PrivateNote"))
        if mark in (None, self.marker):
            return None
        return problems.belongs_to_another(self.type, str(current["Id"]), mark or "")


def held(findings: Findings) -> Hold:
    """Return that the document is held, with every problem and note."""
    return Hold(tuple(findings.problems), tuple(findings.notes))
