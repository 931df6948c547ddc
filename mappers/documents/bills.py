"""An approved invoice as a QuickBooks bill, a credit note as a vendor credit.

A vendor credit is a bill without due date and terms (docs/reference/quickbooks.md, Vendor credits).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mappers import notes, problems, text
from mappers.books import Books
from mappers.documents import header
from mappers.documents.document import Document
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, reference
from mappers.documents.lines import map_lines
from mappers.documents.links import BillHeader, link_lines
from mappers.documents.outcomes import Answers, RateLookup, Sent
from mappers.editions import WITHOUT_BILLS, too_small
from mappers.policy import Policy


def map_bill(
    document: Document, sent: Sent | None, books: Books, policy: Policy, answers: Answers, findings: Findings
) -> Mapped | RateLookup | None:
    """Return the bill or vendor credit, or the rate to look up first.

    Returns None when `findings` says why it is held.
    """
    remarks: list[str] = []
    edition = too_small(books.plan)
    if edition is not None and edition in WITHOUT_BILLS:
        findings.hold(problems.edition_too_small(edition, "bills"))
    day = _posting_date(document, sent, books, policy, findings, remarks)
    vendor = header.vendor(document, books, findings)
    payable = header.payable_account(document, books, policy, findings, needed=False)
    department = header.location(document, books, policy, findings, remarks)
    number = _number(document, sent, policy, findings, remarks)
    lines = map_lines(document, day, books, policy, findings)
    header.payable(document, lines.payable if lines else document.total, findings)
    currency = header.currency_fields(document, day, books, policy, sent, answers, findings)
    if findings.problems or vendor is None or lines is None:
        return None
    if isinstance(currency, RateLookup):
        return currency
    bill = BillHeader(vendor.id, day, policy.bill_before_order == "earlier_order" and sent is None)
    drafts = link_lines(document, bill, lines.drafts, books, findings)
    body: dict[str, Any] = {
        "VendorRef": reference(vendor.id),
        "TxnDate": day.isoformat(),
        **_due(document, day, books, findings),
        "DocNumber": number,
        **({"APAccountRef": reference(payable)} if payable else {}),
        **({"DepartmentRef": reference(department)} if department else {}),
        **currency,
        **lines.header,
        "PrivateNote": header.private_note(document, books, policy, remarks, findings),
        "Line": [draft.as_json() for draft in drafts],
    }
    return Mapped(document.entity_type, body, tuple(draft.key for draft in drafts), lines.payable)


def _posting_date(
    document: Document, sent: Sent | None, books: Books, policy: Policy, findings: Findings, remarks: list[str]
) -> date:
    """Return the issue date, or the first open day if the policy says so.

    A later update keeps that day.
    A bill that stands in the closed period itself is held when it is read. Without an issue date, which is held, the rest
    is still checked as of the creation date.
    """
    closed_until, day = books.preferences.book_close_date, document.issue_date
    if day is None:
        findings.hold(problems.date_missing("issue date"))
        return document.create_date or date.max
    if closed_until is None or day > closed_until:
        return day
    before = _sent_date(sent)
    if before and before <= closed_until:
        return day
    if policy.closed_period != "first_open_day":
        findings.hold(problems.period_closed(day, closed_until))
        return day
    moved = before or closed_until + timedelta(days=1)
    findings.note(notes.date_moved(day.isoformat(), moved.isoformat(), is_due=not document.is_credit_note))
    remarks.append(f"Dated {day} in Precoro, in a period that is closed in QuickBooks.")
    return moved


def _due(document: Document, day: date, books: Books, findings: Findings) -> dict[str, Any]:
    """Return due date and term, which a vendor credit has not."""
    if document.is_credit_note:
        return {}
    due = header.due_date(document, document.issue_date or day, findings)
    return {"DueDate": due, **header.term(document, books, findings)}


def _sent_date(sent: Sent | None) -> date | None:
    """Return the date of the bill in QuickBooks, as last sent or answered."""
    written = (sent.body.get("TxnDate") or sent.answer.get("TxnDate")) if sent else None
    return date.fromisoformat(written) if written else None


def _number(document: Document, sent: Sent | None, policy: Policy, findings: Findings, remarks: list[str]) -> str:
    """Return DocNumber: the supplier's number, or Precoro's.

    What was sent keeps the one of the two that it has. One that had to be shortened stands in full in the remarks.
    """
    own_number, wanted = text.document_number(document.number)[0], policy.bill_number
    keeps = wanted if sent is None else "precoro" if sent.body.get("DocNumber") == own_number else "supplier"
    number = document.number if keeps == "precoro" else document.supplier_number or document.number
    if keeps != wanted and document.supplier_number:
        findings.note(notes.number_stays(number))
    short, shortening = text.document_number(number)
    findings.note(*shortening)
    if shortening:
        remarks.append(f"Number: {number}")
    return short
