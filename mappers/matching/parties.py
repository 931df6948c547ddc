"""One entry of a list as matching sees it, and its details in a form that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from mappers.matching import details
from mappers.matching.countries import country_code


@dataclass(frozen=True, slots=True)
class Party:
    """A supplier or vendor; or an account, class or product, of which only names are known.

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
class Known:
    """The details of a party, each as the set of what is comparable: empty when it is not known."""

    country: frozenset[str]
    tax: frozenset[str]
    tax_end: frozenset[str]
    phone: frozenset[str]
    mail: frozenset[str]
    domain: frozenset[str]
    postal: frozenset[str]
    city: frozenset[str]
    account: frozenset[str]


def known(party: Party) -> Known:
    """Return what is known of a party. A country that no list has differs from every other spelling."""
    code = country_code(party.country)
    tax = details.tax_number(party.tax_number, code)
    return Known(
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


def agree(left: frozenset[str], right: frozenset[str]) -> bool | None:
    """Say whether a detail is the same on both sides; None when either side does not know it."""
    return not left.isdisjoint(right) if left and right else None


def same_place(left: Known, right: Known) -> bool | None:
    """Say whether both have an address in one place: the same postal code or the same city."""
    seen = (agree(left.postal, right.postal), agree(left.city, right.city))
    return True if True in seen else False if False in seen else None


def may_be_paired(left: Party, right: Party) -> bool:
    """Say whether the currencies allow a pair at all: QuickBooks knows one for a vendor, and it never changes."""
    if not left.currencies or not right.currencies:
        return True
    return len(left.currencies) == 1 and left.currencies == right.currencies


def _some(*texts: str) -> frozenset[str]:
    return frozenset(filter(None, texts))
