"""Lists as set-up meets them: categories and bundles, projects, currencies, agencies, what a plan includes, merging."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import ACME, SUPPLIES_ACCOUNT, UK, US, Books, bill, category_line, item_line

SAFETY, WORKWEAR, VEST, PEN, GIFT_BOX, STAPLER = "41", "42", "44", "11", "39", "40"
Json = dict[str, Any]


@pytest.fixture
def events(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str | None]]:
    """Collect (entity, operation, deleted id) of every event."""
    sent: list[tuple[str, str, str | None]] = []
    outbox = client.application.extensions["control"].outbox
    monkeypatch.setattr(outbox, "send", lambda event: sent.append((event.entity, event.operation, event.deleted_id)))
    return sent


def category(name: str, **more: object) -> Json:
    return {"Name": name, "Type": "Category", **more}


def part(name: str, **more: object) -> Json:
    return {"Name": name, "Type": "NonInventory", "ExpenseAccountRef": {"value": SUPPLIES_ACCOUNT}, **more}


def test_a_category_has_a_name_and_a_category_above_it_and_nothing_else(us: Books) -> None:
    made = us.write("Item", category("Gloves", SubItem=True, ParentRef={"value": WORKWEAR}, UnitPrice=5, Sku="X"))
    assert {key: made[key] for key in set(made) - {"Id", "MetaData"}} == {
        "Name": "Gloves",
        "Type": "Category",
        "SubItem": True,
        "ParentRef": {"value": WORKWEAR, "name": "Safety:Workwear"},
        "Level": 2,
        "FullyQualifiedName": "Safety:Workwear:Gloves",
        "Active": True,
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
    }


def test_a_product_stands_under_a_category_and_only_there(us: Books) -> None:
    made = us.write("Item", part("Hard hat", SubItem=True, ParentRef={"value": SAFETY}))
    assert (made["FullyQualifiedName"], made["Level"]) == ("Safety:Hard hat", 1)
    code, detail = us.refused("Item", part("Hard hat, red", SubItem=True, ParentRef={"value": PEN}))
    assert (code, detail) == ("700", "Parent Reference Invalid : Pen, blue is not a category")
    assert us.refused("Item", part("Loose", SubItem=True))[0] == "6150"


def test_renaming_a_category_renames_what_is_below_it(us: Books) -> None:
    us.write("Item", {"Id": SAFETY, "SyncToken": "0", "sparse": True, "Name": "Protection"})
    assert us.read("Item", VEST)["FullyQualifiedName"] == "Protection:Workwear:High-visibility vest"


def test_a_category_stays_active_and_is_never_bought(us: Books) -> None:
    refused = us.refused("Item", {"Id": SAFETY, "SyncToken": "0", "sparse": True, "Active": False})
    assert refused == ("6000", "Business Validation Error: A category can't be made inactive.")
    for item in (SAFETY, GIFT_BOX):
        assert us.refused("Bill", bill(item_line(5, item, 1, 5)))[0] == "2120"
    assert us.refused("Bill", bill(item_line(5, STAPLER, 1, 5)))[0] == "2500"


def test_a_bundle_lists_its_parts_and_only_a_person_makes_one(us: Books) -> None:
    assert us.read("Item", GIFT_BOX)["ItemGroupDetail"]["ItemGroupLine"] == [
        {"ItemRef": {"value": "28", "name": "Widget, small"}, "Qty": 1},
        {"ItemRef": {"value": "11", "name": "Pen, blue"}, "Qty": 2},
    ]
    lines = {"ItemGroupLine": [{"ItemRef": {"value": PEN}, "Qty": 3}]}
    bundle = {"Name": "Pen set", "Type": "Group", "ItemGroupDetail": lines}
    assert us.refused("Item", bundle)[0] == "500"
    made = us.control("item", bundle)
    assert made["ItemGroupDetail"]["ItemGroupLine"] == [{"ItemRef": {"value": PEN, "name": "Pen, blue"}, "Qty": 3}]


def test_only_a_person_makes_a_project(us: Books) -> None:
    described = {"DisplayName": "Bridge 2027", "Job": True, "ParentRef": {"value": "1"}, "IsProject": True}
    assert us.write("Customer", {**described, "DisplayName": "Bridge 2028"})["IsProject"] is False
    made = us.control("customer", described)
    assert (made["IsProject"], made["Job"], made["Level"]) == (True, True, 1)
    assert made["FullyQualifiedName"] == "Barton Creek Hardware:Bridge 2027"
    us.control("preferences/1", {"set": {"OtherPrefs.ProjectsEnabled": False}})
    assert "projects switched on" in us.control("customer", {**described, "DisplayName": "Bridge 2029"})["error"]


def test_a_currency_is_added_by_its_code_once_and_made_inactive(uk: Books) -> None:
    made = uk.write("CompanyCurrency", {"Code": "CHF"})
    assert {key: made[key] for key in ("Code", "Name", "Active", "SyncToken")} == {
        "Code": "CHF",
        "Name": "Swiss Franc",
        "Active": True,
        "SyncToken": "0",
    }
    vendor = uk.write("Vendor", {"DisplayName": "Uhren Frei", "CurrencyRef": {"value": "CHF"}})
    assert vendor["CurrencyRef"] == {"value": "CHF", "name": "Swiss Franc"}
    code, detail = uk.refused("CompanyCurrency", {"Code": "chf"})
    assert (code, "Another currency is already using this" in detail) == ("6240", True)
    gone = uk.write("CompanyCurrency", {"Id": made["Id"], "SyncToken": "0", "Code": "CHF", "Active": False})
    assert gone["Name"] == "Swiss Franc (deleted)"
    assert uk.refused("Vendor", {"DisplayName": "Alp", "CurrencyRef": {"value": "CHF"}})[0] == "6000"


def test_a_currency_that_cannot_be_is_refused(us: Books, uk: Books) -> None:
    assert us.refused("CompanyCurrency", {"Code": "EUR"})[0] == "5030"
    for code in ("GBP", "EURO", "12"):
        assert uk.refused("CompanyCurrency", {"Code": code})[0] in {"2050", "2220"}
    assert uk.refused("CompanyCurrency", {"Name": "Krone"})[0] == "2020"


def test_the_first_bill_of_a_currency_makes_its_payables_account(uk: Books, events: list[Any]) -> None:
    uk.write("CompanyCurrency", {"Code": "CHF"})
    vendor = uk.write("Vendor", {"DisplayName": "Uhren Frei", "CurrencyRef": {"value": "CHF"}})["Id"]
    line = category_line(10, "42", TaxCodeRef={"value": "4"})
    made = uk.write("Bill", bill(line, vendor=vendor, ExchangeRate=0.9))
    assert made["APAccountRef"]["name"] == "Accounts Payable (A/P) - CHF"
    account = uk.read("Account", made["APAccountRef"]["value"])
    assert (account["AccountType"], account["CurrencyRef"]["value"]) == ("Accounts Payable", "CHF")
    assert ("Account", "Create", None) in events
    assert uk.write("Bill", bill(line, vendor=vendor))["APAccountRef"] == made["APAccountRef"]


def test_a_rate_of_exchange_is_set_for_a_day_of_a_currency_that_the_company_has(uk: Books) -> None:
    sent = {"SourceCurrencyCode": "EUR", "Rate": 0.8712, "AsOfDate": "2026-11-02"}
    uk.post("exchangerate", sent)
    rate = uk.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-11-02")["ExchangeRate"]
    assert {key: rate[key] for key in ("SourceCurrencyCode", "TargetCurrencyCode", "AsOfDate")} == {
        "SourceCurrencyCode": "EUR",
        "TargetCurrencyCode": "GBP",
        "AsOfDate": "2026-11-02",
    }
    assert str(rate["Rate"]) == "0.8712"
    for wrong, code in (({"Rate": "x"}, "2080"), ({"Rate": 0}, "2090"), ({"SourceCurrencyCode": "JPY"}, "6000")):
        assert uk.post("exchangerate", {**sent, **wrong})["Fault"]["Error"][0]["code"] == code
    assert uk.post("exchangerate", {**sent, "AsOfDate": 5})["Fault"]["Error"][0]["code"] == "2060"


def test_a_tax_agency_is_made_once(uk: Books, events: list[Any]) -> None:
    made = uk.write("TaxAgency", {"DisplayName": "Revenue Scotland"})
    assert {key: made[key] for key in ("DisplayName", "TaxTrackedOnPurchases", "TaxTrackedOnSales")} == {
        "DisplayName": "Revenue Scotland",
        "TaxTrackedOnPurchases": True,
        "TaxTrackedOnSales": True,
    }
    assert events == [("TaxAgency", "Create", None)]
    code, detail = uk.refused("TaxAgency", {"DisplayName": "revenue scotland"})
    assert (code, "Another tax agency is already using this" in detail) == ("6240", True)


def test_a_term_is_of_days_or_of_a_day_of_the_month(us: Books) -> None:
    assert us.write("Term", {"Name": "Net 45", "DueDays": 45})["Type"] == "STANDARD"
    assert us.write("Term", {"Name": "15th", "DayOfMonthDue": 15, "DueNextMonthDays": 5})["Type"] == "DATE_DRIVEN"
    assert us.refused("Term", {"Name": "Both", "DueDays": 5, "DayOfMonthDue": 15})[0] == "2600"
    assert us.refused("Term", {"Name": "n" * 32, "DueDays": 5})[0] == "2050"
    assert us.refused("Term", {"Name": "net 45", "DueDays": 5})[0] == "6240"


def test_an_employee_has_the_name_that_a_vendor_wants(us: Books) -> None:
    us.write("Employee", {"GivenName": "Rosa", "FamilyName": "Quill"})
    code, detail = us.refused("Vendor", {"DisplayName": "rosa quill"})
    assert code == "6240"
    assert detail == (
        "The name supplied already exists. : Another customer, vendor or employee is already using this \n"
        "name. Please use a different name."
    )


def test_a_plan_includes_250_accounts_and_40_classes_and_locations(us: Books) -> None:
    us.control("settings", {"plan": "Plus"})
    for number in range(40 - 12 - 4):
        us.write("Class", {"Name": f"Line {number}"})
    code, detail = us.refused("Department", {"Name": "North"})
    assert code == "6000"
    assert detail.endswith("it includes up to 40 classes and locations.")
    assert "Fault" in us.control("class", {"Name": "One more"})
    us.control("class/5000000000000000107", {"do": "deactivate"})
    us.write("Department", {"Name": "North"})
    assert "Fault" in us.control("class/5000000000000000107", {"do": "activate"})
    us.control("settings", {"usage_limits": False})
    us.write("Department", {"Name": "South"})


def test_the_largest_plan_has_no_usage_limit(us: Books) -> None:
    us.control("settings", {"plan": "Advanced"})
    for number in range(30):
        us.write("Class", {"Name": f"Line {number}"})


def test_account_numbers_are_as_long_as_a_sandbox_takes_them_or_as_documented(us: Books) -> None:
    account = {"Name": "Freight abroad", "AccountType": "Expense", "AcctNum": "60001234567"}
    assert us.write("Account", account)["AcctNum"] == "60001234567"
    us.control("settings", {"account_numbers": "documented"})
    code, detail = us.refused("Account", {**account, "Name": "Freight at home"})
    assert (code, detail) == (
        "2050",
        "String length specified does not match the supported length. Min:0 Max:7 supported. Supplied length:11",
    )
    assert us.write("Account", {**account, "Name": "Freight", "AcctNum": "6000123"})["AcctNum"] == "6000123"


def test_an_account_that_quickbooks_needs_stays_active(us: Books) -> None:
    retained = {"Id": "2", "SyncToken": "0", "sparse": True, "Active": False}
    code, detail = us.refused("Account", retained)
    assert (code, detail) == (
        "6000",
        "Business Validation Error: Retained Earnings is used as a default account and can't be made inactive.",
    )
    us.control("preferences/1", {"set": {"OtherPrefs.UncategorizedExpenseAccountId": "14"}})
    assert us.refused("Account", {**retained, "Id": "14"})[0] == "6000"
    assert us.write("Account", {**retained, "Id": "103"})["Name"] == "Training (deleted)"


def test_a_vendor_with_a_balance_is_made_inactive_where_the_setting_allows_it(us: Books) -> None:
    us.write("Bill", bill(category_line(1)))
    inactive = {"Id": ACME, "SyncToken": "0", "sparse": True, "Active": False}
    assert us.refused("Vendor", inactive)[0] == "6220"
    us.control("settings", {"refuse_inactive_with_balance": False})
    assert us.write("Vendor", inactive)["DisplayName"] == "Acme Supply (deleted)"
    us.write("Vendor", {"DisplayName": "Acme Supply"})


def test_classes_are_tracked_on_lines_or_on_transactions_never_on_both(us: Books, events: list[Any]) -> None:
    def tracked() -> tuple[bool, bool]:
        prefs = us.get("preferences")["Preferences"]["AccountingInfoPrefs"]
        return prefs["ClassTrackingPerTxn"], prefs["ClassTrackingPerTxnLine"]

    assert tracked() == (False, True)
    us.control("preferences/1", {"set": {"AccountingInfoPrefs.ClassTrackingPerTxn": True}})
    assert tracked() == (True, False)
    us.control("preferences/1", {"set": {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}}})
    assert tracked() == (False, True)
    us.control("preferences/1", {"set": {"AccountingInfoPrefs.ClassTrackingPerTxnLine": False}})
    assert tracked() == (False, False)
    assert events == [("Preferences", "Update", None)] * 3


@pytest.mark.parametrize(
    ("preference", "path"),
    [
        ("AccountingInfoPrefs.TrackDepartments", ("AccountingInfoPrefs", "TrackDepartments")),
        ("VendorAndPurchasesPrefs.TrackingByCustomer", ("VendorAndPurchasesPrefs", "TrackingByCustomer")),
        ("ProductAndServicesPrefs.ForPurchase", ("ProductAndServicesPrefs", "ForPurchase")),
        ("CurrencyPrefs.MultiCurrencyEnabled", ("CurrencyPrefs", "MultiCurrencyEnabled")),
    ],
)
def test_a_person_switches_a_preference_off_and_on(uk: Books, preference: str, path: tuple[str, str]) -> None:
    for on in (False, True):
        uk.control("preferences/1", {"set": {preference: on}})
        assert uk.get("preferences")["Preferences"][path[0]][path[1]] is on


def test_items_are_not_bought_where_the_company_does_not_buy_items(us: Books) -> None:
    us.control("preferences/1", {"set": {"ProductAndServicesPrefs.ForPurchase": False}})
    code, detail = us.refused("Bill", bill(item_line(4.8, PEN, 1, 4.8)))
    assert (code, "not switched on for purchases" in detail) == ("6000", True)


@pytest.mark.parametrize(
    ("entity", "gone", "kept", "name"),
    [
        ("Vendor", "87", ACME, "DisplayName"),
        ("Customer", "12", "11", "DisplayName"),
        ("Account", "100", "42", "Name"),
        ("Class", "5000000000000000104", "5000000000000000105", "Name"),
        ("Item", "12", "11", "Name"),
        ("Department", "1", "2", "Name"),
    ],
)
def test_a_person_merges_two_entries_of_a_list(
    us: Books, events: list[Any], entity: str, gone: str, kept: str, name: str
) -> None:
    before = us.read(entity, kept)
    merged = us.control(f"{entity.lower()}/{gone}", {"do": "merge", "into": kept})
    assert (merged["Id"], merged[name], int(merged["SyncToken"])) == (kept, before[name], int(before["SyncToken"]) + 1)
    assert us.get(f"{entity.lower()}/{gone}")["Fault"]["Error"][0]["code"] == "610"
    assert (entity, "Merge", gone) in events


def test_merging_a_parent_takes_its_children_along(us: Books) -> None:
    made = us.write("Account", {"Name": "Cars", "AccountType": "Expense", "AccountSubType": "Auto"})
    us.control("account/55", {"do": "merge", "into": made["Id"]})
    fuel = us.read("Account", "56")
    assert (fuel["ParentRef"]["value"], fuel["FullyQualifiedName"]) == (made["Id"], "Cars:Fuel")


def test_entries_that_are_not_alike_are_not_merged(us: Books) -> None:
    assert "account type" in us.control("account/42", {"do": "merge", "into": "35"})["error"]
    assert "one type" in us.control("item/33", {"do": "merge", "into": PEN})["error"]


def test_changes_show_what_stays_and_where_the_setting_says_so_what_was_merged_away(us: Books) -> None:
    since = "2026-11-01T00:00:00Z"

    def changed() -> list[tuple[str, str | None]]:
        changes = us.get("cdc", entities="Vendor", changedSince=since)["CDCResponse"][0]["QueryResponse"][0]
        return [(row["Id"], row.get("status")) for row in changes.get("Vendor", [])]

    us.control("vendor/87", {"do": "merge", "into": ACME})
    assert changed() == [(ACME, None)]
    us.control("settings", {"merge_leaves": "deleted"})
    us.control("vendor/93", {"do": "merge", "into": ACME})
    assert changed() == [(ACME, None), ("93", "Deleted")]


def test_an_inactive_entry_shows_in_changes_as_inactive(us: Books) -> None:
    us.control("vendor/88", {"do": "deactivate"})
    changes = us.get("cdc", entities="Vendor", changedSince="2026-11-01T00:00:00Z")["CDCResponse"][0]["QueryResponse"][
        0
    ]
    assert [(row["DisplayName"], row["Active"]) for row in changes["Vendor"]] == [
        ("Harbor Property Management (deleted)", False)
    ]


def test_single_items_of_a_batch_fail_on_order(us: Books) -> None:
    us.control("faults", {"match": {"method": "ITEM", "path": "batch/vendor/2"}, "fault": "429", "times": 1})
    us.control(
        "faults", {"match": {"method": "ITEM", "path": "batch/vendor/3"}, "fault": "500_after_commit", "times": 1}
    )
    items = [
        {"bId": str(number), "operation": "create", "Vendor": {"DisplayName": f"Trader {number}"}}
        for number in (1, 2, 3)
    ]
    answers = us.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert us.status == 200
    assert answers[0]["Vendor"]["DisplayName"] == "Trader 1"
    assert answers[1] == {
        "Fault": {
            "Error": [
                {
                    "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
                    "Detail": "The request limit was reached.  Try again later",
                    "code": "3001",
                }
            ],
            "type": "SERVICE",
        },
        "bId": "2",
    }
    assert answers[2]["Fault"]["Error"][0]["code"] == "10000"
    rows = us.query("select DisplayName from Vendor where DisplayName like 'Trader%'")["Vendor"]
    assert [row["DisplayName"] for row in rows] == ["Trader 1", "Trader 3"]


def test_an_order_that_does_not_name_items_leaves_them_alone() -> None:
    client = create_app(QuickBooksSettings(limits=False)).test_client()
    us = Books(client, US)
    us.control("faults", {"fault": "500", "rate": 0.0})
    answer = us.post("batch", {"BatchItemRequest": [{"bId": "1", "Query": "select Id from Term"}]})
    assert answer["BatchItemResponse"][0]["QueryResponse"]["maxResults"] == 4


@pytest.mark.parametrize("realm", [US, UK])
def test_a_company_in_arrears_writes_only_where_the_setting_says_so(client: FlaskClient, realm: str) -> None:
    books = Books(client, realm)
    books.control("settings", {"subscription": "RESTRICTED"})
    assert books.refused("Vendor", {"DisplayName": "Late"})[0] == "6190"
    books.control("settings", {"restricted_can_write": True})
    books.write("Vendor", {"DisplayName": "Late"})


def test_a_vendor_with_open_orders_stays_active_where_the_setting_says_so(us: Books) -> None:
    us.write("PurchaseOrder", bill(category_line(5), APAccountRef={"value": "33"}, DocNumber="PO-1"))
    inactive = {"Id": ACME, "SyncToken": "0", "sparse": True, "Active": False}
    us.control("settings", {"refuse_inactive_with_open_orders": True})
    assert us.refused("Vendor", inactive)[0] == "6220"
    us.control("settings", {"refuse_inactive_with_open_orders": False})
    assert us.write("Vendor", inactive)["Active"] is False


def test_an_address_saved_from_a_transaction_comes_back_as_lines(us: Books, events: list[Any]) -> None:
    before = us.read("Vendor", ACME)["BillAddr"]
    us.control(f"vendor/{ACME}", {"do": "flatten"})
    after = us.read("Vendor", ACME)["BillAddr"]
    assert after.pop("Id") != before["Id"]
    assert after == {"Line1": "Acme Supply", "Line2": "1 Road St", "Line3": "Austin, TX 78701", "Line4": "USA"}
    assert events == [("Vendor", "Update", None)]
