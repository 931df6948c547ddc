"""Outages, spent quotas and a Redis in trouble: nothing fails, everything waits, and goes out by itself afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rq.registry import FailedJobRegistry
from sqlalchemy import select, update

from settings import Settings
from standins import compare
from store import companies, queue
from store.base import Store, now
from store.companies import Connection
from store.records import Record
from tests.acceptance.fire.house import database_variables, pass_an_hour
from tests.rows import LONG_AGO, connected, record
from tests.stage import EMAIL, KEY, REALM, Stage, environment, house, load_settings

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
THREE_DAYS = 72
WATCH = 4
"""Hours between two looks at a long outage: each look probes once, whatever the rest has grown to."""
DAILY = 60
IDENTICAL = re.compile(":[0-9a-f]{32}$")


@pytest.fixture
def stage(tmp_path: Path, redis_url: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return a house with two connections, whose Precoro keys may make 60 calls a day; on Postgres if a test says so."""
    variables = database_variables(getattr(request, "param", "sqlite"), request)
    with house(tmp_path, redis_url, TIEOUT_PRECORO_DAY=str(DAILY), **variables) as opened:
        opened.connect(realm=UK[0], email=UK[1], key=UK[2])
        opened.connect(realm=REALM, email=EMAIL, key=KEY)
        opened.settle()
        a_day_passes(opened)
        yield opened


def a_day_passes(stage: Stage) -> None:
    """Give both keys their daily quota back, and let an hour pass; the stand-in limits minutes and hours only.

    What was asked within the last minute still counts in the stand-in, so that minute is let pass in truth.
    """
    time.sleep(stage.runtime.settings.minute)
    for key in stage.runtime.redis.scan_iter("tieout:quota:precoro:*"):
        if not IDENTICAL.search(key.decode()):  # what was asked a moment ago was still asked a moment ago
            stage.runtime.redis.delete(key)
    stage.precoro.post("settings", per_day=1_000_000)
    pass_an_hour(stage.runtime)


def several(stage: Stage, count: int) -> list[dict[str, object]]:
    """Approve invoices, and wait until their events are here."""
    invoices = [stage.approved(number=f"OUT-{n}", invoiceNumber=f"O-{n}", lines=[PAPER]) for n in range(count)]
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    return invoices


def connection(stage: Stage) -> Connection:
    """Return the connection of Widgets Inc."""
    with stage.runtime.read() as (session, _):
        return next(
            connection for connection in session.scalars(select(Connection)) if connection.precoro.email == EMAIL
        )


def assert_nothing_failed(stage: Stage) -> None:
    """Check that the outage used up no attempt and left no failed job, and that the connection says when it goes on."""
    assert {(record.state, record.attempts) for record in stage.records()} == {("open", 0)}
    assert FailedJobRegistry(queue=stage.runtime.queue).count == 0
    resting = connection(stage)
    assert resting.backoff_until is not None
    assert resting.backoff_reason


def assert_all_went_out(stage: Stage, count: int) -> None:
    """Check that every invoice stands once."""
    assert len(stage.bills()) == count
    assert compare.compare(stage.precoro.url, stage.quickbooks.url).ties
    assert connection(stage).backoff_until is None


def statuses(stage: Stage) -> list[int]:
    """Return what both services answered, injected faults aside."""
    requests = [*stage.precoro.get("requests"), *stage.quickbooks.get("requests")]
    return [request["status"] for request in requests if request["fault"] is None]


def calls_for_documents(stage: Stage) -> int:
    """Count the calls to Precoro for single documents; only the key of Widgets Inc makes any."""
    return sum(request["path"].startswith("/invoices/") for request in stage.precoro.get("requests"))


def three_days_pass(stage: Stage) -> None:
    """Let clock and workers go through three days, some hours at a time; the daily quota comes back each day."""
    for hour in range(WATCH, THREE_DAYS + WATCH, WATCH):
        stage.tick()
        pass_an_hour(stage.runtime, hours=WATCH)
        if hour % 24 == 0:
            a_day_passes(stage)
    stage.tick()


