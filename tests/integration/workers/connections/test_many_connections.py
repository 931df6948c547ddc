"""Eight connections through an outage: each probes, nothing fails, people see until when, and all go on in turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from standins.precoro import app as precoro_standin
from standins.server import Background
from store.companies import Connection, QboCompany
from store.intents import LANDED, Intent
from store.records import Record
from tests.acceptance.fire.house import PAPER, pass_an_hour
from tests.stage import Stage, house, panel_of
from workers import catch_up, lookup
from workers.waits import wait_of_connection

COUNT = 8
EACH = 3
HOURS = 4


@pytest.fixture
def stages(tmp_path: Path, redis_url: str) -> Iterator[list[Stage]]:
    """Return the hands of people in eight Precoros, each connected with the same company in QuickBooks."""
    with ExitStack() as stack:
        whole = stack.enter_context(house(tmp_path, redis_url, TIEOUT_PRECORO_URL=""))
        apps = [precoro_standin.create_app(speed=60) for _ in range(COUNT)]
        urls = [stack.enter_context(Background(app)) for app in apps]
        panels = [*map(panel_of, apps), *whole.panels]
        hands = [Stage(whole.runtime, url, whole.quickbooks.url, whole.receiver, panels) for url in urls]
        for place, hand in enumerate(hands):
            hand.connect(slug=f"house-{place}")
        pass_an_hour(whole.runtime)
        yield hands


def approve_everywhere(stages: list[Stage]) -> None:
    """Approve documents in every company, each of another amount, and wait until all events are here."""
    for number in range(EACH):
        for place, stage in enumerate(stages):
            name, lines = f"{place}-{number}", [{**PAPER, "quantity": 1 + place + COUNT * number}]
            stage.approved(number=f"INV-{name}", invoiceNumber=f"M-{name}", lines=lines)
    assert all(stage.precoro.get("webhooks?wait=10")["idle"] for stage in stages)


def resting(stage: Stage) -> list[Connection]:
    """Return the connections that rest, with a reason and a time that people are shown."""
    with stage.runtime.read() as (session, moment):
        connections = lookup.connections(session)
        waits = [(connection, wait_of_connection(connection, moment)) for connection in connections]
        return [connection for connection, wait in waits if wait and wait.until and wait.why]


def served(stage: Stage) -> list[int]:
    """Return the connections in the order in which their documents were sent."""
    with stage.runtime.read() as (session, _):
        landed = select(Record.connection_id).join(Intent, Intent.record_id == Record.id).where(Intent.state == LANDED)
        return list(session.scalars(landed.order_by(Intent.sent_at)))


def test_eight_connections_wait_for_quickbooks_and_then_go_on_in_fair_turns(stages: list[Stage]) -> None:
    [stage, *_] = stages
    stage.quickbooks.post("faults", match={"path": "/v3/"}, fault="503")
    approve_everywhere(stages)
    for _ in range(HOURS):
        stage.tick()
        pass_an_hour(stage.runtime)
    stage.tick()
    assert {(record.state, record.attempts) for record in stage.records()} == {("open", 0)}
    assert len(stage.records()) == COUNT * EACH
    assert len(resting(stage)) == COUNT
    stage.quickbooks.delete("faults")
    with stage.runtime.read() as (session, _):
        company = session.scalars(select(QboCompany.id)).one()
    catch_up.read_changes(stage.runtime, company)
    assert not resting(stage), "one answer of QuickBooks ends the rest of all"
    pass_an_hour(stage.runtime)
    stage.settle(120)
    order = served(stage)
    assert len(order) == COUNT * EACH
    assert len(set(order[:COUNT])) == COUNT, "everyone once, before anyone twice"
    for end in range(COUNT, len(order)):
        turns = Counter(order[:end])
        assert max(turns.values()) - min(turns.values()) <= stage.runtime.settings.claims_each
    assert not resting(stage)
    assert 429 not in {request["status"] for request in stage.quickbooks.get("requests")}
