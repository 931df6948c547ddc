"""Looking in QuickBooks for the twin of an entry of Precoro, which is then paired by hand."""

from __future__ import annotations

from console import filters
from console.runtime import runtime
from workers.reference import views
from workers.reference.views import NamedEntry

MATCHES = 12
"""How many entries are shown at once."""


def matches(connection: str, kind: str) -> list[NamedEntry]:
    """Return the entries of QuickBooks that have what a person looks for in their name."""
    text = filters.searched("twin")
    return views.entries(runtime(), connection, kind, views.IN_QUICKBOOKS, text, limit=MATCHES) if text else []
