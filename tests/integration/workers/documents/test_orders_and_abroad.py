"""Purchase orders, and a company outside the United States with taxes and several currencies."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from tests.stage import Stage, house
from workers.connections import settings as connection_settings
from workers.errors import CurrencyError, NotOfferedError, TakenError
from workers.suppliers import commands as supplier_acts
from workers.suppliers import views as supplier_views

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    with house(tmp_path, redis_url) as opened:
        yield opened


def orders(stage: Stage, realm: str = "9130001") -> list[dict[str, Any]]:
    return stage.entities("purchaseorder", realm)


def test_an_approved_purchase_order_is_sent_revised_and_removed(empty: Stage) -> None:
    empty.begin_connected(Policy(send="purchase_orders"))
    order = empty.precoro.post(
        "purchaseorders", company=1, supplier="Acme Supply", number="PO-57", requiredDate="2026-12-02", lines=[PAPER]
    )
    empty.act(order, "approve", "purchaseorders")
    empty.settle()
    assert [(entity["DocNumber"], entity["TotalAmt"]) for entity in orders(empty)] == [("PO-57", 540)]
    empty.act(order, "revise", "purchaseorders")
    empty.change(order, "purchaseorders", lines=[{**PAPER, "quantity": 9}])
    empty.act(order, "approve", "purchaseorders")
    empty.settle()
    assert [(entity["DocNumber"], entity["TotalAmt"]) for entity in orders(empty)] == [("PO-57", 486)]
    empty.act(order, "cancel", "purchaseorders")
    empty.settle()
    assert orders(empty) == []


def test_an_order_that_is_billed_revised_and_closed_is_closed_though_its_revision_is_held(empty: Stage) -> None:
    empty.begin_connected(Policy(send="purchase_orders"))
    order = empty.precoro.post(
        "purchaseorders", company=1, supplier="Acme Supply", number="PO-58", requiredDate="2026-12-02", lines=[PAPER]
    )
    empty.act(order, "approve", "purchaseorders")
    empty.settle()
    [entity] = orders(empty)
    detail = {"AccountRef": {"value": "42"}}
    line = {"Amount": 54, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail,
            "LinkedTxn": [{"TxnId": entity["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]}  # fmt: skip
    empty.quickbooks.post("bill?realm=9130001", VendorRef={"value": "56"}, TxnDate="2026-11-30", Line=[line])
    empty.act(order, "revise", "purchaseorders")
    empty.change(order, "purchaseorders", lines=[{**PAPER, "quantity": 9}])
    empty.act(order, "approve", "purchaseorders")
    empty.until(lambda: [problem.code for problem in empty.record(order).problems] == ["order_billed"], "the hold")
    empty.change(order, "purchaseorders", status=11)
    empty.until(lambda: orders(empty)[0]["POStatus"] == "Closed", "the closing")
    empty.settle()
    assert [problem.code for problem in empty.record(order).problems] == ["order_billed"]
    assert orders(empty)[0]["TotalAmt"] == 540


def test_invoices_are_left_alone_where_orders_are_sent(empty: Stage) -> None:
    empty.begin_connected(Policy(send="purchase_orders"))
    invoice = empty.approved(number="INV-1", lines=[PAPER])
    empty.settle()
    assert empty.record(invoice).state == "never"


def test_a_british_invoice_carries_its_vat_to_the_penny(empty: Stage) -> None:
    empty.begin_connected(None, *UK)
    invoice = empty.approved(
        number="INV-GB1", supplier="Crown Stationers", invoiceNumber="GB-1",
        lines=[{"name": "Widgets", "quantity": 3, "price": "33.33", "taxes": ["VAT 20"], "account": "Office Stationery"},
               {"name": "Heating", "quantity": 1, "price": "10.01", "taxes": ["VAT 5"], "account": "Electricity"}],
    )  # fmt: skip
    empty.settle()
    record = empty.record(invoice)
    assert (record.state, [p.sentence for p in record.problems]) == ("synced", [])
    bill = empty.bills("9130002")[0]
    assert Decimal(bill["TotalAmt"]) == Decimal(str(invoice["sum"]))
    assert bill["GlobalTaxCalculation"] == "TaxExcluded"


def test_a_foreign_invoice_carries_quickbooks_rate_of_its_day_and_the_payable_account_of_its_currency(
    empty: Stage,
) -> None:
    empty.begin_connected(None, *UK)
    invoice = empty.approved(
        number="INV-EU1", supplier="Kessler Werkzeug GmbH", invoiceNumber="RE-1",
        lines=[{"name": "Drill", "quantity": 2, "price": "149.50", "taxes": ["VAT 20"], "account": "Office Stationery"}],
    )  # fmt: skip
    empty.settle()
    record = empty.record(invoice)
    assert (record.state, [p.sentence for p in record.problems]) == ("synced", [])
    bill = empty.bills("9130002")[0]
    assert (bill["TotalAmt"], bill["CurrencyRef"]["value"], bill["APAccountRef"]["value"]) == (
        Decimal("358.8"),
        "EUR",
        "133",
    )
    assert Decimal(bill["ExchangeRate"]) not in {0, 1}


def foreign(stage: Stage, number: str, **more: str) -> dict[str, Any]:
    """Let a German supplier's invoice be approved."""
    line = {"name": "Drill", "quantity": 2, "price": "149.50", "taxes": ["VAT 20"], "account": "Office Stationery"}
    return stage.approved(number=number, supplier="Kessler Werkzeug GmbH", invoiceNumber=number, lines=[line], **more)


