"""Rules of accounts: type, number, and which must stay active."""

from __future__ import annotations

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.entities.lists import CLASSIFICATION
from standins.quickbooks.errors import QuickBooksFault

DOCUMENTED_NUMBERS = {"AU": 20, "CA": 20}
USUAL_NUMBER = 7
OF_SUBTYPE = {
    **dict.fromkeys(("CashOnHand", "Checking", "MoneyMarket", "Savings"), "Bank"),
    **dict.fromkeys(("Inventory", "UndepositedFunds", "PrepaidExpenses"), "Other Current Asset"),
    **dict.fromkeys(("SalesOfProductIncome", "ServiceFeeIncome"), "Income"),
    **dict.fromkeys(("SuppliesMaterialsCogs", "CostOfLaborCos"), "Cost of Goods Sold"),
    "AccountsPayable": "Accounts Payable",
    "AccountsReceivable": "Accounts Receivable",
    "CreditCard": "Credit Card",
}
"""The type of an account that is made by its detail type alone; what is not here is taken for an expense."""
SYSTEM_ACCOUNTS = frozenset({"RetainedEarnings", "UndepositedFunds", "OpeningBalanceEquity"})
DEFAULT_ACCOUNTS = ("UncategorizedAssetAccountId", "UncategorizedIncomeAccountId", "UncategorizedExpenseAccountId")


def complete(draft: EntityDraft) -> None:
    """Complete an account, and refuse what its list forbids."""
    new = draft.new
    _check_account_number(draft)
    if not new.get("AccountType") and not new.get("AccountSubType"):
        message = "Account type or subtype must be specified"
        raise QuickBooksFault(errors.FaultEntry(6010, message, "Specify AccountType or AccountSubType", "AccountType"))
    new.setdefault("AccountType", OF_SUBTYPE.get(str(new.get("AccountSubType")), "Expense"))
    new.setdefault("AccountSubType", str(new["AccountType"]).replace(" ", ""))
    new["Classification"] = CLASSIFICATION[new["AccountType"]]
    new.setdefault("CurrencyRef", draft.currency(draft.company.home_currency))
    new.setdefault("CurrentBalance", 0)
    new.setdefault("CurrentBalanceWithSubAccounts", 0)
    if draft.old and draft.old.get("Active", True) and not new.get("Active", True):
        _check_not_needed(draft)


def _check_account_number(draft: EntityDraft) -> None:
    """Refuse a number longer than documented (7; 20 in Australia and Canada), where the setting wants that."""
    number = str(draft.clean.get("AcctNum") or "")
    longest = DOCUMENTED_NUMBERS.get(draft.company.country, USUAL_NUMBER)
    if draft.company.settings.account_numbers == "documented" and len(number) > longest:
        raise QuickBooksFault(errors.wrong_length("AcctNum", number, longest))


def _check_not_needed(draft: EntityDraft) -> None:
    """Refuse to make an account inactive that QuickBooks or a preference needs (text inferred)."""
    company, old = draft.company, draft.old or {}
    named = [company.preference("OtherPrefs", name) for name in DEFAULT_ACCOUNTS]
    markup = company.preference("VendorAndPurchasesPrefs", "DefaultMarkupAccount") or {}
    if old.get("AccountSubType") in SYSTEM_ACCOUNTS or str(old["Id"]) in [*named, markup.get("value")]:
        raise errors.business(f"{old['Name']} is used as a default account and can't be made inactive.")
