"""Credit notes become vendor credits, and follow their document until somebody applies them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mappers.policy import Policy
from standins import compare
from store.companies import Connection
from tests.stage import REALM, Stage
from workers.documents import commands, views
from workers.documents.dry_run import dry_run
from workers.records import commands as record_commands
from workers.suppliers.records import make_pair

PAPER = {"name": "Copy paper", "quantity": 2, "price": "54.00", "account": "Office Supplies"}
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")


def credits_in(stage: Stage, realm: str = REALM) -> list[dict[str, Any]]:
    """Return the vendor credits that QuickBooks holds."""
    return stage.entities("vendorcredit", realm)


def ties(stage: Stage) -> bool:
    """Tell whether both sides agree to the cent, credit notes included."""
    return compare.compare(stage.precoro.url, stage.quickbooks.url, kinds=("invoice", "credit_note")).ties


def credit_note(stage: Stage, **more: Any) -> dict[str, Any]:
    """Approve a credit note over 108.00."""
    form = {"number": "CN-1", "invoiceNumber": "C-1", "creditNote": True, "location": "East", "lines": [PAPER]}
    return stage.approved(**form | more)


@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_a_credit_note_becomes_a_vendor_credit_is_revised_and_removed(stage: Stage, sign: str) -> None:
    stage.precoro.post("settings", credit_note_sign=sign)
    note = credit_note(stage)
    stage.settle()
    [entity] = credits_in(stage)
    assert (entity["DocNumber"], entity["TotalAmt"], entity["DepartmentRef"]["name"]) == ("C-1", 108, "East")
    assert stage.record(note).external_id == f"qbo:{REALM}:vendorcredit:{entity['Id']}"
    stage.act(note, "revise")
    stage.change(note, lines=[{**PAPER, "quantity": 3}])
    stage.act(note, "approve")
    stage.settle()
    assert [(row["Id"], row["TotalAmt"]) for row in credits_in(stage)] == [(entity["Id"], 162)]
    assert ties(stage)
    stage.act(note, "cancel")
    stage.settle()
    assert (credits_in(stage), stage.record(note).state) == ([], "removed")
    assert ties(stage)


def test_a_credit_note_that_becomes_an_invoice_is_a_bill_and_becomes_a_vendor_credit_again(stage: Stage) -> None:
    note = credit_note(stage)
    stage.settle()
    for is_credit_note, type_ in ((False, "bill"), (True, "vendorcredit")):
        stage.act(note, "revise")
        stage.change(note, creditNote=is_credit_note)
        stage.act(note, "approve")
        stage.settle()
        [entity] = stage.entities(type_)
        assert (entity["TotalAmt"], stage.record(note).qbo_id) == (108, entity["Id"])
        assert len([*stage.bills(), *credits_in(stage)]) == 1


def test_a_credit_that_is_applied_is_left_alone_until_it_is_taken_back(stage: Stage) -> None:
    stage.approved(number="INV-1", invoiceNumber="S-1", lines=[{**PAPER, "quantity": 10}])
    note = credit_note(stage)
    stage.settle()
    [bill], [credit] = stage.bills(), credits_in(stage)
    lines = [
        {"Amount": 108, "LinkedTxn": [{"TxnId": entity["Id"], "TxnType": type_}]}
        for type_, entity in (("Bill", bill), ("VendorCredit", credit))
    ]
    payment = stage.quickbooks.post(
        f"billpayment?realm={REALM}", VendorRef=bill["VendorRef"], TotalAmt=0, PayType="Check", Line=lines
    )
    stage.act(note, "cancel")
    stage.settle()
    assert [problem.code for problem in stage.record(note).problems] == ["credit_applied"]
    assert len(credits_in(stage)) == 1
    stage.quickbooks.post(f"billpayment/{payment['Id']}?realm={REALM}", do="delete")
    stage.until_state(note, "removed")
    assert credits_in(stage) == []


def test_a_credit_of_which_the_answer_was_lost_is_found_and_not_made_twice(stage: Stage) -> None:
    match = {"method": "POST", "path": "vendorcredit"}
    stage.quickbooks.post("faults", match=match, fault="drop_after_commit", times=1)
    note = credit_note(stage)
    stage.until_state(note, "synced")
    stage.settle()
    assert len(credits_in(stage)) == 1
    assert ties(stage)


def test_a_credit_that_a_person_typed_holds_its_credit_note_and_is_adopted(stage: Stage) -> None:
    detail = {"AccountRef": {"value": "42"}}
    line = {"Amount": 108, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    typed = {"VendorRef": {"value": "56"}, "DocNumber": "c-01", "TxnDate": "2026-10-30", "Line": [line]}
    entity = stage.quickbooks.post(f"vendorcredit?realm={REALM}", **typed)
    stage.settle()
    note = credit_note(stage)
    stage.until_state(note, "held")
    assert [problem.code for problem in stage.record(note).problems] == ["possible_duplicate"]
    assert f"VendorCredit {entity['Id']}" in stage.record(note).problems[0].sentence
    shown = views.document(stage.runtime, "CN-1")
    commands.adopt(stage.runtime, shown, entity["Id"], "ann")
    stage.until_state(note, "synced")
    [adopted] = credits_in(stage)
    assert adopted["Id"] == entity["Id"]
    assert adopted["PrivateNote"].endswith(f"invoice:{note['id']}")


def test_a_change_of_a_credit_in_quickbooks_is_seen_before_a_revision(stage: Stage) -> None:
    note = credit_note(stage)
    stage.settle()
    [entity] = credits_in(stage)
    line = {**entity["Line"][0], "Amount": Decimal("100.00")}
    stage.quickbooks.post(f"vendorcredit/{entity['Id']}?realm={REALM}", set={"Line": [line]})
    stage.settle()
    stage.act(note, "touch")
    stage.until_state(note, "held")
    assert [problem.code for problem in stage.record(note).problems] == ["changed_in_quickbooks"]


def test_a_credit_note_is_shown_and_planned_like_any_document(stage: Stage) -> None:
    note = credit_note(stage)
    stage.settle()
    shown = views.document(stage.runtime, "CN-1")
    assert (shown.document, shown.qbo_type, shown.state) == (f"invoice:{note['idn']}", "VendorCredit", "synced")


def test_a_dry_run_of_a_credit_note_shows_the_vendor_credit(stage: Stage) -> None:
    note = stage.invoice(number="CN-2", creditNote=True, lines=[PAPER])
    stage.precoro.post("webhooks", drop=1.0)
    stage.act(note, "approve")
    planned = dry_run(stage.runtime, f"invoice:{note['idn']}").plan
    assert (getattr(planned, "type", None), getattr(planned, "total", None)) == ("VendorCredit", Decimal("108.00"))


def waits(stage: Stage, document: dict[str, Any]) -> list[str]:
    """Return what an open document waits for."""
    waiting = [row for row in stage.records() if row.precoro_id == str(document["id"]) and row.state == "open"]
    return [problem.subject or "" for record in waiting for problem in record.problems]


def test_a_credit_note_waits_for_its_invoice_without_a_look_and_follows_it(stage: Stage) -> None:
    invoice = stage.approved(number="INV-5", supplier="Evergreen Catering", lines=[{**PAPER, "quantity": 10}])
    stage.until_state(invoice, "held")
    note = credit_note(stage, allocatedInvoice=invoice["idn"])
    stage.until(lambda: waits(stage, note) == [f"invoice:{invoice['id']}"], "the credit note to wait")
    assert "needs attention" in (stage.record(note).reason or "")
    stage.settle()
    reads = len(reads_of(stage, note))
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        make_pair(session, connection, str(invoice["supplier"]["id"]), "67", moment, how="person")
    stage.until_state(note, "synced")
    assert stage.record(invoice).state == "synced"
    assert len(reads_of(stage, note)) == reads + 1


def reads_of(stage: Stage, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the reads of one document in Precoro."""
    calls: list[dict[str, Any]] = stage.precoro.get("requests")
    return [call for call in calls if call["method"] == "GET" and call["path"] == f"/invoices/{document['idn']}"]


