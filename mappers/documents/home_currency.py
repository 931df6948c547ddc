"""Which home currency Precoro has, judged by the rates of its documents.

Precoro's exchange rates are towards its own home currency, which none of its lists names: it is the one whose documents are
always at the rate 1. The rates are right in QuickBooks only if that is the same one there
(docs/explanation/accounting.md, Header).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from mappers.documents.document import Document

Parity = Literal["at_par", "off_par"]
"""What one document shows of its currency: the rate is 1 and both totals are the same, or the rate is another."""


def parity_of(document: Document) -> Parity | None:
    """Return whether the document is at par; None when it does not tell."""
    rate, total = document.exchange_rate, document.total
    if rate is None or not total:
        return None
    if rate != 1:
        return "off_par"
    return "at_par" if document.total_in_company_currency == total else None


def home_currency(parities: Mapping[str, Collection[Parity]]) -> str | None:
    """Return the only currency that is always at par, or None."""
    always_at_par = [currency for currency, of_currency in parities.items() if set(of_currency) == {"at_par"}]
    return always_at_par[0] if len(always_at_par) == 1 else None
