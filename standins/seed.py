"""The two companies that both stand-ins are seeded with, and how to find one by what is known of it."""

from __future__ import annotations

from standins.companies.shapes import Company
from standins.companies.widgets_inc import WIDGETS_INC
from standins.companies.widgets_uk import WIDGETS_UK

COMPANIES: tuple[Company, ...] = (WIDGETS_INC, WIDGETS_UK)

__all__ = ["COMPANIES", "WIDGETS_INC", "WIDGETS_UK", "by_precoro_id", "by_realm"]


def by_realm(realm: str) -> Company:
    """Return the company of that QuickBooks realm, or raise KeyError."""
    return _BY_REALM[realm]


def by_precoro_id(company: int) -> Company:
    """Return the company of that Precoro company id, or raise KeyError."""
    return _BY_PRECORO_ID[company]


_BY_REALM = {company.quickbooks.realm: company for company in COMPANIES}
_BY_PRECORO_ID = {company.precoro.id: company for company in COMPANIES}
