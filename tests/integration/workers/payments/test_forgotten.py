"""Payments that were recorded, and that a database restored from a backup has forgotten: never doubled, never left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from store.companies import Connection, QboCompany
from tests.integration.workers.payments.conftest import Json, Till
from tests.snapshot import Snapshot
from workers import catch_up
from workers.payments import commands as payment_commands
from workers.payments import views as payment_views


def read_changes(till: Till) -> None:
    """Ask QuickBooks what changed, and let be done what follows."""
    catch_up.read_changes(till.stage.runtime, 1)
    till.stage.settle()


LOOKS: dict[str, Sequence[Callable[[Till], None]]] = {
    "QuickBooks first": (read_changes, Till.catch_up, read_changes),
    "Precoro first": (Till.catch_up, read_changes),
}
"""In which order both services are asked what changed: a bill that was forgotten, too, is ours again once Precoro was asked."""


def apply_journal(till: Till, invoice: Json) -> str:
    """Let a journal entry pay 40.00 of a bill; returns its id."""
    return str(till.post(f"bill/{till.bill_of(invoice)}", do="apply", type="JournalEntry", amount="40.00")["AppliedBy"])


def change_amount(till: Till, payment: Json, amount: int) -> None:
    """Change what a payment pays of its only bill."""
    [line] = payment["Line"]
    till.post(f"billpayment/{payment['Id']}", set={"TotalAmt": amount, "Line": [{**line, "Amount": amount}]})


def look_at_both(till: Till) -> None:
    """Ask both services what changed, Precoro first."""
    till.catch_up()
    read_changes(till)


def paid_and_forgotten(till: Till, invoice: Json, amount: str | None = None) -> Json:
    """Pay a bill, in full unless an amount is named, and restore the database as it was before; returns the payment."""
    backup = backed_up(till)
    payment = till.pay(invoice, amount)
    till.settle()
    till.stage.restore(backup)
    return payment


def backed_up(till: Till) -> Snapshot:
    """Return a backup of a quiet house."""
    till.settle()
    return till.stage.back_up()


@pytest.mark.parametrize("with_bills", [False, True], ids=["", "with their bills"])
@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS)
def test_forgotten_payments_stand_once_as_quickbooks_shows_them_now(
    till: Till, looks: Sequence[Callable[[Till], None]], with_bills: bool
) -> None:
    backup = backed_up(till)
    invoices = [till.billed() for _ in range(6)]
    if not with_bills:
        backup = backed_up(till)
    *_, voided, deleted, changed = [till.pay(invoice, "100.00") for invoice in invoices[:4]]
    _, undone = [apply_journal(till, invoice) for invoice in invoices[4:]]
    till.settle()
    assert sorted(payment["sumPaid"] for payment in till.live_payments()) == [40, 40, 100, 100, 100, 100]
    bill_of_undone = till.bill_of(invoices[5])
    till.stage.restore(backup)
    till.post(f"billpayment/{voided['Id']}", do="void")
    till.post(f"billpayment/{deleted['Id']}", do="delete")
    change_amount(till, changed, 120)
    till.post(f"bill/{bill_of_undone}", do="apply", id=undone, amount="0")
    for look in looks:
        look(till)
    paid = {payment["invoice"]["id"]: payment["sumPaid"] for payment in till.live_payments()}
    assert paid == {invoices[0]["id"]: 100, invoices[3]["id"]: 120, invoices[4]["id"]: 40}
    assert len(till.payments()) == 7  # the six of before, and the changed one again
    assert till.codes() == []


def test_a_payment_that_was_told_of_before_its_bill_was_known_again_is_cancelled_when_it_pays_no_more(
    till: Till,
) -> None:
    backup = backed_up(till)
    invoices = [till.billed() for _ in range(2)]
    voided, deleted = (till.pay(invoice, "100.00") for invoice in invoices)
    till.settle()
    till.stage.restore(backup)
    read_changes(till)
    till.catch_up()
    till.post(f"billpayment/{voided['Id']}", do="void")
    till.post(f"billpayment/{deleted['Id']}", do="delete")
    till.settle()
    assert (len(till.payments()), till.live_payments()) == (2, [])


def test_a_forgotten_payment_that_was_rounded_by_a_cent_stands(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="0.01")
    paid_and_forgotten(till, invoice)
    read_changes(till)
    till.catch_up()
    assert [payment["sumPaid"] for payment in till.payments()] == [Decimal("0.01"), Decimal("539.99")]
    assert [record.state for record in till.records()] == ["synced"]


def test_forgotten_payments_are_left_alone_until_the_connection_is_live(till: Till) -> None:
    payment = paid_and_forgotten(till, till.billed(), "100.00")
    till.post(f"billpayment/{payment['Id']}", do="void")
    with till.stage.runtime.write() as (session, _):
        session.get_one(Connection, 1).live_at = None
    look_at_both(till)
    assert (len(till.live_payments()), till.records()) == (1, [])


def test_a_forgotten_payment_that_quickbooks_shows_unreadably_is_left_alone_until_its_bill_tells_of_it(
    till: Till,
) -> None:
    payment = paid_and_forgotten(till, till.billed(), "100.00")
    _, quickbooks = till.stage.worlds
    held = quickbooks.dump()["companies"][till.realm]["tables"]["BillPayment"]
    held[payment["Id"]]["Line"][0]["LinkedTxn"] *= 2  # nobody can say how much each of them gets
    till.catch_up()
    [record] = till.records()
    assert (record.state, "cannot be read" in str(record.reason)) == ("open", True)
    read_changes(till)
    assert [record.state for record in till.records()] == ["synced"]
    assert (len(till.payments()), len(till.live_payments())) == (1, 1)


@pytest.mark.parametrize("looks", LOOKS.values(), ids=LOOKS)
def test_a_forgotten_payment_that_somebody_cancelled_in_precoro_is_not_recorded_again(
    till: Till, looks: Sequence[Callable[[Till], None]]
) -> None:
    invoice = till.billed()
    backup = backed_up(till)
    till.pay(invoice, "100.00")
    till.settle()
    [payment] = till.payments()
    till.stage.precoro.post(f"payments/{payment['id']}", company=till.stage.company, do="cancel")
    till.settle()
    till.stage.restore(backup)
    for look in looks:
        look(till)
    assert (len(till.payments()), till.live_payments()) == (1, [])
    assert [record.state for record in till.records()] == ["removed"]


def test_what_took_the_place_of_a_payment_that_the_backup_knows_is_taken_over(till: Till) -> None:
    payment = till.pay(till.billed(), "100.00")
    backup = backed_up(till)
    change_amount(till, payment, 120)
    till.settle()
    till.stage.restore(backup)
    look_at_both(till)
    assert [payment["sumPaid"] for payment in till.live_payments()] == [120]
    payment_commands.retry(till.stage.runtime, payment_views.payment(till.stage.runtime, payment["Id"]), "ann")
    till.settle()
    assert [payment["sumPaid"] for payment in till.live_payments()] == [120]
    till.post(f"billpayment/{payment['Id']}", do="void")
    till.settle()
    assert till.live_payments() == []


def test_a_forgotten_payment_that_was_voided_is_cancelled_though_another_of_its_invoice_goes_first(till: Till) -> None:
    invoice = till.billed()
    voided = paid_and_forgotten(till, invoice, "100.00")
    till.post(f"billpayment/{voided['Id']}", do="void")
    till.pay(invoice, "50.00")
    read_changes(till)
    assert [payment["sumPaid"] for payment in till.live_payments()] == [50]


def test_a_forgotten_payment_of_which_less_was_open_stands(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="500.00")
    backup = backed_up(till)
    payment = till.pay(invoice)
    till.settle()
    detail = payment_views.payment(till.stage.runtime, payment["Id"])
    payment_commands.retry(till.stage.runtime, detail, "ann", ["payment_exceeds_open"])
    till.settle()
    assert [payment["sumPaid"] for payment in till.live_payments()] == [500, 40]
    till.stage.restore(backup)
    look_at_both(till)
    assert [payment["sumPaid"] for payment in till.payments()] == [500, 40]
    assert [(record.state, [note["code"] for note in record.notes]) for record in till.records()] == [
        ("synced", ["recorded_in_part"])
    ]


def test_a_payment_of_two_bills_stands_for_the_one_that_the_backup_did_not_know(till: Till) -> None:
    first, second = till.billed(), till.billed()
    payment = till.pay(first, "100.00")
    backup = backed_up(till)
    line = {"Amount": 70, "LinkedTxn": [{"TxnId": till.bill_of(second), "TxnType": "Bill"}]}
    till.post(f"billpayment/{payment['Id']}", set={"TotalAmt": 170, "Line": [*payment["Line"], line]})
    till.settle()
    till.stage.restore(backup)
    with till.stage.runtime.write() as (session, moment):
        session.get_one(QboCompany, 1).changes_since = moment - timedelta(days=1)
    look_at_both(till)
    assert sorted(payment["sumPaid"] for payment in till.payments()) == [70, 100]


def test_a_payment_whose_answer_was_lost_and_whose_day_was_changed_meanwhile_is_recorded_anew(till: Till) -> None:
    invoice = till.billed()
    till.stage.precoro.post("faults", match={"method": "POST", "path": "/payments"}, fault="drop_after_commit", times=1)
    payment = till.pay(invoice, "100.00")
    till.stage.until(lambda: [record.unanswered_since for record in till.records()] not in ([], [None]), "no answer")
    till.post(f"billpayment/{payment['Id']}", set={"TxnDate": "2026-11-21"})
    till.settle()
    assert [payment["payDate"][:10] for payment in till.live_payments()] == ["2026-11-21"]


def test_a_forgotten_payment_that_was_rounded_by_a_cent_and_cancelled_by_hand_is_not_recorded_again(till: Till) -> None:
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="0.01")
    backup = backed_up(till)
    till.pay(invoice)
    till.settle()
    [ours] = [payment for payment in till.payments() if payment["externalId"]]
    till.stage.precoro.post(f"payments/{ours['id']}", company=till.stage.company, do="cancel")
    till.settle()
    till.stage.restore(backup)
    look_at_both(till)
    assert [payment["sumPaid"] for payment in till.live_payments()] == [Decimal("0.01")]
