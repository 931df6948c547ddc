"""Addresses of pages for people to open: made of constants, or of what a person has set, and of ids that are digits."""

from __future__ import annotations

import re
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
    "vendor": "vendordetail?nameId",
    "vendorcredit": "vendorcredit?txnId",
}
"""The page of each type, up to the id."""
PRECORO_PAGE = re.compile(r"https://(?:[a-z0-9-]+\.)*precoro\.(?:com|us)/[!-z|~]*\{idn?\}[!-z|~]*\Z", re.ASCII)
"""The address of a page at Precoro with `{id}` or `{idn}` in place of a document's id or running number."""


def in_quickbooks(environment: str, type_: str | None, id_: str | None) -> str | None:
    """Return the address of an entity in QuickBooks; None of what has no page, or whose id is no number."""
    app, page = APPS.get(environment), PAGES.get((type_ or "").lower())
    if app is None or page is None or id_ is None or not (id_.isascii() and id_.isdigit()):
        return None
    return f"{app}/{page}={id_}"


def in_precoro(page: str | None, id_: str, idn: str) -> str | None:
    """Return the address of a document in Precoro by the page that a person has set; None without one, or of odd ids."""
    if page is None or not all(text.isascii() and text.isdigit() for text in (id_, idn)):
        return None
    return page.replace("{id}", id_).replace("{idn}", idn)
