"""References to currencies, with the names that QuickBooks gives them."""

from __future__ import annotations

from typing import Any

NAMES = {
    "USD": "United States Dollar",
    "GBP": "British Pound Sterling",
    "EUR": "Euro",
    "CAD": "Canadian Dollar",
    "AUD": "Australian Dollar",
    "CHF": "Swiss Franc",
    "JPY": "Japanese Yen",
    "PLN": "Polish Zloty",
}


def name_of(code: str) -> str:
    """Return the name of a currency, or its code when there is none."""
    return NAMES.get(code, code)


def reference_to(code: str) -> dict[str, Any]:
    """Return {"value": code, "name": name}."""
    return {"value": code, "name": name_of(code)}
