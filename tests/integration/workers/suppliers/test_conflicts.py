"""What is asked about suppliers, and what a person's answer does; deactivation, currencies, shared and merged vendors."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from mappers.policy import dump_policy, load_policy
from mappers.suppliers.merge import Side
from store.companies import Connection
from store.history import ActionRow
from store.reference import Pair
from tests.integration.workers.suppliers.both_sides import (
    ACME,
    SLUG,
    VENDOR,
    change_supplier,
    change_vendor,
    in_step,
    record,
    state_of,
    supplier,
    vendor,
    writes,
)
from tests.stage import REALM, Stage
from workers.suppliers import commands as supplier_acts
from workers.suppliers import views


def set_policy(stage: Stage, **values: Any) -> None:
    with stage.runtime.write() as (session, _):
        connection = session.get_one(Connection, 1)
        connection.policy = dump_policy(replace(load_policy(connection.policy), **values))


def actions(stage: Stage, action: str) -> list[ActionRow]:
    with stage.runtime.read() as (session, _):
        return list(session.scalars(select(ActionRow).where(ActionRow.action == action)))


def pair_of(stage: Stage, key: str = ACME) -> str | None:
    with stage.runtime.read() as (session, _):
        return session.scalar(select(Pair.qbo_key).where(Pair.kind == "supplier", Pair.precoro_key == key))


def both_change_the_city(stage: Stage) -> None:
    """Let QuickBooks' change be known before Precoro's event comes."""
    in_step(stage)
    stage.precoro.post("webhooks", drop=1.0)
    change_supplier(stage, city="Dallas")
    time.sleep(1.1)  # both sides tell the time in whole seconds
    change_vendor(stage, BillAddr={**vendor(stage)["BillAddr"], "City": "Houston"})


def test_a_field_changed_on_both_sides_waits_for_an_answer_and_then_goes_out(stage: Stage) -> None:
    both_change_the_city(stage)
    stage.until(lambda: state_of(stage) == ("held", ["supplier_changed_on_both_sides"]), "the question")
    assert writes(stage) == []
    supplier_acts.answer(stage.runtime, SLUG, ACME, "city", "precoro", "ann")
    stage.until(lambda: vendor(stage)["BillAddr"].get("City") == "Dallas", "the answer to go out")
    stage.settle()
    assert state_of(stage) == ("synced", [])


def test_the_newest_change_wins_when_the_policy_says_so(stage: Stage) -> None:
    set_policy(stage, supplier_changed_on_both="newest")
    both_change_the_city(stage)
    stage.until(lambda: supplier(stage)["city"] == "Houston", "the newer one to win")
    stage.settle()
    assert state_of(stage) == ("synced", [])


@pytest.mark.parametrize("side", ["precoro", "quickbooks", "apart"])
def test_a_changed_account_number_is_asked_about_and_alarmed_and_goes_nowhere_by_itself(
    stage: Stage, side: Side
) -> None:
    in_step(stage)
    change_vendor(stage, AcctNum="DE89 3704")
    stage.until(lambda: state_of(stage) == ("held", ["payment_details_changed"]), "the question")
    assert supplier(stage)["accountNumber"] == "A-17"
    (alarm,) = actions(stage, "alarm")
    assert (alarm.subject, alarm.details["field"]) == (f"supplier:{ACME}", "account number")
    (held,) = views.held(stage.runtime, SLUG)
    assert [(question.precoro, question.quickbooks) for question in held.questions] == [("A-17", "DE89 3704")]
    supplier_acts.answer(stage.runtime, SLUG, ACME, "account_number", side, "ann")
    stage.until(lambda: state_of(stage) == ("synced", []), "the answer to be carried out")
    stage.settle()
    ours, theirs = supplier(stage)["accountNumber"], vendor(stage)["AcctNum"]
    expected = {"precoro": ("A-17", "A-17"), "quickbooks": ("DE89 3704",) * 2, "apart": ("A-17", "DE89 3704")}
    assert (ours, theirs) == expected[side]


def test_a_second_change_after_the_question_is_asked_about_anew(stage: Stage) -> None:
    in_step(stage)
    change_vendor(stage, AcctNum="FIRST")
    stage.until(lambda: state_of(stage)[0] == "held", "the question")
    change_vendor(stage, AcctNum="SECOND")
    stage.until(lambda: len(actions(stage, "alarm")) == 2, "the second alarm")
    assert supplier(stage)["accountNumber"] == "A-17"


def test_a_changed_e_mail_is_asked_about_and_several_become_contacts(stage: Stage) -> None:
    in_step(stage)
    change_vendor(stage, PrimaryEmailAddr={"Address": "ap@acme.example, pay@acme.example"})
    stage.until(lambda: state_of(stage) == ("held", ["payment_details_changed"]), "the question")
    supplier_acts.answer(stage.runtime, SLUG, ACME, "email", "quickbooks", "ann")
    stage.until(lambda: len(supplier(stage)["contacts"]) == 2, "the contact to be added")
    stage.settle()
    assert [contact["email"] for contact in supplier(stage)["contacts"]] == ["ap@acme.example", "pay@acme.example"]
    assert supplier(stage)["contacts"][0]["name"] == "Acme Supply accounts"


def test_contacts_that_precoro_does_not_take_are_noted_and_not_tried_for_ever(stage: Stage) -> None:
    stage.precoro.post("settings", form_lacks=["suppliers.contacts"])
    in_step(stage)
    change_vendor(stage, PrimaryEmailAddr={"Address": "ap@acme.example,pay@acme.example"})
    stage.until(lambda: state_of(stage)[0] == "held", "the question")
    supplier_acts.answer(stage.runtime, SLUG, ACME, "email", "quickbooks", "ann")
    stage.until(lambda: state_of(stage) == ("synced", []), "the answer to be carried out")
    stage.settle()
    stored = record(stage)
    assert stored is not None
    assert [note["code"] for note in stored.notes] == ["not_taken_by_precoro"]
    assert len(supplier(stage)["contacts"]) == 1


def test_a_supplier_made_inactive_makes_its_vendor_inactive_and_back(stage: Stage) -> None:
    in_step(stage)
    stage.precoro.post(f"suppliers/{ACME}", company=1, do="deactivate")
    stage.until(lambda: vendor(stage)["Active"] is False, "the vendor to follow")
    stage.settle()
    assert supplier(stage)["name"] == "Acme Supply"
    stage.precoro.post(f"suppliers/{ACME}", company=1, do="activate")
    stage.until(lambda: vendor(stage)["Active"] is True, "the vendor to come back")
    stage.settle()
    assert (vendor(stage)["DisplayName"], supplier(stage)["name"]) == ("Acme Supply", "Acme Supply")


def test_a_vendor_made_inactive_makes_its_supplier_inactive(stage: Stage) -> None:
    in_step(stage)
    stage.quickbooks.post(f"vendor/{VENDOR}?realm={REALM}", do="deactivate")
    stage.until(lambda: supplier(stage)["enable"] is False, "the supplier to follow")
    stage.settle()
    assert supplier(stage)["name"] == "Acme Supply"
    assert state_of(stage) == ("synced", [])


@pytest.mark.parametrize("side", ["precoro", "quickbooks"])
def test_a_deactivation_ends_the_pair_when_the_policy_says_so(stage: Stage, side: str) -> None:
    set_policy(stage, supplier_deactivated="unpair")
    in_step(stage)
    if side == "precoro":
        stage.precoro.post(f"suppliers/{ACME}", company=1, do="deactivate")
    else:
        stage.quickbooks.post(f"vendor/{VENDOR}?realm={REALM}", do="deactivate")
    stage.until(lambda: pair_of(stage) is None, "the pair to end")
    stage.settle()
    assert (vendor(stage)["Active"], supplier(stage)["enable"]) == (side == "precoro", side == "quickbooks")


def test_a_vendor_with_an_open_balance_that_cannot_be_made_inactive_is_told(stage: Stage) -> None:
    stage.approved(
        number="INV-700",
        invoiceNumber="S-700",
        lines=[{"name": "Pens", "quantity": 1, "price": "5.00", "account": "Office Supplies"}],
    )
    in_step(stage)
    stage.precoro.post(f"suppliers/{ACME}", company=1, do="deactivate")
    stage.until(lambda: state_of(stage) == ("held", ["refused_by_quickbooks"]), "the refusal")
    assert vendor(stage)["Active"] is True


def test_the_currency_of_a_paired_supplier_is_locked(stage: Stage) -> None:
    in_step(stage)
    change_supplier(stage, currencies=["EUR"])
    stage.until(lambda: state_of(stage) == ("held", ["supplier_currency_locked"]), "the lock")
    change_supplier(stage, currencies=["USD", "EUR"])
    stage.until(lambda: state_of(stage) == ("synced", []), "the lock to open")


def test_two_suppliers_of_one_vendor_do_not_overwrite_each_other(stage: Stage) -> None:
    in_step(stage)
    stage.quickbooks.post(f"vendor/57?realm={REALM}", do="merge", into=VENDOR)
    stage.until(lambda: pair_of(stage, "9002") == VENDOR, "the pair to move")
    stage.settle()
    before = vendor(stage)
    change_supplier(stage, "9002", phone="+1 512 555 3333", name="Allied Fasteners of Austin")
    stage.settle()
    assert vendor(stage) == before
    stored = record(stage, "9002")
    assert stored is not None
    assert [note["code"] for note in stored.notes] == ["vendor_shared"]


def test_a_bill_of_a_merged_vendor_is_not_taken_for_changed(stage: Stage) -> None:
    stage.quickbooks.post("vendor?realm=" + REALM, DisplayName="Acme Supply New")
    new = next(row["Id"] for row in stage.quickbooks.rows(REALM, "vendor") if row["DisplayName"] == "Acme Supply New")
    pens = {"name": "Pens", "quantity": 1, "price": "5.00", "account": "Office Supplies"}
    invoice = stage.approved(number="INV-701", invoiceNumber="S-701", lines=[pens])
    stage.until_state(invoice, "synced")
    stage.quickbooks.post(f"vendor/{VENDOR}?realm={REALM}", do="merge", into=new)
    stage.until(lambda: pair_of(stage) == new, "the pair to move")
    stage.act(invoice, "revise")
    stage.settle()
    stage.change(invoice, lines=[{**pens, "quantity": 2}])
    stage.act(invoice, "approve")
    stage.settle()
    stored = stage.record(invoice)
    assert (stored.state, stored.reason, [(problem.code, problem.sentence) for problem in stored.problems]) == (
        "synced",
        None,
        [],
    )
    (bill,) = stage.bills()
    assert (bill["VendorRef"]["value"], bill["TotalAmt"]) == (new, 10)
    assert stage.record(invoice).state == "synced"


def test_a_vendor_whose_address_became_bare_lines_is_understood(stage: Stage) -> None:
    in_step(stage)
    lines = {
        "Line1": "Acme Supply",
        "Line2": "1 Road St",
        "Line3": "Austin, TX 78701",
        "City": "",
        "PostalCode": "",
        "CountrySubDivisionCode": "",
        "Country": "",
    }
    change_vendor(stage, BillAddr=lines)
    stage.settle()
    assert supplier(stage)["legalAddress"] == "1 Road St"
    assert state_of(stage) == ("synced", [])
