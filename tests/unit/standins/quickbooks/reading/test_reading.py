"""Queries, change data capture and batches of the QuickBooks stand-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from tests.unit.standins.quickbooks.books import Books, bill, category_line

LONG_AGO = (datetime.now(UTC) - timedelta(days=40)).isoformat()
RECENTLY = (datetime.now(UTC) - timedelta(days=5)).isoformat()


def fault(answer: dict[str, object]) -> tuple[str, str]:
    problem = answer["Fault"]["Error"][0]  # type: ignore[index]
    return problem["code"], problem["Detail"]


def test_a_query_counts_projects_and_pages(us: Books) -> None:
    assert us.query("SELECT COUNT(*) FROM vendor") == {"totalCount": 35}
    page = us.query("select Id, DisplayName from Vendor orderby Id startposition 3 maxresults 2")
    assert page["startPosition"] == 3
    assert page["maxResults"] == 2
    assert set(page["Vendor"][0]) == {"Id", "DisplayName", "sparse"}
    assert [int(row["Id"]) for row in page["Vendor"]] == sorted(int(row["Id"]) for row in page["Vendor"])


def test_name_lists_come_by_name_and_without_what_is_inactive(us: Books) -> None:
    names = [row["FullyQualifiedName"] for row in us.query("select * from Account maxresults 1000")["Account"]]
    assert names == sorted(names)
    assert "Utilities:Fax Line (deleted)" not in names
    every = us.query("select * from Account where Active in (true, false) maxresults 1000")
    assert every["maxResults"] == len(names) + 1


def test_conditions_compare_dates_amounts_text_and_references(us: Books) -> None:
    us.write("Bill", bill(category_line(Decimal("99.5")), DocNumber="A-1"))
    us.write("Bill", bill(category_line(500), DocNumber="O'Neil", vendor="57", TxnDate="2026-10-01"))

    def numbers(condition: str) -> list[str]:
        rows = us.query(f"select * from Bill where {condition} orderby DocNumber").get("Bill", [])  # noqa: S608
        return [row["DocNumber"] for row in rows]

    assert numbers("TotalAmt > '100.00'") == ["O'Neil"]
    assert numbers("TxnDate >= '2026-11-01' and VendorRef = '56'") == ["A-1"]
    assert numbers("DocNumber = 'O\\'Neil'") == ["O'Neil"]
    assert numbers("DocNumber like 'a%'") == ["A-1"]
    assert numbers("DocNumber in ('a-1', 'zzz')") == ["A-1"]
    assert numbers(f"MetaData.LastUpdatedTime > '{RECENTLY}'") == ["A-1", "O'Neil"]
    assert numbers("Balance != '500'") == ["A-1"]


@pytest.mark.parametrize(
    ("statement", "code", "part"),
    [
        ("select * from Bill where TotalAmt > 5", "4000", "QueryParserError: Encountered"),
        ("select * from Bill where DocNumber = 'O''Neil'", "4000", "QueryParserError"),
        ("select * from Bill where A = '1' or B = '2'", "4000", "QueryParserError"),
        ("", "4000", "QueryParserError"),
        ("select * from Bill maxresults 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Bill maxresults 1001", "4001", "value 1001 is too large"),
        ("select * from Bill where Colour = 'red'", "4001", "Property Colour not found for Entity Bill"),
        ("select * from Bill where DepartmentRef = '1'", "4001", "property 'DepartmentRef' is not queryable"),
        ("select * from Bill where PrivateNote = 'x'", "4001", "property 'PrivateNote' is not queryable"),
        ("select * from Payslip", "4001", "Payslip"),
    ],
)
def test_a_wrong_query_is_refused(us: Books, statement: str, code: str, part: str) -> None:
    actual, detail = fault(us.query(statement))
    assert actual == code
    assert part in detail


def test_us_companies_list_three_pseudo_tax_codes(us: Books, uk: Books) -> None:
    rows = us.query("select * from TaxCode maxresults 1")["TaxCode"]
    assert [row["Id"] for row in rows] == ["TAX", "NON", "CustomSalesTax"]
    assert "SyncToken" not in rows[0]
    real = uk.query("select * from TaxCode where Name = '20.0% S'")["TaxCode"]
    assert real[0]["PurchaseTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"] == "1"


def test_a_query_may_be_posted(us: Books) -> None:
    address = f"/v3/company/{us.realm}/query"
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    answer = us.client.post(address, data="select count(*) from Term", content_type="application/text", headers=headers)
    assert answer.json["QueryResponse"]["totalCount"] > 0  # type: ignore[index]


def test_exchange_rates_are_asked_for_by_currency_and_day(uk: Books) -> None:
    first = uk.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-11-02")["ExchangeRate"]
    assert first["TargetCurrencyCode"] == "GBP"
    assert "Id" not in first
    uk.post("exchangerate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-11-02", "Rate": Decimal("0.9")})
    assert uk.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-11-02")["ExchangeRate"]["Rate"] == Decimal(
        "0.9"
    )
    assert fault(uk.get("exchangerate", sourcecurrencycode="XAU"))[0] == "610"
    listed = uk.query("select * from ExchangeRate where SourceCurrencyCode in ('EUR', 'USD')")
    assert [row["SourceCurrencyCode"] for row in listed["ExchangeRate"]] == ["EUR", "USD"]


def test_changes_show_what_is_new_and_what_was_deleted(us: Books) -> None:
    kept = us.write("Bill", bill(category_line(1)))
    gone = us.write("Bill", bill(category_line(2)))
    us.post("bill", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    answer = us.get("cdc", entities="Vendor,Bill", changedSince=RECENTLY)
    vendors, bills = answer["CDCResponse"][0]["QueryResponse"]
    assert vendors == {}
    assert [row.get("status", row["Id"]) for row in bills["Bill"]] == [kept["Id"], "Deleted"]
    assert set(bills["Bill"][1]) == {"domain", "status", "Id", "MetaData"}


def test_changes_go_back_thirty_days_and_end_at_a_thousand_objects(us: Books) -> None:
    assert us.get("cdc", entities="Bill", changedSince=LONG_AGO)["Fault"]["Error"][0]["code"] == "2030"
    us.control("settings", {"changes_max": 3})
    for _ in range(5):
        us.write("Bill", bill(category_line(1)))
    changes = us.get("cdc", entities="Bill,Vendor", changedSince=RECENTLY)["CDCResponse"][0]["QueryResponse"]
    assert changes[0]["maxResults"] == 3
    assert changes[1] == {}


def test_a_batch_answers_each_item_for_itself(us: Books) -> None:
    items = [
        {"bId": "1", "operation": "create", "Bill": bill(category_line(3), DocNumber="B-1")},
        {"bId": "2", "Query": "select count(*) from Bill"},
        {"bId": "3", "operation": "create", "Vendor": {"DisplayName": "Acme Supply"}},
        {"bId": "4", "operation": "delete", "Bill": {"Id": "9999", "SyncToken": "0"}},
    ]
    answers = us.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert us.status == 200
    assert answers[0]["Bill"]["DocNumber"] == "B-1"
    assert answers[1]["QueryResponse"] == {"totalCount": 1}
    assert [answer["Fault"]["Error"][0]["code"] for answer in answers[2:]] == ["6240", "610"]
    assert us.post("batch", {"BatchItemRequest": items * 8})["Fault"]["Error"][0]["code"] == "1040"


def test_xml_is_the_answer_to_those_who_do_not_ask_for_json(us: Books) -> None:
    headers = {"Authorization": f"Bearer {us.token}"}
    answer = us.client.get(f"/v3/company/{us.realm}/vendor/56", headers=headers)
    assert answer.mimetype == "application/xml"
    assert "<DisplayName>Acme Supply</DisplayName>" in answer.text


def test_what_leaves_quickbooks_is_metered_and_what_enters_is_not(us: Books) -> None:
    us.write("Bill", bill(category_line(1)), requestid="abc")
    us.get("vendor/56")
    us.query("select * from Term")
    us.get("cdc", entities="Bill", changedSince=quote(RECENTLY))
    requests = us.client.get("/_control/requests").json
    assert requests is not None
    assert [entry["metered"] for entry in requests] == [False, True, True, True]
    assert requests[0]["requestid"] == "abc"
    assert requests[0]["path"].endswith("/bill")


def test_entitlements_say_in_xml_what_the_plan_includes(us: Books) -> None:
    us.control("settings", {"plan": "Essentials"})
    address, headers = f"/manage/entitlements/v3/{us.realm}", {"Authorization": f"Bearer {us.token}"}
    text = us.client.get(address, headers=headers).text
    assert "<PlanName>QuickBooks Online Essentials</PlanName>" in text
    assert "<name>Bills</name><term>On</term>" in text
    assert "<name>Purchase Orders</name><term>Off</term>" in text
    assert us.client.get(address).status_code == 401


def test_position_and_size_of_a_page_come_in_either_order(us: Books) -> None:
    usual = us.query("select * from Vendor startposition 2 maxresults 3")
    turned = us.query("select * from Vendor MAXRESULTS 3 STARTPOSITION 2")
    assert turned == usual
    assert (turned["startPosition"], len(turned["Vendor"])) == (2, 3)


def test_an_entity_that_does_not_exist_is_refused_in_the_recorded_words(us: Books) -> None:
    [problem] = us.query("select * from Custmoer")["Fault"]["Error"]
    assert (problem["code"], problem["Detail"]) == (
        "4001",
        "QueryValidationError: invalid context declaration: Custmoer",
    )
