"""What Precoro's home currency is, which none of its lists says: the one whose documents are always at the rate 1.

Precoro's exchange rates are towards its own home currency. They are right in QuickBooks only if that is the same one there
(docs/explanation/accounting.md, Header).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from mappers.documents.document import Document

Shown = Literal["at_par", "off_par"]
"""What one document shows of its currency: the rate is 1 and both totals are the same, or the rate is another."""


def shown_by(document: Document) -> Shown | None:
    """Return what a document shows of its currency; None when it shows nothing."""
    rate, total = document.exchange_rate, document.total
    if rate is None or not total:
        return None
    if rate != 1:
        return "off_par"
    return "at_par" if document.total_in_company_currency == total else None


def home_currency(seen: Mapping[str, Collection[Shown]]) -> str | None:
    """Return the only currency that was seen at par and never off it; None when there is none, or several."""
    found = [currency for currency, shown in seen.items() if set(shown) == {"at_par"}]
    return found[0] if len(found) == 1 else None
