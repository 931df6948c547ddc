"""precoro-sdk, written against Precoro's own API, does an integration's work against the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from precoro import PrecoroClient
from precoro.exceptions import (
    PrecoroAuthenticationError,
    PrecoroClientError,
    PrecoroConnectionError,
    PrecoroRateLimitError,
    PrecoroServerError,
)

from standins.precoro.app import create_app
from standins.precoro.settings import PrecoroSettings
from standins.server import Background

AsPerson = Callable[..., Any]
LINE = {"name": "Pens", "quantity": 10, "price": "49.99", "account": "6660"}


@pytest.fixture
def invoice(as_person: AsPerson) -> Any:
    description = {"supplier": "Acme Supply", "lines": [LINE], "do": ["submit", "approve"]}
    return as_person("precoro", "invoices", description)


@pytest.fixture
def hasty(precoro_url: str) -> Any:
    """Return a client that never tries again."""
    return PrecoroClient("precoro-sandbox-key-1", "ann@widgets.example", base_url=precoro_url, max_retries=0)


def test_every_page_is_read_once(sdk: PrecoroClient) -> None:
    suppliers = sdk.suppliers.list_all(per_page=10)
    assert len({row["id"] for row in suppliers}) == len(suppliers) == 35
    first = sdk.suppliers.list(per_page=10)["meta"]["pagination"]
    assert (first["total"], first["per_page"], first["current_page"], first["total_pages"]) == (35, 10, 1, 4)
    assert sdk.suppliers.get(suppliers[0]["id"])["name"] == suppliers[0]["name"]


@pytest.mark.parametrize(
    "name",
    ["items", "taxes", "payment_terms", "locations", "item_custom_fields", "document_custom_fields", "legal_entities"],
)
def test_every_list_is_read(sdk: PrecoroClient, name: str) -> None:
    rows = getattr(sdk, name).list_all(per_page=20)
    assert rows
    assert all(row["id"] and row["name"] for row in rows)


def test_a_document_is_found_by_its_status_and_its_dates_and_read_with_its_lines(
    sdk: PrecoroClient, as_person: AsPerson, invoice: Any
) -> None:
    as_person("precoro", "invoices", {"supplier": "Acme Supply", "lines": [LINE]})
    earlier = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
    later = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
    assert len(sdk.invoices.list_all()) == 2
    assert [row["idn"] for row in sdk.invoices.iter_all(status=[2, 5])] == [invoice["idn"]]
    assert [row["idn"] for row in sdk.invoices.list_all(approval_left_date=earlier, approval_right_date=later)] == [
        invoice["idn"]
    ]
    assert sdk.invoices.list_all(modified_since=later) == []
    assert sdk.invoices.list_all(logic_type=[1]) == []
    assert "items" not in sdk.invoices.list()["data"][0]
    whole: Any = sdk.invoices.get(invoice["idn"])
    assert whole["items"]["data"][0]["name"] == "Pens"
    assert (whole["sum"], whole["statusString"]) == ("499.90", "approved")


def test_the_outside_id_and_the_log_are_written_on_orders_and_invoices(
    sdk: PrecoroClient, as_person: AsPerson, invoice: Any
) -> None:
    order = as_person("precoro", "purchaseorders", {"supplier": "Acme Supply", "lines": [LINE]})
    assert sdk.invoices.set_external_id(invoice["idn"], "176", "Sent")["externalId"] == "176"
    assert sdk.purchase_orders.set_external_id(order["idn"], "167")["externalId"] == "167"
    kept: Any = sdk.invoices.get(invoice["idn"])
    assert (kept["externalId"], kept["externalIntegrationLog"]) == ("176", "Sent")
    assert [row["idn"] for row in sdk.purchase_orders.list_all()] == [order["idn"]]


def test_a_supplier_is_made_replaced_linked_and_approved(sdk: PrecoroClient) -> None:
    made: Any = sdk.suppliers.create(name="Hollow Oak Joinery", currencies=["USD", "EUR"], city="Austin")
    assert (made["currencies"], made["city"]) == (["USD", "EUR"], "Austin")
    replaced: Any = sdk.suppliers.update(made["id"], name="Hollow Oak", currencies=["USD"])
    assert (replaced["name"], replaced["currencies"], replaced["city"]) == ("Hollow Oak", ["USD"], "")
    assert sdk.suppliers.set_external_id(made["id"], "5001")["externalId"] == "5001"
    assert sdk.suppliers.reject(made["id"])["status"] == 3
    assert sdk.suppliers.approve(made["id"])["status"] == 2


def test_what_a_form_lacks_is_named(sdk: PrecoroClient, as_person: AsPerson) -> None:
    as_person("precoro", "settings", {"currencies_required": True})
    with pytest.raises(PrecoroClientError) as refused:
        sdk.suppliers.create(city="Austin")
    assert refused.value.status_code == 400
    body: Any = refused.value.response_body
    assert set(body["errors"]["errors"]) == {"name", "currencies"}


def test_options_of_a_field_are_added_and_changed(sdk: PrecoroClient) -> None:
    field = next(row for row in sdk.item_custom_fields.list_all() if row["name"] == "QuickBooks Classes")
    option: Any = sdk.item_custom_fields.add_option(field["id"], "Tooling", code="TL")
    assert (option["name"], option["code"], option["enable"]) == ("Tooling", "TL", True)
    changed: Any = sdk.item_custom_fields.patch_option(field["id"], option["id"], externalId="5000000000000142238")
    assert (changed["name"], changed["externalId"]) == ("Tooling", "5000000000000142238")
    shown: Any = sdk.item_custom_fields.get(field["id"])
    assert "Tooling" in [row["name"] for row in shown["options"]]


def test_a_tax_is_added_by_its_percent(sdk: PrecoroClient) -> None:
    made: Any = sdk.taxes.add("City tax", 6, external_id="TAX-9")
    assert (made["name"], made["value"], made["percent"], made["externalId"]) == ("City tax", 6, 6, "TAX-9")
    assert sdk.taxes.set_external_id(made["id"], "TAX-10")["externalId"] == "TAX-10"


def test_an_invoice_is_paid_in_parts_until_nothing_is_open(sdk: PrecoroClient, invoice: Any) -> None:
    first: Any = sdk.payments.add_invoice_payment(invoice["id"], 100, "2026-11-02T00:00:00Z", external_id="BP-77")
    assert (first["externalId"], first["invoice"]["idn"]) == ("BP-77", invoice["idn"])
    assert sdk.invoices.get(invoice["idn"])["status"] == 4
    with pytest.raises(PrecoroClientError, match=r"greater than 0 and not exceed 399\.90"):
        sdk.payments.add_invoice_payment(invoice["id"], 400, "2026-11-02T00:00:00Z")
    second = sdk.payments.add_invoice_payment(invoice["id"], 399.90, "2026-11-03T00:00:00Z")
    assert sdk.invoices.get(invoice["idn"])["status"] == 5
    with pytest.raises(PrecoroClientError, match=r"The Invoice is already fully paid\."):
        sdk.payments.add_invoice_payment(invoice["id"], 1, "2026-11-04T00:00:00Z")
    sdk.payments.cancel(str(second["idn"]))
    assert sdk.invoices.get(invoice["idn"])["status"] == 4
    assert len(sdk.payments.list_all()) == 2


def test_a_document_goes_through_approval(sdk: PrecoroClient, as_person: AsPerson) -> None:
    order = as_person("precoro", "purchaseorders", {"supplier": "Acme Supply", "lines": [LINE], "do": "submit"})
    approved: Any = sdk.approval.approve("purchaseorders", order["idn"])
    assert approved["status"] == 2
    revised: Any = sdk.approval.revision("purchaseorders", order["idn"])
    assert revised["status"] == 7
    with pytest.raises(PrecoroClientError):
        sdk.approval.approve("invoices", "99999")


def test_a_wrong_key_and_an_unknown_number_are_refused(precoro_url: str, hasty: PrecoroClient) -> None:
    with PrecoroClient("no-such-key", "ann@widgets.example", base_url=precoro_url) as stranger:
        with pytest.raises(PrecoroAuthenticationError) as refused:
            stranger.suppliers.list()
        assert refused.value.status_code == 401
    with pytest.raises(PrecoroClientError) as missing:
        hasty.purchase_orders.get("4711")
    assert missing.value.status_code == 404


@pytest.mark.parametrize(
    ("fault", "error"),
    [("500", PrecoroServerError), ("html_502", PrecoroServerError), ("reset", PrecoroConnectionError)],
)
def test_a_fault_is_the_sdks_own_error(
    as_person: AsPerson, hasty: PrecoroClient, fault: str, error: type[Exception]
) -> None:
    as_person("precoro", "faults", {"fault": fault, "times": 1})
    with pytest.raises(error):
        hasty.suppliers.list()
    assert hasty.suppliers.list()["data"]


def test_the_sdk_waits_as_long_as_a_429_says_and_goes_on() -> None:
    limits = PrecoroSettings(limit_shape="headers", per_minute=2, identical_per_minute=100)
    app = create_app(limits, speed=60)
    with (
        Background(app) as url,
        PrecoroClient("precoro-sandbox-key-1", "ann@widgets.example", base_url=url, max_retries=3) as sdk,
    ):
        pages = [sdk.suppliers.list(page=page, per_page=10)["meta"]["pagination"]["current_page"] for page in (1, 2, 3)]
        calls = requests.get(f"{url}/_control/requests", timeout=5).json()
    assert pages == [1, 2, 3]
    assert 429 in [entry["status"] for entry in calls]


def test_the_same_request_twice_in_a_minute_is_one_too_many() -> None:
    app = create_app(PrecoroSettings(limit_shape="headers"))
    with (
        Background(app) as url,
        PrecoroClient("precoro-sandbox-key-1", "ann@widgets.example", base_url=url, max_retries=0) as sdk,
    ):
        sdk.suppliers.list()
        with pytest.raises(PrecoroRateLimitError) as refused:
            sdk.suppliers.list()
        assert refused.value.retry_after is not None
        assert 50 < refused.value.retry_after <= 61
        assert sdk.suppliers.list(page=2, per_page=10)["data"]


def test_what_arrives_of_an_order_is_received(sdk: PrecoroClient, as_person: AsPerson) -> None:
    order = as_person(
        "precoro", "purchaseorders", {"supplier": "Acme Supply", "lines": [LINE], "do": ["submit", "approve"]}
    )
    made: Any = sdk.receipts.create(order["idn"], "2026-11-20T00:00:00Z", 4, note="Dock 2")
    assert (made["status"], made["note"], made["items"]["data"][0]["received"]) == (2, "Dock 2", 10)
    assert sdk.receipts.get_purchase_order(made["idn"])["idn"] == order["idn"]
    assert [receipt["idn"] for receipt in sdk.purchase_orders.get_receipts(order["idn"])] == [made["idn"]]
    assert [row["idn"] for row in sdk.receipts.list_all(status=[2])] == [made["idn"]]
    with pytest.raises(PrecoroClientError, match="This value is not valid"):
        sdk.receipts.create(order["idn"], "2026-11-20T00:00:00Z", 99)


def test_a_file_is_attached_and_downloaded(sdk: PrecoroClient, as_person: AsPerson, invoice: Any) -> None:
    as_person("precoro", "settings", {"attachment_answer": "url"})
    content = bytes(range(256))
    made: Any = sdk.attachments.add(invoice["id"], 1, content, "quote.pdf", "application/pdf", comment="Signed")
    assert (made["name"], made["size"], made["formatType"], made["comment"]) == ("quote.pdf", 256, "pdf", "Signed")
    whole: Any = sdk.invoices.get(invoice["idn"])
    assert [attachment["id"] for attachment in whole["attachments"]["data"]] == [made["id"]]
    attachment_: Any = sdk.attachments.get(made["id"])
    keys = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
    assert requests.get(attachment_["file"], headers=keys, timeout=5).content == content
    with pytest.raises(PrecoroClientError):
        sdk.attachments.add(invoice["id"], 2, content, "wrong-kind.pdf")


def test_an_expense_is_read_and_paid(sdk: PrecoroClient, as_person: AsPerson) -> None:
    description = {"supplier": "Acme Supply", "lines": [LINE], "do": ["submit", "approve"]}
    expense = as_person("precoro", "expenses", description)
    assert [row["idn"] for row in sdk.expenses.list_all(status=[2])] == [expense["idn"]]
    paid: Any = sdk.payments.add_expense_payment(expense["id"], 499.90, "2026-11-20T00:00:00Z")
    assert paid["expense"]["id"] == expense["id"]
    assert sdk.expenses.get(expense["idn"])["status"] == 5
    with pytest.raises(PrecoroClientError, match="already fully paid"):
        sdk.payments.add_expense_payment(expense["id"], 1, "2026-11-20T00:00:00Z")


def test_what_the_user_of_a_key_may_not_see_is_not_there(sdk: PrecoroClient, as_person: AsPerson, invoice: Any) -> None:
    as_person("precoro", "settings", {"hidden": [f"invoices/{invoice['idn']}"]})
    assert sdk.invoices.list_all() == []
    with pytest.raises(PrecoroClientError) as missing:
        sdk.invoices.get(invoice["idn"])
    assert missing.value.status_code == 404
    as_person("precoro", "settings", {"hidden_status": 403})
    with pytest.raises(PrecoroAuthenticationError) as denied:
        sdk.invoices.get(invoice["idn"])
    assert denied.value.status_code == 403


def test_options_stand_under_one_another_and_are_replaced(sdk: PrecoroClient) -> None:
    field = next(row["id"] for row in sdk.item_custom_fields.list_all() if row["name"] == "QuickBooks Accounts")
    above: Any = sdk.item_custom_fields.add_option(field, "Site costs", code="6770")
    below: Any = sdk.item_custom_fields.add_option(field, "Cranes", code="6771", parent_id=above["id"])
    assert (below["level"], below["label"], below["parent"]) == (1, "6771 Cranes", {"id": above["id"]})
    replaced: Any = sdk.item_custom_fields.update_option(field, below["id"], name="Crane hire", enable=False)
    assert (replaced["name"], replaced["code"], replaced["parent"]) == ("Crane hire", "", None)
    assert replaced["enable"] is False
    with pytest.raises(PrecoroClientError, match="This value is not valid"):
        sdk.item_custom_fields.add_option(field, "Lost", parent_id=4711)


def test_a_supplier_that_is_wrong_is_refused_by_field(sdk: PrecoroClient) -> None:
    with pytest.raises(PrecoroClientError) as refused:
        sdk.suppliers.create(name="Acme Again", currencies=["USD"], uniqueCode="ACME", colour="red")
    body: Any = refused.value.response_body
    assert body == {"errors": {"errors": {"colour": "This form should not contain extra fields."}}}
    with pytest.raises(PrecoroClientError, match="already used"):
        sdk.suppliers.create(name="Acme Again", currencies=["USD"], uniqueCode="ACME")


def test_a_rejected_supplier_is_found_by_its_status(sdk: PrecoroClient, as_person: AsPerson) -> None:
    as_person("precoro", "settings", {"supplier_status": 1})
    made: Any = sdk.suppliers.create(name="Waiting Ltd", currencies=["USD"])
    assert [row["id"] for row in sdk.suppliers.list_all(status=[1])] == [made["id"]]
    sdk.suppliers.reject(made["id"], comment="Twice")
    assert [row["id"] for row in sdk.suppliers.list_all(status=[3])] == [made["id"]]


def test_terms_locations_items_and_legal_entities_are_kept(sdk: PrecoroClient) -> None:
    term: Any = sdk.payment_terms.add("Net 45", 0, credit_period_days=45)
    assert (term["creditPeriodDays"], term["paymentType"]) == (45, 0)
    assert sdk.payment_terms.set_external_id(term["id"], "5")["externalId"] == "5"
    place: Any = sdk.locations.create("Dallas", unique_code="DAL", phone="+1 214 555 0101")
    assert (place["uniqueCode"], place["phone"]) == ("DAL", "+1 214 555 0101")
    assert sdk.locations.update(place["id"], name="Dallas", enable=False)["enable"] is False
    item: Any = sdk.items.add(name="Bench vice", sku="VIC-1", price="74.99", externalId="31")
    assert (item["sku"], item["externalId"]) == ("VIC-1", "31")
    assert sdk.items.set_external_id(item["id"], "32")["externalId"] == "32"
    assert sdk.items.update(item["id"], name="Bench vice, large", price="99")["name"] == "Bench vice, large"
    entity = sdk.legal_entities.list_all()[0]
    assert sdk.legal_entities.set_external_id(entity["id"], "9130001")["externalId"] == "9130001"


def test_a_tax_is_replaced(sdk: PrecoroClient) -> None:
    made: Any = sdk.taxes.add("City tax", 6, is_withholding_tax=True)
    assert made["isWithholdingTax"] is True
    replaced: Any = sdk.taxes.update(made["id"], name="City tax 7", percent=7)
    assert (replaced["name"], replaced["value"], replaced["isWithholdingTax"]) == ("City tax 7", 7, False)
