"""An approved purchase order as a QuickBooks purchase order, which posts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mappers import notes, problems, text
from mappers.books import BookEntry, Books
from mappers.documents import header
from mappers.documents.document import Document
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped, reference
from mappers.documents.lines import MappedLines, map_lines
from mappers.documents.outcomes import Answers, RateLookup, Sent
from mappers.editions import too_small
from mappers.policy import Policy
from mappers.problems import Note


def map_purchase_order(
    document: Document, sent: Sent | None, books: Books, policy: Policy, answers: Answers, findings: Findings
) -> Mapped | RateLookup | None:
    """Return the purchase order, or the rate to look up first.

    Returns None when `findings` says why it is held.
    """
    edition = too_small(books.plan)
    if edition:
        findings.hold(problems.edition_too_small(edition, "purchase orders"))
    elif not books.preferences.purchase_orders:
        findings.hold(problems.purchase_orders_off())
    day = _date(document, sent, books)
    if document.create_date is None:
        findings.hold(problems.date_missing("creation date"))
    vendor = header.vendor(document, books, findings)
    payable = header.payable_account(document, books, policy, findings, needed=True)
    remarks = header.location_text(document, books, findings)
    number = _number(document, books, findings)
    lines = map_lines(document, day, books, policy, findings)
    header.payable(document, lines.payable if lines else document.total, findings)
    currency = header.currency_fields(document, day, books, policy, sent, answers, findings)
    if findings.problems or vendor is None or payable is None or lines is None:
        return None
    if isinstance(currency, RateLookup):
        return currency
    class_, rows = _class_and_lines(lines, books)
    body: dict[str, Any] = {
        "VendorRef": reference(vendor.id),
        "APAccountRef": reference(payable),
        "TxnDate": day.isoformat(),
        "DueDate": header.due_date(document, day, findings),
        **number,
        **header.term(document, books, findings),
        "POStatus": _status(document),
        **({"ClassRef": reference(class_.id)} if class_ else {}),
        **currency,
        **lines.header,
        "PrivateNote": header.private_note(document, books, policy, remarks, findings),
        "Line": rows,
    }
    return Mapped(document.entity_type, body, tuple(draft.key for draft in lines.drafts), lines.payable)


def changes_without_approval(document: Document, sent: Sent, books: Books) -> dict[str, str]:
    """Return the fields of an order that change without a new approval: its status and an earlier date."""
    if document.kind != "purchase_order":
        return {}
    fields = {"POStatus": _status(document), "TxnDate": _date(document, sent, books).isoformat()}
    return {name: value for name, value in fields.items() if sent.body.get(name) not in (None, value)}


def _status(document: Document) -> str:
    return CLOSED if document.is_closed_order else "Open"


def _date(document: Document, sent: Sent | None, books: Books) -> date:
    """Return the creation date, or that of the earliest bill that waits for the order; a later update keeps it."""
    before = sent.body.get("TxnDate") if sent else None
    days = [document.create_date, books.billed_from, date.fromisoformat(before) if before else None]
    return min((day for day in days if day), default=date.max)


CLOSED = "Closed"
"""The status in QuickBooks of an order of which nothing more will be billed."""
STATUS_NOTES = frozenset({"closed_in_quickbooks", "open_in_quickbooks"})
"""The codes of the notes about an order whose status in QuickBooks is not the one that was sent."""


def status_note(sent: Mapping[str, Any], current: Mapping[str, Any]) -> Note | None:
    """Return the note of an order that QuickBooks has closed or open against what was sent, or None.

    QuickBooks closes an order by itself when it is billed in full; people close what will not be billed.
    """
    before, now = sent.get("POStatus"), current.get("POStatus")
    if before == now or before is None or now is None:
        return None
    if now != CLOSED:
        return notes.open_in_quickbooks()
    bills = [f"{link.get('TxnType')} {link.get('TxnId')}" for link in current.get("LinkedTxn") or []]
    return notes.closed_in_quickbooks(", ".join(bills) or "no bill")


def _number(document: Document, books: Books, findings: Findings) -> dict[str, str]:
    """Return DocNumber, unless QuickBooks numbers purchase orders itself.

    The private note names Precoro's number then.
    """
    if not books.preferences.custom_numbers:
        findings.note(notes.number_by_quickbooks(document.number))
        return {}
    short, shortening = text.document_number(document.number)
    findings.note(*shortening)
    return {"DocNumber": short}


def _class_and_lines(lines: MappedLines, books: Books) -> tuple[BookEntry | None, list[dict[str, Any]]]:
    """Return the header's class and the lines.

    With one class per transaction, the class stands in the header only.
    """
    rows = [draft.as_json() for draft in lines.drafts]
    if not books.preferences.class_per_transaction:
        return None, rows
    for row in rows:
        row[row["DetailType"]].pop("ClassRef", None)
    return next((draft.class_ for draft in lines.drafts if draft.class_), None), rows
