"""What people change in QuickBooks is found from what is read anyway, shown field by field, and decided about."""

from __future__ import annotations

import copy
from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from mappers.policy import Policy
from settings import Settings
from store import drift
from store.companies import QboCompany
from tests.stage import REALM, Stage
from workers import catch_up
from workers.connections import settings
from workers.documents import commands, drift_views, views
from workers.documents.drift_views import DriftRow
from workers.errors import NoDriftError, NothingDiffersError
from workers.records import commands as record_commands
from workers.reference import company

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
DETAIL = "AccountBasedExpenseLineDetail"
SLUG = "widgets-inc"
Json = dict[str, Any]


@pytest.fixture
def sent(stage: Stage) -> Json:
    """Return an invoice that stands in QuickBooks as a bill of 540."""
    invoice = stage.approved(number="INV-800", invoiceNumber="S-800", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    return invoice


def edit(stage: Stage, **values: Any) -> None:
    """Change fields of the only bill as a person would."""
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set=values)


def line_with(stage: Stage, detail: Json | None = None, **values: Any) -> list[Json]:
    """Return the lines of the only bill with other values in the first."""
    lines: list[Json] = copy.deepcopy(stage.bills()[0]["Line"])
    lines[0] |= values
    lines[0][DETAIL] |= detail or {}
    return lines


def shown(stage: Stage) -> DriftRow | None:
    return views.document(stage.runtime, "INV-800").drift


def until_drift(stage: Stage) -> DriftRow:
    """Work until the change is found."""
    stage.until(lambda: shown(stage) is not None, "the drift")
    stage.settle()
    row = shown(stage)
    assert row is not None
    return row


def account_named(stage: Stage, name: str) -> str:
    accounts = stage.entities("account")
    return next(str(account["Id"]) for account in accounts if account["Name"] == name)


def test_a_line_amount_holds_the_document_and_is_shown_with_what_precoro_says(stage: Stage, sent: Json) -> None:
    edit(stage, Line=line_with(stage, Amount=480))
    row = until_drift(stage)
    assert (row.kind, row.state, row.standing, row.difference) == ("edited", "open", "held", Decimal(-60))
    shown_fields = {field.name: (field.sent, field.now, field.precoro, field.money) for field in row.fields}
    assert shown_fields == {
        "Total": ("540.00", "480.00", "540.00", True),
        "Amount of line 1": ("540.00", "480.00", "540.00", True),
    }
    assert row.changed_at is not None
    [problem] = stage.record(sent).problems
    assert problem.code == "changed_in_quickbooks"
    assert "Amount of line 1 from 540.00 to 480.00" in problem.sentence


def test_coding_is_reported_by_name_and_holds_nobody_up(stage: Stage, sent: Json) -> None:
    handled = stage.record(sent).handled_version
    other = account_named(stage, "Utilities")
    lines = line_with(stage, {"AccountRef": {"value": other}}, Description="Paper, white")
    edit(stage, Line=lines, DueDate="2026-12-24", PrivateNote="seen by Eva")
    row = until_drift(stage)
    assert (row.state, row.standing) == ("reported", "synced")
    shown_fields = {field.name: (field.sent, field.now) for field in row.fields}
    assert shown_fields["Account of line 1"] == ("Office Expenses:Office Supplies", "Utilities")
    assert shown_fields["Due date"] == ("2026-12-02", "2026-12-24")
    assert {"Memo", "Description of line 1"} <= shown_fields.keys()
    assert stage.record(sent).handled_version == handled


@pytest.mark.usefixtures("sent")
def test_one_call_finds_it_and_nothing_else_is_read(stage: Stage) -> None:
    edit(stage, DueDate="2026-12-24")
    stage.quickbooks.delete("requests")
    until_drift(stage)
    paths = [request["path"] for request in stage.quickbooks.get("requests")]
    assert paths
    assert all("/cdc" in path for path in paths), paths


@pytest.mark.parametrize("make", ["pay", "echo"])
def test_payments_and_our_own_writes_are_no_drift(stage: Stage, sent: Json, make: str) -> None:
    [bill] = stage.bills()
    if make == "pay":
        stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="pay", amount="100.00")
    else:
        stage.act(sent, "revise")
        stage.change(sent, lines=[{**PAPER, "quantity": 11}])
        stage.act(sent, "approve")
        stage.until(lambda: stage.bills()[0]["TotalAmt"] == 594, "the revision")
    stage.settle()
    catch_up.read_changes(stage.runtime, 1)
    assert shown(stage) is None


