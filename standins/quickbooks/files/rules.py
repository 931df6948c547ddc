"""Rules of attachments: a file or note, linked to what exists."""

from __future__ import annotations

from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.table import BY_KEY
from standins.quickbooks.errors import QuickBooksFault

Json = dict[str, Any]


NOT_HELD_HERE = frozenset(
    {"Estimate", "Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "JournalEntry"}
)
"""Transactions that QuickBooks attaches files to and this stand-in does not have."""


def complete(draft: EntityDraft) -> None:
    """Refuse an attachment without file and note, and one to something that is not there."""
    new = draft.new
    if not new.get("FileName") and not new.get("Note"):
        raise QuickBooksFault(errors.required("FileName"))
    for link in new.get("AttachableRef", []):
        link.setdefault("IncludeOnSend", False)
        _check_link(draft.company, link.get("EntityRef") or {})


def _check_link(company: CompanyBooks, reference: Json) -> None:
    kind, identity = str(reference.get("type", "")), str(reference.get("value", ""))
    if kind in NOT_HELD_HERE:
        raise errors.nothing_to_attach_to(kind, identity)
    entity = BY_KEY.get(kind.lower())
    if entity is None or not (entity.transaction or entity.is_name_list):
        raise errors.wrong_attachment(6050, f"Entity type {kind} is not supported for attachments")
    if company.get(entity.name, identity) is None:
        raise errors.nothing_to_attach_to(entity.name, identity)
