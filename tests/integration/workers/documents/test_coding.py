"""What was sent outlives new defaults, whatever a revision changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.stage import REALM, Stage
from workers.connections import settings as connection_settings

LAMP = {"name": "Lamp", "quantity": 1, "price": "76.10"}


def account_of(bill: dict[str, Any]) -> str:
    """Return the account of the only line of a bill."""
    account: str = bill["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]
    return account


def set_default(stage: Stage, account: str) -> None:
    connection_settings.change(stage.runtime, "widgets-inc", {"default_line_account": account}, "ann")


def revise(stage: Stage, invoice: dict[str, Any], quantity: int) -> None:
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**LAMP, "quantity": quantity}])
    stage.act(invoice, "approve")
    stage.until(lambda: stage.bills()[0]["TotalAmt"] == quantity * Decimal("76.10"), "the revision")


def test_a_revision_keeps_the_default_account_it_was_sent_with_until_that_is_inactive(stage: Stage) -> None:
    set_default(stage, "Office Supplies")
    invoice = stage.approved(number="INV-1", invoiceNumber="S-1", lines=[LAMP])
    stage.until_state(invoice, "synced")
    old = account_of(stage.bills()[0])
    set_default(stage, "Travel")
    revise(stage, invoice, 2)
    assert account_of(stage.bills()[0]) == old
    stage.quickbooks.post(f"account/{old}?realm={REALM}", set={"Active": False})
    stage.settle()
    revise(stage, invoice, 3)
    assert account_of(stage.bills()[0]) != old
