"""What QuickBooks holds, and a database that was restored from a backup has forgotten: found again, never doubled, never left behind."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from store import records
from tests import rows
from tests.stage import REALM, Stage, house

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected()
        yield opened


def sent_and_forgotten(stage: Stage) -> dict[str, Any]:
    """Approve an invoice, and let its record be as it was before its bill was sent."""
    invoice = stage.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
    stage.settle()
    with stage.runtime.write() as (session, _):
        rows.forget_sending(session, stage.record(invoice).id)
    return invoice


def revise(stage: Stage, invoice: dict[str, Any]) -> None:
    """Revise an invoice to seven cartons."""
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 7}])
    stage.act(invoice, "approve")


def test_a_forgotten_bill_is_found_again(stage: Stage) -> None:
    invoice = sent_and_forgotten(stage)
    stage.act(invoice, "touch")
    stage.settle()
    [bill] = stage.bills()
    assert (stage.record(invoice).state, stage.record(invoice).qbo_id) == (records.SYNCED, bill["Id"])


def test_the_forgotten_bill_of_a_revised_invoice_gets_the_revision(stage: Stage) -> None:
    invoice = sent_and_forgotten(stage)
    revise(stage, invoice)
    stage.settle()
    [bill] = stage.bills()
    assert (bill["TotalAmt"], stage.record(invoice).qbo_id) == (Decimal("378.00"), bill["Id"])
    assert stage.record(invoice).state == records.SYNCED


@pytest.mark.parametrize("fault", ["reset", "drop_after_commit", "truncated", "500_after_commit", "stale"])
def test_the_revision_of_a_forgotten_bill_lands_once_though_its_answer_is_lost_or_refused(
    stage: Stage, fault: str
) -> None:
    invoice = sent_and_forgotten(stage)
    stage.quickbooks.post("faults", match={"method": "POST", "path": "/bill"}, fault=fault, times=1)
    revise(stage, invoice)
    stage.until_state(invoice, records.SYNCED)
    stage.settle()
    [bill] = stage.bills()
    assert (bill["TotalAmt"], bill["SyncToken"], stage.record(invoice).qbo_id) == (Decimal("378.00"), "1", bill["Id"])


def test_a_forgotten_bill_that_people_changed_is_held_when_its_invoice_is_revised(stage: Stage) -> None:
    invoice = sent_and_forgotten(stage)
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"DueDate": "2027-01-31"})
    revise(stage, invoice)
    stage.settle()
    assert [problem.code for problem in stage.record(invoice).problems] == ["already_in_quickbooks"]
    [bill] = stage.bills()
    assert bill["TotalAmt"] == Decimal("540.00")


def test_the_forgotten_bill_of_a_cancelled_invoice_is_removed(stage: Stage) -> None:
    invoice = sent_and_forgotten(stage)
    stage.act(invoice, "cancel")
    stage.settle()
    assert stage.bills() == []
    assert stage.record(invoice).state == records.REMOVED


def test_the_forgotten_bill_of_a_cancelled_invoice_stays_once_it_is_paid(stage: Stage) -> None:
    invoice = sent_and_forgotten(stage)
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="pay", amount=str(Decimal("10.00")))
    stage.act(invoice, "cancel")
    stage.settle()
    assert [problem.code for problem in stage.record(invoice).problems] == ["bill_locked"]
