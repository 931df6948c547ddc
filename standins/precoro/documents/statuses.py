"""What people do with documents, and which status comes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from standins.control.body import WrongInputError
from standins.precoro.company import now, stamp

if TYPE_CHECKING:
    from standins.precoro.company import Record
    from standins.precoro.settings import PrecoroSettings

DRAFT, PENDING, APPROVED, DENIED, PARTLY_PAID, PAID = 0, 1, 2, 3, 4, 5
AWAITING_CONFIRMATION, IN_REVISION, CANCELLED, PENDING_RECEIPT, APPROVAL_REVIEW, CLOSED = 6, 7, 8, 9, 10, 11

NAMES = {
    DRAFT: "draft",
    PENDING: "pending",
    APPROVED: "approved",
    DENIED: "denied",
    PARTLY_PAID: "partly paid",
    PAID: "paid",
    AWAITING_CONFIRMATION: "awaiting confirmation",
    IN_REVISION: "in revision",
    CANCELLED: "cancelled",
    PENDING_RECEIPT: "pending receipt",
    APPROVAL_REVIEW: "approval review",
    CLOSED: "closed",
}

_BEFORE_APPROVAL = (DRAFT, PENDING, AWAITING_CONFIRMATION, IN_REVISION, PENDING_RECEIPT, APPROVAL_REVIEW)

ACTS: dict[str, tuple[tuple[int, ...], int]] = {
    "submit": ((DRAFT, IN_REVISION), PENDING),
    "approve": (_BEFORE_APPROVAL, APPROVED),
    "deny": ((PENDING, AWAITING_CONFIRMATION, APPROVAL_REVIEW), DENIED),
    "revise": (
        (PENDING, APPROVED, PARTLY_PAID, AWAITING_CONFIRMATION, PENDING_RECEIPT, APPROVAL_REVIEW),
        IN_REVISION,
    ),
    "confirm": ((AWAITING_CONFIRMATION,), APPROVED),
    "confirm_revise": ((IN_REVISION,), PENDING),
    "cancel": (
        (DRAFT, PENDING, APPROVED, DENIED, AWAITING_CONFIRMATION, IN_REVISION, PENDING_RECEIPT, APPROVAL_REVIEW),
        CANCELLED,
    ),
    "close": ((APPROVED, PARTLY_PAID, PAID), CLOSED),
    "await_receipt": ((PENDING, APPROVED), PENDING_RECEIPT),
}
"""For every act: from which status it is possible, and to which it leads."""


def possible(document: Record) -> list[str]:
    """Return the acts that are open to a document now."""
    return [act for act, (allowed, _) in ACTS.items() if document["status"] in allowed]


def act(document: Record, name: str, settings: PrecoroSettings) -> None:
    """Move a document to its next status; WrongInputError when that act is not open to it."""
    allowed, status = ACTS[name]
    if document["status"] not in allowed:
        raise WrongInputError(f"{document['customName']} is {NAMES.get(document['status'])}: it cannot {name}")
    if document["status"] == IN_REVISION and status == PENDING:
        status = settings.resubmit_status
    if status == APPROVED and (document["approvalDate"] is None or settings.reapproval_moves_approval_date):
        document["approvalDate"] = _approval_date(document["approvalDate"])
    set_status(document, status)


def _approval_date(before: str | None) -> str:
    """Return now, but never the second of the approval before."""
    moment = now()
    if before is not None:
        moment = max(moment, datetime.fromisoformat(before) + timedelta(seconds=1))
    return stamp(moment)


def set_status(document: Record, status: int) -> None:
    """Set a status and its name."""
    document["status"] = status
    document["statusString"] = NAMES.get(status, f"status {status}")
