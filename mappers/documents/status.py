"""Which Precoro status means that a document must be in QuickBooks.

The same table for people: docs/explanation/accounting.md, Which status means what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from mappers.documents.document import Document

RequiredAction = Literal["stand", "remove", "wait", "nothing", "unknown"]
Approval = Literal["approved", "pending", "draft", "denied", "cancelled"]
APPROVALS: tuple[Approval, ...] = get_args(Approval)

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
_NOT_APPROVED: Mapping[int, Approval] = {
    0: "draft",
    1: "pending",
    3: "denied",
    6: "pending",
    7: "draft",
    8: "cancelled",
    9: "pending",
    10: "pending",
}
"""How far the approval is of documents that are not approved; one in revision is a draft again."""
REMOVED = frozenset(status for status, (with_link, _) in _TABLE.items() if with_link == "remove")
"""The statuses of what has to stand in QuickBooks no more: denied and cancelled."""


def is_approved(document: Document) -> bool:
    """Tell whether a document is approved: by its status, or by the date of one whose goods are awaited."""
    return has_to_stand(document.status) or (document.status == _PENDING_RECEIPT and document.approval_date is not None)


def approval(document: Document) -> Approval | None:
    """Return how far a document is approved in Precoro; None when its status is a new one."""
    return "approved" if is_approved(document) else _NOT_APPROVED.get(document.status)


def required_action(document: Document, *, linked: bool) -> RequiredAction:
    """Return what the document's status requires in QuickBooks.

    It must stand there, be removed, wait as it is, or needs nothing yet.
    """
    if is_approved(document):
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
