"""The companies that both stand-ins begin with, and how to find one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standins.companies.fresh import first_day, read_fresh
from standins.companies.growing import PastDocument, documents, grow, read_size
from standins.companies.shapes import CompanyPair
from standins.companies.widgets_inc import WIDGETS_INC
from standins.companies.widgets_uk import WIDGETS_UK

COMPANIES: tuple[CompanyPair, ...] = (WIDGETS_INC, WIDGETS_UK)

__all__ = ["COMPANIES", "WIDGETS_INC", "WIDGETS_UK", "by_precoro_id", "by_realm", "companies_of", "is_state", "past_of"]


def by_realm(realm: str) -> CompanyPair:
    """Return the company of that QuickBooks realm, or raise KeyError."""
    return _BY_REALM[realm]


def by_precoro_id(company: int) -> CompanyPair:
    """Return the company of that Precoro company id, or raise KeyError."""
    return _BY_PRECORO_ID[company]


def is_state(seed: Any) -> bool:
    """Tell a whole state from a seed that is only described."""
    return isinstance(seed, dict) and not ({"size", "fresh"} & set(seed))


def companies_of(seed: Any) -> tuple[CompanyPair, ...]:
    """Return the companies of a described seed; ValueError says what is wrong with it.

    "small" and "empty" have the two companies; {"size": ...} lets Widgets Inc grow; "fresh" and {"fresh": ...} are the
    first day of set-up.
    """
    if seed in ("small", "empty"):
        return COMPANIES
    if _is_size(seed):
        return grow(WIDGETS_INC, read_size(seed)), WIDGETS_UK
    if seed == "fresh" or (isinstance(seed, dict) and isinstance(seed.get("fresh"), dict)):
        return first_day(COMPANIES, read_fresh(seed))
    raise ValueError(f"Unknown seed {seed!r}. Known: small, empty, fresh, a size, or a whole state")


def past_of(company: CompanyPair, seed: Any) -> Iterable[PastDocument]:
    """Return the documents that a company begins with."""
    grown = _is_size(seed) and company.precoro.id == WIDGETS_INC.precoro.id
    return documents(company, read_size(seed)) if grown else ()


def _is_size(seed: Any) -> bool:
    return isinstance(seed, dict) and isinstance(seed.get("size"), dict)


_BY_REALM = {company.quickbooks.realm: company for company in COMPANIES}
_BY_PRECORO_ID = {company.precoro.id: company for company in COMPANIES}
