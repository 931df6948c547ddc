"""Settings from the command line: what is offered, what a change does and to which documents, and who made it."""

from __future__ import annotations

from typing import Any

import pytest
import simplejson

from tests.integration.cli.conftest import Tieout
from tests.integration.workers.documents.test_orders_and_abroad import UK
from tests.stage import Stage

SLUG = "widgets-inc"
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}


def stands(tieout: Tieout) -> dict[str, dict[str, Any]]:
    return {row["setting"]: row for row in simplejson.loads(tieout("settings", "show", "--json").stdout)}


def reads(stage: Stage, document: dict[str, Any]) -> int:
    path = f"/invoices/{document['idn']}"
    return sum(1 for request in stage.precoro.get("requests") if request["method"] == "GET" and request["path"] == path)


@pytest.mark.usefixtures("stage")
def test_settings_are_changed_by_name_shown_from_what_to_what_and_wrong_ones_are_named(tieout: Tieout) -> None:
    done = tieout(
        "settings", "set", SLUG, "closed_period=first_open_day", "write_back=off", "default_line_account=Rent or Lease"
    )
    assert done.exit_code == 0, done.output
    assert ["closed_period", "hold", "first_open_day"] in [line.split() for line in done.stdout.splitlines()]
    shown = stands(tieout)
    assert (shown["closed_period"]["value"], shown["write_back"]["value"]) == ("first_open_day", False)
    assert shown["default_line_account"]["shown"].startswith("Rent or Lease (id ")
    for wrong in ("closed_period=never", "no_such=1", "automatic"):
        refused = tieout("settings", "set", SLUG, wrong)
        assert (refused.exit_code, wrong.partition("=")[0] in refused.stderr) == (2, True), wrong


@pytest.mark.usefixtures("stage")
def test_a_setting_that_is_wrong_is_refused_in_sentences(tieout: Tieout) -> None:
    refused = tieout("settings", "set", SLUG, "sent=both")
    assert "Error: sent: There is no such setting. See docs/reference/connection-settings.md" in refused.stderr


@pytest.mark.usefixtures("stage")
def test_what_is_not_offered_is_refused_with_the_sentence_that_show_prints(tieout: Tieout) -> None:
    refused = tieout("settings", "set", "payable_accounts=EUR:33")
    assert refused.exit_code == 1
    assert "works in USD only" in refused.stderr
    assert "works in USD only" in tieout("settings", "show").stdout
    assert stands(tieout)["payable_accounts"]["value"] == {"USD": "33"}


def test_a_change_looks_again_at_exactly_the_documents_that_waited_for_it(stage: Stage, tieout: Tieout) -> None:
    tieout("settings", "set", "default_line_account=")
    waits = stage.approved(number="INV-401", invoiceNumber="S-401", lines=[{**LUNCH, "account": None}])
    other = stage.approved(number="INV-402", supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    assert (stage.record(waits).state, stage.record(other).state) == ("held", "held")
    read = reads(stage, other)
    tried = tieout("settings", "set", "default_line_account=Office Supplies", "--dry-run")
    assert f"1 waiting document would be looked at again: invoice:{waits['idn']}" in tried.stderr
    assert stands(tieout)["default_line_account"]["value"] is None
    done = tieout("settings", "set", "default_line_account=Office Supplies", "--json")
    assert simplejson.loads(done.stdout)["waiting"] == [f"invoice:{waits['idn']}"]
    stage.settle()
    assert (stage.record(waits).state, stage.record(other).state) == ("synced", "held")
    assert reads(stage, other) == read


def test_a_setting_that_helps_nobody_makes_nothing_due(stage: Stage, tieout: Tieout) -> None:
    stage.approved(number="INV-205", supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    done = tieout("settings", "set", "bill_number=precoro")
    assert "0 waiting documents are looked at again" in done.stderr
    assert [record.requested_version - record.handled_version for record in stage.records()] == [0]


def test_sending_automatically_takes_up_what_was_ready(stage: Stage, tieout: Tieout) -> None:
    tieout("settings", "set", "automatic=off")
    invoice = stage.approved(number="INV-209", lines=[LUNCH])
    stage.settle()
    assert stage.record(invoice).state == "ready"
    tieout("settings", "set", "automatic=on")
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_pending_documents_are_taken_up_when_they_are_sent_too(stage: Stage, tieout: Tieout) -> None:
    invoice = stage.act(stage.invoice(number="INV-210", lines=[LUNCH]), "submit")
    stage.settle()
    assert stage.record(invoice).state == "open"
    tieout("settings", "set", "pending_too=on")
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_settings_are_copied_and_what_the_other_company_cannot_have_is_left_out_and_told(
    empty_stage: Stage, tieout: Tieout
) -> None:
    empty_stage.connect()
    empty_stage.connect(realm=UK[0], email=UK[1], key=UK[2], slug="leeds")
    tieout(
        "settings",
        "set",
        "leeds",
        "exchange_rate=precoro",
        "bill_number=precoro",
        "default_line_account=Telephone and Broadband",
    )
    done = simplejson.loads(tieout("settings", "copy", "leeds", SLUG, "--json").stdout)
    assert done["changes"] == [{"setting": "bill_number", "from": "supplier", "to": "precoro"}]
    assert "works in USD only" in done["left_out"]["exchange_rate"]
    assert "mean nothing in another company" in done["left_out"]["default_line_account"]
    again = tieout("settings", "copy", "leeds", SLUG)
    assert "has these settings already" in again.stderr


@pytest.mark.usefixtures("stage")
def test_what_becomes_of_changed_fields_is_chosen_group_by_group(tieout: Tieout) -> None:
    for change in ("changed_fields=account:restore", "changed_fields=number:accept"):
        assert tieout("settings", "set", SLUG, change).exit_code == 0
    assert stands(tieout)["changed_fields"]["value"] == {"account": "restore", "number": "accept"}
    assert "account restore, number accept" in tieout("settings", "show").stdout
    for wrong in ("changed_fields=total:hold", "changed_fields=account:delete"):
        refused = tieout("settings", "set", SLUG, wrong)
        assert (refused.exit_code, "changed_fields" in refused.stderr) == (2, True), refused.output


@pytest.mark.usefixtures("stage")
def test_the_entries_that_a_setting_may_name_are_listed(tieout: Tieout) -> None:
    assert "Office Supplies" in tieout("settings", "entries", "default_line_account").stdout
    payable = simplejson.loads(tieout("settings", "entries", "payable_accounts:USD", "--json").stdout)
    assert [entry["id"] for entry in payable] == ["33"]
    refused = tieout("settings", "entries", "closed_period")
    assert (refused.exit_code, "default_line_account" in refused.stderr) == (2, True)
