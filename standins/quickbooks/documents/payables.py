"""The currency of a document, and the Accounts Payable account of that currency."""

from __future__ import annotations

from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.entities.table import ENTITIES

Json = dict[str, Any]


def set_currency(draft: EntityDraft) -> None:
    """Take the vendor's currency; refuse another one. Keep a rate only where there are several currencies."""
    new, company = draft.new, draft.company
    vendor = company.get("Vendor", new["VendorRef"]["value"]) or {}
    own = vendor.get("CurrencyRef", {}).get("value", company.home_currency)
    chosen = new.get("CurrencyRef") or draft.currency(own)
    if chosen["value"] != own:
        raise errors.business(f"The currency of the transaction must be the currency of the vendor ({own}).")
    new["CurrencyRef"] = draft.currency(own)
    if not draft.multicurrency:
        new.pop("ExchangeRate", None)
    elif own == company.home_currency:
        new["ExchangeRate"] = 1
    else:
        new.setdefault("ExchangeRate", 1)


def set_payable_account(draft: EntityDraft) -> None:
    """Choose the A/P account of the currency, or refuse one that does not fit."""
    new, company = draft.new, draft.company
    code = new["CurrencyRef"]["value"]
    if not new.get("APAccountRef"):
        account = payable_account(draft, code)
        new["APAccountRef"] = {"value": account["Id"], "name": account["FullyQualifiedName"]}
        return
    account = company.get("Account", new["APAccountRef"]["value"]) or {}
    if account.get("AccountType") != "Accounts Payable":
        raise errors.wrong_account_type("an Accounts Payable account is expected in APAccountRef")
    if account.get("CurrencyRef", {}).get("value", code) != code:
        raise errors.business(f"The Accounts Payable account must have the currency of the transaction ({code}).")


def payable_account(draft: EntityDraft, code: str) -> Json:
    """Return the first active A/P account of a currency, made where there is none."""
    for account in draft.company.rows("Account"):
        own = account.get("CurrencyRef", {}).get("value")
        if account["AccountType"] == "Accounts Payable" and account.get("Active", True) and own == code:
            return account
    if draft.multicurrency and draft.company.settings.payable_account_by_itself:
        return _new_payable_account(draft, code)
    raise errors.business(f"There is no Accounts Payable account in {code}.")


def _new_payable_account(draft: EntityDraft, code: str) -> Json:
    entity, name = ENTITIES["Account"], f"Accounts Payable (A/P) - {code}"
    account = {
        "Id": draft.company.new_id(entity),
        "Name": name,
        "FullyQualifiedName": name,
        "SubAccount": False,
        "Active": True,
        "AccountType": "Accounts Payable",
        "AccountSubType": "AccountsPayable",
        "Classification": "Liability",
        "CurrencyRef": draft.currency(code),
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
    }
    return draft.company.put(entity, account, "Create")
