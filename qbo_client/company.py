"""What a QuickBooks company is and can do, and whether Tieout can work with its plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mappers.editions import too_small
from mappers.text import clean

WITH_PURCHASE_ORDERS = ("plus", "advanced", "enterprise", "accountant")
ENDED = frozenset({"SUSPENDED", "EXPIRED", "CANCELLED"})
"""Subscription states in which nothing can be written (docs/reference/quickbooks.md, Editions)."""

MOST_SHOWN = 40
"""How much of a date that cannot be read is shown."""


@dataclass(frozen=True, kw_only=True)
class CompanyPreferences:
    """The switches of a company that decide what a document may carry."""

    purchase_orders: bool
    classes_per_line: bool
    classes_per_transaction: bool
    departments: bool
    customers_on_purchases: bool
    billable_expenses: bool
    items_on_purchases: bool
    custom_transaction_numbers: bool
    warn_duplicate_bill_number: bool
    using_sales_tax: bool
    automated_sales_tax: bool
    book_close_date: date | None
    unreadable_close_date: str = ""

    @property
    def doubt(self) -> str | None:
        """The warning that the closing date cannot be read, or None."""
        if not self.unreadable_close_date:
            return None
        return (
            f"The closing date of the books cannot be read ({self.unreadable_close_date}). Tieout goes on as if there were none; "
            "QuickBooks refuses what falls into the closed period."
        )


@dataclass(frozen=True, kw_only=True)
class CompanyProfile:
    """One QuickBooks company, from CompanyInfo and Preferences.

    `plan` is the name as QuickBooks gives it, "" when it gives none.
    """

    name: str
    legal_name: str
    country: str
    home_currency: str
    multicurrency: bool
    plan: str
    subscription: str
    preferences: CompanyPreferences

    @property
    def refusal(self) -> str | None:
        """Why Tieout cannot work with this company, or None."""
        small = too_small(self.plan)
        if small:
            return (
                f"{self.name} has QuickBooks Online {small}, which has no purchase orders, classes or locations. "
                "Tieout needs QuickBooks Online Plus or Advanced."
            )
        return self.ended

    @property
    def ended(self) -> str | None:
        """The sentence that the subscription has ended, so that nothing can be written, or None."""
        if self.subscription.upper() not in ENDED:
            return None
        return f"The QuickBooks subscription of {self.name} has ended ({self.subscription.lower()}), so nothing can be written."

    @property
    def warnings(self) -> list[str]:
        """What a person should know before going on."""
        warnings = []
        if self.refusal is None and not any(word in self.plan.lower() for word in WITH_PURCHASE_ORDERS):
            plan = f"the plan {self.plan}" if self.plan else "a plan that QuickBooks does not name"
            warnings.append(
                f"{self.name} has {plan}, which Tieout does not know. Plus and Advanced work; others may refuse some documents."
            )
        if not self.preferences.purchase_orders:
            warnings.append(f"Purchase orders are switched off in {self.name} (Account and settings, Expenses).")
        if self.preferences.doubt:
            warnings.append(self.preferences.doubt)
        return warnings


def read_company(info: Mapping[str, object], preferences: Mapping[str, object]) -> CompanyProfile:
    """Return the company of a CompanyInfo and its Preferences; what cannot be read counts as empty."""
    values = _name_values(info)
    currency = _object(preferences, "CurrencyPrefs")
    return CompanyProfile(
        name=_text(info.get("CompanyName")),
        legal_name=_text(info.get("LegalName")) or _text(info.get("CompanyName")),
        country=_text(info.get("Country")),
        home_currency=_text(_object(currency, "HomeCurrency").get("value")),
        multicurrency=has_multicurrency(preferences),
        plan=values.get("offeringsku", ""),
        subscription=values.get("subscriptionstatus", ""),
        preferences=read_preferences(preferences),
    )


def has_multicurrency(preferences: Mapping[str, object]) -> bool:
    """Tell whether the company works in several currencies."""
    return _on(_object(preferences, "CurrencyPrefs").get("MultiCurrencyEnabled"))


def read_preferences(body: Mapping[str, object]) -> CompanyPreferences:
    """Return the switches; what is missing or cannot be read counts as off.

    Intuit leaves two of them out where they are on: only "false" is off there.
    """
    accounting, vendors = _object(body, "AccountingInfoPrefs"), _object(body, "VendorAndPurchasesPrefs")
    tax, values = _object(body, "TaxPrefs"), _name_values(_object(body, "OtherPrefs"))
    close_date_text = str(accounting.get("BookCloseDate") or "")
    close_date = _day(close_date_text)
    return CompanyPreferences(
        # The name is Intuit's, typing error included.
        purchase_orders=_unless_off(values.get("vendorandpurchasesprefs.purchseorderenabled")),
        classes_per_line=_on(accounting.get("ClassTrackingPerTxnLine")),
        classes_per_transaction=_on(accounting.get("ClassTrackingPerTxn")),
        departments=_on(accounting.get("TrackDepartments")),
        customers_on_purchases=_on(vendors.get("TrackingByCustomer")),
        billable_expenses=_on(vendors.get("BillableExpenseTracking")),
        items_on_purchases=_on(_object(body, "ProductAndServicesPrefs").get("ForPurchase")),
        custom_transaction_numbers=_unless_off(values.get("vendorandpurchasesprefs.usecustomtxnnumbers")),
        warn_duplicate_bill_number=_on(values.get("warnduplicatebillnumber")),
        using_sales_tax=_on(tax.get("UsingSalesTax")),
        automated_sales_tax=_on(tax.get("PartnerTaxEnabled")),
        book_close_date=close_date,
        unreadable_close_date=close_date_text[:MOST_SHOWN] if close_date_text and close_date is None else "",
    )


def sections(body: Mapping[str, object]) -> dict[str, Any]:
    """Return the sections of Preferences as they are kept; what is no section is left out."""
    return {name: section for name, section in body.items() if isinstance(section, Mapping)}


def _name_values(body: Mapping[str, object]) -> dict[str, str]:
    """Return a NameValue list as a dict with names in lower case.

    Intuit's pages and its data spell the names differently.
    """
    rows = body.get("NameValue")
    pairs = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {_text(pair.get("Name")).lower(): _text(pair.get("Value")) for pair in pairs}


def _object(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return an object inside another, empty when there is none."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """Return a text, a switch as "True" or "False", and "" for anything else."""
    return clean(str(value)) if isinstance(value, str | bool) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _unless_off(value: object) -> bool:
    """Return a switch that may be missing where it is on."""
    return str(value).lower() != "false"


def _on(value: object) -> bool:
    """Return a switch, which is a boolean in some places and the word "true" in others."""
    return value is True or str(value).lower() == "true"
