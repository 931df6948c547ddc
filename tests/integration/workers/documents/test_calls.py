"""Calls are the scarcest resource: how many are made, and how missed events are made up for."""

from __future__ import annotations

import requests
import simplejson

from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def reads(stage: Stage, document: dict[str, object]) -> int:
    path = f"/invoices/{document['idn']}"
    return sum(call["method"] == "GET" and call["path"] == path for call in stage.precoro.get("requests"))


def ping(stage: Stage, document: dict[str, object]) -> None:
    body = simplejson.dumps({"id": document["id"], "type": 3, "action": 1, "idn": int(str(document["idn"]))})
    assert requests.post(stage.webhook, data=body, timeout=5).status_code == 200


def test_five_events_within_a_minute_cost_one_read_now_and_at_most_one_a_minute_later(stage: Stage) -> None:
    invoice = stage.approved(number="INV-500", invoiceNumber="S-500", lines=[PAPER])
    for _ in range(5):
        ping(stage, invoice)
    stage.settle()
    for _ in range(5):
        ping(stage, invoice)
    stage.settle()
    assert reads(stage, invoice) <= 2
    assert len(stage.bills()) == 1


def test_what_no_event_told_of_is_found_by_the_catch_up(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    invoice = stage.approved(number="INV-510", invoiceNumber="S-510", lines=[PAPER])
    draft = stage.invoice(number="INV-511", invoiceNumber="S-511", lines=[PAPER])
    stage.until_state(invoice, "synced")
    assert reads(stage, draft) == 0
    assert len(stage.bills()) == 1


def test_a_whole_page_of_echoes_is_settled_by_one_call(stage: Stage) -> None:
    invoices = [stage.approved(number=f"INV-52{n}", invoiceNumber=f"S-52{n}", lines=[PAPER]) for n in range(6)]
    stage.settle()
    assert [reads(stage, invoice) for invoice in invoices] == [1] * 6
    pages = [call for call in stage.precoro.get("requests") if call["method"] == "GET" and call["path"] == "/invoices"]
    assert len(pages) < 6


def test_an_update_and_a_removal_cost_one_read_of_quickbooks_each(stage: Stage) -> None:
    invoice = stage.approved(number="INV-530", invoiceNumber="S-530", lines=[PAPER])
    stage.settle()
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 3}])
    stage.act(invoice, "approve")
    stage.settle()
    stage.act(invoice, "cancel")
    stage.settle()
    calls = [call["method"] for call in stage.quickbooks.get("requests") if "/bill" in call["path"]]
    assert calls == ["POST", "GET", "POST", "GET", "POST"]


def test_a_burst_of_drafts_costs_pages_and_no_reads(stage: Stage) -> None:
    drafts = [stage.invoice(number=f"INV-54{n}", invoiceNumber=f"S-54{n}", lines=[PAPER]) for n in range(8)]
    approved = stage.approved(number="INV-549", invoiceNumber="S-549", lines=[PAPER])
    stage.until_state(approved, "synced")
    stage.settle()
    assert sum(reads(stage, draft) for draft in drafts) <= 1
    assert reads(stage, approved) == 1


def test_a_draft_that_was_only_glanced_at_is_sent_when_it_is_approved(stage: Stage) -> None:
    drafts = [stage.invoice(number=f"INV-55{n}", invoiceNumber=f"S-55{n}", lines=[PAPER]) for n in range(3)]
    stage.settle()
    for draft in drafts:
        stage.act(draft, "approve")
    stage.settle()
    assert [stage.record(invoice).state for invoice in drafts] == ["synced"] * 3


def test_a_page_never_settles_a_document_whose_create_is_unanswered(stage: Stage) -> None:
    bill = {"method": "POST", "path": "/v3/company/9130001/bill"}
    stage.quickbooks.post("faults", match=bill, fault="drop_after_commit", times=1)
    cancelled = stage.approved(number="INV-560", invoiceNumber="S-560", lines=[PAPER])
    stage.until(stage.bills, "the bill in QuickBooks")
    others = [stage.invoice(number=f"INV-56{n}", invoiceNumber=f"S-56{n}", lines=[PAPER]) for n in range(1, 5)]
    stage.act(cancelled, "cancel")
    stage.settle()
    assert stage.bills() == []
    assert stage.record(cancelled).state == "removed"
    assert {stage.record(other).state for other in others} == {"open"}
