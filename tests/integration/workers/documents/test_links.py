"""Bills whose lines are linked to the lines of their purchase orders, where both are sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from standins import compare
from store.companies import Connection
from tests.stage import REALM, Stage, house
from workers.connections import settings as connection_settings
from workers.records import commands as record_commands
from workers.suppliers.records import make_pair

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
FREIGHT = {"name": "Freight", "quantity": 1, "price": "25.00", "account": "Office Supplies"}
ORDERS = "purchaseorders"


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that sends both, and waits for events."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected(Policy(send="both"))
        yield opened


def ordered(stage: Stage, number: str = "PO-57", **more: Any) -> dict[str, Any]:
    """Approve a purchase order of 30 October."""
    form = {"supplier": "Acme Supply", "createDate": "2026-10-30", "requiredDate": "2026-12-02", "lines": [PAPER]}
    order = stage.precoro.post(ORDERS, company=1, number=number, **form | more)
    approved: dict[str, Any] = stage.act(order, "approve", ORDERS)
    return approved


def billing(order: dict[str, Any], quantity: int = 10, place: int = 0) -> dict[str, Any]:
    """Return a line that bills so much of a line of an order."""
    line = lines_of(order)[place]
    return {**PAPER, "name": line["name"], "quantity": quantity, "purchaseOrderItem": line["id"]}


def lines_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    items = order["items"]
    rows: list[dict[str, Any]] = items["data"] if isinstance(items, dict) else items
    return rows


def billed(stage: Stage, number: str, order: dict[str, Any], *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Approve an invoice of an order, with these lines."""
    form = {"number": number, "invoiceNumber": f"S-{number}", "purchaseOrder": order["idn"], "lines": list(lines)}
    return stage.approved(**form | more)


def orders(stage: Stage) -> list[dict[str, Any]]:
    return stage.entities("purchaseorder")


