"""Forgetting a connection deletes what it left, and nothing of another one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text

from mappers.alerts.message import Message
from store import alerts, intents
from store.alerts import AlertRow, Channel
from store.base import Base
from store.companies import Connection
from store.history import ActionRow
from store.intents import Intent
from tests.integration.workers.documents.test_orders_and_abroad import UK
from tests.stage import REALM, Stage
from workers.alerts import alerts_file
from workers.connections import commands, connect, forget, settings
from workers.errors import StillConnectedError

SLUG = "widgets-inc"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
OURS = Message("title", f"New:\n\n{SLUG}: Records failed.\nhttp://console")
OTHER = Message("title", f"New:\n\nmy-{SLUG}: Records failed.\nhttp://console")
KEPT = {"actions", "call_sums", "calls", "duties", "alembic_version"}
"""Tables without personal data once a connection is forgotten."""


def _rows(stage: Stage) -> dict[str, int]:
    with stage.runtime.read() as (session, _):
        tables = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    return {name: number for name, number in tables.items() if number and name not in KEPT}


def _alert(stage: Stage) -> None:
    """Keep an alert about the connection, a channel of it, and a message that waits there; no other alert."""
    with stage.runtime.write() as (session, moment):
        session.execute(delete(AlertRow))
        [connection] = session.scalars(select(Connection))
        what = {
            "key": "failed",
            "kind": "failed",
            "sentence": "Records failed.",
            "page": "/",
            "records": 1,
            "amounts": {},
        }
        session.add(AlertRow(connection=connection.slug, begun_at=moment, told_at=moment, **what))
        channel = Channel(name="mail", connection_id=connection.id, address="a", title="mail", created_at=moment)
        session.add(channel)
        session.flush()
        alerts.hand_over(session, channel.id, Message("title", "body"), moment)
        alerts.hand_over(session, None, OURS, moment)
    for message in (OURS, OTHER):
        path = alerts_file.append(stage.runtime.settings.home, message, moment)
    with path.open("ab") as file:
        file.write('{"title": "torn when the disk was full: é'.encode()[:-1])


def test_everything_that_a_connection_left_is_deleted(stage: Stage) -> None:
    settings.change(stage.runtime, SLUG, {"import_payments": True}, "ann")
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.quickbooks.post(f"bill/{stage.record(invoice).qbo_id}?realm={REALM}", do="pay")
    stage.until(lambda: stage.precoro.rows("1", "payments"), "the payment")
    stage.settle()
    connect.disconnect(stage.runtime, SLUG, "ann")
    _alert(stage)
    expected = _rows(stage)
    assert {name for name in expected if name.startswith("alert")} == {"alerts", "alert_channels", "alert_messages"}
    counts = forget.forget(stage.runtime, SLUG, "ann")
    assert {name: counts[name] for name in expected} == expected
    assert _rows(stage) == {}
    [path] = alerts_file.folder(stage.runtime.settings.home).iterdir()
    assert [json.loads(line)["body"] for line in path.read_text().splitlines()] == [OTHER.body]
    with stage.runtime.read() as (session, _):
        actions = session.scalars(select(ActionRow).order_by(ActionRow.id)).all()
        leaks = session.scalar(text("SELECT count(*) FROM actions WHERE details LIKE '%widgets.example%'"))
    assert (actions[-1].action, actions[-1].who, leaks) == ("forget", "ann", 0)
    assert {action.action for action in actions} >= {"connect", "disconnect"}


def test_what_another_connection_has_stays(stage: Stage) -> None:
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.connect(realm=UK[0], slug="uk", email=UK[1], key=UK[2], live=False)
    connect.disconnect(stage.runtime, "uk", "ann")
    forget.forget(stage.runtime, "uk", "ann")
    left = _rows(stage)
    assert (left["connections"], left["precoro_companies"], left["qbo_companies"]) == (1, 1, 1)
    assert left["pairs"] > 0
    assert stage.record(invoice).state == "synced"


def test_a_connection_that_works_or_is_only_paused_is_not_forgotten(stage: Stage) -> None:
    with pytest.raises(StillConnectedError):
        forget.preview(stage.runtime, SLUG)
    commands.pause(stage.runtime, SLUG, "ann")
    with pytest.raises(StillConnectedError):
        forget.forget(stage.runtime, SLUG, "ann")


def test_writes_that_ended_are_forgotten_after_their_retention(stage: Stage) -> None:
    invoice = stage.approved(number="INV-700", invoiceNumber="S-700", lines=[PAPER])
    stage.until_state(invoice, "synced")
    with stage.runtime.write() as (session, moment):
        intents.forget(session, moment)
        assert session.scalar(select(func.count()).select_from(Intent)) == 1
        intents.forget(session, moment + timedelta(days=91))
        assert session.scalar(select(func.count()).select_from(Intent)) == 0
