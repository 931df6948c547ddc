"""Name lists in the QuickBooks stand-in: vendors, customers, accounts, items, terms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.standins.quickbooks.books import Books, bill, category_line

TAKEN = (
    "The name supplied already exists. : Another customer, vendor or employee is already using this \n"
    "name. Please use a different name."
)


def test_a_vendor_name_is_unique_over_vendors_customers_and_employees(us: Books) -> None:
    assert us.refused("Vendor", {"DisplayName": "acme supply"}) == ("6240", TAKEN)
    assert us.refused("Vendor", {"DisplayName": "Barton Creek Hardware"}) == ("6240", TAKEN)
    assert us.refused("Vendor", {"DisplayName": "Ann Lee"}) == ("6240", TAKEN)


def test_a_new_vendor_comes_back_complete(us: Books) -> None:
    made = us.write(
        "Vendor",
        {
            "DisplayName": "Evergreen Catering",
            "PrimaryEmailAddr": {"Address": "hello@evergreen.example"},
            "BillAddr": {"Line1": "1 Elm St", "City": "Austin"},
            "TaxIdentifier": "123456789",
        },
    )
    assert made["TaxIdentifier"] == "XXXXX6789"
    assert made["CurrencyRef"]["value"] == "USD"
    assert (made["Balance"], made["Active"], made["PrintOnCheckName"]) == (0, True, "Evergreen Catering")
    assert made["BillAddr"]["Id"]


def test_an_address_gets_a_new_id_only_when_it_changes(us: Books) -> None:
    before = us.read("Vendor", "56")
    sparse: dict[str, Any] = {"Id": "56", "sparse": True, "SyncToken": "0"}
    same = us.write("Vendor", {**sparse, "BillAddr": before["BillAddr"]})
    assert same["BillAddr"]["Id"] == before["BillAddr"]["Id"]
    moved = us.write("Vendor", {**sparse, "BillAddr": {**before["BillAddr"], "City": "Dallas"}})
    assert moved["BillAddr"]["Id"] != before["BillAddr"]["Id"]


def test_an_inactive_vendor_frees_its_name_and_takes_it_back(us: Books) -> None:
    gone = us.control("vendor/56", {"do": "deactivate"})
    assert (gone["DisplayName"], gone["Active"]) == ("Acme Supply (deleted)", False)
    assert us.query("select Id from Vendor where DisplayName = 'Acme Supply'") == {}
    assert "56" in [row["Id"] for row in us.query("select Id from Vendor where Active = false")["Vendor"]]
    code, detail = us.refused("Bill", bill(category_line(1)))
    assert code == "2500"
    assert detail.endswith("Check the fields with vendors.")
    assert us.control("vendor/56", {"do": "activate"})["DisplayName"] == "Acme Supply"


def test_a_vendor_with_an_open_balance_stays_active(us: Books) -> None:
    us.write("Bill", bill(category_line(1)))
    assert us.refused("Vendor", {"Id": "56", "SyncToken": "0", "sparse": True, "Active": False})[0] == "6220"


def test_the_currency_of_a_vendor_never_changes(uk: Books) -> None:
    sparse = {"Id": "64", "SyncToken": "0", "sparse": True, "CurrencyRef": {"value": "USD"}}
    assert uk.write("Vendor", sparse)["CurrencyRef"]["value"] == "EUR"


@pytest.mark.parametrize(
    ("entity", "body", "code"),
    [
        ("Vendor", {"CompanyName": "No name"}, "6080"),
        ("Vendor", {"DisplayName": "a:b"}, "2040"),
        ("Vendor", {"DisplayName": "New", "PrimaryEmailAddr": {"Address": "nowhere"}}, "2210"),
        ("Vendor", {"DisplayName": "New", "PrimaryPhone": {"FreeFormNumber": "1" * 31}}, "2050"),
        ("Account", {"Name": "Postage 2"}, "6010"),
        ("Account", {"Name": "Rent or Lease", "AccountType": "Expense"}, "6240"),
        ("Account", {"Name": "Odd", "AccountType": "Costs"}, "2170"),
        ("Class", {"Name": "Sub", "SubClass": True}, "6150"),
        ("Item", {"Name": "Thing", "Type": "Service"}, "6000"),
        ("Item", {"Name": "Thing", "Type": "Inventory", "QtyOnHand": 1, "InvStartDate": "2026-01-01"}, "2020"),
        ("Term", {"Name": "Odd", "DueDays": 3, "DayOfMonthDue": 1}, "2600"),
        ("TaxCode", {"Name": "Mine"}, "500"),
        ("Vendor", {"DisplayName": "New", "CurrencyRef": {"value": "EUR"}}, "6000"),
    ],
)
def test_a_wrong_name_is_refused(us: Books, entity: str, body: dict[str, object], code: str) -> None:
    assert us.refused(entity, body)[0] == code


def test_names_that_nest_know_their_path_and_follow_their_parent(us: Books) -> None:
    top = us.write("Class", {"Name": "Projects"})
    sub = us.write("Class", {"Name": "Roof", "SubClass": True, "ParentRef": {"value": top["Id"]}})
    assert sub["FullyQualifiedName"] == "Projects:Roof"
    us.write("Class", {"Id": top["Id"], "SyncToken": "0", "sparse": True, "Name": "Works"})
    assert us.read("Class", sub["Id"])["FullyQualifiedName"] == "Works:Roof"


def test_no_list_nests_deeper_than_five_levels(us: Books) -> None:
    parent: dict[str, object] = {}
    for level in range(5):
        made = us.write("Department", {"Name": f"Level {level}", **parent})
        parent = {"ParentRef": {"value": made["Id"]}, "SubDepartment": True}
    assert us.refused("Department", {"Name": "Level 5", **parent})[0] == "6180"


def test_customers_show_their_projects(us: Books) -> None:
    project = us.query("select * from Customer where DisplayName = 'Blue Mesa Gripper 2026'")["Customer"][0]
    assert project["IsProject"] is True
    assert project["Job"] is True
    assert project["FullyQualifiedName"] == "Blue Mesa Robotics:Blue Mesa Gripper 2026"


def test_a_full_update_of_a_vendor_loses_what_it_leaves_out(us: Books) -> None:
    changed = us.write("Vendor", {"Id": "56", "SyncToken": "0", "DisplayName": "Acme Supply"})
    assert not {"AcctNum", "TermRef", "BillAddr", "PrimaryPhone"} & set(changed)
    assert changed["CurrencyRef"]["value"] == "USD"


def test_a_person_changes_one_thing_and_clears_another(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5), PrivateNote="old", DocNumber="P-1"))
    changed = us.control(f"bill/{made['Id']}", {"set": {"DocNumber": "P-2", "PrivateNote": None}})
    assert changed["DocNumber"] == "P-2"
    assert "PrivateNote" not in changed
    assert changed["TotalAmt"] == 5
    closed = us.control("preferences/1", {"set": {"AccountingInfoPrefs.BookCloseDate": "2026-10-31"}})
    assert closed["AccountingInfoPrefs"]["BookCloseDate"] == "2026-10-31"


def test_a_person_is_told_what_cannot_be_done(us: Books) -> None:
    assert us.control("bill/1", {"do": "pay"}) == {"error": "There is no Bill 1"}
    assert us.control("vendor/56", {"do": "dance"})["error"].startswith("Unknown act 'dance'.")
    assert us.control("payslip", {})["error"].startswith("Unknown collection 'payslip'.")
    assert us.control("vendor", {"DisplayName": "Acme Supply"})["Fault"]["Error"][0]["code"] == "6240"


def test_a_name_list_cannot_be_deleted(us: Books) -> None:
    assert us.refused("Vendor", {"Id": "56", "SyncToken": "0"}, operation="delete")[0] == "500"
