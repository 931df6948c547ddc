"""Names, addresses and people of the lists look as QuickBooks was recorded to show them."""

from __future__ import annotations

from tests.unit.standins.quickbooks.books import ACME, Books, bill, category_line


def test_a_name_taken_among_customers_and_across_kinds_is_said_in_two_ways(us: Books) -> None:
    us.write("Customer", {"DisplayName": "Lone Star"})
    among = (
        "The name supplied already exists. : Another customer is already using this name. Please use a different name."
    )
    assert us.refused("Customer", {"DisplayName": "lone star"}) == ("6240", among)
    across = us.refused("Customer", {"DisplayName": "Acme Supply"})[1]
    assert "Another customer, vendor or employee is already using this \nname." in across
    assert us.refused("Vendor", {"DisplayName": "Lone Star"})[1] == across


def test_business_faults_name_an_empty_element_and_others_none(us: Books) -> None:
    vendor = us.read("Vendor", ACME)
    answers = {
        "610": us.get("vendor/99999"),
        "5010": us.post("vendor", {**vendor, "SyncToken": "9"}),
        "6000": us.post("account", {"Name": "Euros", "AccountType": "Expense", "CurrencyRef": {"value": "EUR"}}),
        "6240": us.post("vendor", {"DisplayName": "Acme Supply"}),
    }
    for code, answer in answers.items():
        [problem] = answer["Fault"]["Error"]
        assert (problem["code"], problem["element"]) == (code, "")
    [unknown] = us.post("vendor", {"DisplayName": "New", "BadJson": 1})["Fault"]["Error"]
    assert "element" not in unknown


def test_what_never_was_is_inactive_and_what_was_deleted_is_deleted(us: Books) -> None:
    gone = {"Id": us.write("Bill", bill(category_line(5)))["Id"], "SyncToken": "0"}
    us.post("bill", gone, operation="delete")
    details = [us.refused("Bill", body, operation="delete")[1] for body in ({**gone, "Id": "99999"}, gone)]
    assert details[0].startswith("Object Not Found : Something you're trying to use has been made inactive.")
    assert details[1] == "Object Not Found : Another user has deleted this transaction."


def test_the_detail_of_a_business_fault_may_end_in_null(us: Books) -> None:
    us.control("settings", {"detail_ending": ": null"})
    [taken] = us.post("vendor", {"DisplayName": "Acme Supply"})["Fault"]["Error"]
    assert taken["Detail"].endswith("Please use a different name.: null")
    [unknown] = us.post("vendor", {"DisplayName": "New", "BadJson": 1})["Fault"]["Error"]
    assert unknown["Detail"].endswith("is unsupported or invalid")


def test_a_stale_write_names_the_person_who_was_faster(us: Books) -> None:
    us.control("settings", {"colleague": "N. Okafor"})
    detail = us.refused("Vendor", {**us.read("Vendor", ACME), "SyncToken": "9"})[1]
    assert "You and N. Okafor were working on this at the same time. N. Okafor finished before you did" in detail


def test_an_address_that_is_on_no_map_says_so(us: Books) -> None:
    made = us.write("Vendor", {"DisplayName": "Nowhere", "BillAddr": {"Line1": "1 Elm St", "City": "Austin"}})
    assert (made["BillAddr"]["Lat"], made["BillAddr"]["Long"]) == ("INVALID", "INVALID")
    assert us.read("Vendor", ACME)["BillAddr"]["Lat"] == "INVALID"
    assert "Lat" not in us.read("CompanyInfo", "1")["CompanyAddr"]


def test_a_company_has_a_phone_and_an_employee_says_whether_hours_are_billed(us: Books) -> None:
    assert us.read("CompanyInfo", "1")["PrimaryPhone"]["FreeFormNumber"]
    assert us.write("Employee", {"GivenName": "Rosa", "FamilyName": "Quill"})["BillableTime"] is False


def test_the_mark_of_an_inactive_name_is_written_in_either_way_and_taken_off_again(us: Books) -> None:
    us.control("settings", {"inactive_mark": " (Deleted)"})
    assert us.control(f"vendor/{ACME}", {"do": "deactivate"})["DisplayName"] == "Acme Supply (Deleted)"
    us.control("settings", {"inactive_mark": " (deleted)"})
    assert us.control(f"vendor/{ACME}", {"do": "activate"})["DisplayName"] == "Acme Supply"
