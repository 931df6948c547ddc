"""Which entries of Precoro and QuickBooks each kind of pair joins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OPTION = "option"
"""The kind of entries in Precoro's custom fields; accounts, classes, customers and locations are options there."""
SUPPLIER_IN = "supplier_in"
"""The kind of pair of a supplier and its vendor in one more currency; its Precoro key is `9001:EUR`."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What one kind of pair joins, and its word for people.

    `precoro` is the kind of entry in Precoro, `entity` the type in QuickBooks.
    """

    precoro: str
    entity: str
    noun: str

    @property
    def quickbooks(self) -> str:
        """Return the kind of the QuickBooks entry in our copy."""
        return self.entity.lower()


COUNTERPARTS: Mapping[str, Counterpart] = {
    "supplier": Counterpart("supplier", "Vendor", "supplier"),
    SUPPLIER_IN: Counterpart("supplier", "Vendor", "supplier in another currency"),
    "account": Counterpart(OPTION, "Account", "account"),
    "class": Counterpart(OPTION, "Class", "class"),
    "customer": Counterpart(OPTION, "Customer", "customer"),
    "location": Counterpart(OPTION, "Department", "location"),
    "item": Counterpart("item", "Item", "product"),
    "term": Counterpart("term", "Term", "payment term"),
    "withholding": Counterpart("tax", "Account", "withholding tax"),
}
"""Every kind of pair whose QuickBooks side is a list that can change; sets of taxes are paired by their own rules."""


def quickbooks_kind(pair_kind: str) -> str:
    """Return the kind of the QuickBooks entry of a pair.

    A kind without a counterpart is its own.
    """
    return COUNTERPARTS[pair_kind].quickbooks if pair_kind in COUNTERPARTS else pair_kind


def pair_kinds(quickbooks: str) -> tuple[str, ...]:
    """Return the kinds of pairs that join entries of this kind in QuickBooks."""
    return tuple(kind for kind, counterpart in COUNTERPARTS.items() if counterpart.quickbooks == quickbooks)


def in_currency(supplier_key: str, currency: str) -> str:
    """Return the Precoro key of the pair of a supplier with its vendor in a currency."""
    return f"{supplier_key}:{currency}"


def subject(pair_kind: str, precoro_key: str) -> str:
    """Return how problems name the Precoro entry that this pair puts right: `supplier:9001`, `option:77`."""
    if pair_kind == SUPPLIER_IN:
        return f"supplier:{precoro_key.partition(':')[0]}"
    is_option = pair_kind in COUNTERPARTS and COUNTERPARTS[pair_kind].precoro == OPTION
    return f"{OPTION if is_option else pair_kind}:{precoro_key}"
