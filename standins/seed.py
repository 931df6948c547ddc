"""The two companies that both stand-ins are seeded with, of any size, and how to find one by what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standins.companies.growing import Document, documents, grow, read_size
from standins.companies.shapes import Company
from standins.companies.widgets_inc import WIDGETS_INC
from standins.companies.widgets_uk import WIDGETS_UK

COMPANIES: tuple[Company, ...] = (WIDGETS_INC, WIDGETS_UK)

__all__ = ["COMPANIES", "WIDGETS_INC", "WIDGETS_UK", "by_precoro_id", "by_realm", "companies_of", "is_size", "past_of"]


def by_realm(realm: str) -> Company:
    """Return the company of that QuickBooks realm, or raise KeyError."""
    return _BY_REALM[realm]


def by_precoro_id(company: int) -> Company:
    """Return the company of that Precoro company id, or raise KeyError."""
    return _BY_PRECORO_ID[company]


def is_size(wanted: Any) -> bool:
    """Tell a seed of a size, {"size": {...}, "random": n}, from a whole state."""
    return isinstance(wanted, dict) and isinstance(wanted.get("size"), dict)


def companies_of(wanted: Any) -> tuple[Company, ...]:
    """Return the companies of a seed; one with a size lets Widgets Inc grow. ValueError says what is wrong with it."""
    return (grow(WIDGETS_INC, read_size(wanted)), WIDGETS_UK) if is_size(wanted) else COMPANIES


def past_of(company: Company, wanted: Any) -> Iterable[Document]:
    """Return the documents that a company begins with: those of the size for Widgets Inc, else none."""
    grown = is_size(wanted) and company.precoro.id == WIDGETS_INC.precoro.id
    return documents(company, read_size(wanted)) if grown else ()


_BY_REALM = {company.quickbooks.realm: company for company in COMPANIES}
_BY_PRECORO_ID = {company.precoro.id: company for company in COMPANIES}