@pytest.mark.parametrize(("stage", "service"), [("postgres", "quickbooks"), ("sqlite", "precoro")], indirect=["stage"])
def test_after_three_days_without_a_service_everything_goes_out_by_itself(stage: Stage, service: str) -> None:
    several(stage, 5)
    control = stage.quickbooks if service == "quickbooks" else stage.precoro
    control.post("faults", match={"path": "/v3/" if service == "quickbooks" else "/"}, fault="503")
    three_days_pass(stage)
    assert_nothing_failed(stage)
    control.delete("faults")
    a_day_passes(stage)
    stage.settle(120)
    assert_all_went_out(stage, 5)
    assert 429 not in statuses(stage)


def test_when_the_daily_quota_is_used_up_the_rest_waits_for_the_next_day_and_nobody_is_asked_too_often(
    stage: Stage,
) -> None:
    count = 40
    several(stage, count)
    for _ in range(12):
        stage.tick()
        pass_an_hour(stage.runtime)
    stage.tick()
    sent = len(stage.bills())
    assert 0 < sent < count
    assert {(record.state, record.attempts) for record in stage.records()} == {("open", 0), ("synced", 0)}
    resting = connection(stage)
    assert resting.backoff_until is not None
    assert "used up" in (resting.backoff_reason or "")
    assert calls_for_documents(stage) <= DAILY
    for day in range(2, 6):
        a_day_passes(stage)
        for _ in range(6):
            stage.tick()
            pass_an_hour(stage.runtime)
        assert calls_for_documents(stage) <= DAILY * day
    a_day_passes(stage)
    stage.settle(120)
    assert_all_went_out(stage, count)
    assert 429 not in statuses(stage)


def turns(store: Store, settings: Settings) -> list[int]:
    """Pick what is due, and return the connections in the order in which they are served."""
    with store.write() as session:
        picked = queue.pick(session, now(session), settings)
        connections = {record.id: record.connection_id for record in session.scalars(select(Record))}
    return [connections[item.id] for item in picked]


def test_after_an_outage_twenty_connections_are_probed_once_and_then_served_in_turns(
    store: Store, tmp_path: Path
) -> None:
    settings = load_settings(environment(tmp_path, "redis://127.0.0.1:9/0", TIEOUT_SPEED="1"))
    ids = [connected(store, f"c{number}", backoff_until=LONG_AGO, backoffs=3) for number in range(20)]
    for backlog, connection_id in enumerate(ids, start=1):
        for number in range(backlog):
            record(store, connection_id, f"{connection_id}-{number}")
    assert turns(store, settings) == ids, "one probe each"
    with store.write() as session:
        session.execute(update(Connection).values(backoff_until=None, backoffs=0))
        session.execute(update(Record).values(queued_at=None))
    served = turns(store, settings)
    assert served[:20] == ids, "everyone once, before anyone twice"
    assert {served.count(connection_id) for connection_id in ids} == {1, 2, 3, 4}, "and nobody more than a few places"


def rests_at(store: Store, connection_id: int, moment: datetime, after: float | None = None) -> tuple[int, float]:
    """Let a connection rest at a moment; returns how often it rested so far, and the seconds until it goes on."""
    with store.write() as session:
        companies.extend_backoff(
            session, connection_id, moment, first=30, most=900, after=after, service="quickbooks", reason="It is down."
        )
    with store.read() as session:
        connection = session.scalars(select(Connection).where(Connection.id == connection_id)).one()
        assert connection.backoff_until is not None
        return connection.backoffs, (connection.backoff_until - moment).total_seconds()


def test_calls_that_fail_at_the_same_moment_are_one_outage_and_not_four(store: Store) -> None:
    connection = connected(store)
    assert [rests_at(store, connection, LONG_AGO) for _ in range(4)] == [(1, 30.0)] * 4


def test_each_probe_that_fails_doubles_the_rest_up_to_its_limit(store: Store) -> None:
    connection, moment, rests = connected(store), LONG_AGO, []
    for _ in range(7):
        _, seconds = rests_at(store, connection, moment)
        rests.append(seconds)
        moment += timedelta(seconds=seconds)
    assert rests == [30, 60, 120, 240, 480, 900, 900]


def test_a_service_that_asks_for_a_longer_rest_gets_it_though_the_connection_rests_already(store: Store) -> None:
    connection = connected(store)
    assert rests_at(store, connection, LONG_AGO) == (1, 30.0)
    assert rests_at(store, connection, LONG_AGO, after=600) == (1, 600.0)
    assert rests_at(store, connection, LONG_AGO, after=5) == (1, 600.0)
