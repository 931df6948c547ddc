"""Withholding taxes, each a negative line to its liability account.

So the total is what is payable.
"""

from __future__ import annotations

from collections.abc import Iterable

from mappers.books import BookEntry
from mappers.taxes.matching import PrecoroTax

LIABILITIES = frozenset({"Other Current Liability", "Long Term Liability"})
"""The types of accounts that may owe a tax office what was withheld; accounts payable and cards owe others."""


def offered(accounts: Iterable[BookEntry]) -> list[BookEntry]:
    """Return the accounts that a withholding tax may be mapped to, by name."""
    return sorted(
        (account for account in accounts if account.active and account.kind in LIABILITIES),
        key=lambda account: account.name,
    )


def refusal(tax: PrecoroTax, account: BookEntry) -> str | None:
    """Say why a withholding tax cannot go to an account; None when it can."""
    if not account.active:
        return f"Account {account.name} is inactive in QuickBooks. Make it active again, or choose another account."
    if account.kind not in LIABILITIES:
        return (
            f"Account {account.name} is of type {account.kind}; what is withheld as {tax.name} is owed to the tax office. "
            f"Choose an account of type {' or '.join(sorted(LIABILITIES))}."
        )
    return None
