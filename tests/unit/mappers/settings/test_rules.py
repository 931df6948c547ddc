"""What is offered follows from both companies, and what is not says why."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from mappers.books import BookEntry
from mappers.policy import Policy, PolicySchema, UnreadablePolicy
from mappers.settings.rules import Facts, all_settings, merged_settings, refusals, with_ids

WIDGETS = Facts(
    company="Widgets Inc",
    plan="QuickBooks Online Plus",
    is_us=True,
    home_currency="USD",
    multicurrency=False,
    purchase_orders=True,
    customers=True,
    billable=False,
    uses_taxes=False,
    accounts={
        "33": BookEntry("33", "Accounts Payable (A/P)", kind="Accounts Payable"),
        "34": BookEntry("34", "Accounts Payable - EUR", kind="Accounts Payable", currency="EUR"),
        "42": BookEntry("42", "Office supplies", kind="Expense"),
        "61": BookEntry("61", "Old rent", kind="Expense", active=False),
    },
)
LEEDS = dataclasses.replace(
    WIDGETS, company="Widgets UK", is_us=False, home_currency="GBP", multicurrency=True, uses_taxes=True,
    tax_codes={"4": BookEntry("4", "0.0% Z")}, tax_agencies={"1": BookEntry("1", "HM Revenue & Customs (VAT)")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "facts", "said"),
    [
        ({"send": "both"}, {"purchase_orders": False}, "switched off in Widgets Inc"),
        ({"send": "purchase_orders"}, {"plan": "QuickBooks Online Essentials"}, "Essentials has no purchase orders"),
        ({"send": "purchase_orders", "import_payments": True}, {}, "Payments belong to invoices"),
        ({"go_live": datetime(2026, 1, 1, tzinfo=UTC)}, {"live_at": datetime(2026, 11, 2, tzinfo=UTC)}, "live on 2026-11-02"),
        ({"billable": "yes"}, {}, "Billable expenses by customer are switched off"),
        ({"exchange_rate": "precoro"}, {}, "works in USD only"),
        (
            {"exchange_rate": "precoro"},
            {"multicurrency": True, "precoro_currency": "EUR"},
            "towards EUR, but Widgets Inc is kept in USD",
        ),
        ({"taxes": "folded"}, {}, "always part of the line amount"),
        ({"line_without_tax": "zero_code"}, {}, "always part of the line amount"),
        ({"line_without_tax": "zero_code"}, {"is_us": False}, "No zero code is chosen"),
        ({"zero_tax_code": "99"}, {"is_us": False}, "no active tax code with the id 99"),
        ({"default_line_account": "61"}, {}, "is inactive in QuickBooks"),
        ({"tax_agency": "9"}, {"is_us": False}, "no tax agency with the id 9"),
        ({"default_line_account": "33"}, {}, "takes no purchase lines"),
        ({"payable_accounts": {"EUR": "34"}}, {}, "works in USD only"),
        ({"payable_accounts": {"USD": "42"}}, {}, "Choose one of type Accounts Payable"),
        ({"payable_accounts": {"USD": "34"}}, {}, "is kept in EUR"),
        ({"payable_accounts": {"USD": "98"}}, {}, "no account with the id"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_refused_and_says_why(change: dict[str, Any], facts: dict[str, Any], said: str) -> None:
    reasons = refusals(Policy(), dataclasses.replace(Policy(), **change), dataclasses.replace(WIDGETS, **facts))
    assert len(reasons) == 1
    assert said in "".join(reasons.values())


@pytest.mark.parametrize(
    "change",
    [
        {"send": "both", "import_payments": True},
        {"taxes": "folded", "exchange_rate": "precoro"},
        {"line_without_tax": "zero_code", "zero_tax_code": "4"},
        {"tax_agency": "1"},
        {"payable_accounts": {"GBP": "33", "EUR": "34"}, "default_line_account": "42"},
    ],
)
def test_what_the_companies_allow_is_offered(change: dict[str, Any]) -> None:
    assert refusals(Policy(), dataclasses.replace(Policy(), **change), LEEDS) == {}


def test_a_change_that_makes_another_decision_impossible_is_refused_for_that_one() -> None:
    before = Policy(send="invoices", import_payments=True)
    reasons = refusals(before, dataclasses.replace(before, send="purchase_orders"), WIDGETS)
    assert reasons == {
        "import_payments": "Import payments: Payments belong to invoices, and this connection sends purchase orders only."
    }


def test_what_was_impossible_before_does_not_stand_in_the_way_of_another_change() -> None:
    before = Policy(send="both")
    off = dataclasses.replace(WIDGETS, purchase_orders=False)
    assert refusals(before, dataclasses.replace(before, bill_number="precoro"), off) == {}
    assert refusals(before, dataclasses.replace(before, send="invoices"), off) == {}


def test_every_setting_is_shown_with_its_choices_and_what_stands_against_each() -> None:
    off = dataclasses.replace(WIDGETS, purchase_orders=False)
    settings = {
        setting.name: setting
        for setting in all_settings(Policy(default_line_account="42", payable_accounts={"USD": "33"}), off)
    }
    assert set(settings) == set(PolicySchema().fields)
    assert [(choice.value, bool(choice.why_not)) for choice in settings["send"].choices] == [
        ("invoices", False), ("purchase_orders", True), ("both", True),
    ]  # fmt: skip
    assert [choice.meaning for choice in settings["automatic"].choices] == ["on", "off"]
    assert settings["default_line_account"].display_text == "Office supplies (id 42)"
    assert settings["payable_accounts"].display_text == "USD Accounts Payable (A/P) (id 33)"
    assert (settings["zero_tax_code"].display_text, settings["write_back"].display_text) == ("", "on")


def test_a_decision_that_has_become_impossible_says_so_where_it_is_shown() -> None:
    off = dataclasses.replace(WIDGETS, purchase_orders=False)
    send = next(setting for setting in all_settings(Policy(send="both"), off) if setting.name == "send")
    assert send.why_not == "Purchase orders are switched off in Widgets Inc (Account and settings, Expenses)."


def test_an_account_may_be_given_by_its_name_or_number() -> None:
    change = {"default_line_account": "Office supplies", "payable_accounts": {"USD": "33"}, "send": "both"}
    assert with_ids(change, WIDGETS) == {**change, "default_line_account": "42"}
    numbered = dataclasses.replace(
        WIDGETS, accounts={"42": BookEntry("42", "Office supplies", data={"number": "6650"})}
    )
    assert with_ids({"default_line_account": "6650"}, numbered) == {"default_line_account": "42"}


def test_an_account_whose_number_is_the_id_of_another_is_refused_with_both() -> None:
    rent, paper = BookEntry("61", "Rent"), BookEntry("42", "Paper", data={"number": "61"})
    both = dataclasses.replace(WIDGETS, accounts={entry.id: entry for entry in (rent, paper)})
    with pytest.raises(UnreadablePolicy, match=r"61 may be id:61 \(Rent\) or id:42 \(Paper\)"):
        with_ids({"default_line_account": "61"}, both)
    assert with_ids({"default_line_account": "id:61"}, both) == {"default_line_account": "61"}


def test_the_account_of_one_currency_leaves_those_of_the_others() -> None:
    stored = {"send": "both", "payable_accounts": {"USD": "33", "EUR": "91"}}
    assert merged_settings(stored, {"payable_accounts": {"EUR": "92"}})["payable_accounts"] == {
        "USD": "33",
        "EUR": "92",
    }
    assert merged_settings(stored, {"payable_accounts": {"EUR": ""}})["payable_accounts"] == {"USD": "33"}
    assert merged_settings(stored, {"payable_accounts": {}})["payable_accounts"] == {}
    assert merged_settings(stored, {"send": "invoices"}) == {**stored, "send": "invoices"}
