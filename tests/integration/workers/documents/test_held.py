"""What is held says why and what helps, and the fix sends exactly what waited for it."""

from __future__ import annotations

from decimal import Decimal

from store.companies import Connection
from tests.stage import REALM, Stage
from workers.suppliers import commands as supplier_acts
from workers.suppliers.records import make_pair

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def codes(stage: Stage, document: dict[str, object]) -> list[str]:
    return [problem.code for problem in stage.record(document).problems]


def test_pairing_a_supplier_sends_exactly_what_waited_for_it(stage: Stage) -> None:
    waiting = [stage.approved(number=f"INV-30{n}", supplier="Evergreen Catering", lines=[PAPER]) for n in range(2)]
    other = stage.approved(number="INV-310", lines=[{**PAPER, "account": None}])
    stage.settle()
    assert stage.bills() == []
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        supplier = str(waiting[0]["supplier"]["id"])
        assert make_pair(session, connection, supplier, "56", moment, how="person") == 2
    stage.settle()
    assert [stage.record(invoice).state for invoice in waiting] == ["synced", "synced"]
    assert stage.record(other).state == "held"


def test_a_paid_bill_is_locked_on_revision_and_on_cancel(stage: Stage) -> None:
    invoice = stage.approved(number="INV-320", invoiceNumber="S-320", lines=[PAPER])
    stage.settle()
    bill = stage.bills()[0]["Id"]
    stage.quickbooks.post(f"bill/{bill}?realm={REALM}", do="pay", amount="100.00")
    stage.act(invoice, "cancel")
    stage.settle()
    assert codes(stage, invoice) == ["bill_locked"]
    assert len(stage.bills()) == 1


def test_a_document_in_a_closed_period_is_held_and_goes_out_when_the_books_reopen(stage: Stage) -> None:
    stage.quickbooks.post("settings", book_close_date="2026-11-30")
    invoice = stage.approved(number="INV-330", invoiceNumber="S-330", lines=[PAPER])
    stage.settle()
    assert codes(stage, invoice) == ["period_closed"]
    stage.quickbooks.post("settings", book_close_date="")
    stage.quickbooks.post("vendor/56?" + f"realm={REALM}", set={"PrintOnCheckName": "Acme"})
    stage.until_state(invoice, "synced")


def test_a_figure_changed_in_quickbooks_is_never_overwritten_silently(stage: Stage) -> None:
    invoice = stage.approved(number="INV-340", invoiceNumber="S-340", lines=[PAPER])
    stage.settle()
    bill = stage.bills()[0]
    line = {**bill["Line"][0], "Amount": Decimal("500.00")}
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"Line": [line]})
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")
    stage.settle()
    assert codes(stage, invoice) == ["changed_in_quickbooks"]
    assert stage.bills()[0]["TotalAmt"] == 500


