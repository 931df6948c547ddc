"""One document that never gets a clear answer holds up nobody: others go on, and it alone uses up its attempts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rq.registry import FailedJobRegistry
from sqlalchemy import select

from store.companies import Connection
from tests.acceptance.fire.house import pass_an_hour
from tests.stage import REALM, Stage, house

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
UNCLEAR = ("500", "html_502", "503", "empty_500", "timeout", "reset", "truncated")
"""Every kind of answer that does not say whether a service is out of order or only this request."""

A_WEEK = 7 * 24
"""Hours, as a limit: the attempts of one record last for 31."""


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a connected house in which calls to QuickBooks are given up after half a second."""
    with house(tmp_path, redis_url, TIEOUT_QBO_TIMEOUT="30") as opened:
        opened.begin_connected()
        yield opened


def invoices(stage: Stage, count: int, *, first: int = 1) -> list[dict[str, Any]]:
    """Approve invoices, each of them before the next."""
    numbers = range(first, first + count)
    return [stage.approved(number=f"CH-{n}", invoiceNumber=f"C-{n}", lines=[PAPER]) for n in numbers]


def poison_reads(stage: Stage, invoice: dict[str, Any], fault: str) -> None:
    """Let Precoro give no clear answer about one invoice, whoever asks, for ever."""
    stage.precoro.post("faults", match={"method": "GET", "path": f"/invoices/{invoice['idn']}$"}, fault=fault)


def poison_bill(stage: Stage, invoice: dict[str, Any], fault: str) -> None:
    """Let QuickBooks give no clear answer about the bill of one invoice, whoever asks, for ever."""
    bill = stage.record(invoice).qbo_id
    path = f"/v3/company/{REALM}/bill/{bill}$"
    stage.quickbooks.post("faults", match={"method": "GET", "path": path}, fault=fault)


def states(stage: Stage, documents: list[dict[str, Any]]) -> set[str]:
    """Return the states that these documents are in."""
    return {
        record.state
        for record in stage.records()
        if record.precoro_id in {str(document["id"]) for document in documents}
    }


def is_suspect(stage: Stage, document: dict[str, Any]) -> bool:
    """Say whether a document got no clear answer, and nobody knows yet whether others do."""
    key = str(document["id"])
    return any(record.precoro_id == key and record.unanswered_since for record in stage.records())


def connection(stage: Stage) -> Connection:
    """Return the connection."""
    with stage.runtime.read() as (session, _):
        return session.scalars(select(Connection)).one()


@pytest.mark.parametrize("fault", UNCLEAR)
def test_a_document_that_precoro_never_shows_clearly_lets_all_others_through(stage: Stage, fault: str) -> None:
    poisoned = stage.invoice(number="CH-0", invoiceNumber="C-0", lines=[PAPER])
    poison_reads(stage, poisoned, fault)
    stage.act(poisoned, "approve")
    stage.until(lambda: is_suspect(stage, poisoned), "the poisoned invoice to be a suspect")
    others = invoices(stage, 5)
    stage.until(lambda: states(stage, others) == {"synced"}, "the others to be sent")
    stage.until(lambda: stage.record(poisoned).attempts, "the poisoned invoice to be charged")
    assert connection(stage).backoffs == 0
    assert len(stage.bills()) == 5


@pytest.mark.parametrize("fault", UNCLEAR)
def test_a_bill_that_quickbooks_never_shows_clearly_lets_all_others_through(stage: Stage, fault: str) -> None:
    poisoned, *_ = invoices(stage, 1, first=0)
    stage.settle()
    poison_bill(stage, poisoned, fault)
    stage.act(poisoned, "revise")
    stage.change(poisoned, invoiceNumber="C-0b")
    stage.act(poisoned, "approve")
    stage.until(lambda: is_suspect(stage, poisoned), "the poisoned bill to be a suspect")
    others = invoices(stage, 5)
    stage.until(lambda: states(stage, others) == {"synced"}, "the others to be sent")
    stage.until(lambda: stage.record(poisoned).attempts, "the poisoned bill to be charged")
    assert connection(stage).backoffs == 0


def test_a_poisoned_document_fails_in_the_end_with_its_reason_and_one_failed_job(stage: Stage) -> None:
    poisoned = stage.invoice(number="CH-0", invoiceNumber="C-0", lines=[PAPER])
    poison_reads(stage, poisoned, "500")
    stage.act(poisoned, "approve")
    invoices(stage, 3)
    for _ in range(A_WEEK):
        stage.tick()
        if states(stage, [poisoned]) == {"failed"}:
            break
        pass_an_hour(stage.runtime)
    record = stage.record(poisoned)
    assert (record.state, record.attempts) == ("failed", 7)
    assert "Precoro is in trouble (HTTP 500)" in (record.reason or "")
    assert FailedJobRegistry(queue=stage.runtime.queue).count == 1
