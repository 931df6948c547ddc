"""A Redis that takes nothing, and answers that never came: events are kept, nothing is lost, doubled or taken for ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from outbound.errors import RemoteError
from standins import compare
from tests.acceptance.fire.house import BILL, PAPER, pass_an_hour
from tests.stage import REALM, Stage, house
from workers import clock, sync


@pytest.fixture
def stage(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Stage]:
    """Return a connected house, and a Redis that works again afterwards."""
    with house(tmp_path, redis_url, DATABASE_URL=database_url) as opened:
        opened.begin_connected()
        yield opened
        repair(opened)


def make_replica(stage: Stage) -> None:
    """Make Redis refuse writes, as after a failover to which the address was not moved."""
    stage.runtime.redis.replicaof("127.0.0.1", "9")


def fill_memory(stage: Stage) -> None:
    """Make Redis refuse new jobs for want of memory; it still counts calls, since that script frees memory first."""
    stage.runtime.redis.config_set("maxmemory-policy", "noeviction")
    stage.runtime.redis.config_set("maxmemory", "1")


def repair(stage: Stage) -> None:
    """Undo both troubles."""
    stage.runtime.redis.replicaof("NO", "ONE")
    stage.runtime.redis.config_set("maxmemory", "0")


def type_bill(stage: Stage, number: str) -> Any:
    """Let a bookkeeper type a bill of this number, for another amount."""
    detail = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}},
    }
    bill = {
        "VendorRef": {"value": "56"},
        "DocNumber": number,
        "TxnDate": "2026-11-02",
        "Line": [{"Amount": 99, **detail}],
    }
    return stage.quickbooks.post(f"bill?realm={REALM}", **bill)


@pytest.mark.parametrize(("trouble", "goes_on"), [(make_replica, "resting"), (fill_memory, "created Bill")])
def test_while_redis_takes_nothing_events_are_kept_and_everything_goes_out_afterwards(
    stage: Stage, trouble: Any, goes_on: str
) -> None:
    trouble(stage)
    invoice = stage.approved(number="INV-1", invoiceNumber="R-1", lines=[PAPER])
    webhooks = stage.precoro.get("webhooks?wait=10")
    assert (webhooks["given_up"], webhooks["failed_attempts"]) == (0, 0)
    with suppress(RedisError, RemoteError):  # as the clock's own loop does
        clock.tick(stage.runtime)
    assert stage.runtime.queue.count == 0
    came_of_it = sync.sync(stage.runtime, stage.record(invoice).id)
    assert came_of_it.startswith(goes_on)
    assert stage.record(invoice).attempts == 0
    repair(stage)
    pass_an_hour(stage.runtime)
    stage.settle()
    assert [Decimal(bill["TotalAmt"]) for bill in stage.bills()] == [Decimal("540.00")]


def test_an_unseen_bill_is_adopted_and_the_one_a_person_typed_with_its_number_is_not_touched(stage: Stage) -> None:
    stage.quickbooks.post("settings", requestid_replay=False)
    stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = stage.approved(number="INV-2", invoiceNumber="R-2", lines=[PAPER])
    while not stage.bills():
        stage.tick()
    typed = type_bill(stage, "R-2X")
    stage.quickbooks.post(f"bill/{typed['Id']}?realm={REALM}", set={"DocNumber": "R-2"})
    pass_an_hour(stage.runtime)
    stage.settle()
    ours, theirs = sorted(stage.bills(), key=lambda bill: bill["Id"] == typed["Id"])
    assert stage.record(invoice).qbo_id == ours["Id"]
    assert (theirs["TotalAmt"], theirs["DocNumber"]) == (99, "R-2")
    assert compare.compare(stage.precoro.url, stage.quickbooks.url).ties


def test_a_bill_typed_while_our_lost_one_was_uncertain_holds_the_document_and_stays_as_it_is(stage: Stage) -> None:
    stage.quickbooks.post("settings", requestid_replay=False)
    stage.quickbooks.post("faults", match=BILL, fault="reset", times=1)
    invoice = stage.approved(number="INV-3", invoiceNumber="R-3", lines=[PAPER])
    stage.tick()
    typed = type_bill(stage, "R-3")
    pass_an_hour(stage.runtime)
    stage.settle()
    assert stage.record(invoice).state == "held"
    assert [(bill["Id"], bill["TotalAmt"]) for bill in stage.bills()] == [(typed["Id"], 99)]
