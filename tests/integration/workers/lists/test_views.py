"""What people look at of the mirrored lists: how each stands on both sides, and the default accounts."""

from __future__ import annotations

import pytest

from store.companies import QboCompany
from store.reference import PRECORO, QUICKBOOKS
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.errors import NoSuchConnectionError
from workers.lists import views
from workers.runtime import Runtime

EXPENSE = {"kind": "Expense"}


@pytest.fixture
def accounts(runtime: Runtime) -> Runtime:
    """Keep a custom field with one option, which is paired, and two accounts, of which one is new."""
    policy = {"default_line_account": "42", "payable_accounts": {"USD": "99"}}
    connection_id = rows.connected(runtime.store, policy=policy)
    rows.entry(runtime.store, PRECORO, "field", "item:5", "QuickBooks Accounts", data={"level": "item"})
    rows.entry(runtime.store, PRECORO, "option", "801", "Office", data={"field_id": 5})
    rows.entry(runtime.store, QUICKBOOKS, "account", "42", "Office Supplies", data=EXPENSE)
    rows.entry(runtime.store, QUICKBOOKS, "account", "43", "Travel", data=EXPENSE)
    rows.pair(runtime.store, connection_id, "account", "801", "42")
    return runtime


def test_a_list_says_what_an_import_and_an_update_would_do(accounts: Runtime) -> None:
    lists = views.lists(accounts, "widgets")
    accounts.close()
    assert_frozen(tuple(lists))
    row = next(row for row in lists if row.name == "accounts")
    assert (row.level, row.field_name, row.why) == ("item", "QuickBooks Accounts", None)
    assert (row.quickbooks, row.precoro, row.new) == (2, 1, 1)


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        (None, None, [("44", None, "not in Precoro"), ("42", "801", "paired"), ("43", None, "not in Precoro"), (None, "802", "not in QuickBooks")]),
        ("paired", None, [("42", "801", "paired")]),
        (None, "OFFICE", [("42", "801", "paired")]),
        (None, "6000", [("44", None, "not in Precoro")]),
        (None, "802", [(None, "802", "not in QuickBooks")]),
        ("paired", "travel", []),
    ],
)  # fmt: skip
def test_the_entries_of_a_list_stand_beside_their_options(
    accounts: Runtime, state: str | None, text: str | None, expected: list[tuple[str | None, str | None, str]]
) -> None:
    data = {**EXPENSE, "number": "6000", "short": "Freight"}
    rows.entry(accounts.store, QUICKBOOKS, "account", "44", "Costs:Freight", data=data)
    rows.entry(accounts.store, QUICKBOOKS, "account", "45", "Long gone", gone_at=rows.LONG_AGO)
    rows.entry(accounts.store, PRECORO, "option", "802", "Unknown", data={"field_id": 5})
    rows.entry(accounts.store, PRECORO, "option", "803", "Of another field", data={"field_id": 6})
    page = views.entries(accounts, "widgets", "accounts", state, text)
    assert_frozen(page)
    assert [(row.entry, row.option, row.state) for row in page.rows] == expected
    part = views.entries(accounts, "widgets", "accounts", state, text, limit=1, offset=1)
    assert (part.rows, part.by_state) == (page.rows[1:2], page.by_state)


def test_a_list_is_counted_again_once_anything_of_it_has_changed(accounts: Runtime) -> None:
    def new() -> int:
        return next(row.new for row in views.lists(accounts, "widgets") if row.name == "accounts")

    assert (new(), new()) == (1, 1)
    rows.entry(accounts.store, QUICKBOOKS, "account", "44", "Freight", data=EXPENSE)
    assert new() == 2
    rows.entry(accounts.store, PRECORO, "option", "802", "Freight", data={"field_id": 5})
    assert new() == 1


def test_an_entry_whose_option_was_deleted_is_not_in_precoro(accounts: Runtime) -> None:
    rows.entry(accounts.store, PRECORO, "option", "804", "Old", data={"field_id": 5}, gone_at=rows.LONG_AGO)
    rows.pair(accounts.store, 1, "account", "804", "43")
    page = views.entries(accounts, "widgets", "accounts")
    assert [(row.entry, row.option) for row in page.rows] == [("42", "801"), ("43", None)]


def test_a_list_offers_the_fields_of_its_level_and_the_types_that_lines_can_have(accounts: Runtime) -> None:
    rows.entry(accounts.store, QUICKBOOKS, "account", "46", "Accounts Payable", data={"kind": "Accounts Payable"})
    offered = views.offered(accounts, "widgets", "accounts")
    assert (offered.fields, offered.types) == (("QuickBooks Accounts",), ("Expense",))
    assert views.setup(accounts, "widgets", "accounts").field_name == "QuickBooks Accounts"


def test_entries_are_counted_whatever_state_is_wanted(accounts: Runtime) -> None:
    page = views.entries(accounts, "widgets", "accounts", "paired")
    assert (len(page.rows), page.by_state) == (1, {"paired": 1, "not in Precoro": 1})


def test_a_list_that_cannot_be_mirrored_says_why_and_what_helps(accounts: Runtime) -> None:
    lists = {row.name: row for row in views.lists(accounts, "widgets")}
    assert (lists["classes"].level, lists["classes"].remedy) == (None, None)
    assert "Classes are off in QuickBooks" in (lists["classes"].why or "")
    preferences = {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}}
    rows.change(accounts.store, QboCompany, 1, preferences=preferences)
    classes = next(row for row in views.lists(accounts, "widgets") if row.name == "classes")
    assert (classes.level, classes.why) == ("item", "Precoro has no item custom field for classes.")
    assert classes.remedy
    assert "Create a drop-down named QuickBooks Classes" in classes.remedy.words


def test_a_default_account_has_a_name_or_what_is_wrong_with_it(accounts: Runtime) -> None:
    defaults = {account.use: account for account in views.default_accounts(accounts, "widgets")}
    assert_frozen(tuple(defaults.values()))
    assert (defaults["lines"].account, defaults["lines"].wrong) == ("Office Supplies", None)
    assert (defaults["products"].account, defaults["products"].wrong) == (None, None)
    payable = defaults["accounts payable in USD"]
    assert (payable.account, payable.wrong) == ("99", "QuickBooks has no account with the id or name 99.")


def test_an_unknown_connection_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NoSuchConnectionError):
        views.lists(runtime, "nobody")
