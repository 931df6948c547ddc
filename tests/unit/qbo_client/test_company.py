"""What a company can do is read from CompanyInfo and Preferences, and small plans are refused in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo_client.company import CompanyProfile, read_company, sections
from tests.unit.noise import FUZZ, JSON, broken, places

PREFERENCES = {
    "AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True, "BookCloseDate": "2025-12-31"},
    "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": False},
    "ProductAndServicesPrefs": {"ForPurchase": True},
    "TaxPrefs": {"UsingSalesTax": True},
    "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}},
    "OtherPrefs": {
        "NameValue": [
            {"Name": "VendorAndPurchasesPrefs.PurchseOrderEnabled", "Value": "true"},
            {"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "True"},
            {"Name": "WarnDuplicateBillNumber", "Value": "false"},
        ]
    },
}


def _company(
    plan: str | None = "QuickBooks Online Plus", status: str = "SUBSCRIBED", sku: str = "OfferingSku"
) -> CompanyProfile:
    named = [{"Name": "SubscriptionStatus", "Value": status}]
    if plan is not None:
        named.append({"Name": sku, "Value": plan})
    return read_company({"CompanyName": "Widgets UK Ltd", "Country": "GB", "NameValue": named}, PREFERENCES)


def test_a_company_is_read_from_both_answers() -> None:
    company, switches = _company(), _company().preferences
    assert (company.name, company.country, company.home_currency) == ("Widgets UK Ltd", "GB", "GBP")
    assert (company.multicurrency, company.plan, company.subscription) == (True, "QuickBooks Online Plus", "SUBSCRIBED")
    assert (switches.classes_per_line, switches.classes_per_transaction, switches.departments) == (True, False, True)
    assert (switches.purchase_orders, switches.custom_transaction_numbers) == (True, True)
    assert (switches.warn_duplicate_bill_number, switches.automated_sales_tax) == (False, False)
    assert switches.book_close_date == date(2025, 12, 31)


@pytest.mark.parametrize(
    "plan", ["QuickBooks Online Plus", "QUICKBOOKS ONLINE ADVANCED", "QuickBooks Online Accountant"]
)
def test_plans_that_work_pass_without_a_word(plan: str) -> None:
    assert _company(plan).refusal is None
    assert _company(plan).warnings == []


@pytest.mark.parametrize("plan", ["QuickBooks Online Simple Start", "quickbooks online essentials"])
@pytest.mark.parametrize("sku", ["OfferingSku", "OfferingSKU"])
def test_small_plans_are_refused_and_the_right_ones_named(plan: str, sku: str) -> None:
    refusal = _company(plan, sku=sku).refusal
    assert refusal is not None
    assert "Plus or Advanced" in refusal


@pytest.mark.parametrize("plan", ["QuickBooks Online Core", None])
def test_an_unknown_plan_is_a_warning(plan: str | None) -> None:
    assert _company(plan).refusal is None
    assert len(_company(plan).warnings) == 1


def test_a_subscription_that_ended_is_refused() -> None:
    assert "ended" in (_company(status="EXPIRED").refusal or "")
    assert _company(status="RESTRICTED").refusal is None


def test_a_company_that_says_nothing_is_read_as_everything_off_but_for_what_intuit_often_leaves_out() -> None:
    company = read_company({}, {})
    assert (company.home_currency, company.preferences.departments) == ("", False)
    assert (company.preferences.purchase_orders, company.preferences.custom_transaction_numbers) == (True, True)
    switch = {"Name": "VendorAndPurchasesPrefs.PurchseOrderEnabled", "Value": "false"}
    off = read_company({}, {"OtherPrefs": {"NameValue": [switch]}})
    assert any("Purchase orders are switched off" in warning for warning in off.warnings)


INFO = {"CompanyName": "Widgets UK Ltd", "Country": "GB", "NameValue": [{"Name": "OfferingSku", "Value": "Plus"}]}
BOTH = {"info": INFO, "preferences": PREFERENCES}


@FUZZ
@given(path=st.sampled_from([path for path in places(BOTH) if len(path) > 1]), value=JSON)
def test_anything_at_any_place_of_both_answers_leaves_a_company_that_can_be_told(
    path: tuple[Any, ...], value: Any
) -> None:
    given_both = broken(BOTH, path, value)
    company = read_company(given_both["info"], given_both["preferences"])
    texts = (
        company.name,
        company.legal_name,
        company.country,
        company.home_currency,
        company.plan,
        company.subscription,
    )
    assert all("\x00" not in text and text.encode() is not None for text in texts)
    assert all(company.warnings)
    assert all(isinstance(section, dict) for section in sections(given_both["preferences"]).values())


def test_a_closing_date_that_cannot_be_read_counts_as_none_and_is_said() -> None:
    accounting = {"BookCloseDate": "31.12.2025"}
    company = read_company(INFO, {**PREFERENCES, "AccountingInfoPrefs": accounting})
    assert company.preferences.book_close_date is None
    assert ["31.12.2025" in warning for warning in company.warnings] == [True]
