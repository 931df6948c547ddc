"""Going live from the command line: the checklist, the preview, the question, and the event that is waited for."""

from __future__ import annotations

import threading

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.stage import Stage

SLUG = "widgets-inc"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}


@pytest.fixture
def connected(empty_stage: Stage) -> Stage:
    """Return a house that is connected and not live."""
    empty_stage.begin_connected(live=False)
    return empty_stage


def test_check_lists_every_step_with_its_command_and_what_waits(connected: Stage, tieout: Tieout) -> None:
    done = tieout("connections", "check", "--json")
    assert done.exit_code == 1
    steps = {step["name"]: step for step in simplejson.loads(done.stdout)["steps"]}
    assert {name: step["state"] for name, step in steps.items()} == {
        "connected": "done", "event received": "open", "suppliers": "optional", "lists": "done",
        "default accounts": "open", "products": "done", "what to send": "done", "taxes": "optional",
    }  # fmt: skip
    assert steps["default accounts"]["command"] == f"tieout settings set {SLUG} default_line_account=ACCOUNT"
    assert steps["event received"]["command"] == f"tieout connections test {SLUG}"
    tieout("settings", "set", "default_line_account=Office Supplies")
    connected.approved(number="INV-520", invoiceNumber="S-520", lines=[PAPER])
    connected.settle()
    again = tieout("connections", "check")
    assert again.exit_code == 0, again.output
    assert "Precoro was last heard" in again.stdout


def test_go_live_shows_what_it_does_asks_and_sends(connected: Stage, tieout: Tieout) -> None:
    sent = connected.approved(number="INV-521", invoiceNumber="S-521", lines=[PAPER])
    connected.approved(number="INV-522", supplier="Evergreen Catering", lines=[LUNCH])
    connected.settle()
    day = sent["approvalDate"][:10]
    tried = tieout("connections", "go-live", "--from", day, "--dry-run")
    assert "1 document USD 540.00" in tried.stdout
    assert "Supplier Evergreen Catering is not paired" in tried.stdout
    refused = tieout("connections", "go-live", "--from", day, input="n\n")
    assert "Nothing was changed" in refused.stderr
    assert connected.bills() == []
    done = tieout("connections", "go-live", SLUG, "--from", day, "--yes")
    assert done.exit_code == 0, done.output
    connected.settle()
    assert connected.record(sent).state == "synced"
    again = tieout("connections", "go-live", "--yes")
    assert (again.exit_code, "has been live since" in again.stderr) == (1, True)


@pytest.mark.usefixtures("connected")
def test_a_program_must_say_yes(tieout: Tieout) -> None:
    assert simplejson.loads(tieout("connections", "go-live", "--json").stdout)["live"] is False
    assert simplejson.loads(tieout("connections", "go-live", "--json", "--yes").stdout)["live"] is True


def test_test_waits_for_an_event_and_says_what_to_do_when_none_comes(connected: Stage, tieout: Tieout) -> None:
    silent = tieout("connections", "test", "--wait", "0")
    assert silent.exit_code == 1
    assert "Configuration, Integrations, Webhooks" in silent.stderr
    saving = threading.Timer(0.3, connected.invoice, kwargs={"number": "INV-523", "lines": [PAPER]})
    saving.start()
    done = tieout("connections", "test", "--wait", "20")
    saving.join()
    assert (done.exit_code, "Precoro was heard at" in done.stderr) == (0, True)


def test_documents_of_a_kind_that_is_chosen_before_going_live_wait_like_all_others(
    connected: Stage, tieout: Tieout
) -> None:
    order = connected.precoro.post("purchaseorders", company=1, supplier="Acme Supply", number="PO-57", lines=[PAPER])
    connected.act(order, "approve", "purchaseorders")
    connected.settle()
    assert connected.record(order).reason == "This connection sends invoices only."
    changed = tieout("settings", "set", "send=both")
    assert "1 waiting document is looked at again" in changed.output
    connected.settle()
    assert connected.record(order).state == "ready"
    assert "PO-57" in tieout("documents", "preview").stdout