def test_a_bill_that_a_person_typed_before_is_not_doubled(stage: Stage) -> None:
    stage.quickbooks.post(
        f"bill?realm={REALM}",
        VendorRef={"value": "56"},
        DocNumber="S-350",
        TxnDate="2026-11-02",
        Line=[{"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail",
               "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}],
    )  # fmt: skip
    invoice = stage.approved(number="INV-350", invoiceNumber="S-350", lines=[PAPER])
    stage.settle()
    assert codes(stage, invoice) == ["possible_duplicate"]
    assert len(stage.bills()) == 1


def test_a_revision_that_comes_to_the_vendor_of_a_bill_that_a_person_typed_does_not_double_it(stage: Stage) -> None:
    invoice = stage.approved(number="INV-355", invoiceNumber="S-355", supplier="Evergreen Catering", lines=[PAPER])
    with stage.runtime.write() as (session, moment):
        make_pair(session, session.get_one(Connection, 1), str(invoice["supplier"]["id"]), "67", moment, how="person")
    stage.until_state(invoice, "synced")
    stage.quickbooks.post(
        f"bill?realm={REALM}",
        VendorRef={"value": "56"},
        DocNumber="S-0355",
        TxnDate="2026-11-02",
        Line=[{"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail",
               "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}],
    )  # fmt: skip
    stage.settle()
    stage.act(invoice, "revise")
    stage.change(invoice, supplier="Acme Supply")
    stage.act(invoice, "approve")
    stage.settle()
    assert codes(stage, invoice) == ["possible_duplicate"]
    assert sorted(bill["VendorRef"]["value"] for bill in stage.bills()) == ["56", "67"]


def test_a_held_document_that_is_cancelled_waits_for_nobody_any_more(stage: Stage) -> None:
    invoice = stage.approved(number="INV-356", lines=[{**PAPER, "account": None}])
    stage.settle()
    assert stage.record(invoice).state == "held"
    stage.act(invoice, "cancel")
    stage.settle()
    assert stage.record(invoice).state == "removed"


def test_nothing_is_sent_from_before_go_live(stage: Stage) -> None:
    invoice = stage.approved(number="INV-360", invoiceNumber="S-360", lines=[PAPER])
    stage.change(invoice, approvalDate="2026-01-05T09:00:00+00:00")
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, "Historical" in (record.reason or "")) == ("never", True)


def test_a_vendor_made_active_again_in_quickbooks_sends_what_waited_for_it(stage: Stage) -> None:
    stage.quickbooks.post(f"vendor/56?realm={REALM}", do="deactivate")
    stage.settle()
    invoice = stage.approved(number="INV-370", invoiceNumber="S-370", lines=[PAPER])
    stage.until_state(invoice, "held")
    assert codes(stage, invoice) == ["vendor_unusable"]
    stage.quickbooks.post(f"vendor/56?realm={REALM}", do="activate")
    stage.until_state(invoice, "synced")


def test_unpairing_a_supplier_looks_again_at_what_is_held_for_its_vendor(stage: Stage) -> None:
    stage.quickbooks.post(f"vendor/56?realm={REALM}", do="deactivate")
    stage.settle()
    invoice = stage.approved(number="INV-371", invoiceNumber="S-371", lines=[PAPER])
    stage.until_state(invoice, "held")
    supplier_acts.unpair(stage.runtime, "widgets-inc", str(invoice["supplier"]["id"]), "ann")
    stage.until(lambda: codes(stage, invoice) == ["supplier_not_paired"], "the document to be looked at again")


def test_a_paid_bill_goes_on_by_itself_when_its_payment_is_voided(stage: Stage) -> None:
    invoice = stage.approved(number="INV-380", invoiceNumber="S-380", lines=[PAPER])
    stage.settle()
    bill = stage.bills()[0]["Id"]
    payment = stage.quickbooks.post(f"bill/{bill}?realm={REALM}", do="pay", amount="100.00")
    stage.act(invoice, "cancel")
    stage.settle()
    assert codes(stage, invoice) == ["bill_locked"]
    stage.quickbooks.post(f"billpayment/{payment['Id']}?realm={REALM}", do="void")
    stage.until_state(invoice, "removed")
    assert stage.bills() == []


def test_an_account_switched_off_without_an_event_is_named_with_its_line_once_quickbooks_refuses_it(
    stage: Stage,
) -> None:
    stage.quickbooks.post("webhooks", drop=1.0)
    stage.quickbooks.post(f"account/42?realm={REALM}", do="deactivate")
    invoice = stage.approved(number="INV-390", invoiceNumber="S-390", lines=[PAPER])
    stage.until_state(invoice, "held")
    stage.until(lambda: codes(stage, invoice) == ["entry_unusable"], "the line and the account")
    assert "Line Copy paper goes to account" in stage.record(invoice).problems[0].sentence
    stage.quickbooks.post("webhooks", drop=0.0)
    stage.quickbooks.post(f"account/42?realm={REALM}", do="activate")
    stage.until_state(invoice, "synced")


def test_a_private_note_that_people_rewrote_is_kept_and_not_said_to_be_dropped(stage: Stage) -> None:
    invoice = stage.approved(number="INV-395", invoiceNumber="S-395", lines=[PAPER])
    stage.settle()
    bill = stage.bills()[0]
    note = f"Paid in two parts\n{bill['PrivateNote'].splitlines()[-1]}"
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"PrivateNote": note})
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")
    stage.settle()
    assert (stage.bills()[0]["TotalAmt"], stage.bills()[0]["PrivateNote"]) == (594, note)
    assert [note["code"] for note in stage.record(invoice).notes] == ["kept_from_quickbooks"]
