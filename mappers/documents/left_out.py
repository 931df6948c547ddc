"""Documents that are never sent: parts, those from before go-live, other kinds."""

from __future__ import annotations

from datetime import datetime

from mappers.documents.document import Document
from mappers.documents.outcomes import Nothing
from mappers.policy import Policy

HISTORICAL = "Historical"
OF_OTHER_KIND = "This connection sends"
"""How the reason begins for which a document of a kind that is not sent is left out."""


def historical(go_live: datetime) -> str:
    """Say that a document was approved before the connection went live."""
    return f"{HISTORICAL}: approved before go-live ({go_live:%Y-%m-%d %H:%M} UTC)."


def left_out(document: Document, policy: Policy) -> Nothing | None:
    """Return why a document without a link is never sent, whatever becomes of it."""
    if document.parent_idn is not None:
        return Nothing("never", f"A part of {document.parent_idn}, which was split; only the whole is sent.")
    return _historical(document.approval_date, policy)


def left_out_when_due(document: Document, policy: Policy) -> Nothing | None:
    """Return why a document is not sent that has to stand in QuickBooks.

    A kind of document that is chosen to be sent counts from its approval on, not before.
    """
    if policy.send not in ("both", f"{document.kind}s"):
        return Nothing("never", f"{OF_OTHER_KIND} {policy.send.replace('_', ' ')} only.")
    return _historical(document.create_moment, policy) if document.approval_date is None else None


def _historical(approved: datetime | None, policy: Policy) -> Nothing | None:
    """Return that the document was approved before go-live.

    Somebody has booked it already, and it stays so when it is revised.
    """
    if policy.go_live is None or approved is None or approved >= policy.go_live:
        return None
    return Nothing("never", historical(policy.go_live))
