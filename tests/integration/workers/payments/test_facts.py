"""Payments that apply credit notes of Precoro, and payments in foreign currencies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from tests.integration.workers.payments.conftest import PAPER, Till
from tests.stage import house

Json = dict[str, Any]
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")


def credited(till: Till, invoice: Json) -> str:
    """Let a credit note over 108.00 for an invoice be approved; returns the id of its vendor credit."""
    note = till.billed(creditNote=True, allocatedInvoice=invoice["idn"], lines=[{**PAPER, "quantity": 2}])
    return str(till.stage.record(note).qbo_id)


def apply(till: Till, invoice: Json, credit_id: str, amount: int, credit: int = 108) -> None:
    """Pay a bill with a credit, and the rest of the amount with money."""
    till.post(
        "billpayment", VendorRef={"value": "56"}, PayType="Check", CheckPayment={"BankAccountRef": {"value": "35"}},
        TotalAmt=amount - credit, TxnDate="2026-11-20",
        Line=[{"Amount": amount, "LinkedTxn": [{"TxnId": till.bill_of(invoice), "TxnType": "Bill"}]},
              {"Amount": credit, "LinkedTxn": [{"TxnId": credit_id, "TxnType": "VendorCredit"}]}],
    )  # fmt: skip


def test_a_credit_note_that_precoro_has_applied_is_no_payment(till: Till) -> None:
    invoice = till.billed()
    apply(till, invoice, credited(till, invoice), 108)
    till.settle()
    assert till.payments() == []
    [record] = till.records()
    assert (record.state, record.reason) == ("synced", "Precoro has applied the credit to the invoice already.")


def test_only_the_money_of_a_payment_with_a_credit_note_is_recorded(till: Till) -> None:
    invoice = till.billed()
    apply(till, invoice, credited(till, invoice), 540)
    till.settle()
    assert [payment["sumPaid"] for payment in till.payments()] == [432]
    [record] = till.records()
    assert [note["code"] for note in record.notes] == ["credit_in_precoro"]


def test_a_credit_note_that_is_applied_elsewhere_than_in_precoro_is_for_a_person(till: Till) -> None:
    credited_invoice, other = till.billed(), till.billed()
    apply(till, other, credited(till, credited_invoice), 108)
    till.settle()
    assert (till.codes(), till.payments()) == (["credit_unassigned"], [])


@pytest.fixture
def abroad(tmp_path: Path, redis_url: str) -> Iterator[Till]:
    """Return the house of a British company that imports payments."""
    with house(tmp_path, redis_url) as stage:
        stage.begin_connected(Policy(import_payments=True), *UK)
        yield Till(stage, realm=UK[0])


def test_a_credit_note_that_is_applied_in_precoro_later_lets_its_payment_go_on(till: Till) -> None:
    invoice = till.billed()
    note = till.billed(creditNote=True, lines=[{**PAPER, "quantity": 2}])
    apply(till, invoice, str(till.stage.record(note).qbo_id), 540)
    till.settle()
    assert till.codes() == ["credit_unassigned"]
    time.sleep(1)  # Precoro's dates of change count whole seconds
    till.stage.change(note, allocatedInvoice=invoice["idn"])
    till.stage.until(lambda: [payment["sumPaid"] for payment in till.payments()] == [432], "the payment")


def test_a_credit_note_that_is_cancelled_in_precoro_is_applied_no_more(till: Till) -> None:
    invoice = till.billed()
    note = till.billed(creditNote=True, allocatedInvoice=invoice["idn"], lines=[{**PAPER, "quantity": 2}])
    apply(till, invoice, str(till.stage.record(note).qbo_id), 540)
    till.settle()
    assert (till.codes(), [payment["sumPaid"] for payment in till.payments()]) == ([], [432])
    till.stage.act(note, "cancel")
    till.stage.until(lambda: till.codes() == ["credit_unassigned"], "the question")


def test_a_bill_in_a_foreign_currency_is_paid_in_it(abroad: Till) -> None:
    drill = {"name": "Drill", "quantity": 2, "price": "149.50", "taxes": ["VAT 20"], "account": "Office Stationery"}
    invoice = abroad.billed(supplier="Kessler Werkzeug GmbH", lines=[drill])
    abroad.pay(invoice, "100.00")
    abroad.settle()
    [record] = abroad.records()
    assert (record.state, record.currency) == ("synced", "EUR")
    assert [payment["sumPaid"] for payment in abroad.payments()] == [100]
