"""At which level of a document a list stands, and what a default account must be."""

from __future__ import annotations

import pytest

from mappers.books import BookEntry, PurchasePreferences
from mappers.lists.fields import (
    FIELD_WORDS,
    LIST_KINDS,
    CustomField,
    NoField,
    level_of,
    meaning_of,
    pick_field,
    why_off,
)
from mappers.policy import Policy
from mappers.remedies import Act, Remedy
from mappers.settings import default_accounts


@pytest.mark.parametrize(
    ("kind", "preferences", "level"),
    [
        ("account", PurchasePreferences(), "item"),
        ("class", PurchasePreferences(class_per_line=True), "item"),
        ("class", PurchasePreferences(class_per_transaction=True), "document"),
        ("class", PurchasePreferences(), None),
        ("customer", PurchasePreferences(track_customers=True), "item"),
        ("customer", PurchasePreferences(), None),
        ("location", PurchasePreferences(track_departments=True), "document"),
        ("location", PurchasePreferences(), None),
    ],
)
def test_a_list_stands_where_quickbooks_has_it(kind: str, preferences: PurchasePreferences, level: str | None) -> None:
    assert level_of(kind, preferences) == level
    assert level is not None or "off in QuickBooks" in why_off(kind) or "does not track" in why_off(kind)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("QuickBooks Accounts", "account"),
        ("GL code", "account"),
        ("Class", "class"),
        ("Customers / Projects", "customer"),
        ("QuickBooks Locations", "location"),
        ("Department", "location"),
        ("Cost centre", None),
    ],
)
def test_a_custom_field_is_known_by_its_name(name: str, meaning: str | None) -> None:
    assert meaning_of(name) == meaning


def test_every_list_is_known_by_the_name_that_we_tell_people_to_give_its_field() -> None:
    for kind in LIST_KINDS.values():
        assert meaning_of(kind.field_name) == kind.kind
        assert kind.kind in FIELD_WORDS


def test_a_field_that_is_missing_is_named_with_the_place_where_to_make_it() -> None:
    missing = pick_field(LIST_KINDS["locations"], "document", [], None)
    assert isinstance(missing, NoField)
    assert missing.sentence == "Precoro has no document custom field for locations."
    assert missing.remedy == Remedy(
        "Create a drop-down named QuickBooks Locations there "
        "(Configuration, Custom fields, Document custom fields), then try again."
    )


@pytest.mark.parametrize(
    ("chosen", "sentence", "words"),
    [
        (
            "9", "Classes go to a drop-down for lines (item custom field); Precoro has none in use with the id 9.",
            "Choose another.",
        ),
        (None, "Classes could go to several custom fields: Class (1), Classes (2).", "Choose one."),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong_or_one_of_several_is_chosen_by_a_person(
    chosen: str | None, sentence: str, words: str
) -> None:
    fields = [CustomField("1", "item", "Class"), CustomField("2", "item", "Classes")]
    no_field = pick_field(LIST_KINDS["classes"], "item", fields, chosen)
    assert no_field == NoField(sentence, Remedy(words, (Act("choose_field", {"list": "classes"}),)))


EXPENSE = BookEntry("7", "Advertising", kind="Expense", currency="USD")
PAYABLE = BookEntry("33", "Accounts Payable (A/P)", kind="Accounts Payable", currency="USD")


@pytest.mark.parametrize(
    ("account", "use", "currency", "why"),
    [
        (EXPENSE, "lines", "USD", None),
        (EXPENSE, "products", "USD", None),
        (PAYABLE, "A/P", "USD", None),
        (None, "lines", "USD", "QuickBooks has no account with the id or name 99."),
        (
            BookEntry("105", "Fax Line", active=False, kind="Expense"), "lines", "USD",
            "Account Fax Line is inactive in QuickBooks. Make it active there, or choose another.",
        ),
        (
            PAYABLE, "lines", "USD",
            "Account Accounts Payable (A/P) is of type Accounts Payable, which takes no purchase lines. Choose an expense account.",
        ),
        (
            BookEntry("36", "Euro account", kind="Bank", currency="EUR"), "lines", "USD",
            "Account Euro account is kept in EUR. Choose one in USD, the home currency.",
        ),
        (EXPENSE, "A/P", "USD", "Account Advertising is of type Expense. Choose one of type Accounts Payable (A/P)."),
        (PAYABLE, "A/P", "EUR", "Account Accounts Payable (A/P) is kept in USD. Choose the A/P account in EUR."),
    ],
)  # fmt: skip
def test_a_default_account_is_active_of_the_right_type_and_currency(
    account: BookEntry | None, use: str, currency: str, why: str | None
) -> None:
    assert default_accounts.refusal(account, "99", use, currency, "USD") == why


def test_what_each_default_account_is_used_for() -> None:
    policy = Policy(default_line_account="7", default_item_account="8", payable_accounts={"USD": "33", "EUR": "91"})
    assert default_accounts.default_account_uses(policy) == {
        "7": "lines",
        "8": "products",
        "33": "accounts payable in USD",
        "91": "accounts payable in EUR",
    }
