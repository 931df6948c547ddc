"""Which currencies of suppliers and vendors can meet.

A vendor has one currency for ever; without multicurrency that is the home currency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mappers.remedies import Act, Remedy

PLACE_IN_QUICKBOOKS = "Account and settings, Advanced, Currency"
"""Where multicurrency is switched on in QuickBooks; it cannot be switched off again."""
PLACE_IN_PRECORO = "Configuration, Basic Settings, Currencies"
"""Where a person adds a currency in Precoro; its API has no endpoint for them."""


def pairing_refused(
    supplier: str, currencies: Collection[str], vendor: str | None, home: str, *, multicurrency: bool
) -> str | None:
    """Say why currencies forbid a pair with a vendor; None when they do not.

    The vendor may be one yet to be created. `currencies` are the supplier's, none of them known says any; `vendor` is the
    vendor's currency, None its home currency.
    """
    codes = sorted({currency.upper() for currency in currencies if currency})
    if len(codes) > 1:
        return (
            f"Supplier {supplier} has several currencies ({', '.join(codes)}), a vendor in QuickBooks has one. "
            "Leave one on the supplier in Precoro and make another supplier for each of the others."
        )
    if codes and codes[0] != home and not multicurrency:
        return (
            f"Supplier {supplier} is in {codes[0]}, and this QuickBooks company works in {home} only. "
            f"Switch on multicurrency in QuickBooks ({PLACE_IN_QUICKBOOKS}); that cannot be undone. Then pair the supplier."
        )
    if codes and codes[0] != (vendor or home):
        return (
            f"Supplier {supplier} is in {codes[0]}, the vendor in {vendor or home}; QuickBooks never changes a vendor's "
            f"currency. Pair the supplier with a vendor in {codes[0]}, or create one."
        )
    return None


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency in use, and what is to be done about it, if anything.

    `state` is `home` (QuickBooks' home currency), `ready`, `missing` (QuickBooks can be given it) or `off` (no multicurrency).
    """

    code: str
    suppliers: int
    vendors: int
    state: str
    sentence: str = ""
    remedy: Remedy | None = None


def overview(
    suppliers: Mapping[str, int], vendors: Mapping[str, int], active: Collection[str], home: str, *, multicurrency: bool
) -> list[Currency]:
    """Return every currency in use, the home currency first.

    `active` are the currencies that QuickBooks has switched on.
    """
    codes = sorted({home, *suppliers, *vendors, *active}, key=lambda code: (code != home, code))
    currencies = []
    for code in codes:
        counted = suppliers.get(code, 0), vendors.get(code, 0)
        state = _state(code, active, home, multicurrency=multicurrency)
        currencies.append(
            Currency(
                code,
                *counted,
                state,
                _sentence(code, state, home, only_vendors=counted[0] < 1 <= counted[1]),
                Remedy("Add it.", (Act("add_currency", {"currency": code}),)) if state == "missing" else None,
            )
        )
    return currencies


def _state(code: str, active: Collection[str], home: str, *, multicurrency: bool) -> str:
    if code == home:
        return "home"
    if not multicurrency:
        return "off"
    return "ready" if code in active else "missing"


def _sentence(code: str, state: str, home: str, *, only_vendors: bool) -> str:
    """Say what a person has to do about a currency."""
    if state == "off":
        return f"QuickBooks works in {home} only: suppliers in {code} cannot be paired until multicurrency is on ({PLACE_IN_QUICKBOOKS})."
    if state == "missing":
        return f"No vendor has {code} and QuickBooks may lack it."
    if only_vendors:
        return (
            f"If Precoro does not have {code} yet, add it there ({PLACE_IN_PRECORO}) before its vendors are imported."
        )
    return ""
