"""What is approved, revised or cancelled in Precoro stands in QuickBooks."""

from __future__ import annotations

from decimal import Decimal

from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def test_an_approved_invoice_becomes_one_bill(stage: Stage) -> None:
    invoice = stage.approved(number="INV-201", invoiceNumber="S-88123", lines=[PAPER])
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, [p.code for p in record.problems]) == ("synced", [])
    assert [Decimal(bill["TotalAmt"]) for bill in stage.bills()] == [Decimal("540.00")]


def test_a_revised_invoice_updates_the_same_bill(stage: Stage) -> None:
    invoice = stage.approved(number="INV-202", invoiceNumber="S-1", lines=[PAPER])
    stage.settle()
    first = stage.bills()[0]["Id"]
    stage.act(invoice, "revise")
    stage.settle()
    stage.change(invoice, lines=[{**PAPER, "price": "61.11"}])
    stage.act(invoice, "approve")
    stage.settle()
    assert [(bill["Id"], Decimal(bill["TotalAmt"])) for bill in stage.bills()] == [(first, Decimal("611.10"))]


def test_a_cancelled_invoice_is_removed(stage: Stage) -> None:
    invoice = stage.approved(number="INV-203", invoiceNumber="S-2", lines=[PAPER])
    stage.settle()
    stage.act(invoice, "cancel")
    stage.settle()
    assert stage.bills() == []
    assert stage.record(invoice).state == "removed"


def test_an_invoice_cancelled_before_it_was_sent_creates_nothing(stage: Stage) -> None:
    invoice = stage.approved(number="INV-204", invoiceNumber="S-3", lines=[PAPER])
    stage.act(invoice, "cancel")
    stage.settle()
    assert stage.bills() == []


def test_an_invoice_without_a_pair_is_held_and_says_why_in_precoro(stage: Stage) -> None:
    invoice = stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[PAPER])
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, [p.code for p in record.problems]) == ("held", ["supplier_not_paired"])
    assert "Evergreen Catering" in (record.log_text or "")


def test_a_document_costs_one_read_and_one_write_back_and_one_write_without_a_read(stage: Stage) -> None:
    invoice = stage.approved(number="INV-206", invoiceNumber="S-4", lines=[PAPER])
    stage.settle()
    calls = [(call["method"], call["path"]) for call in stage.precoro.get("requests")]
    path = f"/invoices/{invoice['idn']}"
    assert [call for call in calls if call[1] == path] == [("GET", path), ("PATCH", path)]
    quickbooks = [
        (call["method"], call["path"]) for call in stage.quickbooks.get("requests") if "cdc" not in call["path"]
    ]
    assert quickbooks == [("POST", "/v3/company/9130001/bill")]


def test_notes_on_what_was_sent_stay_and_cost_no_further_write_back(stage: Stage) -> None:
    invoice = stage.approved(
        number="INV-208", invoiceNumber="S-208-with-a-number-too-long-for-quickbooks", lines=[PAPER]
    )
    stage.settle()
    noted = stage.record(invoice).notes
    assert noted
    stage.change(invoice, deliveryNote="dock 2")
    stage.settle()
    assert stage.record(invoice).notes == noted
    patches = [call for call in stage.precoro.get("requests") if call["method"] == "PATCH"]
    assert len(patches) == 1