def test_what_is_put_back_as_it_was_ends_the_drift_and_lets_the_document_go_on(stage: Stage, sent: Json) -> None:
    edit(stage, Line=line_with(stage, Amount=480))
    until_drift(stage)
    edit(stage, Line=line_with(stage, Amount=540))
    stage.until_state(sent, "synced")
    stage.settle()
    assert shown(stage) is None


def test_what_is_accepted_stays_listed_and_a_later_change_is_a_new_one(stage: Stage, sent: Json) -> None:
    edit(stage, Line=line_with(stage, Amount=480))
    until_drift(stage)
    commands.keep(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")
    stage.until_state(sent, "synced")
    stage.settle()
    row = shown(stage)
    assert row is not None
    assert (row.state, row.decided_by) == ("accepted", "ann")
    edit(stage, DueDate="2026-12-24")
    stage.until(lambda: len((shown(stage) or row).fields) == 3, "the second change")
    stage.settle()
    states = {field.name: field.state for field in until_drift(stage).fields}
    assert states == {"Total": "accepted", "Amount of line 1": "accepted", "Due date": "reported"}
    assert stage.record(sent).state == "synced"
    edit(stage, Line=line_with(stage, Amount=470))
    stage.until_state(sent, "held")
    assert until_drift(stage).state == "open"


def test_coding_is_accepted_without_a_call(stage: Stage, sent: Json) -> None:
    edit(stage, DueDate="2026-12-24")
    until_drift(stage)
    handled = stage.record(sent).handled_version
    commands.keep(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")
    stage.settle()
    assert until_drift(stage).state == "accepted"
    assert stage.record(sent).handled_version == handled
    assert {state: weight.number for state, weight in drift_views.weights(stage.runtime).items()} == {"accepted": 1}


def test_what_is_restored_is_as_precoro_says_coding_too(stage: Stage, sent: Json) -> None:
    [before] = stage.bills()
    other = account_named(stage, "Utilities")
    edit(stage, Line=line_with(stage, {"AccountRef": {"value": other}}, Amount=480), DueDate="2026-12-24")
    until_drift(stage)
    commands.overwrite(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")
    stage.until_state(sent, "synced")
    stage.settle()
    [after] = stage.bills()
    assert (after["TotalAmt"], after["DueDate"]) == (540, before["DueDate"])
    assert after["Line"][0][DETAIL]["AccountRef"]["value"] == before["Line"][0][DETAIL]["AccountRef"]["value"]
    row = until_drift(stage)
    assert (row.state, {field.state for field in row.fields}) == ("restored", {"restored"})
    with pytest.raises(NothingDiffersError):
        commands.overwrite(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")


def test_nothing_is_restored_in_a_closed_period(stage: Stage, sent: Json) -> None:
    edit(stage, DueDate="2026-12-24")
    until_drift(stage)
    closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-11-30"}}
    stage.quickbooks.post(f"preferences/1?realm={REALM}", set=closed)
    company.refresh(stage.runtime, 1)
    commands.overwrite(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")
    stage.until_state(sent, "held")
    assert [problem.code for problem in stage.record(sent).problems] == ["stands_in_closed_period"]
    assert stage.bills()[0]["DueDate"] == "2026-12-24"


def test_settings_restore_by_themselves_what_people_may_not_change(stage: Stage, sent: Json) -> None:
    settings.change(stage.runtime, SLUG, {"changed_fields": {"account": "restore", "due_date": "hold"}}, "ann")
    [before] = stage.bills()
    edit(stage, Line=line_with(stage, {"AccountRef": {"value": account_named(stage, "Utilities")}}))
    stage.until(lambda: (shown(stage) or until_drift(stage)).state == "restored", "the account to be restored")
    stage.settle()
    [after] = stage.bills()
    assert after["Line"][0][DETAIL]["AccountRef"]["value"] == before["Line"][0][DETAIL]["AccountRef"]["value"]
    edit(stage, DueDate="2026-12-24")
    stage.until_state(sent, "held")


def test_other_settings_decide_anew_about_what_waits(stage: Stage, sent: Json) -> None:
    edit(stage, Line=line_with(stage, Amount=480))
    until_drift(stage)
    settings.change(stage.runtime, SLUG, {"changed_fields": {"amounts": "report"}}, "ann")
    stage.until_state(sent, "synced")
    assert until_drift(stage).state == "reported"


def test_a_deletion_is_told_and_what_is_created_again_is_checked_like_a_first_one(stage: Stage, sent: Json) -> None:
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    row = until_drift(stage)
    assert (row.kind, row.state, row.standing) == ("deleted", "open", "held")
    assert row.total_now == 0
    detail = views.document(stage.runtime, "INV-800")
    with pytest.raises(NothingDiffersError):
        commands.keep(stage.runtime, detail, "ann")
    commands.create_again(stage.runtime, detail, "ann")
    stage.until_state(sent, "synced")
    stage.settle()
    assert len(stage.bills()) == 1
    assert until_drift(stage).state == "restored"
    with pytest.raises(NoDriftError):
        commands.create_again(stage.runtime, views.document(stage.runtime, "INV-800"), "ann")


@pytest.mark.usefixtures("sent")
def test_a_change_whose_event_is_lost_is_found_by_the_next_look(stage: Stage) -> None:
    stage.quickbooks.post("webhooks", url="")
    edit(stage, Line=line_with(stage, Amount=480))
    stage.settle()
    assert shown(stage) is None
    with stage.runtime.write() as (session, _):
        session.get_one(QboCompany, 1).changes_read_at = None  # an hour later
    assert until_drift(stage).state == "open"


def test_an_ignored_document_has_its_drift_ignored(stage: Stage, sent: Json) -> None:

    edit(stage, Line=line_with(stage, Amount=480))
    until_drift(stage)
    record_commands.ignore(stage.runtime, stage.record(sent).id, "ann")
    row = shown(stage)
    assert row is not None
    assert (row.state, row.decided_by) == (drift.IGNORED, "ann")


def test_an_order_that_people_close_is_told_and_opened_again_when_it_is_restored(empty: Stage) -> None:
    empty.begin_connected(Policy(send="both"))
    lines = [{"name": "Copy paper", "quantity": 10, "price": "12.35", "account": "Office Supplies"}]
    order = empty.precoro.post("purchaseorders", company=1, supplier="Acme Supply", number="PO-1", lines=lines)
    empty.act(order, "approve", "purchaseorders")
    empty.until_state(order, "synced")
    empty.settle()
    [entity] = empty.entities("purchaseorder")
    empty.quickbooks.post(f"purchaseorder/{entity['Id']}?realm={REALM}", set={"POStatus": "Closed"})
    empty.until(lambda: views.document(empty.runtime, "PO-1").drift is not None, "the drift")
    empty.settle()
    detail = views.document(empty.runtime, "PO-1")
    assert detail.drift is not None
    assert (detail.drift.kind, detail.drift.state, detail.state) == ("closed", "reported", "synced")
    commands.overwrite(empty.runtime, detail, "ann")
    empty.until(lambda: empty.entities("purchaseorder")[0]["POStatus"] == "Open", "the order to be opened")


def test_a_vendor_credit_that_people_changed_is_held(stage: Stage) -> None:
    form = {"number": "INV-800", "invoiceNumber": "C-1", "creditNote": True, "lines": [PAPER]}
    note = stage.approved(**form)
    stage.until_state(note, "synced")
    stage.settle()
    [entity] = stage.entities("vendorcredit")
    lines = copy.deepcopy(entity["Line"])
    lines[0]["Amount"] = 500
    stage.quickbooks.post(f"vendorcredit/{entity['Id']}?realm={REALM}", set={"Line": lines, "TxnDate": "2026-11-03"})
    stage.until_state(note, "held")
    stage.settle()
    assert {field.name for field in until_drift(stage).fields} == {"Total", "Amount of line 1", "Date"}


def test_what_was_left_out_and_is_taken_up_again_is_to_be_decided_anew(stage: Stage, sent: Json) -> None:
    edit(stage, Line=line_with(stage, Amount=480))
    until_drift(stage)
    record_id = stage.record(sent).id
    record_commands.ignore(stage.runtime, record_id, "ann")
    record_commands.send(stage.runtime, record_id, "ann")
    stage.until_state(sent, "held")
    assert until_drift(stage).state == "open"


def test_changes_are_read_often_enough_to_see_a_deletion_within_two_minutes_of_its_event() -> None:
    seconds: dict[str, Any] = {field.name: field.default for field in fields(Settings)}
    assert seconds["changes_every"] + 2 * seconds["clock_tick"] < 120


def test_what_was_deleted_and_is_cancelled_in_precoro_has_nothing_left_to_decide(stage: Stage, sent: Json) -> None:
    [bill] = stage.bills()
    stage.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    until_drift(stage)
    stage.act(sent, "cancel")
    stage.until_state(sent, "removed")
    assert shown(stage) is None
