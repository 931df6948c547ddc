"""Companies on the first day of set-up: QuickBooks is full, Precoro nearly empty."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import count, islice
from typing import Any

from standins.companies.growing import FIRST_NAMES, Size, grow
from standins.companies.shapes import Account, CompanyPair, PrecoroSeed, QuickBooksSeed, Vendor

SITES = ("Plant", "Depot", "Yard", "Studio")
SPENT_ON_SITES = ("Freight", "Supplies", "Repairs", "Rent", "Travel", "Utilities")
FIRST_ACCOUNT, FIRST_NUMBER = 20_001, 10_000
KEPT_SUPPLIERS = 5
EVERY_SECOND_MAIL, EVERY_INACTIVE, EVERY_WITHOUT_PHONE = 9, 23, 17


@dataclass(frozen=True)
class FreshSize:
    """How full QuickBooks is, and how empty Precoro; the same numbers give the same companies.

    vendors, accounts   how many Widgets Inc has in QuickBooks in all; accounts are numbered and nest three levels deep
    suppliers           how many suppliers each company has in Precoro already, the first of the small seed
    chance              start of the random numbers
    """

    vendors: int = 5000
    accounts: int = 2000
    suppliers: int = KEPT_SUPPLIERS
    chance: int = 1


def read_fresh(seed: Any) -> FreshSize:
    """Read "fresh" or {"fresh": {"vendors", "accounts", "suppliers"}, "random": n}; ValueError says what is wrong."""
    if seed == "fresh":
        return FreshSize()
    sizes = seed["fresh"]
    names = {field.name for field in fields(FreshSize)} - {"chance"}
    unknown = sorted(set(seed) - {"fresh", "random"}) + sorted(set(sizes) - names)
    if unknown:
        raise ValueError(f"A seed has no {unknown[0]!r}. Known: fresh ({', '.join(sorted(names))}) and random")
    read = FreshSize(**{name: int(size) for name, size in sizes.items()}, chance=int(seed.get("random", 1)))
    if min(read.vendors, read.accounts, read.suppliers) < 0:
        raise ValueError("A size is not negative")
    return read


def first_day(companies: tuple[CompanyPair, ...], fresh: FreshSize) -> tuple[CompanyPair, ...]:
    """Return the companies as set-up finds them: only the first is full."""
    first, *others = (replace(company, precoro=_nearly_empty(company.precoro, fresh)) for company in companies)
    return replace(first, quickbooks=_full(companies[0], fresh)), *others


def _nearly_empty(precoro: PrecoroSeed, fresh: FreshSize) -> PrecoroSeed:
    """Return a company with its custom fields, none of their options, no catalogue, and few suppliers."""
    without_options = tuple(replace(field, options=()) for field in precoro.fields)
    return replace(precoro, fields=without_options, products=(), suppliers=precoro.suppliers[: fresh.suppliers])


def _full(company: CompanyPair, fresh: FreshSize) -> QuickBooksSeed:
    books = company.quickbooks
    more = max(fresh.vendors - len(books.vendors), 0)
    grown = grow(company, Size(suppliers=len(company.precoro.suppliers) + more, chance=fresh.chance)).quickbooks
    vendors = tuple(_varied(place, vendor) for place, vendor in enumerate(grown.vendors))
    accounts = (
        *books.accounts,
        *islice(_accounts(random.Random(fresh.chance)), max(fresh.accounts - len(books.accounts), 0)),
    )
    return replace(books, plan="QuickBooks Online Advanced", vendors=vendors, accounts=accounts)


def _varied(place: int, vendor: Vendor) -> Vendor:
    """Return a vendor with two e-mails, without a phone, or inactive."""
    if place % EVERY_SECOND_MAIL == 0 and vendor.email:
        vendor = replace(vendor, email=f"{vendor.email}, {vendor.email.replace('@', '.ar@')}")
    if place % EVERY_WITHOUT_PHONE == 0:
        vendor = replace(vendor, phone="")
    return replace(vendor, active=False) if place % EVERY_INACTIVE == EVERY_INACTIVE - 1 else vendor


def _accounts(chance: random.Random) -> Iterator[Account]:
    """Yield accounts of ever more sites, each parent before its children."""
    ids, numbers = count(FIRST_ACCOUNT), count(FIRST_NUMBER)

    def account(name: str, parent: Account | None = None) -> Account:
        above = parent.id if parent else None
        return Account(str(next(ids)), str(next(numbers)), name, "Expense", "OtherMiscellaneousServiceCost", above)

    for name in _sites():
        top = account(name)
        spent = [account(spending, top) for spending in chance.sample(SPENT_ON_SITES, 5)]
        yield from (top, *spent, account("Materials", spent[0]), account("Outside labour", spent[0]))


def _sites() -> Iterator[str]:
    """Yield names of sites without end, numbered after the first round."""
    names = [f"{name} {site}" for site in SITES for name in FIRST_NAMES]
    return (name if round_ == 1 else f"{name} {round_}" for round_ in count(1) for name in names)
