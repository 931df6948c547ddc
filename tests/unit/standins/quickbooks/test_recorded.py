"""What was recorded from QuickBooks itself, compared whole: faults with their texts, envelopes, and odd rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from standins import wire
from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import ACME, UK, US, Books, Json, bill, category_line, item_line

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00")
DUPLICATE_NAME = {
    "Message": "Duplicate Name Exists Error",
    "Detail": "The name supplied already exists. : Another customer, vendor or employee is already using this \n"
    "name. Please use a different name.",
    "code": "6240",
    "element": "",
}
DELETED_TRANSACTION = {
    "Message": "Object Not Found",
    "Detail": "Object Not Found : Another user has deleted this transaction.",
    "code": "610",
    "element": "",
}
NEVER_WAS = {
    "Message": "Object Not Found",
    "Detail": "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees.",
    "code": "610",
    "element": "",
}


def stale(entity: str) -> Json:
    return {
        "Message": "Stale Object Error",
        "Detail": "Stale Object Error : You and Dana R. Moreno were working on this at the same time. "
        f"Dana R. Moreno finished before you did, so your work was not saved. Entity={entity}",
        "code": "5010",
        "element": "",
    }


def fault(answer: Json) -> list[Json]:
    """Return the errors of a fault after holding everything around them against the recorded shape."""
    assert set(answer) == {"Fault", "time"}
    assert MOMENT.fullmatch(answer["time"])
    assert set(answer["Fault"]) == {"Error", "type"}
    assert answer["Fault"]["type"] == "ValidationFault"
    errors: list[Json] = answer["Fault"]["Error"]
    return errors


def payment(**more: Any) -> Json:
    body = {"VendorRef": {"value": ACME}, "PayType": "Check", "TotalAmt": 5}
    return {**body, "CheckPayment": {"BankAccountRef": {"value": "35"}}, **more}


REFUSED: dict[str, tuple[str, Json, Json]] = {
    "a taken name": ("Vendor", {"DisplayName": "acme supply"}, DUPLICATE_NAME),
    "an unknown property": (
        "Bill",
        bill(category_line(5), Nickname="x"),
        {
            "Message": "Request has invalid or unsupported property",
            "Detail": 'Property Name:Unrecognized field "Nickname" (class com.intuit.schema.finance.v3.Bill), not marked as '
            'ignorable (28 known properties: "APAccountRef", "Balance", "CurrencyRef", "CustomField", "DepartmentRef", '
            '"DocNumber", "DueDate", "ExchangeRate", "GlobalTaxCalculation", "HomeBalance" [truncated]]) '
            "specified is unsupported or invalid",
            "code": "2010",
        },
    ),
    "no lines": (
        "Bill",
        {"VendorRef": {"value": ACME}},
        {
            "Message": "Required param missing, need to supply the required value for the API",
            "Detail": "Required parameter Line is missing in the request",
            "code": "2020",
            "element": "Line",
        },
    ),
    "a payment of nothing": (
        "BillPayment",
        payment(Line=[{"Amount": 5}]),
        {
            "Message": "Required param missing, need to supply the required value for the API",
            "Detail": "Required parameter LinkedTxn is missing in the request",
            "code": "2020",
            "element": "LinkedTxn",
        },
    ),
    "inventory without an asset account": (
        "Item",
        {"Name": "Crate", "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 1, "InvStartDate": "2026-01-01"},
        {
            "Message": "Required param missing, need to supply the required value for the API",
            "Detail": "An inventory assetaccount is required if you are tracking inventory quantities for this product.",
            "code": "2020",
            "element": "AssetAccountRef",
        },
    ),
    "a number that is too long": (
        "Bill",
        bill(category_line(5), DocNumber="N" * 33),
        {
            "Message": "String length is either shorter or longer than supported by specification",
            "Detail": "String length specified does not match the supported length. Min:0 Max:21 supported. "
            "Supplied length:33",
            "code": "2050",
            "element": "DocNumber",
        },
    ),
    "a status that only QuickBooks sets": (
        "Bill",
        bill(category_line(5, CustomerRef={"value": "1"}, BillableStatus="HasBeenBilled")),
        {
            "Message": "Invalid Enumeration",
            "Detail": "Invalid Enumeration : HAS_BEEN_BILLED",
            "code": "2170",
            "element": "BillableStatus",
        },
    ),
    "an account that is not there": (
        "Bill",
        bill(category_line(5, "777")),
        {
            "Message": "Invalid Reference Id",
            "Detail": "Invalid Reference Id : Accounts element id 777 not found",
            "code": "2500",
            "element": "AccountRef",
        },
    ),
    "a class that is not there": (
        "Bill",
        bill(category_line(5, ClassRef={"value": "777"})),
        {
            "Message": "Invalid Reference Id",
            "Detail": "Invalid Reference Id : Klasses element id 777 not found",
            "code": "2500",
            "element": "ClassRef",
        },
    ),
    "a department that is not there": (
        "Bill",
        bill(category_line(5), DepartmentRef={"value": "777"}),
        {
            "Message": "Invalid Reference Id",
            "Detail": "Invalid Reference Id : Depts element id 777 not found",
            "code": "2500",
            "element": "DepartmentRef",
        },
    ),
    "a vendor that is not there": (
        "Bill",
        bill(category_line(5), vendor="777"),
        {
            "Message": "Invalid Reference Id",
            "Detail": "Invalid Reference Id : Names element id 777 not found",
            "code": "2500",
            "element": "VendorRef",
        },
    ),
    "an amount that is not quantity times price": (
        "Bill",
        bill(item_line("10.01", "19", 2, 5)),
        {
            "Message": "Amount calculation incorrect in the request",
            "Detail": "Amount is not equal to UnitPrice * Qty. Supplied value:10.01",
            "code": "6070",
        },
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_has_the_recorded_words(us: Books, what: str) -> None:
    entity, body, recorded = REFUSED[what]
    assert fault(us.post(entity.lower(), body)) == [recorded]
    assert us.status == 400


def test_several_things_wrong_come_in_one_fault(us: Books) -> None:
    body = {"DisplayName": "N" * 501, "GivenName": "G" * 101, "BillRate": "ten"}
    errors = fault(us.post("vendor", body))
    assert [(error["code"], error["element"]) for error in errors] == [
        ("2050", "DisplayName"),
        ("2050", "GivenName"),
        ("2080", "BillRate"),
    ]


def test_a_taken_number_closed_books_and_an_ended_subscription_have_the_recorded_words(us: Books) -> None:
    first = us.write("Bill", bill(category_line(5), DocNumber="1001"))
    assert fault(us.post("bill", bill(category_line(6), DocNumber="1001"))) == [
        {
            "Message": "Duplicate Document Number Error",
            "Detail": "Duplicate Document Number Error : You must specify a different number. This number has already "
            f"been used. DocNumber=1001 is assigned to TxnType=Bill with TxnId={first['Id']}",
            "code": "6140",
        }
    ]
    us.control("settings", {"book_close_date": "2026-12-31"})
    assert fault(us.post("bill", bill(category_line(5)))) == [
        {
            "Message": "Account Period Closed, Cannot Update Through Services API",
            "Detail": "The account period has closed and the account books cannot be updated through through the QBO "
            "Services API. Please use the QBO website to make these changes.",
            "code": "6210",
        }
    ]
    us.control("settings", {"book_close_date": None, "subscription": "EXPIRED"})
    assert fault(us.post("bill", bill(category_line(5)))) == [
        {
            "Message": "Invalid Company Status",
            "Detail": "Subscription period has ended or canceled or there was a billing problem : You can't add data to "
            "QuickBooks Online Plus because your trial or subscription period ended.",
            "code": "6190",
        }
    ]


def test_a_british_line_without_a_rate_is_refused_in_the_words_of_the_screen(uk: Books) -> None:
    pound = next(row for row in uk.query("SELECT * FROM Vendor")["Vendor"] if row["CurrencyRef"]["value"] == "GBP")
    [error] = fault(uk.post("bill", bill(category_line(5), vendor=pound["Id"])))
    assert error["code"] == "6000"
    assert error["Message"] == "A business validation error has occurred while processing your request"
    assert error["Detail"].endswith("Make sure all your transactions have a GST/VAT rate before you save.")


def test_a_batch_answers_with_the_recorded_mixture_of_faults(us: Books) -> None:
    written, gone = us.write("Bill", bill(category_line(5))), us.write("Bill", bill(category_line(6)))
    us.post("bill", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    answer = us.post(
        "batch",
        {
            "BatchItemRequest": [
                {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Acme Supply"}},
                {"bId": "2", "operation": "delete", "Bill": {"Id": gone["Id"], "SyncToken": "0"}},
                {"bId": "6", "operation": "delete", "Bill": {"Id": "99999", "SyncToken": "0"}},
                {"bId": "3", "operation": "update", "Bill": {**written, "SyncToken": "7"}},
                {"bId": "4", "Query": "select count(*) from Bill where TotalAmt > '300.00'"},
                {"bId": "5", "operation": "delete", "Bill": {"Id": written["Id"], "SyncToken": "0"}},
            ]
        },
    )
    assert us.status == 200
    assert set(answer) == {"BatchItemResponse", "time"}
    assert answer["BatchItemResponse"] == [
        {"bId": "1", "Fault": {"Error": [DUPLICATE_NAME], "type": "ValidationFault"}},
        {"bId": "2", "Fault": {"Error": [DELETED_TRANSACTION], "type": "ValidationFault"}},
        {"bId": "6", "Fault": {"Error": [NEVER_WAS], "type": "ValidationFault"}},
        {"bId": "3", "Fault": {"Error": [stale("Bill")], "type": "ValidationFault"}},
        {"bId": "4", "QueryResponse": {"totalCount": 0}},
        {"bId": "5", "Bill": {"status": "Deleted", "domain": "QBO", "Id": written["Id"]}},
    ]


def test_the_gateway_answers_in_its_own_shape(client: FlaskClient, us: Books) -> None:
    address = f"/v3/company/{US}/companyinfo/{US}"
    malformed = client.get(address, headers={"Authorization": "Bearer short", "Accept": "application/json"})
    assert malformed.status_code == 401
    assert malformed.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    body = wire.loads(malformed.data)
    assert isinstance(body.pop("time"), int)
    assert body == {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [
                {
                    "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                    "detail": "Malformed bearer token: too short or too long",
                    "code": "3200",
                    "element": None,
                }
            ],
            "type": "AUTHENTICATION",
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "status": None,
        "cdcresponse": [],
    }
    other = client.get(f"/v3/company/{UK}/companyinfo/{UK}", headers={"Authorization": f"Bearer {us.token}"})
    assert other.status_code == 403
    refused = wire.loads(other.data)["fault"]
    assert refused["type"] == "SERVICE"
    assert refused["error"][0]["code"] == "3100"
    expected = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    assert refused["error"][0]["message"] == expected


def test_a_throttle_answers_with_the_recorded_body_and_no_date() -> None:
    us = Books(create_app(QuickBooksSettings(requests_per_minute=1)).test_client(), US)
    us.read("Vendor", ACME)
    answer = us.get(f"vendor/{ACME}")
    assert us.status == 429
    assert "Retry-After" not in us.headers
    assert answer["Fault"] == {
        "Error": [
            {
                "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
                "Detail": "The request limit was reached.  Try again later",
                "code": "3001",
            }
        ],
        "type": "SERVICE",
    }


def test_queries_that_cannot_be_have_the_recorded_words(us: Books) -> None:
    [unreadable] = fault(us.get("query", query="select * frm Vendor"))
    assert (unreadable["Message"], unreadable["code"]) == ("Error parsing query", "4000")
    assert unreadable["Detail"].startswith('QueryParserError: Encountered " <STRING> "')
    for statement, detail in {
        "select * from Vendor startposition 0": "value 0 is too small. Min allowed value is 1",
        "select * from Vendor where Nickname = 'x'": "Property Nickname not found for Entity Vendor",
        "select * from Bill where DepartmentRef = '1'": "property 'DepartmentRef' is not queryable",
    }.items():
        assert fault(us.get("query", query=statement)) == [
            {"Message": "Invalid query", "Detail": f"QueryValidationError: {detail}", "code": "4001"}
        ]


def test_a_written_record_comes_in_the_recorded_envelope(us: Books) -> None:
    answer = us.post("bill", bill(category_line(7), DocNumber="S-1"))
    assert set(answer) == {"Bill", "time"}
    assert MOMENT.fullmatch(answer["time"])
    assert us.headers["intuit_tid"]
    written = answer["Bill"]
    assert STAMP.fullmatch(written["MetaData"].pop("CreateTime"))
    assert STAMP.fullmatch(written["MetaData"].pop("LastUpdatedTime"))
    assert written == {
        "Id": written["Id"],
        "SyncToken": "0",
        "MetaData": {},
        "domain": "QBO",
        "sparse": False,
        "VendorRef": {"value": "56", "name": "Acme Supply"},
        "APAccountRef": {"value": "33", "name": "Accounts Payable (A/P)"},
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "DocNumber": "S-1",
        "TxnDate": "2026-11-02",
        "DueDate": "2026-11-02",
        "TotalAmt": 7,
        "Balance": 7,
        "Line": [
            {
                "Id": "1",
                "LineNum": 1,
                "Amount": 7,
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {
                    "AccountRef": {"value": "42", "name": written["Line"][0][DETAIL]["AccountRef"]["name"]},
                    "BillableStatus": "NotBillable",
                    "TaxCodeRef": {"value": "NON"},
                },
            }
        ],
    }


DETAIL = "AccountBasedExpenseLineDetail"


def test_lists_that_are_empty_full_counted_or_projected_have_the_recorded_shapes(us: Books) -> None:
    empty = us.get("query", query="select * from Bill")
    assert (empty["QueryResponse"], set(empty)) == ({}, {"QueryResponse", "time"})
    page = us.query("select * from Vendor maxresults 500")
    assert (page["startPosition"], page["maxResults"]) == (1, len(page["Vendor"]))
    assert us.query("select count(*) from Vendor") == {"totalCount": len(page["Vendor"])}
    assert us.query(f"select Id from Vendor where Id = '{ACME}'")["Vendor"] == [{"Id": ACME, "sparse": True}]  # noqa: S608


def test_changes_list_live_rows_then_deleted_ones(us: Books) -> None:
    kept, gone = us.write("Bill", bill(category_line(5))), us.write("Bill", bill(category_line(6)))
    us.post("bill", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    [answer] = us.get("cdc", entities="Bill,PurchaseOrder", changedSince=since)["CDCResponse"]
    bills, orders = answer["QueryResponse"]
    assert orders == {}
    assert {key: bills[key] for key in ("startPosition", "maxResults")} == {"startPosition": 1, "maxResults": 2}
    live, deleted = bills["Bill"]
    assert live == kept
    assert STAMP.fullmatch(deleted["MetaData"].pop("LastUpdatedTime"))
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": gone["Id"], "MetaData": {}}


def test_rows_that_are_unlike_the_others_are_so_here_too(us: Books, uk: Books) -> None:
    pseudo = us.query("select * from TaxCode")["TaxCode"][:3]
    assert [row["Id"] for row in pseudo] == ["TAX", "NON", "CustomSalesTax"]
    assert not {"SyncToken", "Active", "domain", "sparse"} & {key for row in pseudo for key in row}
    assert us.read("CompanyInfo", US)["WebAddr"] == {}
    assert "BookCloseDate" not in us.read("Preferences", "1")["AccountingInfoPrefs"]
    rate = uk.get("exchangerate", sourcecurrencycode="EUR", asofdate="2026-11-02")["ExchangeRate"]
    assert set(rate) >= {"SourceCurrencyCode", "TargetCurrencyCode", "Rate", "AsOfDate", "MetaData"}
    assert not {"Id", "SyncToken"} & set(rate)
    order = {"VendorRef": {"value": ACME}, "APAccountRef": {"value": "33"}, "Line": [category_line(5)]}
    assert us.write("PurchaseOrder", order)["LinkedTxn"] == []
    vendor = us.write("Vendor", {"DisplayName": "Masked", "TaxIdentifier": "12-3456789"})
    assert vendor["TaxIdentifier"] == "XXXXXX6789"
    inactive = us.write("Vendor", {**vendor, "Active": False})
    assert inactive["DisplayName"] == "Masked (deleted)"


def test_a_void_keeps_the_note_and_empties_the_rest(us: Books) -> None:
    owed = us.write("Bill", bill(category_line(5)))
    link = {"Amount": 5, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}
    paid = us.write("BillPayment", payment(Line=[link], PrivateNote="RC 93"))
    assert paid["Line"] == [link]
    body = {"Id": paid["Id"], "SyncToken": "0", "sparse": True}
    voided = us.post("billpayment", body, operation="update", include="void")["BillPayment"]
    assert (voided["PrivateNote"], voided["TotalAmt"], voided["Line"]) == ("Voided - RC 93", 0, [])
    assert voided["SyncToken"] == "1"
    assert us.read("Bill", owed["Id"])["Balance"] == 5
