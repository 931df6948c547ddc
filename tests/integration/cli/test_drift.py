"""`tieout drift`: what was changed in QuickBooks, field by field, and each decision about it."""

from __future__ import annotations

from typing import Any

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.integration.workers.documents.test_drift import PAPER, edit, line_with
from tests.stage import REALM, Stage

Json = dict[str, Any]


@pytest.fixture
def changed(stage: Stage, tieout: Tieout) -> Json:
    """Return an invoice whose bill people made cheaper."""
    invoice = stage.approved(number="INV-800", invoiceNumber="S-800", lines=[PAPER])
    stage.until_state(invoice, "synced")
    edit(stage, Line=line_with(stage, Amount=480), DueDate="2026-12-24")
    stage.until(lambda: listed(tieout), "the drift")
    stage.settle()
    return invoice


def listed(tieout: Tieout, *options: str) -> list[Json]:
    """Return what the list shows."""
    rows: list[Json] = simplejson.loads(tieout("drift", "list", *options, "--json").stdout)
    return rows


def test_it_is_listed_by_connection_and_state_and_shown_field_by_field(changed: Json, tieout: Tieout) -> None:
    [row] = listed(tieout, "widgets-inc", "--state", "open")
    assert (row["document"], row["difference"]) == (f"invoice:{changed['idn']}", "-60.00")
    assert listed(tieout, "--state", "accepted") == []
    table = tieout("drift", "list").stdout
    assert "USD -60.00" in table
    shown = tieout("drift", "show", "INV-800")
    assert shown.exit_code == 0
    figures, coding = shown.stdout.index("Amount of line 1"), shown.stdout.index("Due date")
    assert figures < coding
    assert simplejson.loads(tieout("drift", "show", "INV-800", "--json").stdout)["state"] == "open"
    assert "Amount of line 1" in tieout("documents", "show", "INV-800").stdout
    document = simplejson.loads(tieout("documents", "show", "INV-800", "--json").stdout)
    assert document["drift"]["kind"] == "edited"


@pytest.mark.parametrize(("command", "total", "state"), [("accept", 480, "accepted"), ("restore", 540, "restored")])
def test_a_decision_is_carried_out(
    stage: Stage, changed: Json, tieout: Tieout, command: str, total: int, state: str
) -> None:
    assert tieout("drift", command, "INV-800").exit_code == 0
    stage.until_state(changed, "synced")
    stage.settle()
    assert [row["state"] for row in listed(tieout)] == [state]
    assert stage.bills()[0]["TotalAmt"] == total
    assert "In each state" in tieout("drift", "list").stderr


def test_what_was_deleted_is_created_again_and_nothing_else_is(stage: Stage, changed: Json, tieout: Tieout) -> None:
    assert tieout("drift", "create-again", "INV-800").exit_code == 1
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    stage.until(lambda: listed(tieout)[0]["kind"] == "deleted", "the deletion")
    stage.settle()
    assert tieout("drift", "accept", "INV-800").exit_code == 1
    assert tieout("drift", "create-again", "INV-800").exit_code == 0
    stage.until_state(changed, "synced")
    assert len(stage.bills()) == 1


def test_a_document_is_ignored_and_one_without_a_change_says_so(stage: Stage, changed: Json, tieout: Tieout) -> None:
    assert tieout("drift", "ignore", "INV-800", "--why", "agreed").exit_code == 0
    assert stage.record(changed).state == "never"
    assert [row["state"] for row in listed(tieout)] == ["ignored"]
    other = stage.approved(number="INV-801", invoiceNumber="S-801", lines=[PAPER])
    stage.until_state(other, "synced")
    assert tieout("drift", "show", "INV-801").exit_code == 1
