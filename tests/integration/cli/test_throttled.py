"""A service that says "not so often": it is left alone until the time that it states, everything waits, and people are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outbound.errors import NoBudget
from store.companies import Connection
from tests.integration.cli.conftest import Tieout
from tests.stage import Stage, house
from workers import clients, lookup

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
SLUG = "widgets-inc"


def connection(stage: Stage) -> Connection:
    with stage.runtime.read() as (session, _):
        return lookup.connections(session)[0]


def refusals(stage: Stage) -> int:
    return sum(
        request["status"] == 429 for request in [*stage.precoro.get("requests"), *stage.quickbooks.get("requests")]
    )


def spend_the_day(stage: Stage) -> None:
    stage.settle()
    stage.precoro.post("settings", limits=True, per_day=1)


def test_a_spent_day_is_told_with_its_end_and_precoro_is_not_asked_again_before(stage: Stage, tieout: Tieout) -> None:
    spend_the_day(stage)
    invoice = stage.approved(number="INV-900", invoiceNumber="S-900", lines=[PAPER])
    stage.until(lambda: connection(stage).backoff_until, "the rest")
    for number in range(3):
        stage.approved(number=f"INV-90{number + 1}", invoiceNumber=f"S-90{number + 1}", lines=[PAPER])
        stage.tick()
    assert refusals(stage) == 1
    shown = tieout("connections", "show", SLUG).output
    end = re.search(r"Daily limiter is used up until (\d{4}-\d\d-\d\d \d\d:\d\d) UTC", " ".join(shown.split()))
    assert end, shown
    until = datetime.strptime(end[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    backoff_until = connection(stage).backoff_until
    assert backoff_until is not None
    assert timedelta(0) <= backoff_until - until <= timedelta(minutes=1, seconds=5)
    assert "resting" in shown
    assert stage.record(invoice).state == "open"
    assert stage.record(invoice).attempts == 0


def test_a_spent_day_that_only_the_catch_up_meets_is_told_as_well(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    spend_the_day(stage)
    stage.until(lambda: connection(stage).backoff_reason, "the rest")
    assert "Daily limiter" in (connection(stage).backoff_reason or "")
    assert refusals(stage) == 1


def test_while_the_service_wants_to_be_left_alone_nothing_else_calls_it_either(stage: Stage) -> None:
    spend_the_day(stage)
    stage.approved(number="INV-910", invoiceNumber="S-910", lines=[PAPER])
    stage.until(lambda: connection(stage).backoff_until, "the rest")
    company = connection(stage).precoro
    for client in (
        clients.precoro(stage.runtime, company, urgent=True),
        clients.precoro_for_catch_up(stage.runtime, company),
        clients.precoro_for_task(stage.runtime, company, live=False),
    ):
        with pytest.raises(NoBudget, match="Daily limiter is used up until") as caught:
            client.check()
        assert (caught.value.retry_after or 0) > 60
    assert refusals(stage) == 1


def test_a_person_may_have_it_asked_again(stage: Stage, tieout: Tieout) -> None:
    spend_the_day(stage)
    invoice = stage.approved(number="INV-920", invoiceNumber="S-920", lines=[PAPER])
    stage.until(lambda: connection(stage).backoff_until, "the rest")
    stage.precoro.post("settings", per_day=100_000)
    assert tieout("connections", "resume", SLUG).exit_code == 0
    stage.settle()
    assert stage.record(invoice).state == "synced"
    assert connection(stage).backoff_reason is None


def test_quickbooks_too_rests_as_a_whole_and_goes_on_by_itself(stage: Stage) -> None:
    stage.settle()
    stage.quickbooks.post("faults", match={"method": "POST"}, fault="429", times=1, retry_after=3)
    invoices = [stage.approved(number=f"INV-93{n}", invoiceNumber=f"S-93{n}", lines=[PAPER]) for n in range(3)]
    stage.until(lambda: connection(stage).backoff_until, "the rest")
    assert "call less often" in (connection(stage).backoff_reason or "")
    stage.settle(40)
    assert [stage.record(invoice).state for invoice in invoices] == ["synced"] * 3
    assert refusals(stage) == 1


def test_the_last_room_of_a_quickbooks_company_is_for_a_persons_click(tmp_path: Path, redis_url: str) -> None:
    limits = {"TIEOUT_SPEED": "1", "TIEOUT_QBO_SECOND": "1000", "TIEOUT_QBO_MINUTE": "100"}
    with house(tmp_path, redis_url, **limits) as stage:
        stage.connect()
        company = connection(stage).qbo
        with pytest.raises(NoBudget):
            [clients.quickbooks(stage.runtime, company).preferences() for _ in range(100)]
        assert clients.quickbooks(stage.runtime, company, urgent=True).preferences()["Id"] == "1"
