"""A payment of a bill in QuickBooks becomes a payment in Precoro, once, and follows what is done to it there."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete

from outbound.wire import JsonObject
from precoro_client.client import PrecoroClient
from store.companies import Connection
from store.payments import KnownBalance
from store.records import OPEN, Record
from tests.integration.workers.payments.conftest import PAPER, Till
from tests.stage import REALM, SPEED
from workers.connections import settings
from workers.documents import commands, views
from workers.errors import ImportOffError
from workers.payments import commands as payment_commands
from workers.payments import views as payment_views

A_MINUTE = 61 / SPEED
"""Precoro gives the same document once a minute."""


def test_a_full_payment_makes_the_invoice_paid(till: Till) -> None:
    invoice = till.billed()
    payment = till.pay(invoice)
    till.settle()
    [recorded] = till.payments()
    assert (recorded["sumPaid"], recorded["payDate"][:10]) == (540, "2026-11-20")
    assert recorded["externalId"] == f"qbo:{REALM}:billpayment:{payment['Id']}:bill:{till.bill_of(invoice)}"
    assert till.invoice(invoice)["statusString"] == "paid"
    [record] = till.records()
    assert (record.state, record.currency, record.supplier) == ("synced", "USD", "Acme Supply")
    assert record.amount == Decimal("540.00")


def test_a_payment_costs_one_call_and_no_metered_read_but_for_a_process_that_has_just_begun(till: Till) -> None:
    invoices = [till.billed() for _ in range(2)]
    till.settle()
    till.stage.precoro.post("settings", ping_own_writes=False)
    for invoice, calls in zip(
        invoices, ([f"GET /invoices/{invoices[0]['idn']}", "POST /payments"], ["POST /payments"]), strict=True
    ):
        till.stage.precoro.delete("requests")
        till.stage.quickbooks.delete("requests")
        till.pay(invoice)
        till.settle()
        catch_up = {"GET /purchaseorders", "GET /invoices", "GET /suppliers"}
        assert [call for call in till.calls(till.stage.precoro) if call not in catch_up] == calls
        assert set(till.calls(till.stage.quickbooks)) == {f"GET /v3/company/{REALM}/cdc"}
        till.catch_up()


def test_the_event_of_our_own_payment_leads_to_no_reading_of_the_invoice(till: Till) -> None:
    first, *invoices = [till.billed() for _ in range(4)]
    till.pay(first)
    till.settle()
    till.catch_up()
    till.stage.precoro.delete("requests")
    for invoice in invoices:
        till.pay(invoice, "100.00")
    till.settle()
    calls = till.calls(till.stage.precoro)
    assert [call for call in calls if call.startswith("GET /invoices/")] == []
    assert calls.count("POST /payments") == 3
    till.stage.act(invoices[0], "pay", amount="50.00")
    till.settle()
    assert f"GET /invoices/{invoices[0]['idn']}" in till.calls(till.stage.precoro)


def test_payments_in_parts_make_it_partly_paid_and_then_paid(till: Till) -> None:
    invoice = till.billed()
    till.pay(invoice, "200.00")
    till.settle()
    assert till.invoice(invoice)["statusString"] == "partly paid"
    till.pay(invoice, "340.00")
    till.settle()
    assert till.invoice(invoice)["statusString"] == "paid"
    assert [payment["sumPaid"] for payment in till.payments()] == [200, 340]


def test_one_payment_over_three_bills_is_three(till: Till) -> None:
    invoices = [till.billed() for _ in range(3)]
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": till.bill_of(invoice), "TxnType": "Bill"}]}
        for invoice, amount in zip(invoices, (540, 100, 540), strict=True)
    ]
    till.post(
        "billpayment", VendorRef={"value": "56"}, PayType="Check", CheckPayment={"BankAccountRef": {"value": "35"}},
        TotalAmt=1280, TxnDate="2026-11-20", Line=lines,
    )  # fmt: skip
    till.settle()
    assert sorted(payment["sumPaid"] for payment in till.payments()) == [100, 540, 540]
    assert [till.invoice(invoice)["statusString"] for invoice in invoices] == ["paid", "partly paid", "paid"]
    assert {note["code"] for record in till.records() for note in record.notes} == {"payment_unapplied"}


def test_a_payment_of_nothing_that_applies_a_credit_made_by_hand_pays(till: Till) -> None:
    invoice = till.billed()
    line = {"Amount": 40, "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}  # fmt: skip
    credit = till.post("vendorcredit", VendorRef={"value": "56"}, TxnDate="2026-11-19", Line=[line])
    till.post(
        "billpayment", VendorRef={"value": "56"}, PayType="Check", TotalAmt=0, TxnDate="2026-11-20",
        Line=[{"Amount": 40, "LinkedTxn": [{"TxnId": till.bill_of(invoice), "TxnType": "Bill"}]},
              {"Amount": 40, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]}],
    )  # fmt: skip
    till.settle()
    assert [payment["sumPaid"] for payment in till.payments()] == [40]


def test_a_voided_payment_is_cancelled(till: Till) -> None:
    invoice = till.billed()
    payment = till.pay(invoice)
    till.settle()
    till.post(f"billpayment/{payment['Id']}", do="void")
    till.settle()
    assert (till.live_payments(), till.invoice(invoice)["statusString"]) == ([], "approved")
    assert [record.state for record in till.records()] == ["removed"]


def test_a_deleted_payment_is_cancelled(till: Till) -> None:
    invoice = till.billed()
    payment = till.pay(invoice, "100.00")
    till.settle()
    till.post(f"billpayment/{payment['Id']}", do="delete")
    till.settle()
    assert (till.live_payments(), till.invoice(invoice)["statusString"]) == ([], "approved")


def test_a_changed_payment_is_cancelled_and_recorded_anew(till: Till) -> None:
    invoice = till.billed()
    payment = till.pay(invoice, "100.00")
    till.settle()
    line = {"Amount": 130, "LinkedTxn": [{"TxnId": till.bill_of(invoice), "TxnType": "Bill"}]}
    till.post(f"billpayment/{payment['Id']}", set={"TotalAmt": 130, "Line": [line]})
    till.settle()
    assert [(payment["sumPaid"], payment["status"]) for payment in till.payments()] == [(100, 1), (130, 0)]
    assert len({payment["externalId"] for payment in till.payments()}) == 1


def test_a_payment_in_the_place_of_one_that_is_cancelled_later_is_recorded(till: Till) -> None:
    invoice = till.billed()
    wrong = till.pay(invoice)
    till.settle()
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/cancel"}, fault="500", times=1)
    till.post(f"billpayment/{wrong['Id']}", do="void")
    till.pay(invoice, date="2026-11-21")
    till.settle()
    assert [payment["payDate"][:10] for payment in till.live_payments()] == ["2026-11-21"]
    assert till.invoice(invoice)["statusString"] == "paid"


def test_what_was_read_before_a_payment_was_cancelled_is_not_kept_after_that(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice, read = till.billed(), PrecoroClient.get_document
    wrong = till.pay(invoice)
    till.settle()
    till.catch_up()
    with till.stage.runtime.write() as (session, _):
        session.execute(delete(KnownBalance))  # as when the import was switched on after the invoice was read
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/cancel"}, fault="500", times=1)
    till.post(f"billpayment/{wrong['Id']}", do="void")
    till.pay(invoice, date="2026-11-21")

    def read_and_then_cancel(client: PrecoroClient, *arguments: Any) -> JsonObject:
        payload = read(client, *arguments)
        if [call["status"] for call in till.stage.precoro.get("requests") if call["path"] == "/payments"][-1] == 400:
            monkeypatch.setattr(PrecoroClient, "get_document", read)
            till.stage.until(lambda: not till.live_payments(), "another worker to cancel the payment")
        return payload

    monkeypatch.setattr(PrecoroClient, "get_document", read_and_then_cancel)
    till.settle()
    assert [payment["payDate"][:10] for payment in till.live_payments()] == ["2026-11-21"]


def test_a_payment_of_another_bill_is_left_alone(till: Till) -> None:
    line = {"Amount": 25, "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}  # fmt: skip
    bill = till.post("bill", VendorRef={"value": "56"}, DocNumber="X-1", TxnDate="2026-11-02", Line=[line])
    till.post(f"bill/{bill['Id']}", do="pay")
    till.settle()
    assert (till.payments(), till.records()) == ([], [])


def test_a_payment_made_in_precoro_stays_there(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    assert till.stage.quickbooks.rows(REALM, "billpayment") == []
    assert till.records() == []


def test_a_payment_of_the_same_amount_made_by_hand_warns(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    till.pay(invoice, "100.00")
    till.settle()
    assert (till.codes(), len(till.payments())) == (["possible_double_payment"], 1)


def retry(till: Till, *accepted: str) -> None:
    """Try the newest payment again as a person would."""
    runtime = till.stage.runtime
    [newest] = payment_views.payments(runtime, limit=1)
    payment_commands.retry(runtime, payment_views.payment(runtime, newest.payment), "ann", accepted)


def test_a_payment_that_precoro_shows_a_second_time_recorded_by_hand_is_held_until_one_of_both_goes(till: Till) -> None:
    invoice = till.billed()
    till.pay(invoice, "100.00")
    till.settle()
    till.stage.act(invoice, "pay", amount="100.00")
    till.stage.until(lambda: till.codes() == ["recorded_twice"], "the warning")
    assert (payment_views.payments(till.stage.runtime, limit=1)[0].in_precoro, len(till.live_payments())) == ("91", 2)
    by_hand = next(payment for payment in till.payments() if payment["externalId"] is None)
    till.stage.act(by_hand, "cancel", "payments")
    till.stage.until(lambda: [record.state for record in till.records()] == ["synced"], "its end")


def test_what_a_person_says_to_be_two_payments_is_not_asked_about_again(till: Till) -> None:
    invoice = till.billed()
    till.pay(invoice, "100.00")
    till.settle()
    till.stage.act(invoice, "pay", amount="100.00")
    till.stage.until(lambda: till.codes() == ["recorded_twice"], "the warning")
    retry(till, "recorded_twice")
    till.stage.until(lambda: [record.state for record in till.records()] == ["synced"], "the decision")
    till.stage.act(invoice, "pay", amount="50.00")
    till.settle()
    assert [record.state for record in till.records()] == ["synced"]


def test_a_payment_of_which_less_was_open_says_what_of_it_is_recorded(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="500.00")
    till.pay(invoice)
    till.settle()
    retry(till, "payment_exceeds_open")
    till.stage.until(lambda: till.invoice(invoice)["statusString"] == "paid", "the rest")
    till.settle()
    assert [note["sentence"] for record in till.records() for note in record.notes] == [
        "Only USD 40.00 of it is recorded in Precoro, because no more was open there."
    ]


def test_what_is_voided_while_the_import_is_off_is_cancelled_once_it_is_on_again(till: Till) -> None:
    voided, deleted, kept = till.billed(), till.billed(), till.billed()
    first, second, _ = (till.pay(invoice) for invoice in (voided, deleted, kept))
    till.settle()
    settings.change(till.stage.runtime, "widgets-inc", {"import_payments": False}, "ann")
    till.post(f"billpayment/{first['Id']}", do="void")
    till.post(f"billpayment/{second['Id']}", do="delete")
    till.settle()
    assert len(till.live_payments()) == 3
    with pytest.raises(ImportOffError):
        retry(till)
    settings.change(till.stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
    till.settle()
    assert [payment["invoice"]["id"] for payment in till.live_payments()] == [kept["id"]]


def test_an_invoice_that_is_fully_paid_by_hand_needs_no_other_payment(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay")
    till.settle()
    payment = till.pay(invoice)
    till.settle()
    [record] = till.records()
    assert (record.state, [note["code"] for note in record.notes]) == ("synced", ["paid_by_hand"])
    assert len(till.payments()) == 1
    till.post(f"billpayment/{payment['Id']}", do="void")
    till.settle()
    [record] = till.records()
    assert (record.state, "made by hand, still counts in Precoro" in str(record.reason)) == ("removed", True)


def test_a_payment_by_hand_that_nobody_knows_of_is_found_when_precoro_refuses(till: Till) -> None:
    invoice = till.billed()
    till.settle()
    till.stage.precoro.post("webhooks", drop=1.0)
    till.stage.act(invoice, "pay", amount="500.00")
    till.pay(invoice)
    till.settle()
    assert till.codes() == ["payment_exceeds_open"]
    assert [payment["sumPaid"] for payment in till.payments()] == [500]


def test_a_part_that_was_paid_by_hand_while_the_import_was_off_is_seen_before_anything_is_recorded(till: Till) -> None:
    settings.change(till.stage.runtime, "widgets-inc", {"import_payments": False}, "ann")
    invoice, other = till.billed(), till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    settings.change(till.stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
    till.pay(other)
    till.settle()
    till.catch_up()  # from now on this process reads no invoice because it may have forgotten a payment
    till.pay(invoice, "100.00")
    till.settle()
    assert (till.codes(), len(till.payments())) == (["possible_double_payment"], 2)


def test_a_payment_of_a_cancelled_invoice_waits_alone(till: Till) -> None:
    cancelled, other = till.billed(), till.billed()
    bills = till.bill_of(cancelled)
    till.stage.precoro.post("webhooks", drop=1.0)
    till.stage.act(cancelled, "cancel")
    till.post(f"bill/{bills}", do="pay", date="2026-11-20")
    till.pay(other)
    till.settle()
    assert till.codes() == ["invoice_not_payable"]
    assert till.invoice(other)["statusString"] == "paid"


def test_a_cent_that_differs_is_rounded_to_what_is_open(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="0.01")
    till.settle()
    till.pay(invoice)
    till.settle()
    assert till.invoice(invoice)["sumPaid"] == Decimal("540.00")
    assert till.invoice(invoice)["statusString"] == "paid"


def test_an_unanswered_payment_is_looked_up_before_another_is_sent(till: Till) -> None:
    invoice = till.billed()
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/payments"}, fault="drop_after_commit", times=1)
    till.pay(invoice)
    till.settle()
    assert [payment["sumPaid"] for payment in till.payments()] == [540]
    assert [record.state for record in till.records()] == ["synced"]


@pytest.mark.parametrize("do", ["void", "delete"])
def test_a_payment_that_a_restored_database_forgot_recording_is_cancelled_when_it_pays_no_more(
    till: Till, do: str
) -> None:
    payment = till.pay(till.billed(), "100.00")
    till.settle()
    with till.stage.runtime.write() as (session, _):
        restored = session.get_one(Record, till.records()[0].id)
        restored.sent, restored.state = None, OPEN
    till.post(f"billpayment/{payment['Id']}", do=do)
    till.settle()
    assert [record.state for record in till.records()] == ["removed"]
    assert (len(till.payments()), till.live_payments()) == (1, [])


def test_a_payment_that_waits_for_precoro_shows_its_amount_and_day(till: Till) -> None:
    invoice = till.billed()
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/payments"}, fault="500", times=1)
    till.pay(invoice, "100.00")
    till.stage.until(lambda: [record.unanswered_since for record in till.records()] not in ([], [None]), "no answer")
    [waiting] = payment_views.payments(till.stage.runtime, limit=2)
    assert (waiting.state, str(waiting.amount), str(waiting.paid_on)) == ("open", "100.00", "2026-11-20")


def test_a_payment_that_precoro_took_without_our_id_is_not_made_twice(till: Till) -> None:
    invoice = till.billed()
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/payments"}, fault="reset", times=1)
    till.pay(invoice, "100.00")
    till.stage.until(lambda: [record.unanswered_since for record in till.records()] not in ([], [None]), "no answer")
    till.stage.precoro.post("webhooks", drop=1.0)
    till.stage.act(invoice, "pay", amount="100.00")  # as the request that got no answer would have left it
    till.settle()
    assert (till.codes(), len(till.payments())) == (["possible_double_payment"], 1)


def test_a_payment_made_before_the_import_was_switched_on_is_left_alone(till: Till) -> None:
    invoice = till.billed()
    till.settle()
    with till.stage.runtime.write() as (session, moment):
        session.get_one(Connection, 1).payments_since = moment + timedelta(hours=1)
    till.pay(invoice)
    till.settle()
    assert (till.payments(), till.records()) == ([], [])


def test_a_journal_entry_that_only_the_bill_shows_pays_and_is_cancelled_when_it_is_undone(till: Till) -> None:
    invoice = till.billed()
    bill = f"bill/{till.bill_of(invoice)}"
    till.pay(invoice, "100.00")
    applied = till.post(bill, do="apply", type="JournalEntry", amount="40.00")["AppliedBy"]
    till.settle()
    assert sorted(payment["sumPaid"] for payment in till.payments()) == [40, 100]
    key = f"qbo:{REALM}:journalentry:{applied}:bill:{till.bill_of(invoice)}"
    assert key in {payment["externalId"] for payment in till.payments()}
    till.post(bill, set={"PrivateNote": till.stage.bills()[0]["PrivateNote"], "DueDate": "2026-12-24"})
    till.settle()
    assert len(till.payments()) == 2
    till.post(bill, do="apply", id=applied, amount="0")
    till.settle()
    assert [payment["sumPaid"] for payment in till.live_payments()] == [100]


def test_a_bill_that_is_marked_as_paid_is_paid(till: Till) -> None:
    invoice = till.billed()
    till.post(f"bill/{till.bill_of(invoice)}", do="apply", type="BillPaymentCheck")
    till.settle()
    assert till.invoice(invoice)["statusString"] == "paid"


def test_what_paid_an_older_bill_on_an_unknown_day_is_for_a_person(till: Till) -> None:
    invoice = till.billed()
    with till.stage.runtime.write() as (session, moment):
        session.get_one(Connection, 1).payments_since = moment + timedelta(hours=1)
    till.post(f"bill/{till.bill_of(invoice)}", do="apply", type="JournalEntry", amount="40.00")
    till.settle()
    assert (till.codes(), till.payments()) == (["payment_unclear"], [])


def test_a_payment_is_brought_once_its_bill_turns_out_to_be_ours(till: Till) -> None:
    line = {"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}  # fmt: skip
    bill = till.post("bill", VendorRef={"value": "56"}, DocNumber="S-700", TxnDate="2026-11-02", Line=[line])
    till.post(f"bill/{bill['Id']}", do="pay", amount="100.00")
    till.settle()
    assert till.records() == []
    invoice = till.stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    till.stage.until_state(invoice, "held")
    time.sleep(A_MINUTE)
    document = views.document(till.stage.runtime, "INV-700")
    commands.adopt(till.stage.runtime, document, bill["Id"], "ann")
    till.stage.until_state(invoice, "synced")
    till.settle()
    assert [payment["sumPaid"] for payment in till.payments()] == [100]
