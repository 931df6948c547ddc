"""What was read and not carried out is not known yet: a page of changes must not pass it off as nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from store.records import Record
from tests.acceptance.fire.house import BILL, PAPER, pass_an_hour
from tests.rows import LONG_AGO, change
from tests.stage import Stage, house
from workers import sync


@pytest.fixture
def stage(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Stage]:
    """Return a connected house that takes an event for the echo of a write-back for long, and gets no true echo."""
    with house(tmp_path, redis_url, TIEOUT_ECHO_WINDOW="36000", DATABASE_URL=database_url) as opened:
        opened.precoro.post("settings", ping_own_writes=False)
        opened.begin_connected()
        yield opened


def test_a_revision_that_was_refused_for_the_moment_is_sent_though_a_page_shows_it_as_it_was_read(stage: Stage) -> None:
    invoice = stage.approved(number="INV-1", invoiceNumber="W-1", lines=[PAPER])
    stage.settle()
    stage.quickbooks.post("faults", match=BILL, fault="429", times=1, retry_after=2)
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 7}])
    stage.act(invoice, "approve")
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    while not stage.quickbooks.get("faults")[0]["struck"]:
        stage.tick()
    for number in (2, 3):
        stage.approved(number=f"INV-{number}", invoiceNumber=f"W-{number}", lines=[PAPER])
    stage.settle()
    assert sorted(Decimal(bill["TotalAmt"]) for bill in stage.bills()) == [378, 540, 540]


def test_a_removal_that_landed_unseen_is_recorded_and_written_back(stage: Stage) -> None:
    invoice = stage.approved(number="INV-4", invoiceNumber="W-4", lines=[PAPER])
    stage.settle()
    stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    stage.act(invoice, "cancel")
    stage.until_state(invoice, "removed")
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, record.qbo_id, record.external_id or "") == ("removed", None, "")


def test_a_removal_that_landed_unseen_is_recorded_though_others_wait_for_the_same_page(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    with house(tmp_path, redis_url, DATABASE_URL=database_url) as stage:
        stage.precoro.post("settings", ping_own_writes=False)
        stage.begin_connected()
        invoice = stage.approved(number="INV-5", invoiceNumber="W-5", lines=[PAPER])
        stage.settle()
        pass_an_hour(stage.runtime)
        stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
        stage.act(invoice, "cancel")
        assert stage.precoro.get("webhooks?wait=10")["idle"]
        while not stage.quickbooks.get("faults")[0]["struck"]:
            stage.tick()
        for number in (6, 7):
            stage.approved(number=f"INV-{number}", invoiceNumber=f"W-{number}", lines=[PAPER])
        stage.settle()
        record = stage.record(invoice)
        assert (record.state, record.qbo_id, record.external_id or "") == ("removed", None, "")


def test_a_draft_whose_worker_was_killed_is_given_back_by_the_page_that_settles_it(stage: Stage) -> None:
    for number in (8, 9):
        stage.invoice(number=f"INV-{number}", invoiceNumber=f"W-{number}", lines=[PAPER])
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    dead, alive = (record.id for record in stage.records())
    change(stage.runtime.store, Record, dead, claim=1, lease_until=LONG_AGO, queued_at=None)
    assert sync.sync(stage.runtime, alive) == "nothing new"
    settled, _ = stage.records()
    assert (settled.requested_version > settled.handled_version, settled.lease_until) == (False, None)
