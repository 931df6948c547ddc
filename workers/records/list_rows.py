"""What a row of a list in Precoro says about a document: whether it shows anything new that may matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from mappers.documents.document import Document
from mappers.documents.status import may_stand
from store import records
from store.records import Record


def seen_in(document: Document) -> dict[str, str]:
    """Return what a list row shows of a document that was just read."""
    updated = document.update_date.isoformat() if document.update_date else ""
    return {
        "updateDate": updated,
        "status": str(document.status),
        "approvalDate": document.version or "",
        "sum": str(document.total),
    }


def moment_of(text: object) -> datetime | None:
    """Read a time as Precoro writes it."""
    return datetime.fromisoformat(str(text)) if text else None


def tells_nothing_new(row: Mapping[str, Any], seen: Mapping[str, str] | None) -> bool:
    """Say whether a list row shows a document as it was seen last; a row that shows too little says nothing."""
    if not seen or not seen["updateDate"] or any(name not in row for name in seen):
        return False
    return (
        moment_of(row["updateDate"]) == moment_of(seen["updateDate"])
        and str(row["status"]) == seen["status"]
        and str(row["approvalDate"] or "") == seen["approvalDate"]
        and Decimal(str(row["sum"])) == Decimal(seen["sum"])
    )


def matters(row: Mapping[str, Any], record: Record | None) -> bool:
    """Say whether a list row may call for something in QuickBooks, given what we know of the document.

    One that cannot be read does: then the document itself is, and that says what is wrong with it.
    """
    try:
        return _matters(row, record)
    except (ValueError, TypeError, ArithmeticError):
        return True


def _matters(row: Mapping[str, Any], record: Record | None) -> bool:
    if record is not None and tells_nothing_new(row, record.list_row):
        return False
    # A removal that was just settled leaves nothing linked, and still has to be recorded and written back.
    linked = record is not None and (record.qbo_id is not None or record.state == records.SYNCED)
    return linked or may_stand(int(row.get("status", -1)))
