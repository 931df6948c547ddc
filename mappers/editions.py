"""The editions of QuickBooks Online that are too small for Tieout.

They are known by the name of the plan (docs/reference/quickbooks.md, Editions).
"""

from __future__ import annotations

TOO_SMALL = {"simple start": "Simple Start", "essentials": "Essentials"}
WITHOUT_BILLS = frozenset({"Simple Start"})


def too_small(plan: str) -> str | None:
    """Return the name of a too small edition, or None.

    It has no purchase orders, classes or locations.
    """
    return next((name for words, name in TOO_SMALL.items() if words in plan.casefold()), None)
