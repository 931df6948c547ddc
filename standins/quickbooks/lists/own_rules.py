"""The table of rules that single name lists add."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from standins.quickbooks import errors
from standins.quickbooks.company.currencies import name_of
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.lists import accounts, items

CURRENCY_CODE = re.compile(r"[A-Z]{3}")


def _partner(draft: EntityDraft) -> None:
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


def _term(draft: EntityDraft) -> None:
    new = draft.new
    if new.get("DueDays") is not None and new.get("DayOfMonthDue") is not None:
        raise QuickBooksFault(
            errors.FaultEntry(2600, "Conflicting elements", "Specify DueDays or DayOfMonthDue, not both")
        )
    new["Type"] = "DATE_DRIVEN" if new.get("DayOfMonthDue") is not None else "STANDARD"


def _currency(draft: EntityDraft) -> None:
    """Take a currency by its ISO code, once, where several currencies are switched on (else 5030)."""
    new, code = draft.new, str(draft.new["Code"]).upper()
    if not draft.multicurrency:
        raise errors.not_supported("Multicurrency")
    if not CURRENCY_CODE.fullmatch(code) or code == draft.company.home_currency:
        raise QuickBooksFault(errors.wrong_value(2220, "Currency", "Code", new["Code"]))
    others = (row for row in draft.company.rows("CompanyCurrency") if draft.old is None or row["Id"] != draft.old["Id"])
    if any(row["Code"] == code for row in others):
        raise errors.name_taken("currency")
    new["Code"] = code
    new.setdefault("Name", name_of(code))


def _agency(draft: EntityDraft) -> None:
    name = str(draft.new["DisplayName"]).casefold()
    if any(str(row["DisplayName"]).casefold() == name for row in draft.company.rows("TaxAgency")):
        raise errors.name_taken("tax agency")
    draft.new.setdefault("TaxAgencyConfig", "USER_DEFINED")


OWN_RULES: Mapping[str, Callable[[EntityDraft], None]] = {
    "Vendor": _partner,
    "Customer": _partner,
    "Account": accounts.complete,
    "Item": items.complete,
    "Term": _term,
    "CompanyCurrency": _currency,
    "TaxAgency": _agency,
}
"""Called with the draft of an entry after its name is known and before it is held against others."""
