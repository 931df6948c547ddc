"""Bills, orders and purchases are kept, completed and refused as QuickBooks was recorded to do it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.standins.quickbooks.books import ACME, Books, Json, bill, category_line, item_line

DETAIL = "AccountBasedExpenseLineDetail"
EUR_VENDOR = "Palettenwerk"


def order(*lines: Json, **more: object) -> Json:
    return {**bill(*lines), **more, "APAccountRef": {"value": "33"}}


def linked(line: Json, to: Json, line_id: str = "1") -> Json:
    return {**line, "LinkedTxn": [{"TxnId": to["Id"], "TxnType": "PurchaseOrder", "TxnLineId": line_id}]}


def expense(*lines: Json) -> Json:
    payee = {"value": ACME, "type": "Vendor"}
    return {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "EntityRef": payee, "Line": list(lines)}


def test_a_line_keeps_the_american_tax_code_it_came_with(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5, TaxCodeRef={"value": "TAX"}), category_line(6)))
    assert [line[DETAIL]["TaxCodeRef"]["value"] for line in made["Line"]] == ["TAX", "NON"]
    assert made["TotalAmt"] == 11


def test_ticking_billable_in_quickbooks_turns_the_tax_code_and_moves_no_amount(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5)))
    [line] = made["Line"]
    ticked = {**line, DETAIL: {**line[DETAIL], "TaxCodeRef": {"value": "TAX"}}}
    after = us.control(f"bill/{made['Id']}", {"set": {"Line": [ticked]}})
    assert after["Line"][0][DETAIL]["TaxCodeRef"] == {"value": "TAX"}
    assert (after["TotalAmt"], after["Balance"]) == (made["TotalAmt"], made["Balance"])


def test_a_line_that_is_not_quantity_times_price_is_refused_or_kept_as_the_setting_says(us: Books) -> None:
    body = bill(item_line(16, "19", 24, 8))
    assert us.refused("Bill", body)[0] == "6070"
    us.control("settings", {"amounts_checked": False})
    [line] = us.write("Bill", body)["Line"]
    assert (line["Amount"], line["ItemBasedExpenseLineDetail"]["Qty"]) == (16, 24)
    assert line["ItemBasedExpenseLineDetail"]["UnitPrice"] == 8


@pytest.mark.parametrize("entity", ["Bill", "PurchaseOrder"])
def test_a_write_that_changes_nothing_leaves_token_and_time_alone(us: Books, entity: str) -> None:
    made = us.write(entity, order(category_line(5), PrivateNote="n"))
    again = us.write(
        entity, {**order({**category_line(5), "Id": "1"}, PrivateNote="n"), "Id": made["Id"], "SyncToken": "0"}
    )
    assert again == made
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "VendorRef": {"value": ACME}}
    assert us.write(entity, {**sparse, "PrivateNote": "n"}) == made
    assert us.write(entity, {**sparse, "PrivateNote": "m"})["SyncToken"] == "1"


def test_a_vendor_that_is_written_as_it_stands_stays_as_it_stands(us: Books) -> None:
    before = us.read("Vendor", ACME)
    assert us.write("Vendor", before) == before


def test_an_order_of_category_lines_without_amount_is_closed_from_the_start(us: Books) -> None:
    assert us.write("PurchaseOrder", order(category_line(0)))["POStatus"] == "Closed"
    assert us.write("PurchaseOrder", order(category_line(0), category_line(1)))["POStatus"] == "Open"


def test_an_order_says_whether_it_is_printed_and_lists_the_custom_fields_that_are_on(us: Books) -> None:
    assert "CustomField" not in us.write("PurchaseOrder", order(category_line(5)))
    groups: list[Json] = [
        {"CustomField": [{"Name": "PurchasePrefs.UsePurchaseCustom2", "Type": "BooleanType", "BooleanValue": True}]},
        {"CustomField": [{"Name": "PurchasePrefs.PurchaseCustomName2", "Type": "StringType", "StringValue": "Dock"}]},
    ]
    us.control("preferences/1", {"set": {"VendorAndPurchasesPrefs.POCustomField": groups}})
    made = us.write("PurchaseOrder", order(category_line(5)))
    assert made["PrintStatus"] == "NotSet"
    assert made["CustomField"] == [{"DefinitionId": "2", "Name": "Dock", "Type": "StringType"}]
    sent: Any = [{"DefinitionId": "2", "Type": "StringType", "StringValue": "7"}]
    filled = us.write("PurchaseOrder", order(category_line(5), CustomField=sent))
    assert filled["CustomField"][0]["StringValue"] == "7"


def test_terms_and_parents_are_referred_to_without_a_name(us: Books) -> None:
    assert us.write("Bill", bill(category_line(5), SalesTermRef={"value": "3"}))["SalesTermRef"] == {"value": "3"}
    assert us.write("Vendor", {"DisplayName": "Net", "TermRef": {"value": "3"}})["TermRef"] == {"value": "3"}
    job = us.write("Customer", {"DisplayName": "Store 9", "Job": True, "ParentRef": {"value": "1"}})
    assert job["ParentRef"] == {"value": "1"}
    with_terms = [row for row in us.query("select * from Vendor")["Vendor"] if "TermRef" in row]
    assert with_terms
    assert all(set(row["TermRef"]) == {"value"} for row in with_terms)


def test_money_has_two_decimals_unless_it_is_nothing(us: Books) -> None:
    made = us.write("Bill", bill(category_line(Decimal("337.5")), category_line(639), category_line(0)))
    assert [str(line["Amount"]) for line in made["Line"]] == ["337.50", "639.00", "0"]
    assert str(made["TotalAmt"]) == "976.50"


def test_an_inventory_product_is_not_bought_before_it_was_there(us: Books) -> None:
    stocked = us.query("select * from Item where Type = 'Inventory'")["Item"][0]["Id"]
    assert us.refused("Bill", bill(item_line(10, stocked, 2, 5), TxnDate="2020-01-01")) == (
        "6270",
        "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date for the product",
    )


def test_a_line_without_its_kind_is_refused_by_its_path(us: Books) -> None:
    [problem] = us.post("bill", bill({"Amount": 5}))["Fault"]["Error"]
    assert (problem["code"], problem["element"]) == ("2020", "Line.DetailType")
    assert problem["Detail"] == "Required parameter Line.DetailType is missing in the request"


def of_currency(books: Books, entity: str, code: str, **more: str) -> Json:
    rows: list[Json] = books.query(f"select * from {entity} maxresults 1000")[entity]  # noqa: S608
    wanted = {"CurrencyRef": code, **more}
    return next(
        row for row in rows if all(row[name] == wanted[name] or row[name]["value"] == wanted[name] for name in wanted)
    )


def test_a_document_has_one_foreign_currency_at_most(uk: Books) -> None:
    tax = {"TaxCodeRef": {"value": "2"}}
    euro = uk.write("Account", {"Name": "Euro costs", "AccountType": "Expense", "CurrencyRef": {"value": "EUR"}})
    pounds, euros = of_currency(uk, "Vendor", "GBP"), of_currency(uk, "Vendor", "EUR")
    line = category_line(5, euro["Id"], **tax)
    code, detail = uk.refused("Bill", bill(line, vendor=pounds["Id"]))
    assert (code, detail.endswith("You can only use one foreign currency per transaction.")) == ("6000", True)
    assert (
        uk.write("Bill", bill(line, category_line(5, "7", **tax), vendor=euros["Id"]))["CurrencyRef"]["value"] == "EUR"
    )
    uk.control("settings", {"one_foreign_currency": False})
    uk.write("Bill", bill(line, vendor=pounds["Id"]))


def test_a_bill_is_paid_from_an_account_in_its_own_or_the_home_currency(uk: Books) -> None:
    bank = uk.write("Account", {"Name": "Dollars", "AccountType": "Bank", "CurrencyRef": {"value": "USD"}})
    vendor = of_currency(uk, "Vendor", "EUR")["Id"]
    owed = uk.write("Bill", bill(category_line(5, "7", TaxCodeRef={"value": "2"}), vendor=vendor))
    link = {"Amount": 5, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}
    payment: Json = {"VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": 5, "Line": [link]}
    payment["CheckPayment"] = {"BankAccountRef": {"value": bank["Id"]}}
    assert uk.refused("BillPayment", payment)[1].endswith("You can only use one foreign currency per transaction.")


def test_a_changed_order_remembers_what_was_received_of_a_line(us: Books) -> None:
    made = us.write("PurchaseOrder", order(item_line(20, "19", 4, 5)))
    us.write("Bill", bill(linked(item_line(5, "19", 1, 5), made)))
    body = {**order({**item_line(20, "19", 4, 5), "Id": "1"}, PrivateNote="n"), "Id": made["Id"], "SyncToken": "1"}
    assert us.write("PurchaseOrder", body)["Line"][0]["Received"] == 1


def test_a_billable_line_is_on_a_type_of_account_that_can_be_billed(us: Books) -> None:
    us.control("preferences/1", {"set": {"VendorAndPurchasesPrefs.BillableExpenseTracking": True}})
    us.control("preferences/1", {"set": {"VendorAndPurchasesPrefs.TrackingByCustomer": True}})
    income = us.write("Account", {"Name": "Rent received", "AccountType": "Income"})
    detail: Json = {"CustomerRef": {"value": "1"}, "BillableStatus": "Billable"}
    assert us.refused("Bill", bill(category_line(5, income["Id"], **detail)))[0] == "6320"
    us.write("Bill", bill(category_line(5, **detail)))
    us.control("settings", {"billable_account_types": []})
    us.write("Bill", bill(category_line(5, income["Id"], **detail)))


def test_a_bill_is_not_linked_to_an_order_of_a_later_day(us: Books) -> None:
    later = us.write("PurchaseOrder", {**order(category_line(20)), "TxnDate": "2026-11-10"})
    body = bill(linked(category_line(20), later))
    code, detail = us.refused("Bill", body)
    assert code == "6000"
    assert detail.endswith(
        "Add a purchase order that was created before this transaction, or make sure the date of the transaction is correct."
    )
    us.control("settings", {"bill_before_order": "taken"})
    assert us.write("Bill", body)["LinkedTxn"] == [{"TxnId": later["Id"], "TxnType": "PurchaseOrder"}]


def test_the_day_an_order_was_changed_can_be_what_counts(us: Books) -> None:
    early = us.write("PurchaseOrder", {**order(category_line(20)), "TxnDate": "2020-01-01"})
    us.control("settings", {"bill_before_order": "change_date"})
    assert us.refused("Bill", bill(linked(category_line(20), early), TxnDate="2020-01-02"))[0] == "6000"


def test_a_due_date_before_the_date_is_taken_or_refused_as_the_setting_says(us: Books) -> None:
    body = bill(category_line(5), DueDate="2026-10-01")
    assert us.write("Bill", body)["DueDate"] == "2026-10-01"
    us.control("settings", {"due_before_bill": "refused"})
    assert us.refused("Bill", body)[0] == "6000"


def test_an_order_closes_when_bills_and_expenses_have_taken_all_of_it(us: Books) -> None:
    made = us.write("PurchaseOrder", order(category_line(20)))
    us.write("Bill", bill(linked(category_line(15), made)))
    assert us.read("PurchaseOrder", made["Id"])["POStatus"] == "Open"
    paid = us.write("Purchase", expense(linked(category_line(5), made)))
    assert paid["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "PurchaseOrder"}]
    closed = us.read("PurchaseOrder", made["Id"])
    assert closed["POStatus"] == "Closed"
    assert [link["TxnType"] for link in closed["LinkedTxn"]] == ["Bill", "Purchase"]
    us.post("purchase", {"Id": paid["Id"], "SyncToken": "0"}, operation="delete")
    assert us.read("PurchaseOrder", made["Id"])["POStatus"] == "Open"


def test_a_link_names_the_id_of_an_order_line_and_a_closed_order_takes_none(us: Books) -> None:
    made = us.write("PurchaseOrder", order(category_line(20), category_line(30)))
    lines = [{**category_line(30), "Id": "2"}, category_line(40)]
    changed = us.write("PurchaseOrder", {**order(*lines), "Id": made["Id"], "SyncToken": "0"})
    assert [(line["Id"], line["LineNum"]) for line in changed["Line"]] == [("2", 1), ("3", 2)]
    assert "LinkedTxn" not in us.write("Bill", bill(linked(category_line(30), made, "1")))
    assert "LinkedTxn" in us.write("Bill", bill(linked(category_line(30), made, "2")))
    us.control(f"purchaseorder/{made['Id']}", {"set": {"POStatus": "Closed"}})
    assert "LinkedTxn" not in us.write("Bill", bill(linked(category_line(40), made, "3")))


def test_a_tax_rate_without_a_value_is_no_figure(uk: Books) -> None:
    code = next(row for row in uk.query("select * from TaxCode")["TaxCode"] if row["Id"] == "2")
    rate = code["PurchaseTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"]
    assert "RateValue" not in uk.control(f"taxrate/{rate}", {"set": {"RateValue": None}})
    vendor = of_currency(uk, "Vendor", "GBP")["Id"]
    body = bill(category_line(100, "7", TaxCodeRef={"value": "2"}), vendor=vendor)
    assert uk.refused("Bill", body)[0] == "6000"
    detail = {"Amount": 20, "DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": {"value": rate}}}
    assert uk.write("Bill", {**body, "TxnTaxDetail": {"TaxLine": [detail]}})["TotalAmt"] == 120
