"""A company that another integration served before: what stands in QuickBooks is taken over, and never sent again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from store import intents
from store.records import Record
from store.tasks import APPLIED, CANCELLED, PLANNED, SKIPPED, Change
from tests.integration.workers import long_actions
from tests.stage import REALM, Stage, house
from workers.connections import go_live
from workers.documents import adopt_all
from workers.documents.adopt_all import READ, TAKE_OVER
from workers.documents.preview import waiting_documents
from workers.errors import UnderWayError
from workers.tasks import commands as task_commands

SLUG = "widgets-inc"
GROWN = {"size": {"suppliers": 40, "documents": 60, "booked": 0.8}, "random": 4}
EARLY = datetime(2020, 1, 1, tzinfo=UTC)
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
TWINS = ("bill", "vendorcredit", "purchaseorder")


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected."""
    with house(tmp_path, redis_url) as opened:
        yield opened


@pytest.fixture
def served_before(stage: Stage) -> Stage:
    """Return a house whose company has 60 documents, most of which another integration has sent."""
    stage.begin_connected(Policy(send="both"), live=False, seed=GROWN)
    long_actions.run(stage, SLUG, "suppliers sync")
    return stage


@pytest.fixture
def live(stage: Stage) -> Stage:
    """Return a house that is connected and live."""
    stage.begin_connected(Policy(send="both"))
    return stage


def adopt(stage: Stage) -> list[Change]:
    return long_actions.run(stage, SLUG, adopt_all.NAME)


def planned(stage: Stage) -> int:
    """Plan to adopt; returns the task."""
    task_id = task_commands.start(stage.runtime, SLUG, adopt_all.NAME, {}, "ann")
    stage.until(lambda: long_actions.task(stage, task_id).state == PLANNED, "the plan")
    return task_id


