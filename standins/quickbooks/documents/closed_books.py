"""Closed books: nothing may be dated, or have been dated, in a closed period."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft


def check_books(draft: EntityDraft) -> None:
    """Refuse what is dated, or was dated, in a closed period."""
    company = draft.company
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if not closed or draft.caller.person:
        return
    if draft.entity.name == "PurchaseOrder" and not company.settings.closed_books_hold_purchase_orders:
        return
    dates = [record["TxnDate"] for record in (draft.old, draft.new) if record and record.get("TxnDate")]
    if any(day <= closed for day in dates):
        raise errors.books_closed(password=company.settings.book_close_password)
