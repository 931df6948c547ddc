"""What a person typed in QuickBooks is adopted, or a document is sent beside it, and nothing is doubled by accident."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.stage import REALM, SPEED, Stage
from workers.documents import commands, views
from workers.errors import StandsAlreadyError
from workers.records.commands import send

A_MINUTE = 61 / SPEED
"""Precoro gives the same document once a minute."""
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def typed(stage: Stage, number: str, amount: int = 540) -> str:
    """Type a bill in QuickBooks as a person would; returns its id."""
    line = {"Amount": amount, "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}  # fmt: skip
    bill = {"VendorRef": {"value": "56"}, "DocNumber": number, "TxnDate": "2026-11-02", "Line": [line]}
    made: dict[str, Any] = stage.quickbooks.post(f"bill?realm={REALM}", **bill)
    return str(made["Id"])


def test_an_adopted_bill_is_ours_from_then_on(stage: Stage) -> None:
    bill_id = typed(stage, "S-450", 500)
    invoice = stage.approved(number="INV-450", invoiceNumber="S-450", lines=[PAPER])
    stage.until_state(invoice, "held")
    shown = views.document(stage.runtime, "INV-450")
    assert [problem.code for problem in shown.problems] == ["possible_duplicate"]
    assert shown.problems[0].remedy.acts[0].arguments == {"entity": bill_id}
    time.sleep(A_MINUTE)
    compared = commands.compare(stage.runtime, shown, bill_id)
    assert "its total is 500.00 instead of 540.00" in "; ".join(compared.differences)
    commands.adopt(stage.runtime, shown, bill_id, "ann")
    stage.until_state(invoice, "synced")
    [bill] = stage.bills()
    assert (bill["Id"], bill["TotalAmt"], bill["PrivateNote"].splitlines()[-1]) == (
        bill_id, 500, f"tieout:widgets-inc:invoice:{invoice['id']}",
    )  # fmt: skip
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")
    stage.settle()
    assert [bill["TotalAmt"] for bill in stage.bills()] == [594]


def test_another_bill_is_adopted_once_the_one_that_stands_is_deleted_and_not_before(stage: Stage) -> None:
    invoice = stage.approved(number="INV-452", invoiceNumber="S-452", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    ours, other = str(stage.record(invoice).qbo_id), typed(stage, "S-452")
    shown = views.document(stage.runtime, "INV-452")
    time.sleep(A_MINUTE)
    with pytest.raises(StandsAlreadyError, match=f"Bill {ours} in QuickBooks stands for INV-452 already"):
        commands.compare(stage.runtime, shown, other)
    stage.quickbooks.post(f"bill/{ours}?realm={REALM}", do="delete")
    stage.until_state(invoice, "held")
    time.sleep(A_MINUTE)
    assert commands.compare(stage.runtime, shown, other).is_possible
    commands.adopt(stage.runtime, shown, other, "ann")
    stage.until_state(invoice, "synced")
    assert stage.record(invoice).qbo_id == other


def test_figures_that_were_adopted_as_they_are_are_noted_and_may_be_overwritten_later(stage: Stage) -> None:
    bill_id = typed(stage, "S-451", 500)
    invoice = stage.approved(number="INV-451", invoiceNumber="S-451", lines=[PAPER])
    stage.until_state(invoice, "held")
    commands.adopt(stage.runtime, views.document(stage.runtime, "INV-451"), bill_id, "ann")
    stage.until_state(invoice, "synced")
    shown = views.document(stage.runtime, "INV-451")
    notes = {note.code: note.sentence for note in shown.notes}
    assert "its total is 500.00 instead of 540.00" in notes["adopted_as_it_is"]
    commands.overwrite(stage.runtime, shown, "ann")
    stage.until(lambda: stage.bills()[0]["TotalAmt"] == 540, "the figures of Precoro")
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_a_duplicate_that_a_person_insists_on_is_taken_by_quickbooks_too(stage: Stage) -> None:
    stage.quickbooks.post("settings", preferences={"OtherPrefs.WarnDuplicateBillNumber": True})
    typed(stage, "S-460", 500)
    invoice = stage.approved(number="INV-460", invoiceNumber="S-460", lines=[PAPER])
    stage.until_state(invoice, "held")
    send(stage.runtime, stage.record(invoice).id, "ann", ["possible_duplicate"])
    stage.until_state(invoice, "synced")
    assert len(stage.bills()) == 2
    [write] = [call for call in stage.quickbooks.get("requests") if call["method"] == "POST" and "bill" in call["path"]]
    assert "include=allowduplicatedocnum" in write["query"]