def links(entity: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the order and line that each linked line of a bill names."""
    return [(link["TxnId"], link["TxnLineId"]) for line in entity["Line"] for link in line.get("LinkedTxn", [])]


def notes(stage: Stage, document: dict[str, Any]) -> list[str]:
    return [note["code"] for note in stage.record(document).notes]


def waits_for(stage: Stage, document: dict[str, Any]) -> str:
    """Return what an open document says that it waits for."""
    waiting = [row for row in stage.records() if row.precoro_id == str(document["id"]) and row.state == "open"]
    return next((record.reason or "" for record in waiting), "")


def ties(stage: Stage) -> bool:
    """Tell whether both sides agree to the cent, links included."""
    kinds = ("invoice", "credit_note", "purchase_order")
    return compare.compare(stage.precoro.url, stage.quickbooks.url, kinds=kinds).ties


def test_a_bill_of_everything_closes_its_order_and_opens_it_again_when_it_goes(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    stage.quickbooks.delete("requests")
    invoice = billed(stage, "INV-1", order, billing(order), FREIGHT)
    stage.until_state(invoice, "synced")
    [bill], [entity] = stage.bills(), orders(stage)
    assert links(bill) == [(entity["Id"], entity["Line"][0]["Id"])]
    assert (bill["TotalAmt"], entity["POStatus"]) == (565, "Closed")
    calls = compare.count_calls([], stage.quickbooks.get("requests"))
    assert (calls.quickbooks_writes, calls.quickbooks_reads) == (1, 0)
    stage.settle()
    assert notes(stage, invoice) == []
    assert ties(stage)
    stage.act(invoice, "cancel")
    stage.until_state(invoice, "removed")
    assert (stage.bills(), orders(stage)[0]["POStatus"]) == ([], "Open")
    assert ties(stage)


def test_an_order_that_both_sides_have_closed_is_not_read_again_and_again(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    stage.until_state(billed(stage, "INV-1", order, billing(order)), "synced")
    stage.until(lambda: notes(stage, order) == ["closed_in_quickbooks"], "the note")
    stage.settle()
    stage.change(order, ORDERS, status=11)
    stage.until(lambda: notes(stage, order) == [], "both to be closed")
    stage.settle()
    stage.quickbooks.delete("requests")
    stage.act(order, "touch", ORDERS)
    stage.settle()
    assert stage.quickbooks.get("requests") == []
    assert stage.record(order).state == "synced"


def test_an_order_is_billed_in_parts_and_its_lines_stay_linked_on_revision(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    first = billed(stage, "INV-1", order, billing(order, 4))
    stage.until_state(first, "synced")
    assert orders(stage)[0]["POStatus"] == "Open"
    second = billed(stage, "INV-2", order, billing(order, 5))
    stage.until_state(second, "synced")
    assert orders(stage)[0]["POStatus"] == "Open"
    stage.act(second, "revise")
    stage.change(second, lines=[billing(order, 6)])
    stage.act(second, "approve")
    stage.until(lambda: orders(stage)[0]["POStatus"] == "Closed", "the order to be billed in full")
    assert [len(links(bill)) for bill in stage.bills()] == [1, 1]
    stage.settle()
    assert ties(stage)


def test_one_bill_of_several_orders_is_linked_to_each(stage: Stage) -> None:
    paper, envelopes = ordered(stage), ordered(stage, "PO-58", lines=[{**PAPER, "name": "Envelopes"}])
    stage.settle()
    invoice = billed(stage, "INV-1", paper, billing(paper), billing(envelopes), FREIGHT)
    stage.until_state(invoice, "synced")
    assert sorted(order for order, _ in links(stage.bills()[0])) == sorted(entity["Id"] for entity in orders(stage))
    assert {entity["POStatus"] for entity in orders(stage)} == {"Closed"}
    stage.settle()
    assert ties(stage)


def test_an_invoice_waits_for_its_order_and_goes_when_that_stands(stage: Stage) -> None:
    order = ordered(stage, supplier="Evergreen Catering")
    stage.until_state(order, "held")
    invoice = billed(stage, "INV-1", order, billing(order), supplier="Evergreen Catering")
    stage.until_state(invoice, "held")  # its supplier lacks a pair as well
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        make_pair(session, connection, str(order["supplier"]["id"]), "67", moment, how="person")
    stage.until_state(invoice, "synced")
    assert links(stage.bills()[0]) == [(orders(stage)[0]["Id"], "1")]


def test_an_invoice_of_an_order_that_nobody_has_looked_at_asks_for_it(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    order = ordered(stage)
    stage.precoro.post("webhooks", drop=0.0)
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "synced")
    assert links(stage.bills()[0]) == [(orders(stage)[0]["Id"], "1")]


def test_a_bill_says_that_it_lacks_the_link_to_an_order_that_came_later_until_it_is_revised(stage: Stage) -> None:
    first = ordered(stage)
    stage.settle()
    stage.precoro.post("webhooks", drop=1.0)
    second = ordered(stage, "PO-58")
    stage.precoro.post("webhooks", drop=0.0)
    invoice = billed(stage, "INV-1", first, billing(first), billing(second), FREIGHT)
    stage.until_state(invoice, "synced")
    [bill] = stage.bills()
    assert (len(links(bill)), notes(stage, invoice)) == (1, ["ordered_line_missing"])
    stage.until(lambda: len(orders(stage)) == 2, "the order that came later")
    stage.act(invoice, "revise")
    stage.act(invoice, "approve")
    stage.until(lambda: len(links(stage.bills()[0])) == len(orders(stage)), "both links")
    stage.settle()
    [after] = stage.bills()
    assert (after["Id"], after["TotalAmt"], notes(stage, invoice)) == (bill["Id"], 1105, [])
    assert ties(stage)


def test_an_order_that_never_comes_holds_no_invoice_up(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    old = ordered(stage)
    stage.change(old, ORDERS, approvalDate="2026-01-05T09:00:00+00:00")
    stage.precoro.post("webhooks", drop=0.0)
    historical = billed(stage, "INV-1", old, billing(old))
    stage.until_state(historical, "synced")
    assert stage.record(old).state == "never"
    held = ordered(stage, "PO-58", lines=[{**PAPER, "account": None}])
    stage.until_state(held, "held")
    invoice = billed(stage, "INV-2", held, billing(held))
    stage.until(lambda: "purchase order PO-58" in waits_for(stage, invoice), "the invoice to wait")
    record_commands.ignore(stage.runtime, stage.record(held).id, "ann")
    stage.until_state(invoice, "synced")
    assert [links(bill) for bill in stage.bills()] == [[], []]
    assert orders(stage) == []


def test_a_billed_order_is_held_when_it_is_revised_or_cancelled_until_its_bill_goes(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    invoice = billed(stage, "INV-1", order, billing(order, 4))
    stage.until_state(invoice, "synced")
    stage.act(order, "revise", ORDERS)
    stage.change(order, ORDERS, lines=[{**PAPER, "quantity": 9}])
    stage.act(order, "approve", ORDERS)
    stage.until_state(order, "held")
    assert [problem.code for problem in stage.record(order).problems] == ["order_billed"]
    stage.act(order, "cancel", ORDERS)
    stage.settle()
    assert [problem.code for problem in stage.record(order).problems] == ["order_billed"]
    stage.act(invoice, "cancel")
    stage.until_state(order, "removed")
    assert (stage.bills(), orders(stage)) == ([], [])


def test_a_link_that_quickbooks_drops_is_said(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    [entity] = orders(stage)
    stage.quickbooks.post(f"purchaseorder/{entity['Id']}?realm={REALM}", set={"POStatus": "Closed"})
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "synced")
    assert (links(stage.bills()[0]), notes(stage, invoice)) == ([], ["link_dropped"])


def test_an_order_that_is_closed_in_quickbooks_says_so_until_it_is_open_again(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    stage.precoro.delete("requests")
    path = f"purchaseorder/{orders(stage)[0]['Id']}?realm={REALM}"
    stage.quickbooks.post(path, set={"POStatus": "Closed"})
    stage.until(lambda: notes(stage, order) == ["closed_in_quickbooks"], "the note")
    assert "no bill is linked to it" in stage.record(order).notes[0]["sentence"]
    stage.quickbooks.post(path, set={"POStatus": "Open"})
    stage.until(lambda: notes(stage, order) == [], "the note to go")
    stage.change(order, ORDERS, status=11)
    stage.until(lambda: orders(stage)[0]["POStatus"] == "Closed", "the closing")
    stage.quickbooks.post(path, set={"POStatus": "Open"})
    stage.until(lambda: notes(stage, order) == ["open_in_quickbooks"], "the other note")


def test_a_bill_dated_before_its_order_goes_without_the_link_and_both_say_so(stage: Stage) -> None:
    order = ordered(stage, createDate="2026-11-03")
    stage.settle()
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "synced")
    assert links(stage.bills()[0]) == []
    assert notes(stage, invoice) == ["order_is_younger"]
    assert "billed_without_link" in notes(stage, order)
    stage.settle()
    assert ties(stage)


def test_an_order_says_that_a_bill_is_not_linked_to_it_until_that_bill_goes_or_the_order_is_closed(
    stage: Stage,
) -> None:
    order = ordered(stage, createDate="2026-11-03")
    stage.settle()
    first, second = (billed(stage, number, order, billing(order, 4)) for number in ("INV-1", "INV-2"))
    for invoice in (first, second):
        stage.until_state(invoice, "synced")
    stage.act(order, "revise", ORDERS)
    stage.change(order, ORDERS, lines=[{**PAPER, "quantity": 9}])
    stage.act(order, "approve", ORDERS)
    stage.until(lambda: orders(stage)[0]["TotalAmt"] == 486, "the revision")
    stage.settle()
    assert notes(stage, order) == ["billed_without_link", "billed_without_link"]
    stage.act(first, "cancel")
    stage.until_state(first, "removed")
    assert [note["sentence"].split()[1] for note in stage.record(order).notes] == ["INV-2"]
    stage.change(order, ORDERS, status=11)
    stage.until(lambda: orders(stage)[0]["POStatus"] == "Closed", "the closing")
    stage.settle()
    assert notes(stage, order) == []


def test_a_bill_says_that_its_order_was_deleted_in_quickbooks(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    stage.quickbooks.post(f"purchaseorder/{orders(stage)[0]['Id']}?realm={REALM}", do="delete")
    stage.until_state(order, "held")
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "synced")
    assert (links(stage.bills()[0]), notes(stage, invoice)) == ([], ["order_deleted"])


def test_an_order_that_is_denied_holds_no_invoice_up(stage: Stage) -> None:
    form = {"supplier": "Acme Supply", "createDate": "2026-10-30", "requiredDate": "2026-12-02", "lines": [PAPER]}
    order = stage.precoro.post(ORDERS, company=1, number="PO-57", **form)
    stage.act(order, "submit", ORDERS)
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until(lambda: waits_for(stage, invoice), "the invoice to wait")
    stage.settle()
    stage.act(order, "deny", ORDERS)
    stage.until_state(invoice, "synced")
    second = billed(stage, "INV-2", order, billing(order))
    stage.until_state(second, "synced")
    assert orders(stage) == []


def test_what_is_removed_no_longer_says_that_it_stands_in_quickbooks(stage: Stage) -> None:
    order = ordered(stage)
    stage.settle()
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "synced")
    stage.act(order, "cancel", ORDERS)
    stage.until(lambda: notes(stage, order) == ["cancelled"], "the hold")
    stage.act(invoice, "cancel")
    stage.until_state(order, "removed")
    assert (notes(stage, order), notes(stage, invoice)) == ([], [])


def test_an_order_gets_the_date_of_a_bill_that_waits_for_it_where_a_setting_says_so(stage: Stage) -> None:
    connection_settings.change(stage.runtime, "widgets-inc", {"bill_before_order": "earlier_order"}, "ann")
    order = ordered(stage, createDate="2026-11-03")
    stage.settle()
    [entity] = orders(stage)
    assert entity["TxnDate"] == "2026-11-03"
    invoice = billed(stage, "INV-1", order, billing(order, 4))
    stage.until_state(invoice, "synced")
    assert orders(stage)[0]["TxnDate"] == "2026-11-02"
    assert links(stage.bills()[0]) == [(entity["Id"], "1")]
    stage.settle()
    assert [note["code"] for note in stage.record(order).notes if note["code"] != "number_by_quickbooks"] == []
    assert ties(stage)
    stage.act(order, "touch", ORDERS)
    stage.settle()
    assert orders(stage)[0]["TxnDate"] == "2026-11-02"


@pytest.mark.parametrize("settings", [{"bill_before_order": "change_date"}, {"invalid_link": "620"}])
def test_a_link_that_quickbooks_refuses_is_held_and_a_person_sends_it_without(
    stage: Stage, settings: dict[str, str]
) -> None:
    order = ordered(stage)
    stage.settle()
    stage.quickbooks.post("settings", **settings)
    [entity] = orders(stage)
    status = "Closed" if "invalid_link" in settings else "Open"
    stage.quickbooks.post(f"purchaseorder/{entity['Id']}?realm={REALM}", set={"POStatus": status, "Memo": "seen"})
    invoice = billed(stage, "INV-1", order, billing(order))
    stage.until_state(invoice, "held")
    assert [problem.code for problem in stage.record(invoice).problems] == ["link_refused"]
    record_commands.send(stage.runtime, stage.record(invoice).id, "ann", ["link_refused"])
    stage.until_state(invoice, "synced")
    assert (links(stage.bills()[0]), notes(stage, invoice)) == ([], ["sent_without_link"])
