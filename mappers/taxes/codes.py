"""Tax codes to be made in QuickBooks by its tax service, for taxes of Precoro that have none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mappers.matching.rule import matching_name
from mappers.taxes.matching import NONE, Match, PrecoroTax, TaxBooks, codes_with, left, rate_alone, rate_in_use

LONGEST = 100
"""How long QuickBooks lets the names of tax codes and tax rates be."""
MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be made: its name, and for each of its taxes the rate that QuickBooks has, or the name of a new one."""

    taxes: tuple[PrecoroTax, ...]
    name: str
    rates: tuple[str | None, ...]
    new_names: tuple[str, ...]

    def details(self, agency: str) -> list[dict[str, Any]]:
        """Return the rates of the code as the tax service is sent them."""
        details: list[dict[str, Any]] = [
            {"TaxRateId": rate} if rate else {"TaxRateName": name, "RateValue": tax.percent, "TaxAgencyId": agency}
            for tax, rate, name in zip(self.taxes, self.rates, self.new_names, strict=True)
        ]
        return [{**one, "TaxApplicableOn": "Purchase"} for one in details]


def missing(found: Sequence[Match], asked: Collection[str] = ()) -> list[Match]:
    """Return what has no code and no candidate; of what a person `asked` for by its key, all that has no code."""
    if asked:
        return [one for one in found if one.key in asked and one.code is None]
    return [one for one in left(found) if one.state == NONE]


def refusal(found: Match) -> str | None:
    """Say why no code can be made for these taxes; None when one can."""
    for tax in found.taxes:
        if tax.percent is None:
            return f"Precoro gives no rate for {tax.name}, so no code can be made for it. Choose one by hand."
        if not 0 <= tax.percent <= MOST_PERCENT:
            return f"{tax.name} is {tax.percent:f} %, and a rate in QuickBooks lies between 0 and 100 %."
    return None


def new_code(found: Match, books: TaxBooks) -> NewCode:
    """Name the code for these taxes, and a rate for each; no name is one that QuickBooks has already (fault 6240)."""
    codes = {matching_name(code.name) for code in books.codes.values()}
    rates = {matching_name(rate.name) for rate in books.rates.values()}
    named: list[str] = []
    for tax in found.taxes:
        named.append(free_name(f"{tax.name} (Purchases)", rates))
        rates.add(matching_name(named[-1]))
    return NewCode(
        found.taxes, free_name(found.name, codes), tuple(_rate(found, tax, books) for tax in found.taxes), tuple(named)
    )


def _rate(found: Match, tax: PrecoroTax, books: TaxBooks) -> str | None:
    """Return the rate that QuickBooks has for a tax; never one that alone makes up another code, which could not be told apart."""
    rate = rate_in_use(tax, books) or rate_alone(tax, books)
    if rate is None or (len(found.taxes) == 1 and codes_with({rate.id}, books.codes.values())):
        return None
    return rate.id


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return the name, shortened, or with a suffix when it is taken; `taken` are names as `matching_name` has them."""
    return next(name for name in _names(wanted) if matching_name(name) not in taken)


def _names(wanted: str) -> Iterable[str]:
    """Yield the name and then ever new ones made from it."""
    yield wanted[:LONGEST].rstrip()
    yield f"{wanted[: LONGEST - 10].rstrip()} (Precoro)"
    number = 2
    while True:
        suffix = f" (Precoro {number})"
        yield f"{wanted[: LONGEST - len(suffix)].rstrip()}{suffix}"
        number += 1
