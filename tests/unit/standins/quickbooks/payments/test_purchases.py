"""Purchases, the number space they share with bill payments, tax codes in one call, and vendors that are merged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.standins.quickbooks.books import ACME, Books, Json, bill, category_line

CHECKING, MASTERCARD = "35", "41"


def purchase(kind: str = "Check", account: str = CHECKING, **more: Any) -> Json:
    return {
        "PaymentType": kind,
        "AccountRef": {"value": account},
        "EntityRef": {"value": ACME, "type": "Vendor"},
        "TxnDate": "2026-11-02",
        "Line": [category_line("12.50")],
        **more,
    }


def test_a_purchase_has_a_payee_a_source_a_total_and_what_leaks_from_the_serialiser(us: Books) -> None:
    made = us.write("Purchase", purchase(DocNumber="5001"))
    assert made["EntityRef"] == {"value": ACME, "name": "Acme Supply", "type": "Vendor"}
    assert made["AccountRef"]["name"] == "Checking"
    assert str(made["TotalAmt"]) == "12.50"
    assert (made["Credit"], made["PrintStatus"]) == (False, "NotSet")
    assert made["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    [leak] = made["PurchaseEx"]["any"]
    assert leak["value"] == {"Name": "TxnType", "Value": "3"}
    assert leak["name"] == "{http://schema.intuit.com/finance/v3}NameValue"


def test_a_void_empties_a_purchase_and_a_deletion_removes_it(us: Books) -> None:
    made = us.write("Purchase", purchase(PrivateNote="RC 93"))
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    voided = us.post("purchase", body, operation="update", include="void")["Purchase"]
    assert (voided["TotalAmt"], voided["Line"], voided["PrivateNote"]) == (0, [], "Voided - RC 93")
    us.post("purchase", {"Id": made["Id"], "SyncToken": voided["SyncToken"]}, operation="delete")
    assert us.get(f"purchase/{made['Id']}")["Fault"]["Error"][0]["code"] == "610"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (purchase("CreditCard"), "6430"),
        (purchase("Check", MASTERCARD), "6430"),
        (purchase("Check", Credit=True), "6000"),
        (purchase("Cheque"), "2170"),
        ({**purchase(), "PaymentType": None}, "2020"),
        ({**purchase(), "AccountRef": None}, "2020"),
        (purchase(EntityRef={"value": "99999", "type": "Vendor"}), "2500"),
        (purchase(Line=[]), "2020"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused(us: Books, body: Json, code: str) -> None:
    assert us.refused("Purchase", body)[0] == code


def test_a_refund_goes_back_to_a_card(us: Books) -> None:
    assert us.write("Purchase", purchase("CreditCard", MASTERCARD, Credit=True))["Credit"] is True


def test_checks_share_one_space_of_numbers_with_bill_payments(us: Books) -> None:
    made = us.write("Purchase", purchase(DocNumber="5001"))
    owed = us.write("Bill", bill(category_line(5)))
    payment = {
        "VendorRef": {"value": ACME},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": CHECKING}},
        "DocNumber": "5001",
        "TotalAmt": 5,
        "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}],
    }
    code, detail = us.refused("BillPayment", payment)
    assert code == "6140"
    assert f"DocNumber=5001 is assigned to TxnType=Purchase with TxnId={made['Id']}" in detail
    us.write("BillPayment", payment, include="allowduplicatedocnum")
    us.write("Purchase", purchase("CreditCard", MASTERCARD, DocNumber="5001"))


def test_a_tax_code_is_made_with_its_rates_and_answered_without_an_envelope(uk: Books) -> None:
    sent = {
        "TaxCode": "12.5% Hospitality",
        "TaxRateDetails": [
            {"TaxRateName": "12.5% H", "RateValue": "12.5", "TaxAgencyId": "1", "TaxApplicableOn": "Purchase"}
        ],
    }
    answer = uk.post("taxservice/taxcode", sent)
    assert answer["TaxCode"] == "12.5% Hospitality"
    [rate] = answer["TaxRateDetails"]
    assert uk.read("TaxRate", rate["TaxRateId"])["Name"] == "12.5% H"
    code = uk.read("TaxCode", answer["TaxCodeId"])
    assert code["PurchaseTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"] == rate["TaxRateId"]
    assert code["SalesTaxRateList"] == {"TaxRateDetail": []}

    again = uk.post("taxservice/taxcode", {**sent, "TaxCode": "Another"})["Fault"]["Error"][0]
    assert again["code"] == "6240"
    assert "Another tax rate is already using this \nname." in again["Detail"]
    reused = {"TaxCode": "Same rate", "TaxRateDetails": [{"TaxRateId": rate["TaxRateId"]}]}
    assert uk.post("taxservice/taxcode", reused)["TaxRateDetails"][0]["TaxRateId"] == rate["TaxRateId"]


def test_merging_a_vendor_moves_what_it_had_and_says_who_is_gone(us: Books) -> None:
    twin = us.write("Vendor", {"DisplayName": "Acme Supplies"})
    owed = us.write("Bill", bill(category_line(80), vendor=twin["Id"]))
    spent = us.write("Purchase", purchase(EntityRef={"value": twin["Id"], "type": "Vendor"}))
    note = {"EntityRef": {"type": "Vendor", "value": twin["Id"]}}
    noted = us.write("Attachable", {"Note": "Old friend", "AttachableRef": [note]})

    merged = us.control(f"vendor/{twin['Id']}", {"do": "merge", "into": ACME})
    assert (merged["Id"], merged["Balance"]) == (ACME, 80)
    assert us.read("Bill", owed["Id"])["VendorRef"] == {"value": ACME, "name": "Acme Supply"}
    assert us.read("Purchase", spent["Id"])["EntityRef"]["value"] == ACME
    assert us.read("Attachable", noted["Id"])["AttachableRef"][0]["EntityRef"]["value"] == ACME
    assert us.get(f"vendor/{twin['Id']}")["Fault"]["Error"][0]["code"] == "610"
    assert us.query("SELECT Id FROM Vendor WHERE DisplayName = 'Acme Supplies' AND Active IN (true, false)") == {}
    us.write("Vendor", {"DisplayName": "Acme Supplies"})


def test_vendors_of_two_currencies_are_not_merged(uk: Books) -> None:
    rows = uk.query("SELECT * FROM Vendor")["Vendor"]
    pound = next(row for row in rows if row["CurrencyRef"]["value"] == "GBP")
    euro = next(row for row in rows if row["CurrencyRef"]["value"] == "EUR")
    refused = uk.control(f"vendor/{euro['Id']}", {"do": "merge", "into": pound["Id"]})
    assert "currency" in refused["error"]