def test_an_invoice_that_is_ignored_or_historical_holds_no_credit_note_up(stage: Stage) -> None:
    held = stage.approved(number="INV-6", supplier="Evergreen Catering", lines=[PAPER])
    stage.until_state(held, "held")
    note = credit_note(stage, allocatedInvoice=held["idn"])
    stage.until(lambda: waits(stage, note), "the credit note to wait")
    record_commands.ignore(stage.runtime, stage.record(held).id, "ann")
    stage.until_state(note, "synced")
    stage.precoro.post("webhooks", drop=1.0)
    old = stage.approved(number="INV-7", lines=[PAPER])
    stage.change(old, approvalDate="2026-01-05T09:00:00+00:00")
    stage.precoro.post("webhooks", drop=0.0)
    second = credit_note(stage, number="CN-2", invoiceNumber="C-2", allocatedInvoice=old["idn"])
    stage.until_state(second, "synced")
    assert stage.record(old).state == "never"


def test_precoro_no_longer_says_that_a_credit_note_needs_attention_once_it_only_waits(stage: Stage) -> None:
    invoice = stage.approved(number="INV-10", supplier="Evergreen Catering", lines=[PAPER])
    note = credit_note(stage, allocatedInvoice=invoice["idn"], lines=[{**PAPER, "account": None}])
    stage.until_state(note, "held")
    stage.settle()
    stage.change(note, lines=[PAPER])
    stage.until(lambda: waits(stage, note), "the credit note to wait")
    stage.settle()
    notes = stage.precoro.rows("1", "invoices")
    log = next(row["externalIntegrationLog"] for row in notes if row["id"] == note["id"])
    assert log.startswith("Not sent to QuickBooks yet.\n- It waits for invoice INV-10")


