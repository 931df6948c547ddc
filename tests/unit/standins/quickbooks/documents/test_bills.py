"""Bills, vendor credits and their payments in the QuickBooks stand-in."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from unittest.mock import Mock

import pytest

from tests.unit.standins.quickbooks.books import Books, bill, category_line, item_line

STEEL, PALLETS_EUR = "56", "64"


def test_a_created_bill_comes_back_complete(us: Books) -> None:
    made = us.write("Bill", bill(category_line(Decimal("540.00")), DocNumber="INV-201"))
    assert made["TotalAmt"] == 540
    assert str(made["TotalAmt"]) == "540.00"
    assert made["Balance"] == 540
    assert made["SyncToken"] == "0"
    assert made["VendorRef"] == {"value": "56", "name": "Acme Supply"}
    assert made["APAccountRef"]["value"] == "33"
    assert made["CurrencyRef"]["value"] == "USD"
    assert made["Line"][0]["Id"] == "1"
    assert made["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert "LinkedTxn" not in made
    assert "intuit_tid" in us.headers


def test_the_due_date_follows_the_term_or_is_the_date(us: Books) -> None:
    assert us.write("Bill", bill(category_line(1)))["DueDate"] == "2026-11-02"
    assert us.write("Bill", bill(category_line(1), SalesTermRef={"value": "3"}))["DueDate"] == "2026-12-02"


def test_a_full_update_loses_what_it_leaves_out(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10), SalesTermRef={"value": "3"}, PrivateNote="keep me"))
    changed = us.write("Bill", {**bill(category_line(10)), "Id": made["Id"], "SyncToken": "0"})
    assert "SalesTermRef" not in changed
    assert "PrivateNote" not in changed
    assert changed["SyncToken"] == "1"
    assert changed["MetaData"]["CreateTime"] == made["MetaData"]["CreateTime"]


def test_a_sparse_update_leaves_the_rest_alone_but_replaces_all_lines(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10), category_line(5), PrivateNote="keep me"))
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "VendorRef": {"value": "56"}}
    kept = us.write("Bill", {**sparse, "DocNumber": "X-1"})
    assert kept["PrivateNote"] == "keep me"
    assert len(kept["Line"]) == 2
    second = {**category_line(7), "Id": "2"}
    cut = us.write("Bill", {**sparse, "SyncToken": "1", "Line": [second, {**category_line(3), "Id": "99"}]})
    assert [(line["Id"], line["Amount"]) for line in cut["Line"]] == [("2", 7), ("3", 3)]
    assert cut["TotalAmt"] == 10


def test_a_sparse_update_of_a_bill_needs_its_vendor(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10)))
    code, detail = us.refused("Bill", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "DocNumber": "1"})
    assert (code, detail) == ("2020", "Required parameter VendorRef is missing in the request")


def test_an_old_sync_token_is_stale(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10)))
    us.write("Bill", {**bill(category_line(11)), "Id": made["Id"], "SyncToken": "0"})
    code, detail = us.refused("Bill", {**bill(category_line(12)), "Id": made["Id"], "SyncToken": "0"})
    assert code == "5010"
    assert detail.startswith("Stale Object Error : You and Dana R. Moreno were working on this at the same time.")


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (
            bill(category_line(1), DocNumber="N" * 33),
            "2050",
            "String length specified does not match the supported length. Min:0 Max:21 supported. Supplied length:33",
        ),
        ({"VendorRef": {"value": "56"}}, "2020", "Required parameter Line is missing in the request"),
        (bill(category_line(1, "7000")), "2500", "Invalid Reference Id : Accounts element id 7000 not found"),
        (
            bill(category_line(1), vendor="7777"),
            "2500",
            "Invalid Reference Id : Names element id 7777 not found",
        ),
        (
            bill(category_line(1, ClassRef={"value": "404"})),
            "2500",
            "Invalid Reference Id : Klasses element id 404 not found",
        ),
        (
            bill(category_line(1), DepartmentRef={"value": "404"}),
            "2500",
            "Invalid Reference Id : Depts element id 404 not found",
        ),
        (
            bill(category_line(1, "105")),
            "2500",
            (
                "Invalid Reference Id : Something you're trying to use has been made inactive. "
                "Check the fields with accounts."
            ),
        ),
        (
            bill(category_line(1), Locaton="East"),
            "2010",
            (
                'Property Name:Unrecognized field "Locaton" (class com.intuit.schema.finance.v3.Bill), not marked as '
                'ignorable (28 known properties: "APAccountRef", "Balance", "CurrencyRef", "CustomField", "DepartmentRef", '
                '"DocNumber", "DueDate", "ExchangeRate", "GlobalTaxCalculation", "HomeBalance" [truncated]]) '
                "specified is unsupported or invalid"
            ),
        ),
        (
            bill(category_line(1, DepartmentRef={"value": "1"})),
            "2010",
            (
                'Property Name:Unrecognized field "DepartmentRef" (class com.intuit.schema.finance.v3.'
                "AccountBasedExpenseLineDetail), not marked as ignorable (8 known properties: "
                '"AccountRef", "BillableStatus", "ClassRef", "CustomerRef", "MarkupInfo", "TaxAmount", "TaxCodeRef", '
                '"TaxInclusiveAmt"]) specified is unsupported or invalid'
            ),
        ),
        (
            bill(item_line(Decimal("10.01"), "11", 2, 5)),
            "6070",
            "Amount is not equal to UnitPrice * Qty. Supplied value:10.01",
        ),
        (bill(category_line(1, BillableStatus="HasBeenBilled")), "2170", "Invalid Enumeration : HAS_BEEN_BILLED"),
        (bill(category_line(1), TxnDate="11/02/2026"), "2060", "Invalid Date format : 11/02/2026"),
        (bill(category_line(1), TxnDate="2026-02-30"), "2070", "Invalid Date : 2026-02-30"),
        (bill(category_line("ten")), "2080", "Invalid Number format : ten"),
    ],
)
def test_a_wrong_bill_is_refused_with_the_recorded_text(
    us: Books, body: dict[str, object], code: str, detail: str
) -> None:
    assert us.refused("Bill", body) == (code, detail)
    assert us.query("select count(*) from Bill") == {"totalCount": 0}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (category_line(1, TaxCodeRef={"value": "5"}), "6100"),
        (category_line(1, BillableStatus="Billable"), "6310"),
        (category_line(1, "33"), "6430"),
        (category_line(1, "84"), "6430"),
        (
            {"Amount": 1, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": {}},
            "6440",
        ),
        (item_line(980, "38", 1, 980), "6000"),
    ],
)
def test_a_wrong_line_is_refused(us: Books, line: dict[str, object], code: str) -> None:
    assert us.refused("Bill", bill(line))[0] == code


def test_several_wrong_properties_are_told_at_once(us: Books) -> None:
    answer = us.post("bill", bill(category_line(1), DocNumber="N" * 22, TxnDate="soon"))
    assert {problem["code"] for problem in answer["Fault"]["Error"]} == {"2050", "2060"}
    assert us.status == 400


def test_a_duplicate_number_names_the_bill_that_has_it(us: Books) -> None:
    first = us.write("Bill", bill(category_line(1), DocNumber="1001"))
    code, detail = us.refused("Bill", bill(category_line(2), DocNumber="1001"))
    assert code == "6140"
    assert detail.endswith(f"DocNumber=1001 is assigned to TxnType=Bill with TxnId={first['Id']}")
    us.write("Bill", bill(category_line(2), DocNumber="1001", vendor="57"))
    us.write("Bill", bill(category_line(2), DocNumber="1001"), include="allowduplicatedocnum")
    us.control("settings", {"preferences": {"WarnDuplicateBillNumber": False}})
    us.write("Bill", bill(category_line(2), DocNumber="1001"))


def test_what_the_company_does_not_track_is_dropped_without_a_word(us: Books) -> None:
    full = category_line(
        5, ClassRef={"value": "5000000000000000101"}, CustomerRef={"value": "1"}, BillableStatus="Billable"
    )
    kept = us.write("Bill", bill(full, DepartmentRef={"value": "1"}))
    detail = kept["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["ClassRef"]["name"] == "Manufacturing"
    assert detail["BillableStatus"] == "Billable"
    assert kept["DepartmentRef"] == {"value": "1", "name": "East"}
    off = {
        "AccountingInfoPrefs.ClassTrackingPerTxnLine": False,
        "AccountingInfoPrefs.TrackDepartments": False,
        "VendorAndPurchasesPrefs.TrackingByCustomer": False,
        "VendorAndPurchasesPrefs.BillableExpenseTracking": False,
    }
    us.control("settings", {"preferences": {us.realm: off}})
    dropped = us.write("Bill", bill(full, DepartmentRef={"value": "1"}))
    detail = dropped["Line"][0]["AccountBasedExpenseLineDetail"]
    assert "DepartmentRef" not in dropped
    assert not {"ClassRef", "CustomerRef"} & set(detail)
    assert detail["BillableStatus"] == "NotBillable"


def test_the_unit_price_keeps_its_decimals(us: Books) -> None:
    made = us.write("Bill", bill(item_line(Decimal("2.36"), "31", Decimal("3.54"), Decimal("0.66667"))))
    assert made["Line"][0]["ItemBasedExpenseLineDetail"]["UnitPrice"] == Decimal("0.66667")


def test_negative_lines_reduce_the_total_which_may_not_be_negative(us: Books) -> None:
    assert us.write("Bill", bill(category_line(100), category_line(Decimal("-12.5"), "57")))["TotalAmt"] == Decimal(
        "87.5"
    )
    assert us.refused("Bill", bill(category_line(10), category_line(-20, "57")))[0] == "6000"


def test_a_bill_is_paid_on_the_day_of_those_who_pay_it_not_on_that_of_california(
    us: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = us.write("Bill", bill(category_line(540)))
    clock = Mock(wraps=datetime, now=lambda zone: datetime(2026, 11, 10, 7, tzinfo=UTC).astimezone(zone))
    monkeypatch.setattr("standins.quickbooks.company.clock.datetime", clock)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    payment = us.control(f"bill/{made['Id']}", {"do": "pay"})
    monkeypatch.undo()
    time.tzset()
    assert payment["TxnDate"] == "2026-11-10"


def test_paying_a_bill_moves_its_balance_and_its_token(us: Books) -> None:
    made = us.write("Bill", bill(category_line(540)))
    payment = us.control(f"bill/{made['Id']}", {"do": "pay", "amount": 140, "date": "2026-11-10"})
    paid = us.read("Bill", made["Id"])
    assert (paid["Balance"], paid["SyncToken"]) == (400, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]
    assert us.read("Vendor", "56")["Balance"] == 400
    assert us.refused("Bill", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")[0] == "800"
    voided = us.write(
        "BillPayment", {"Id": payment["Id"], "SyncToken": "0", "sparse": True}, operation="update", include="void"
    )
    assert (voided["TotalAmt"], voided["Line"], voided["PrivateNote"]) == (0, [], "Voided")
    again = us.read("Bill", made["Id"])
    assert again["Balance"] == 540
    assert "LinkedTxn" not in again
    assert us.post("bill", {"Id": made["Id"], "SyncToken": again["SyncToken"]}, operation="delete")["Bill"] == {
        "status": "Deleted",
        "domain": "QBO",
        "Id": made["Id"],
    }
    assert us.read("Vendor", "56")["Balance"] == 0


def test_a_payment_over_the_api_needs_lines_links_and_a_source(us: Books) -> None:
    made = us.write("Bill", bill(category_line(100)))
    link = {"Amount": 100, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Bill"}]}
    body = {"VendorRef": {"value": "56"}, "TotalAmt": 100, "PayType": "Check", "Line": [link]}
    assert us.refused("BillPayment", body) == ("2020", "Required parameter BankAccountRef is missing in the request")
    body["CheckPayment"] = {"BankAccountRef": {"value": "41"}}
    assert us.refused("BillPayment", body)[0] == "6430"
    body["CheckPayment"] = {"BankAccountRef": {"value": "35"}}
    assert us.refused("BillPayment", {**body, "Line": [{"Amount": 100}]}) == (
        "2020",
        "Required parameter LinkedTxn is missing in the request",
    )
    us.write("BillPayment", body)
    assert us.read("Bill", made["Id"])["Balance"] == 0
    assert us.write("BillPayment", body)["Line"] == []


def test_a_credit_is_applied_by_a_payment_of_nothing(us: Books) -> None:
    owed = us.write("Bill", bill(category_line(100)))
    credit = us.write("VendorCredit", bill(category_line(30)))
    assert credit["Balance"] == 30
    assert us.read("Vendor", "56")["Balance"] == 70
    lines = [
        {"Amount": 30, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]},
    ]
    joined = {"VendorRef": {"value": "56"}, "TotalAmt": 0, "PayType": "Check", "Line": lines}
    us.write("BillPayment", joined)
    assert us.read("Bill", owed["Id"])["Balance"] == 70
    assert us.read("VendorCredit", credit["Id"])["Balance"] == 0
    assert us.read("Vendor", "56")["Balance"] == 70


def test_lines_of_a_vendor_credit_are_changed_by_a_full_update_only(us: Books) -> None:
    credit = us.write("VendorCredit", bill(category_line(30)))
    changed = {**bill(category_line(25)), "Id": credit["Id"], "SyncToken": "0"}
    assert us.refused("VendorCredit", {**changed, "sparse": True})[0] == "6000"
    assert us.write("VendorCredit", {**changed, "sparse": False})["TotalAmt"] == 25
    us.control("settings", {"sparse_credit_lines": "taken"})
    assert us.write("VendorCredit", {**changed, "SyncToken": "1", "sparse": True})["TotalAmt"] == 25


def test_closed_books_refuse_every_change_dated_in_them(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10)))
    us.control("settings", {"book_close_date": {us.realm: "2026-11-02"}})
    assert us.get("preferences")["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] == "2026-11-02"
    code, detail = us.refused("Bill", bill(category_line(10)))
    assert code == "6210"
    assert detail.startswith("The account period has closed and the account books cannot be updated through through")
    moved = {**bill(category_line(10), TxnDate="2026-11-20"), "Id": made["Id"], "SyncToken": "0"}
    assert us.refused("Bill", moved)[0] == "6210"
    assert us.refused("Bill", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")[0] == "6210"
    us.write("Bill", bill(category_line(10), TxnDate="2026-11-03"))
    us.control("settings", {"book_close_password": False})
    assert us.refused("Bill", bill(category_line(10)))[0] == "6200"
    us.control("settings", {"book_close_date": None})
    us.write("Bill", bill(category_line(10)))
    assert "BookCloseDate" not in us.get("preferences")["Preferences"]["AccountingInfoPrefs"]


def test_vat_is_kept_as_sent_and_added_to_the_total(uk: Books) -> None:
    lines = [category_line(Decimal("100.10"), "42", TaxCodeRef={"value": "2"})]
    tax = {
        "TotalTax": Decimal("20.03"),
        "TaxLine": [
            {
                "Amount": Decimal("20.03"),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": "1"},
                    "PercentBased": False,
                    "NetAmountTaxable": Decimal("100.10"),
                },
            }
        ],
    }
    made = uk.write("Bill", bill(*lines, GlobalTaxCalculation="TaxExcluded", TxnTaxDetail=tax))
    assert made["TotalAmt"] == Decimal("120.13")
    assert made["TxnTaxDetail"]["TotalTax"] == Decimal("20.03")
    worked_out = uk.write("Bill", bill(*lines, GlobalTaxCalculation="TaxExcluded"))
    assert worked_out["TotalAmt"] == Decimal("120.12")


def test_outside_the_us_every_line_needs_a_code_with_a_purchase_rate(uk: Books) -> None:
    code, detail = uk.refused("Bill", bill(category_line(10, "42")))
    assert (code, detail) == (
        "6000",
        "Business Validation Error: Make sure all your transactions have a GST/VAT rate before you save.",
    )
    assert uk.refused("Bill", bill(category_line(10, "42", TaxCodeRef={"value": "6"})))[0] == "6000"
    plain = uk.write("Bill", bill(category_line(10, "42"), GlobalTaxCalculation="NotApplicable"))
    assert plain["TotalAmt"] == 10
    folded = bill(category_line(10, "42"), GlobalTaxCalculation="NotApplicable", TxnTaxDetail={"TotalTax": 1})
    assert uk.refused("Bill", folded)[0] == "6170"


def test_a_foreign_bill_has_the_currency_of_its_vendor_and_its_own_payables(uk: Books) -> None:
    line = category_line(100, "42", TaxCodeRef={"value": "4"})
    made = uk.write("Bill", bill(line, vendor="64", CurrencyRef={"value": "EUR"}, ExchangeRate=Decimal("0.8512")))
    assert made["APAccountRef"]["value"] == "133"
    assert (made["Balance"], made["HomeBalance"]) == (100, Decimal("85.12"))
    assert uk.refused("Bill", bill(line, vendor="64", CurrencyRef={"value": "GBP"}))[0] == "6000"
    assert uk.refused("Bill", bill(line, vendor="64", APAccountRef={"value": "33"}))[0] == "6000"


def test_a_deleted_bill_is_gone_for_good(us: Books) -> None:
    made = us.write("Bill", bill(category_line(10)))
    gone = {"Id": made["Id"], "SyncToken": "0"}
    us.post("bill", gone, operation="delete")
    assert us.refused("Bill", gone, operation="delete") == (
        "610",
        "Object Not Found : Another user has deleted this transaction.",
    )
    assert us.get(f"bill/{made['Id']}")["Fault"]["Error"][0]["code"] == "610"
    assert us.query("select * from Bill") == {}


def test_a_bill_whose_lines_are_on_an_invoice_cannot_be_deleted(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5, CustomerRef={"value": "1"}, BillableStatus="Billable")))
    billed = us.control(f"bill/{made['Id']}", {"do": "invoice"})
    assert billed["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] == "HasBeenBilled"
    assert [link["TxnType"] for link in billed["LinkedTxn"]] == ["ReimburseCharge"]
    us.control(f"bill/{made['Id']}", {"do": "pay", "amount": 1})
    kinds = [link["TxnType"] for link in us.read("Bill", made["Id"])["LinkedTxn"]]
    assert kinds == ["ReimburseCharge", "BillPaymentCheck"]
    assert us.refused("Bill", {"Id": made["Id"], "SyncToken": "2"}, operation="delete")[0] == "6400"


def test_a_stocked_item_needs_a_quantity_and_a_date_after_its_start(us: Books) -> None:
    assert us.refused("Bill", bill(item_line(0, "28", 0, 3)))[0] == "6520"
    early = {**bill(item_line(3, "28", 1, 3)), "TxnDate": "2025-12-31"}
    assert us.refused("Bill", early)[0] == "6270"


def test_any_refusal_can_be_had_on_order(us: Books) -> None:
    us.control(
        "faults", {"match": {"path": "/bill$"}, "fault": "refuse", "code": 6480, "detail": "Matched", "times": 1}
    )
    assert us.refused("Bill", bill(category_line(1))) == ("6480", "Matched")
    us.write("Bill", bill(category_line(1)))


def test_a_paid_bill_can_be_deleted_where_the_setting_allows_it(us: Books) -> None:
    made = us.write("Bill", bill(category_line(40)))
    payment = us.control(f"bill/{made['Id']}", {"do": "pay"})
    us.control("settings", {"refuse_delete_linked": False})
    us.post("bill", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    left = us.read("BillPayment", payment["Id"])
    assert (left["Line"], left["TotalAmt"]) == ([], 40)


def test_too_large_a_request_is_refused(us: Books) -> None:
    us.control("settings", {"payload_bytes": 100})
    us.post("bill", bill(category_line(1)))
    assert us.status == 413
