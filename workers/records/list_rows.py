"""What a row of a list in Precoro says about a document: whether it shows anything new that may matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from mappers.documents.document import Document
from mappers.documents.status import REMOVED, approval, has_to_stand, may_be_sent
from mappers.payments.invoice_balance import PAYABLE
from mappers.write_back import read_external_id
from store import records
from store.records import Record


class ModifiedRows(NamedTuple):
    """How many records the rows that were modified since a moment have made due, and when they were asked for, by Precoro's clock."""

    due: int
    asked_at: datetime


SHOWN = ("updateDate", "status", "approvalDate", "sum")
"""What a list row shows that is compared. Of a document that could not be read, only our own write-back is known."""


MOVED_BY_PAYMENTS = frozenset(map(str, PAYABLE))
"""The statuses between which payments alone move an invoice."""
PAYMENT_SHOWS_WITHIN = timedelta(minutes=2)
"""How far Precoro's clock may differ from ours."""


def shown_by(document: Document) -> dict[str, str]:
    """Return what a list row shows of a document that was just read."""
    updated = document.update_date.isoformat() if document.update_date else ""
    shown = {
        "updateDate": updated,
        "status": str(document.status),
        "approvalDate": document.version or "",
        "sum": str(document.total),
    }
    return shown if document.paid is None else {**shown, "sumPaid": str(document.paid)}


def describe(record: Record, document: Document) -> None:
    """Take over by what people recognise a document, and what Precoro's lists show of it."""
    record.number, record.supplier = document.number[:300], document.supplier_name[:300]
    record.supplier_number = document.supplier_number and document.supplier_number[:60]
    record.currency, record.amount, record.issued_on = document.currency, document.total, document.issue_date
    record.approval, record.approved_at = approval(document), document.approval_date
    record.external_id, record.list_row = document.external_id, shown_by(document)


def keep_number(record: Record, row: Mapping[str, Any]) -> None:
    """Keep the number of a document that was seen in a list and not read yet."""
    record.number = record.number or str(row.get("customName") or "")[:300] or None


def keep_row(record: Record, row: Mapping[str, Any]) -> None:
    """Keep the list row and the number of a document that failed."""
    record.list_row = {name: str(row.get(name) or "") for name in SHOWN}
    keep_number(record, row)


def parse_time(text: object) -> datetime | None:
    """Read a time as Precoro writes it."""
    return datetime.fromisoformat(str(text)) if text else None


def is_unchanged(row: Mapping[str, Any], last: Mapping[str, str] | None) -> bool:
    """Say whether a list row shows a document as it was when it was last read; a row that shows too little says nothing."""
    if not last or not last["updateDate"] or any(name not in row or name not in last for name in SHOWN):
        return False
    is_same = parse_time(row["updateDate"]) == parse_time(last["updateDate"]) and str(row["status"]) == last["status"]
    return (
        (is_same or _shows_only_our_payment(row, last))
        and _is_paid_as(row, last)
        and str(row["approvalDate"] or "") == last["approvalDate"]
        and Decimal(str(row["sum"])) == Decimal(last["sum"])
    )


def after_our_payment(last: Mapping[str, str], paid: Decimal, moment: datetime) -> dict[str, str]:
    """Return what a list row shows of an invoice once we have recorded or cancelled a payment of it."""
    return {**last, "sumPaid": str(paid), "paidUntil": (moment + PAYMENT_SHOWS_WITHIN).isoformat()}


def _shows_only_our_payment(row: Mapping[str, Any], last: Mapping[str, str]) -> bool:
    """Say whether an approved invoice differs by our own payment alone: what is paid of it is what we know."""
    if "sumPaid" not in row or "paidUntil" not in last or not {str(row["status"]), last["status"]} <= MOVED_BY_PAYMENTS:
        return False
    updated, until = parse_time(row["updateDate"]), parse_time(last["paidUntil"])
    return bool(updated and until and updated <= until)


def _is_paid_as(row: Mapping[str, Any], last: Mapping[str, str]) -> bool:
    """Say whether as much is paid as before, as far as both show it: a payment may fall into the second of our last look."""
    if "sumPaid" not in row or "sumPaid" not in last:
        return True
    return Decimal(str(row["sumPaid"])) == Decimal(last["sumPaid"])


def was_denied_or_cancelled(record: Record) -> bool:
    """Say whether a document was denied or cancelled in Precoro when it was last seen."""
    return (record.list_row or {}).get("status") in {str(status) for status in REMOVED}


def may_matter(row: Mapping[str, Any], record: Record | None) -> bool:
    """Say whether a list row may call for something in QuickBooks, given what we know of the document.

    A row that cannot be read may: then the document itself is read, and shows what is wrong with it.
    """
    try:
        return _may_matter(row, record)
    except (ValueError, TypeError, ArithmeticError):
        return True


def _may_matter(row: Mapping[str, Any], record: Record | None) -> bool:
    """Decide by a row that can be read. Raises ValueError, TypeError or ArithmeticError for one that cannot."""
    if record is not None and is_unchanged(row, record.list_row):
        return False
    # A removal that was just settled leaves nothing linked, and still has to be recorded and written back.
    linked = record is not None and (record.qbo_id is not None or record.state == records.SYNCED)
    # A database that was restored from a backup has forgotten what our id in Precoro still names.
    named = read_external_id(str(row.get("externalId") or "")) is not None
    return linked or named or may_be_sent(int(row.get("status", -1))) or _has_another_status(row, record)


def _has_another_status(row: Mapping[str, Any], record: Record | None) -> bool:
    """Say whether a document that waits for a person or for another document has another status than before.

    One that is cancelled waits no more. An open one waits only if it was approved: drafts are not worth a read.
    """
    if record is None or record.state not in {*records.WAITING, records.FAILED}:
        return False
    before = (record.list_row or {}).get("status")
    if record.state == records.OPEN and not (before and has_to_stand(int(before))):
        return False
    return str(row["status"]) != before