def entered(stage: Stage, number: str, **more: Any) -> dict[str, Any]:
    """Enter a bill of 540.00 in QuickBooks, as the integration before did."""
    account = {"AccountRef": {"value": "42"}}
    line = {"Amount": 540, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": account}
    form = {"VendorRef": {"value": "56"}, "TxnDate": "2026-11-02", "DocNumber": number, "Line": [line]}
    bill: dict[str, Any] = stage.quickbooks.post(f"bill?realm={REALM}", **form | more)
    return bill


def sent_before(stage: Stage, number: str, bill: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Approve an invoice without an event, that names its bill."""
    stage.precoro.post("webhooks", drop=1.0)
    invoice = stage.approved(number=number, invoiceNumber=f"S-{number}", lines=[PAPER], qboId=bill["Id"], **more)
    stage.precoro.post("webhooks", drop=0.0)
    return invoice


def twins(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    return {name: stage.entities(name) for name in TWINS}


def documents(stage: Stage) -> list[dict[str, Any]]:
    return [*stage.precoro.rows("1", "invoices"), *stage.precoro.rows("1", "purchaseorders")]


def writes(control: Any) -> list[str]:
    return [f"{call['method']} {call['path']}" for call in control.get("requests") if call["method"] != "GET"]


def test_a_company_is_taken_over_for_a_call_each_200_rows_and_only_the_rest_is_sent(served_before: Stage) -> None:
    stage, before = served_before, twins(served_before)
    for service in (stage.precoro, stage.quickbooks):
        service.delete("requests")
    rows = adopt(stage)
    stage.settle()
    booked = [document for document in documents(stage) if document["qboId"]]
    assert Counter(row.what for row in rows)[TAKE_OVER] + Counter(row.what for row in rows)[READ] == len(booked) > 40
    lists = [call for call in stage.precoro.get("requests") if "modifiedSince=2000" in call["query"]]
    lookups = [call for call in stage.quickbooks.get("requests") if call["path"].endswith("/query")]
    assert (len(lists), len(lookups)) == (2, 4)
    assert (writes(stage.precoro), writes(stage.quickbooks)) == ([], [])
    assert {record.precoro_id for record in stage.records() if record.state == "synced"} == {
        str(document["id"]) for document in booked
    }
    go_live.backfill(stage.runtime, SLUG, EARLY)
    stage.settle()
    waiting = {row.number for row in waiting_documents(stage.runtime, since=EARLY)}
    assert len(waiting) == len(documents(stage)) - len(booked)
    go_live.go_live(stage.runtime, SLUG, "ann", EARLY)
    stage.settle()
    after = twins(stage)
    assert sum(map(len, after.values())) == sum(map(len, before.values())) + len(waiting)
    assert all(entity in after[name] for name, entities in before.items() for entity in entities)
    assert Counter(Decimal(str(document["sum"])) for document in documents(stage)) == Counter(
        Decimal(str(entity["TotalAmt"])) for entities in after.values() for entity in entities
    )


def test_more_entities_are_looked_up_than_quickbooks_answers_with_unless_told(stage: Stage) -> None:
    for service in (stage.precoro, stage.quickbooks):
        service.post("reset", seed={"size": {"suppliers": 40, "documents": 250}, "random": 4})
    stage.connect(Policy(send="both"), live=False)
    long_actions.run(stage, SLUG, "suppliers sync")
    rows = adopt(stage)
    assert len(stage.bills()) > 100
    assert Counter(row.state for row in rows) == {APPLIED: 250}


def test_what_is_taken_over_is_revised_in_its_place_and_removed(live: Stage) -> None:
    bill = entered(live, "S-INV-1")
    invoice = sent_before(live, "INV-1", bill)
    [row] = adopt(live)
    assert (row.what, row.outcome) == (TAKE_OVER, f"INV-1 of Acme Supply, USD 540.00, is Bill {bill['Id']}.")
    live.settle()
    assert live.states_of(invoice) == ["synced"]
    live.act(invoice, "revise")
    live.change(invoice, lines=[{**PAPER, "quantity": 12}])
    live.act(invoice, "approve")
    live.until(lambda: live.bills()[0]["TotalAmt"] == 648, "the revision")
    [revised] = live.bills()
    assert (revised["Id"], revised["Line"][0]["Id"]) == (bill["Id"], bill["Line"][0]["Id"])
    assert f"tieout:{SLUG}:invoice:{invoice['id']}" in revised["PrivateNote"]
    live.act(invoice, "cancel")
    live.until_state(invoice, "removed")
    assert live.bills() == []


def test_a_new_approval_of_the_same_changes_nothing_and_gives_later_revisions_their_base(live: Stage) -> None:
    """What people changed in QuickBooks since stays when Precoro changes something else."""
    bill = entered(live, "S-INV-1")
    invoice = sent_before(live, "INV-1", bill)
    adopt(live)
    live.change(invoice, note="seen")
    live.settle()
    coded = {**bill["Line"][0], "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "43"}}}
    live.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"Line": [coded]})
    live.act(invoice, "revise")
    live.change(invoice, lines=[{**PAPER, "quantity": 12}])
    live.act(invoice, "approve")
    live.until(lambda: live.bills()[0]["TotalAmt"] == 648, "the revision")
    assert live.bills()[0]["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "43"


def test_every_doubt_leaves_a_document_alone_and_is_said(live: Stage) -> None:
    other_total, other_vendor = entered(live, "A", Line=bill_line(500)), entered(live, "B", VendorRef={"value": "57"})
    twice, marked = entered(live, "C"), entered(live, "D", PrivateNote="tieout:elsewhere:invoice:77")
    cancelled = entered(live, "E")
    sent_before(live, "INV-1", other_total)
    sent_before(live, "INV-2", other_vendor)
    sent_before(live, "INV-3", twice)
    sent_before(live, "INV-4", twice)
    sent_before(live, "INV-5", marked)
    sent_before(live, "INV-6", {"Id": "99999"})
    live.precoro.post("webhooks", drop=1.0)
    live.act(sent_before(live, "INV-7", cancelled), "cancel")
    sent_before(live, "INV-8", entered(live, "F"), supplier="Evergreen Catering")
    before = twins(live)
    doubts = {row.sentence.partition(" ")[0]: row.sentence.partition(": ")[2] for row in adopt(live)}
    assert doubts == {
        "INV-1": "its total is 500.00 instead of 540.00.",
        "INV-2": "its vendor is Allied Fasteners, not the one that the supplier is paired with.",
        "INV-3": "another document names it, too.",
        "INV-4": "another document names it, too.",
        "INV-5": "it carries the marker of another document, tieout:elsewhere:invoice:77.",
        "INV-6": "nothing stands there any more.",
        "INV-7": "it is cancelled in Precoro.",
        "INV-8": "supplier Evergreen Catering is not paired with a vendor.",
    }
    assert twins(live) == before


def bill_line(amount: int) -> list[dict[str, Any]]:
    detail = {"AccountRef": {"value": "42"}}
    return [{"Amount": amount, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}]


def test_a_row_that_shows_too_little_to_be_compared_is_said(live: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_before(live, "INV-1", entered(live, "S-INV-1"))
    monkeypatch.setattr(adopt_all, "SHOWN", [name for name in adopt_all.SHOWN if name != "sum"])
    assert [(row.what, row.sentence) for row in adopt(live)] == [
        ("problem", "INV-1 cannot be compared: the list of Precoro shows too little of it. Adopt it by hand.")
    ]


def test_an_order_that_is_taken_over_gets_bills_linked_to_its_lines(live: Stage) -> None:
    detail = {"ItemRef": {"value": "11"}, "AccountRef": {"value": "42"}}
    form = {"VendorRef": {"value": "56"}, "TxnDate": "2026-10-30", "DocNumber": "PO-57", "Line": bill_line(540)}
    entity = live.quickbooks.post(f"purchaseorder?realm={REALM}", APAccountRef={"value": "33"}, **form)
    live.precoro.post("webhooks", drop=1.0)
    described = {"supplier": "Acme Supply", "number": "PO-57", "createDate": "2026-10-30", "requiredDate": "2026-12-02"}
    order = live.precoro.post("purchaseorders", company=1, qboId=entity["Id"], lines=[PAPER], **described)
    order = live.act(order, "approve", "purchaseorders")
    live.precoro.post("webhooks", drop=0.0)
    [row] = adopt(live)
    assert row.what == READ, detail
    live.settle()
    lines = order["items"]["data"] if isinstance(order["items"], dict) else order["items"]
    billed = live.approved(
        number="INV-1", purchaseOrder=order["idn"], lines=[{**PAPER, "purchaseOrderItem": lines[0]["id"]}]
    )
    live.until_state(billed, "synced")
    [link] = live.bills()[0]["Line"][0]["LinkedTxn"]
    assert (link["TxnId"], link["TxnLineId"]) == (entity["Id"], entity["Line"][0]["Id"])


def test_what_was_held_as_standing_there_already_is_taken_over_and_adopting_again_finds_nothing(live: Stage) -> None:
    bill = entered(live, "S-INV-1")
    invoice = live.approved(number="INV-1", invoiceNumber="S-INV-1", lines=[PAPER], qboId=bill["Id"])
    live.until_state(invoice, "held")
    assert [row.what for row in adopt(live)] == [TAKE_OVER]
    live.settle()
    record = live.record(invoice)
    assert (record.state, record.qbo_id, record.problems, record.amount) == ("synced", bill["Id"], [], Decimal(540))
    assert [row.what for row in adopt(live)] == ["unchanged"]


def test_what_changed_since_the_plan_is_left_as_it_is(live: Stage) -> None:
    bill = entered(live, "S-INV-1")
    invoice = sent_before(live, "INV-1", bill)
    task_id = task_commands.start(live.runtime, SLUG, adopt_all.NAME, {}, "ann")
    live.until(lambda: long_actions.task(live, task_id).state == "planned", "the plan")
    live.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", set={"Line": bill_line(99)})
    task_commands.confirm(live.runtime, task_id, "ann")
    [row] = long_actions.finish(live, task_id)
    assert (row.state, row.outcome) == (SKIPPED, "Left as it is: its total is 99.00 instead of 540.00.")
    assert linked(live, invoice) == []


def test_a_plan_that_was_made_before_both_sides_were_listed_again_takes_nothing_over(live: Stage) -> None:
    invoice = sent_before(live, "INV-1", entered(live, "S-INV-1"))
    old, _ = (planned(live) for _ in range(2))
    task_commands.resume(live.runtime, old, "ann")
    task_commands.confirm(live.runtime, old, "ann")
    [row] = long_actions.finish(live, old)
    assert (row.state, "adopt once more" in (row.outcome or "")) == (SKIPPED, True)
    assert linked(live, invoice) == []


def test_while_a_company_is_adopted_nobody_else_begins_to(live: Stage) -> None:
    sent_before(live, "INV-1", entered(live, "S-INV-1"))
    first = task_commands.start(live.runtime, SLUG, adopt_all.NAME, {}, "ann")
    with pytest.raises(UnderWayError, match=f"Task {first}"):
        task_commands.start(live.runtime, SLUG, adopt_all.NAME, {}, "ben")
    live.until(lambda: long_actions.task(live, first).state == PLANNED, "the plan")
    planned(live)
    assert long_actions.task(live, first).state == CANCELLED


def test_a_document_whose_write_was_never_answered_is_left_to_be_settled(live: Stage) -> None:
    bill = entered(live, "S-INV-1")
    invoice = live.approved(number="INV-1", invoiceNumber="S-INV-1", lines=[PAPER], qboId=bill["Id"])
    live.until_state(invoice, "held")
    with live.runtime.write() as (session, moment):
        record_id, body = live.record(invoice).id, {"DocNumber": "S-INV-1", "VendorRef": {"value": "56"}}
        intents.begin(
            session, record_id, moment, operation=intents.CREATE, type_="Bill", entity_id=None, body=body, plan={}
        )
    [row] = adopt(live)
    assert (row.state, row.outcome) == (SKIPPED, "Left as it is: it is being worked on.")
    assert linked(live, invoice) == []


def test_a_worker_that_dies_after_a_link_links_nothing_twice(live: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    invoices = [sent_before(live, f"INV-{number}", entered(live, f"S-INV-{number}")) for number in range(3)]
    task_id = task_commands.start(live.runtime, SLUG, adopt_all.NAME, {}, "ann", confirmed=True)
    link, links = adopt_all._link, iter(range(3))  # noqa: SLF001 - where it dies

    def dying(*arguments: Any, **more: Any) -> None:
        link(*arguments, **more)
        if next(links) == 1:
            raise long_actions.KilledError

    monkeypatch.setattr(adopt_all, "_link", dying)
    with pytest.raises(long_actions.KilledError):
        long_actions.finish(live, task_id)
    monkeypatch.setattr(adopt_all, "_link", link)
    long_actions.expire_lease(live, task_id)
    rows = long_actions.finish(live, task_id)
    assert [row.state for row in rows] == [APPLIED] * 3
    assert [linked(live, invoice) for invoice in invoices] == [[bill["Id"]] for bill in live.bills()]


def linked(stage: Stage, invoice: dict[str, Any]) -> list[str | None]:
    """Return the id of what stands for an invoice, nothing for one that is not known."""
    matching: list[Record] = [record for record in stage.records() if record.precoro_id == str(invoice["id"])]
    return [record.qbo_id for record in matching if record.qbo_id]
