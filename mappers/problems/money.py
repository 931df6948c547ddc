"""Problems of currencies, exchange rates and accounts payable."""
# ruff: noqa: D401 - the docstring of a problem is its meaning, not an order

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mappers.money import written
from mappers.problems import acts
from mappers.problems.problem import HOME_CURRENCY, Parts, problem
from mappers.remedies import Act, Remedy


@problem
def multicurrency_off(currency: str, home: str) -> Parts:
    """The document is in a foreign currency and QuickBooks knows one currency only."""
    return (
        f"The document is in {currency}; this QuickBooks company works in {home} only.",
        Remedy(f"Switch on multicurrency in QuickBooks, or {acts.BY_HAND}", (Act("ignore_document"),)),
        "preferences",
    )


@problem
def rate_missing(currency: str, day: date) -> Parts:
    """There is no exchange rate."""
    return (
        f"There is no exchange rate of {currency} for {day}.",
        Remedy(f"Enter the rate of {currency} in QuickBooks, then send the document again.", (Act("send_document"),)),
        f"rate:{currency}",
    )


@problem
def rate_is_one(currency: str, day: date, home: str, pegged: str) -> Parts:
    """The exchange rate is 1 between different currencies."""
    return (
        f"The exchange rate of {currency} for {day} is 1, which is right only if {currency} is pegged to {home}.",
        Remedy(
            f"Say that {currency} is pegged, or enter its rate in QuickBooks and send the document again.",
            (Act("accept_rate_of_one", {"currencies": pegged}), Act("send_document")),
        ),
        f"rate:{currency}",
    )


@problem
def rate_base_unknown(currency: str, home: str) -> Parts:
    """It is not known yet which home currency Precoro's exchange rates are towards."""
    return (
        f"No document has shown yet that Precoro's rate of {currency} is towards {home}, the home currency of QuickBooks.",
        Remedy(
            f"It goes on once a document in {home} is approved in Precoro. Or use the rate of QuickBooks.",
            (acts.setting("exchange_rate", "quickbooks"),),
        ),
        HOME_CURRENCY,
    )


@problem
def rate_of_another_home(currency: str, precoro: str, home: str) -> Parts:
    """Precoro's exchange rates are towards another currency than QuickBooks' home currency."""
    return (
        f"Precoro's rate of {currency} is towards {precoro}, but the home currency of QuickBooks is {home}.",
        Remedy("Use the rate of QuickBooks.", (acts.setting("exchange_rate", "quickbooks"),)),
        HOME_CURRENCY,
    )


@problem
def rate_unproven(currency: str, rate: Decimal) -> Parts:
    """Precoro gives no total in company currency, so nothing bears its exchange rate out."""
    return (
        f"Precoro's rate of {currency} is {rate:f}, but it gives no total in company currency that bears it out.",
        Remedy("Use the rate of QuickBooks.", (acts.setting("exchange_rate", "quickbooks"),)),
        f"rate:{currency}",
    )


@problem
def rate_unclear(currency: str, rate: Decimal, total: Decimal, company_total: Decimal) -> Parts:
    """Precoro's exchange rate and its total in company currency disagree."""
    return (
        f"Precoro's rate of {currency} is {rate:f}, but its totals are {written(total)} and {written(company_total)} in company currency.",
        Remedy(
            "Use the rate of QuickBooks, or correct the rate in Precoro.",
            (acts.setting("exchange_rate", "quickbooks"),),
        ),
        f"rate:{currency}",
    )


@problem
def payable_account_missing(currency: str) -> Parts:
    """No accounts payable account is known for the currency."""
    return (
        f"There is not exactly one active accounts payable account in {currency}, and none is chosen.",
        Remedy(
            f"Choose the accounts payable account for {currency}.",
            (Act("choose_payable_account", {"currency": currency}),),
        ),
        "preferences",
    )


@problem
def payable_account_unusable(name: str, currency: str) -> Parts:
    """The accounts payable account chosen for the currency cannot be used."""
    return (
        f"Account {name}, chosen as accounts payable in {currency}, is gone, inactive, of another type or currency.",
        Remedy(
            f"Choose another accounts payable account for {currency}.",
            (Act("choose_payable_account", {"currency": currency}),),
        ),
        "preferences",
    )
