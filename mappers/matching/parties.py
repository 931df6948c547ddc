"""One entry of a list as matching sees it, with comparable details."""

from __future__ import annotations

from dataclasses import dataclass

from mappers.matching import details
from mappers.matching.countries import country_code


@dataclass(frozen=True, slots=True)
class Party:
    """A supplier or vendor, or any entry of which only names are known.

    `names` stand in order of trust; `other_names` (a company name beside the display name) only ever lead to
    suggestions. All else is as people typed it, and empty where it is not known. Several currencies: any of them.
    """

    key: str
    names: tuple[str, ...]
    active: bool = True
    currencies: frozenset[str] = frozenset()
    other_names: tuple[str, ...] = ()
    country: str = ""
    city: str = ""
    postal_code: str = ""
    phone: str = ""
    emails: tuple[str, ...] = ()
    tax_number: str = ""
    account_number: str = ""


@dataclass(frozen=True, slots=True)
class ComparableDetails:
    """The details of a party, each as a set of comparable texts.

    A set is empty when the detail is not known.
    """

    country: frozenset[str]
    tax: frozenset[str]
    tax_end: frozenset[str]
    phone: frozenset[str]
    mail: frozenset[str]
    domain: frozenset[str]
    postal: frozenset[str]
    city: frozenset[str]
    account: frozenset[str]


def comparable_details(party: Party) -> ComparableDetails:
    """Return the details of a party in comparable form.

    A country that no list has differs from every other spelling.
    """
    code = country_code(party.country)
    tax = details.tax_number(party.tax_number, code)
    return ComparableDetails(
        country=_some(code or party.country.strip().casefold()),
        tax=_some(tax),
        tax_end=_some(details.last_four(tax)),
        phone=_some(details.phone(party.phone, code)),
        mail=_some(*map(details.mail, party.emails)),
        domain=_some(*map(details.own_domain, party.emails)),
        postal=_some(details.postal_code(party.postal_code)),
        city=_some(details.city(party.city)),
        account=_some(details.account_number(party.account_number)),
    )


def is_same_detail(left: frozenset[str], right: frozenset[str]) -> bool | None:
    """Tell whether a detail is the same on both sides.

    Returns None when either side does not know it.
    """
    return not left.isdisjoint(right) if left and right else None


def same_place(left: ComparableDetails, right: ComparableDetails) -> bool | None:
    """Tell whether both addresses are in one place, by postal code or city."""
    comparisons = (is_same_detail(left.postal, right.postal), is_same_detail(left.city, right.city))
    return True if True in comparisons else False if False in comparisons else None


def may_be_paired(left: Party, right: Party) -> bool:
    """Tell whether the currencies allow a pair.

    QuickBooks knows one currency for a vendor, and it never changes.
    """
    if not left.currencies or not right.currencies:
        return True
    return len(left.currencies) == 1 and left.currencies == right.currencies


def _some(*texts: str) -> frozenset[str]:
    return frozenset(filter(None, texts))
