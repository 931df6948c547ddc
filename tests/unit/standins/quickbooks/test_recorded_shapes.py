"""XML, webhooks and preferences have the shapes that were recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from standins import wire
from standins.quickbooks.events import NotificationSettings, encode, new_event
from tests.unit.standins.quickbooks.books import ACME, Books, bill, category_line

NAMESPACE = "{http://schema.intuit.com/finance/v3}"
LEFT_OUT = ["VendorAndPurchasesPrefs.PurchseOrderEnabled", "VendorAndPurchasesPrefs.UseCustomTxnNumbers"]


def xml(books: Books, path: str, **query: str) -> ET.Element:
    headers = {"Authorization": f"Bearer {books.token}"}
    answer = books.client.get(f"/v3/company/{books.realm}/{path}", query_string=query, headers=headers)
    return ET.fromstring(answer.data)  # noqa: S314 our own answer


def child(element: ET.Element, *names: str) -> ET.Element:
    for name in names:
        inner = element.find(f"{NAMESPACE}{name}")
        assert inner is not None, name
        element = inner
    return element


def test_xml_says_kind_and_code_of_a_fault_in_attributes(us: Books) -> None:
    fault = child(xml(us, "vendor/99999"), "Fault")
    assert fault.attrib == {"type": "ValidationFault"}
    error = child(fault, "Error")
    assert error.attrib == {"code": "610", "element": ""}
    assert child(error, "Message").text == "Object Not Found"


def test_xml_says_page_domain_and_name_of_a_reference_in_attributes(us: Books) -> None:
    us.write("Bill", bill(category_line(5)))
    response = child(xml(us, "query", query="select * from Bill"), "QueryResponse")
    assert response.attrib == {"startPosition": "1", "maxResults": "1", "totalCount": "1"}
    written = child(response, "Bill")
    assert written.attrib == {"domain": "QBO", "sparse": "false"}
    vendor = child(written, "VendorRef")
    assert (vendor.text, vendor.attrib) == (ACME, {"name": "Acme Supply"})
    account = child(written, "Line", "AccountBasedExpenseLineDetail", "AccountRef")
    assert account.text == "42"


def sent(**settings: str) -> tuple[Any, str]:
    event = new_event("9130001", "Bill", "145", "Update", datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC))
    body, headers = encode([event], NotificationSettings(**settings))  # type: ignore[arg-type]
    return wire.loads(body), headers["Content-Type"]


def test_a_cloud_event_counts_milliseconds() -> None:
    [event], kind = sent()
    assert (event["time"], event["intuitentityid"]) == ("2026-11-02T09:30:15.123Z", "145")
    assert kind == "application/cloudevents-batch+json"


def test_a_cloud_event_may_come_outside_a_list_and_with_a_number_for_an_id() -> None:
    event, kind = sent(format="single", ids="number")
    assert (event["type"], event["intuitentityid"]) == ("qbo.bill.updated.v1", 145)
    assert kind == "application/cloudevents+json"


def test_an_endpoint_that_is_away_is_tried_again_for_six_hours_and_then_every_six_hours(us: Books) -> None:
    webhooks = us.client.application.extensions["control"].outbox.settings
    assert webhooks.retry == [10, 20, 30, 5 * 60, 20 * 60, 2 * 3600, 4 * 3600, 6 * 3600]
    assert webhooks.retry_forever is True


def listed(books: Books) -> dict[str, str]:
    pairs = books.read("Preferences", "1")["OtherPrefs"]["NameValue"]
    return {pair["Name"]: pair["Value"] for pair in pairs}


def test_preferences_lack_the_switches_of_orders_while_these_are_on(us: Books) -> None:
    assert not set(LEFT_OUT) & set(listed(us))
    [row] = us.query("select * from Preferences")["Preferences"]
    assert not set(LEFT_OUT) & {pair["Name"] for pair in row["OtherPrefs"]["NameValue"]}
    us.control("preferences/1", {"set": {"OtherPrefs.PurchseOrderEnabled": False}})
    assert listed(us)[LEFT_OUT[0]] == "false"
    us.control("settings", {"preferences_left_out": []})
    assert set(LEFT_OUT) <= set(listed(us))


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("TimeTrackingPrefs", {"WorkWeekStartDate", "MarkTimeEntriesBillable", "ShowBillRateToAll"}),
        ("EmailMessagesPrefs", {"InvoiceMessage", "EstimateMessage", "SalesReceiptMessage", "StatementMessage"}),
        ("SalesFormsPrefs", {"AllowDeposit", "DefaultTerms", "ETransactionEnabledStatus", "UsingPriceLevels"}),
        ("VendorAndPurchasesPrefs", {"POCustomField", "TPAREnabled"}),
        ("TaxPrefs", {"TaxGroupCodeRef", "UsingSalesTax"}),
    ],
)
def test_preferences_have_the_groups_that_were_recorded(us: Books, group: str, names: set[str]) -> None:
    preferences = us.read("Preferences", "1")
    assert names <= set(preferences[group])
    assert set(preferences["EmailMessagesPrefs"]["InvoiceMessage"]) == {"Subject", "Message"}
