"""At which address a document opens in Precoro."""

from __future__ import annotations

from mappers.policy import Policy
from mappers.web_addresses import in_precoro


def precoro_page(policy: Policy, kind: str, id_: str, idn: str) -> str | None:
    """Return the address of a document, where a person has set how those of its kind read."""
    page = policy.precoro_order_page if kind == "purchase_order" else policy.precoro_invoice_page
    return in_precoro(page, id_, idn)
