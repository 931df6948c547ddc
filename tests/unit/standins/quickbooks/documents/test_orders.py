"""Purchase orders in the QuickBooks stand-in, and the bills made from them."""

from __future__ import annotations

from typing import Any

from tests.unit.standins.quickbooks.books import ACME, Books, bill, category_line, item_line

Json = dict[str, Any]


def order(*lines: Json, **more: object) -> Json:
    return {**bill(*lines), "APAccountRef": {"value": "33"}, **more}


def linked(line: Json, made: Json, line_id: str = "1") -> Json:
    link = {"TxnId": made["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line_id}
    return {**line, "LinkedTxn": [link]}


def test_a_purchase_order_needs_its_payables_account(us: Books) -> None:
    code, detail = us.refused("PurchaseOrder", bill(category_line(5)))
    assert (code, detail) == ("2020", "Required parameter APAccountRef is missing in the request")
    made = us.write("PurchaseOrder", order(category_line(5), DocNumber="PO-1"))
    assert (made["POStatus"], made["LinkedTxn"], made["TotalAmt"]) == ("Open", [], 5)
    assert "Balance" not in made


def test_a_location_on_a_purchase_order_is_ignored_refused_or_kept(us: Books) -> None:
    with_location = order(category_line(5), DepartmentRef={"value": "1"})
    assert "DepartmentRef" not in us.write("PurchaseOrder", with_location)
    us.control("settings", {"purchase_order_department": "reject"})
    assert us.refused("PurchaseOrder", with_location)[0] == "2010"
    us.control("settings", {"purchase_order_department": "keep"})
    assert us.write("PurchaseOrder", with_location)["DepartmentRef"]["name"] == "East"


def test_quickbooks_numbers_orders_itself_unless_custom_numbers_are_on(us: Books) -> None:
    us.write("PurchaseOrder", order(category_line(5), DocNumber="PO-1"))
    assert us.refused("PurchaseOrder", order(category_line(5), DocNumber="PO-1"))[0] == "6140"
    us.control("settings", {"preferences": {"VendorAndPurchasesPrefs.UseCustomTxnNumbers": False}})
    assert us.write("PurchaseOrder", order(category_line(5), DocNumber="PO-1"))["DocNumber"] == "1001"
    assert us.write("PurchaseOrder", order(category_line(5)))["DocNumber"] == "1002"


def test_a_bill_from_an_order_links_both_ways_and_closes_it(us: Books) -> None:
    made = us.write("PurchaseOrder", order(item_line(48, "11", 10, "4.8"), category_line(20)))
    first = us.write("Bill", bill(linked(item_line(24, "11", 5, "4.8"), made)))
    assert first["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "PurchaseOrder"}]
    assert first["Line"][0]["LinkedTxn"][0]["TxnLineId"] == "1"
    partly = us.read("PurchaseOrder", made["Id"])
    assert (partly["POStatus"], partly["SyncToken"], partly["Line"][0]["Received"]) == ("Open", "1", 5)
    rest = us.write("Bill", bill(linked(item_line(24, "11", 5, "4.8"), made), linked(category_line(20), made, "2")))
    closed = us.read("PurchaseOrder", made["Id"])
    assert closed["POStatus"] == "Closed"
    assert [link["TxnId"] for link in closed["LinkedTxn"]] == [first["Id"], rest["Id"]]
    us.post("bill", {"Id": rest["Id"], "SyncToken": "0"}, operation="delete")
    assert us.read("PurchaseOrder", made["Id"])["POStatus"] == "Open"


def test_a_link_that_does_not_hold_is_dropped_without_a_word(us: Books) -> None:
    made = us.write("PurchaseOrder", order(category_line(20)))
    other_vendor = us.write("Bill", bill(linked(category_line(20), made), vendor="57"))
    assert "LinkedTxn" not in other_vendor["Line"][0]
    no_such_line = us.write("Bill", bill(linked(category_line(20), made, "9")))
    assert "LinkedTxn" not in no_such_line
    us.control("settings", {"invalid_link": "620"})
    assert us.refused("Bill", bill(linked(category_line(20), made, "9")))[0] == "620"


def test_an_existing_line_cannot_be_linked_later_but_a_new_one_can(us: Books) -> None:
    made = us.write("PurchaseOrder", order(category_line(20)))
    plain = us.write("Bill", bill(category_line(20)))
    late = bill({**linked(category_line(20), made), "Id": "1"})
    unlinked = us.write("Bill", {**late, "Id": plain["Id"], "SyncToken": "0"})
    assert "LinkedTxn" not in unlinked
    fresh = bill(linked(category_line(20), made))
    replaced = us.write("Bill", {**fresh, "Id": plain["Id"], "SyncToken": unlinked["SyncToken"]})
    assert replaced["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "PurchaseOrder"}]
    assert replaced["Line"][0]["Id"] == "2"


def test_an_order_with_a_bill_cannot_be_deleted_unless_the_setting_says_so(us: Books) -> None:
    made = us.write("PurchaseOrder", order(category_line(20)))
    billed = us.write("Bill", bill(linked(category_line(20), made)))
    gone = {"Id": made["Id"], "SyncToken": "1"}
    assert us.refused("PurchaseOrder", gone, operation="delete")[0] == "800"
    us.control("settings", {"refuse_delete_linked": False})
    us.post("purchaseorder", gone, operation="delete")
    assert "LinkedTxn" not in us.read("Bill", billed["Id"])


def test_the_plan_decides_about_orders_and_bills(us: Books) -> None:
    us.control("settings", {"plan": {us.realm: "Essentials"}})
    assert us.refused("PurchaseOrder", order(category_line(20)))[0] == "5020"
    us.write("Bill", bill(category_line(20)))
    us.control("settings", {"plan": "QuickBooks Online Simple Start"})
    assert us.refused("Bill", bill(category_line(20)))[0] == "5020"
    us.control("settings", {"plan": "Plus", "preferences": {"PurchseOrderEnabled": False}})
    assert us.refused("PurchaseOrder", order(category_line(20)))[0] == "5030"
    values = us.get(f"companyinfo/{us.realm}")["CompanyInfo"]["NameValue"]
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in values


def test_nothing_can_be_written_after_the_subscription_ended(us: Books) -> None:
    us.control("settings", {"subscription": "EXPIRED"})
    assert us.refused("Bill", bill(category_line(20), vendor=ACME))[0] == "6190"
    assert us.get("vendor/56")["Vendor"]["Id"] == "56"
