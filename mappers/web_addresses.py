"""Addresses of what stands in QuickBooks, for people to open: made of constants and of ids that are digits."""

from __future__ import annotations

from collections.abc import Mapping

APPS: Mapping[str, str] = {
    "production": "https://app.qbo.intuit.com/app",
    "sandbox": "https://app.sandbox.qbo.intuit.com/app",
}
"""Where QuickBooks' pages are, by environment."""
PAGES: Mapping[str, str] = {
    "bill": "bill?txnId",
    "billpayment": "billpayment?txnId",
    "journalentry": "journal?txnId",
    "purchaseorder": "purchaseorder?txnId",
    "vendorcredit": "vendorcredit?txnId",
}
"""The page of each type, up to the id."""


def in_quickbooks(environment: str, type_: str | None, id_: str | None) -> str | None:
    """Return the address of an entity in QuickBooks; None of what has no page, or whose id is no number."""
    app, page = APPS.get(environment), PAGES.get((type_ or "").lower())
    if app is None or page is None or id_ is None or not (id_.isascii() and id_.isdigit()):
        return None
    return f"{app}/{page}={id_}"
