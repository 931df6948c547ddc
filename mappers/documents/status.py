"""Which Precoro status means that a document must be in QuickBooks.

The same table for people: docs/explanation/accounting.md, Which status means what.
"""

from __future__ import annotations

from typing import Literal

from mappers.documents.document import Document

RequiredAction = Literal["stand", "remove", "wait", "nothing", "unknown"]

PENDING = 1

# status: (with a link, without one)
_TABLE: dict[int, tuple[RequiredAction, RequiredAction]] = {
    0: ("wait", "nothing"),  # open, a draft
    1: ("wait", "nothing"),  # pending
    2: ("stand", "stand"),  # approved
    3: ("remove", "nothing"),  # denied
    4: ("stand", "stand"),  # partly paid
    5: ("stand", "stand"),  # paid
    6: ("wait", "nothing"),  # awaiting confirmation
    7: ("wait", "nothing"),  # in revision
    8: ("remove", "remove"),  # cancelled
    9: ("wait", "nothing"),  # pending receipt; approved if it has an approval date
    10: ("wait", "nothing"),  # approval review
    11: ("stand", "stand"),  # closed
}
_PENDING_RECEIPT = 9
REMOVED = frozenset(status for status, (with_link, _) in _TABLE.items() if with_link == "remove")
"""The statuses of what has to stand in QuickBooks no more: denied and cancelled."""


def required_action(document: Document, *, linked: bool) -> RequiredAction:
    """Return what the document's status requires in QuickBooks.

    It must stand there, be removed, wait as it is, or needs nothing yet.
    """
    if document.status == _PENDING_RECEIPT and document.approval_date is not None:
        return "stand"
    row = _TABLE.get(document.status)
    if row is None:
        return "unknown"
    return row[0] if linked else row[1]


def has_to_stand(status: int) -> bool:
    """Tell whether a document of this status has to stand in QuickBooks, whatever its dates."""
    row = _TABLE.get(status)
    return row is not None and row[1] == "stand"


def may_be_sent(status: int) -> bool:
    """Tell whether a document without a link is worth reading.

    Only its list row is known; the table decides when it is read.
    """
    row = _TABLE.get(status)
    return row is None or row[1] == "stand" or status in {PENDING, _PENDING_RECEIPT}
