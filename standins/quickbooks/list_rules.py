"""What each name list asks of its entries besides a name: partners, accounts, items, terms, currencies, agencies."""

from __future__ import annotations

import re
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.draft import CURRENCY_NAMES, Draft
from standins.quickbooks.errors import Fault
from standins.quickbooks.name_lists import CLASSIFICATION

Json = dict[str, Any]

DOCUMENTED_NUMBERS = {"AU": 20, "CA": 20}
USUAL_NUMBER = 7
SYSTEM_ACCOUNTS = frozenset({"RetainedEarnings", "UndepositedFunds", "OpeningBalanceEquity"})
DEFAULT_ACCOUNTS = ("UncategorizedAssetAccountId", "UncategorizedIncomeAccountId", "UncategorizedExpenseAccountId")
CURRENCY_CODE = re.compile(r"[A-Z]{3}")
OF_CATEGORIES = frozenset({"Name", "Type", "ParentRef", "SubItem", "Active", "Level", "FullyQualifiedName"})


def _partner(draft: Draft) -> None:
    new = draft.new
    new.setdefault("CurrencyRef", draft.currency(draft.company.home_currency))
    new.setdefault("Balance", 0)
    if draft.entity.name == "Customer":
        new.setdefault("BalanceWithJobs", 0)
    identifier = draft.clean.get("TaxIdentifier")
    if identifier and "X" not in str(identifier):
        new["TaxIdentifier"] = "X" * max(len(identifier) - 4, 0) + str(identifier)[-4:]
    elif identifier and draft.old:
        new["TaxIdentifier"] = draft.old.get("TaxIdentifier", identifier)


def _account(draft: Draft) -> None:
    new = draft.new
    _check_account_number(draft)
    if not new.get("AccountType") and not new.get("AccountSubType"):
        message = "Account type or subtype must be specified"
        raise Fault(errors.Problem(6010, message, "Specify AccountType or AccountSubType", "AccountType"))
    new.setdefault("AccountType", "Expense")
    new.setdefault("AccountSubType", str(new["AccountType"]).replace(" ", ""))
    new["Classification"] = CLASSIFICATION[new["AccountType"]]
    new.setdefault("CurrencyRef", draft.currency(draft.company.home_currency))
    new.setdefault("CurrentBalance", 0)
    new.setdefault("CurrentBalanceWithSubAccounts", 0)
    if draft.old and draft.old.get("Active", True) and not new.get("Active", True):
        _check_not_needed(draft)


def _check_account_number(draft: Draft) -> None:
    """Refuse a number longer than documented (7; 20 in Australia and Canada), where the setting wants that."""
    number = str(draft.clean.get("AcctNum") or "")
    longest = DOCUMENTED_NUMBERS.get(draft.company.country, USUAL_NUMBER)
    if draft.company.settings.account_numbers == "documented" and len(number) > longest:
        raise Fault(errors.wrong_length("AcctNum", number, longest))


def _check_not_needed(draft: Draft) -> None:
    """Refuse to make an account inactive that QuickBooks itself posts to, or that a preference names (text inferred)."""
    company, old = draft.company, draft.old or {}
    named = [company.preference("OtherPrefs", name) for name in DEFAULT_ACCOUNTS]
    markup = company.preference("VendorAndPurchasesPrefs", "DefaultMarkupAccount") or {}
    if old.get("AccountSubType") in SYSTEM_ACCOUNTS or str(old["Id"]) in [*named, markup.get("value")]:
        raise errors.business(f"{old['Name']} is used as a default account and can't be made inactive.")


def _item(draft: Draft) -> None:
    new, clean = draft.new, draft.clean
    kind = new["Type"]
    if kind == "Group" and not draft.caller.person:
        raise errors.unsupported_operation("create Item of type Group")
    if kind in {"Service", "NonInventory"} and not (new.get("IncomeAccountRef") or new.get("ExpenseAccountRef")):
        raise errors.business("You must select an account for this transaction.")
    if kind == "Category":
        _category(draft)
    elif new.get("ParentRef"):
        _check_category(draft)
    if kind == "Inventory":
        _inventory(draft)
    tracked = draft.old is not None and draft.old.get("TrackQtyOnHand")
    if tracked and clean.get("TrackQtyOnHand") is False:
        raise errors.business("You can't turn off quantity tracking of an inventory item.")


def _category(draft: Draft) -> None:
    """Leave a category nothing but its name and the category above it; it is always active."""
    new = draft.new
    if not new.get("Active", True):
        raise errors.business("A category can't be made inactive.")
    for name in [name for name in new if name in draft.entity.fields and name not in OF_CATEGORIES]:
        del new[name]
    if new.get("ParentRef"):
        _check_category(draft)


def _check_category(draft: Draft) -> None:
    parent = draft.company.get("Item", draft.new["ParentRef"]["value"]) or {}
    if parent.get("Type") != "Category":
        raise errors.wrong_parent(f"{parent.get('Name')} is not a category")


def _inventory(draft: Draft) -> None:
    new = draft.new
    new["TrackQtyOnHand"] = True
    if not new.get("AssetAccountRef"):
        detail = "An inventory assetaccount is required if you are tracking inventory quantities for this product."
        message = "Required param missing, need to supply the required value for the API"
        raise Fault(errors.Problem(2020, message, detail, "AssetAccountRef"))
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "InvStartDate"):
        if not new.get(name):
            raise Fault(errors.required(name))
    if new.get("QtyOnHand") is None:
        raise errors.quantity_required()


def _term(draft: Draft) -> None:
    new = draft.new
    if new.get("DueDays") is not None and new.get("DayOfMonthDue") is not None:
        raise Fault(errors.Problem(2600, "Conflicting elements", "Specify DueDays or DayOfMonthDue, not both"))
    new["Type"] = "DATE_DRIVEN" if new.get("DayOfMonthDue") is not None else "STANDARD"


def _currency(draft: Draft) -> None:
    """Take a currency by its ISO code, once, where several currencies are switched on (else 5030)."""
    new, code = draft.new, str(draft.new["Code"]).upper()
    if not draft.multicurrency:
        raise errors.not_supported("Multicurrency")
    if not CURRENCY_CODE.fullmatch(code) or code == draft.company.home_currency:
        raise Fault(errors.wrong_value(2220, "Currency", "Code", new["Code"]))
    others = (row for row in draft.company.rows("CompanyCurrency") if draft.old is None or row["Id"] != draft.old["Id"])
    if any(row["Code"] == code for row in others):
        raise errors.name_taken("currency")
    new["Code"] = code
    new.setdefault("Name", CURRENCY_NAMES.get(code, code))


def _agency(draft: Draft) -> None:
    name = str(draft.new["DisplayName"]).casefold()
    if any(str(row["DisplayName"]).casefold() == name for row in draft.company.rows("TaxAgency")):
        raise errors.name_taken("tax agency")
    draft.new.setdefault("TaxAgencyConfig", "USER_DEFINED")


SPECIAL = {
    "Vendor": _partner,
    "Customer": _partner,
    "Account": _account,
    "Item": _item,
    "Term": _term,
    "CompanyCurrency": _currency,
    "TaxAgency": _agency,
}
"""Called with the draft of an entry after its name is known and before it is held against others."""
