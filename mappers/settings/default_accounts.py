"""The accounts used where a document names none."""

from __future__ import annotations

from collections.abc import Mapping

from mappers.books import NOT_FOR_PURCHASES, BookEntry
from mappers.policy import Policy
from mappers.remedies import Act, Remedy

FOR_LINES, FOR_PRODUCTS = "lines", "products"
PAYABLE = "Accounts Payable"
SETTINGS = {FOR_LINES: "default_line_account", FOR_PRODUCTS: "default_item_account"}
"""The setting by use; every other use is accounts payable in a currency."""


def default_account_uses(policy: Policy) -> Mapping[str, str]:
    """Return the use of each default account, by its id.

    Such an account cannot be switched off.
    """
    uses = [(account, f"accounts payable in {currency}") for currency, account in policy.payable_accounts.items()]
    uses.append((policy.default_item_account or "", FOR_PRODUCTS))
    uses.append((policy.default_line_account or "", FOR_LINES))
    return {account: use for account, use in uses if account}


def choose_another(use: str, **arguments: str) -> Remedy:
    """Return how an account stops being the default for a use.

    `arguments` are further ones of the act.
    """
    act_arguments = {"setting": SETTINGS.get(use, "payable_accounts"), **arguments}
    return Remedy("Choose another default account first.", (Act("change_setting", act_arguments),))


def refusal(account: BookEntry | None, text: str, use: str, currency: str, home_currency: str) -> str | None:
    """Say why an account cannot be the default for a use; None when it can.

    The use is lines, products, or (any other) accounts payable in a currency. Purchase lines go to any account but A/P and
    A/R (fault 6430) that is kept in the home currency; A/P has one account for each currency (docs/reference/quickbooks.md,
    Accounts).
    """
    if account is None:
        return f"QuickBooks has no account with the id or name {text}."
    if not account.active:
        return f"Account {account.name} is inactive in QuickBooks. Make it active there, or choose another."
    kept_in = account.currency or home_currency
    if use not in {FOR_LINES, FOR_PRODUCTS}:
        return _not_payable(account, kept_in, currency)
    if account.kind in NOT_FOR_PURCHASES:
        return f"Account {account.name} is of type {account.kind}, which takes no purchase lines. Choose an expense account."
    if kept_in != home_currency:
        return f"Account {account.name} is kept in {kept_in}. Choose one in {home_currency}, the home currency."
    return None


def _not_payable(account: BookEntry, kept_in: str, currency: str) -> str | None:
    """Say why an account is not the A/P account of a currency."""
    if account.kind != PAYABLE:
        return f"Account {account.name} is of type {account.kind}. Choose one of type {PAYABLE} (A/P)."
    if kept_in != currency:
        return f"Account {account.name} is kept in {kept_in}. Choose the A/P account in {currency}."
    return None