def test_a_person_sends_a_credit_note_before_its_invoice(stage: Stage) -> None:
    invoice = stage.approved(number="INV-8", supplier="Evergreen Catering", lines=[PAPER])
    stage.until_state(invoice, "held")
    note = credit_note(stage, allocatedInvoice=invoice["idn"])
    stage.until(lambda: waits(stage, note), "the credit note to wait")
    record_commands.send(stage.runtime, stage.record(note).id, "ann", ["waits_for_predecessor"])
    stage.until_state(note, "synced")


def test_a_credit_note_that_waits_and_is_cancelled_waits_no_more(stage: Stage) -> None:
    invoice = stage.approved(number="INV-9", supplier="Evergreen Catering", lines=[PAPER])
    stage.until_state(invoice, "held")
    note = credit_note(stage, allocatedInvoice=invoice["idn"])
    stage.until(lambda: waits(stage, note), "the credit note to wait")
    stage.act(note, "cancel")
    stage.until_state(note, "removed")


def test_an_invoice_that_is_cancelled_as_a_draft_holds_no_credit_note_up(stage: Stage) -> None:
    draft = stage.invoice(number="INV-11", lines=[PAPER])
    note = credit_note(stage, allocatedInvoice=draft["idn"])
    stage.until(lambda: waits(stage, note), "the credit note to wait")
    stage.settle()
    stage.act(draft, "cancel")
    stage.until_state(note, "synced")
    cancelled = stage.invoice(number="INV-12", lines=[PAPER])
    stage.act(cancelled, "cancel")
    stage.settle()
    second = credit_note(stage, number="CN-2", invoiceNumber="C-2", allocatedInvoice=cancelled["idn"])
    stage.until_state(second, "synced")


def test_credit_notes_are_left_alone_where_orders_are_sent(empty: Stage) -> None:
    empty.begin_connected(Policy(send="purchase_orders"))
    note = credit_note(empty)
    empty.settle()
    assert empty.record(note).state == "never"


def test_a_british_credit_note_gives_its_vat_back(empty: Stage) -> None:
    empty.begin_connected(None, *UK)
    empty.precoro.post("settings", credit_note_sign="negative")
    line = {"name": "Widgets", "quantity": 3, "price": "33.33", "taxes": ["VAT 20"], "account": "Office Stationery"}
    note = empty.approved(number="CN-GB1", supplier="Crown Stationers", creditNote=True, lines=[line])
    empty.settle()
    assert [problem.sentence for problem in empty.record(note).problems] == []
    [entity] = credits_in(empty, UK[0])
    assert (entity["TotalAmt"], entity["TxnTaxDetail"]["TotalTax"]) == (Decimal("119.99"), Decimal("20.00"))
    assert ties(empty)