def domestic(stage: Stage, number: str, **more: str) -> dict[str, Any]:
    """Let a British supplier's invoice be approved."""
    line = {"name": "Widgets", "quantity": 3, "price": "33.33", "taxes": ["VAT 20"], "account": "Office Stationery"}
    return stage.approved(number=number, supplier="Crown Stationers", invoiceNumber=number, lines=[line], **more)


def test_a_supplier_with_two_currencies_has_a_vendor_for_each_and_nobody_else_gets_them(empty: Stage) -> None:
    empty.begin_connected(None, *UK)
    euros, pounds = domestic(empty, "EU-1", currency="EUR"), domestic(empty, "GB-1")
    empty.until_state(euros, "held")
    assert [problem.code for problem in empty.record(euros).problems] == ["vendor_currency"]
    in_euros = partial(supplier_acts.pair_in_currency, empty.runtime, "widgets-uk-ltd", currency="EUR", who="ann")
    with pytest.raises(CurrencyError, match="kept in GBP, not in EUR"):
        in_euros("Crown Stationers", "Crown Stationers")
    assert in_euros("Crown Stationers", "Lindqvist Lager AB") == 1
    empty.until_state(euros, "synced")
    empty.until_state(pounds, "synced")
    vendors = {bill["DocNumber"]: bill["VendorRef"]["value"] for bill in empty.bills("9130002")}
    assert vendors == {"EU-1": "69", "GB-1": "59"}
    with pytest.raises(TakenError):
        in_euros("Pennine Pallets", "Lindqvist Lager AB")
    left = supplier_views.unpaired(empty.runtime, "widgets-uk-ltd", supplier_views.IN_QUICKBOOKS)
    assert "Lindqvist Lager AB" not in [vendor.name for vendor in left]
    paired = supplier_views.pairs(empty.runtime, "widgets-uk-ltd")
    assert [pair.vendor for pair in paired if pair.name == "Crown Stationers"] == ["59", "69"]
    supplier_acts.unpair_in_currency(empty.runtime, "widgets-uk-ltd", "Crown Stationers", "EUR", "ann")
    empty.until_state(domestic(empty, "EU-2", currency="EUR"), "held")


def test_precoros_rate_waits_until_a_document_has_shown_that_both_home_currencies_are_the_same(empty: Stage) -> None:
    empty.begin_connected(Policy(exchange_rate="precoro"), *UK)
    waits = foreign(empty, "RE-1", rate="0.87321")
    empty.settle()
    assert [problem.code for problem in empty.record(waits).problems] == ["rate_base_unknown"]
    domestic(empty, "GB-1")
    empty.until_state(waits, "synced")
    bill = next(entity for entity in empty.bills("9130002") if entity["DocNumber"] == "RE-1")
    assert Decimal(bill["ExchangeRate"]) == Decimal("0.87321")


def test_a_rate_towards_another_home_currency_is_never_sent_and_the_setting_is_refused(empty: Stage) -> None:
    empty.begin_connected(Policy(exchange_rate="precoro"), *UK)
    domestic(empty, "US-1", currency="USD", rate="1")  # a Precoro that is kept in dollars
    sent, waits = domestic(empty, "GB-1", rate="1.2683"), foreign(empty, "RE-1", rate="1.0811")
    empty.settle()
    assert (empty.record(sent).state, empty.record(waits).state) == ("synced", "held")
    assert [problem.code for problem in empty.record(waits).problems] == ["rate_of_another_home"]
    connection_settings.change(empty.runtime, "widgets-uk-ltd", {"exchange_rate": "quickbooks"}, "ann")
    empty.until_state(waits, "synced")
    bill = next(entity for entity in empty.bills("9130002") if entity["DocNumber"] == "RE-1")
    assert Decimal(bill["ExchangeRate"]) < 1
    with pytest.raises(NotOfferedError, match="Precoro's rates are towards USD, but Widgets UK Ltd is kept in GBP"):
        connection_settings.change(empty.runtime, "widgets-uk-ltd", {"exchange_rate": "precoro"}, "ann")
