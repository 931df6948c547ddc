"""Tax codes to create in QuickBooks for taxes that have none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mappers.matching.rule import matching_name
from mappers.taxes.matching import NONE, Match, PrecoroTax, TaxBooks, codes_with, left, rate_alone, rate_in_use

LONGEST_TAX_NAME = 100
"""How long QuickBooks lets the names of tax codes and tax rates be."""
MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class NewCode:
    """A tax code to create, with a rate for each of its taxes.

    A rate is one that QuickBooks has, or a new one with a name.
    """

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
        return [{**detail, "TaxApplicableOn": "Purchase"} for detail in details]


def missing(matches: Sequence[Match], keys: Collection[str] = ()) -> list[Match]:
    """Return what has no code and no candidate.

    Of what a person chose by its key, all that has no code.
    """
    if keys:
        return [match for match in matches if match.key in keys and match.code is None]
    return [match for match in left(matches) if match.state == NONE]


def refusal(match: Match) -> str | None:
    """Say why no code can be made for these taxes; None when one can."""
    for tax in match.taxes:
        if tax.percent is None:
            return f"Precoro gives no rate for {tax.name}, so no code can be made for it. Choose one by hand."
        if not 0 <= tax.percent <= MOST_PERCENT:
            return f"{tax.name} is {tax.percent:f} %, and a rate in QuickBooks lies between 0 and 100 %."
    return None


def new_code(match: Match, books: TaxBooks) -> NewCode:
    """Name the code for these taxes, and a rate for each.

    No name is one that QuickBooks has already (fault 6240).
    """
    codes = {matching_name(code.name) for code in books.codes.values()}
    rates = {matching_name(rate.name) for rate in books.rates.values()}
    new_names: list[str] = []
    for tax in match.taxes:
        new_names.append(free_name(f"{tax.name} (Purchases)", rates))
        rates.add(matching_name(new_names[-1]))
    return NewCode(
        match.taxes,
        free_name(match.name, codes),
        tuple(_rate(match, tax, books) for tax in match.taxes),
        tuple(new_names),
    )


def _rate(match: Match, tax: PrecoroTax, books: TaxBooks) -> str | None:
    """Return the rate that QuickBooks has for a tax.

    Never one that alone makes up another code, which could not be told apart.
    """
    rate = rate_in_use(tax, books) or rate_alone(tax, books)
    if rate is None or (len(match.taxes) == 1 and codes_with({rate.id}, books.codes.values())):
        return None
    return rate.id


def free_name(wanted: str, taken: Collection[str]) -> str:
    """Return the name, shortened, or with a suffix when it is taken.

    `taken` are names as `matching_name` has them.
    """
    return next(name for name in _names(wanted) if matching_name(name) not in taken)


def _names(wanted: str) -> Iterable[str]:
    """Yield the name and then ever new ones made from it."""
    yield wanted[:LONGEST_TAX_NAME].rstrip()
    yield f"{wanted[: LONGEST_TAX_NAME - 10].rstrip()} (Precoro)"
    number = 2
    while True:
        suffix = f" (Precoro {number})"
        yield f"{wanted[: LONGEST_TAX_NAME - len(suffix)].rstrip()}{suffix}"
        number += 1
