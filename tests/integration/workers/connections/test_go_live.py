"""Until a connection is live nothing is sent by itself; going live sends what was approved since, and nothing older."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.stage import Stage, house
from workers.connections import go_live
from workers.connections import settings as connection_settings
from workers.connections.go_live import Preview
from workers.errors import LiveAlreadyError, NotOfferedError
from workers.lookup import connection_named
from workers.records import commands as record_commands
from workers.suppliers import commands as supplier_commands

SLUG = "widgets-inc"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
LUNCH = {"name": "Lunch", "quantity": 1, "price": "76.10", "account": "Office Supplies"}
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected and not live yet."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected(live=False)
        yield opened


def approved_long_ago(stage: Stage, **description: Any) -> dict[str, Any]:
    invoice = stage.approved(**description)
    stage.change(invoice, approvalDate=LONG_AGO.isoformat())
    return invoice


def reads(stage: Stage) -> int:
    return len([request for request in stage.precoro.get("requests") if request["method"] == "GET"])


def live(stage: Stage, since: datetime | None = None) -> Preview:
    preview = go_live.go_live(stage.runtime, SLUG, "ann", since)
    stage.settle()
    return preview


def test_before_it_is_live_an_approved_document_is_ready_and_nothing_is_written_anywhere(stage: Stage) -> None:
    invoice = stage.approved(number="INV-500", invoiceNumber="S-500", lines=[PAPER])
    stage.settle()
    record = stage.record(invoice)
    assert (record.state, record.reason) == ("ready", "The connection is not live yet.")
    assert stage.bills() == []
    assert [request["method"] for request in stage.precoro.get("requests") if request["method"] != "GET"] == []


def test_the_preview_counts_what_goes_out_and_groups_what_would_be_held_without_a_call(stage: Stage) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    free = stage.approved(number="INV-501", invoiceNumber="S-501", lines=[PAPER])
    for number in (502, 503):
        stage.approved(number=f"INV-{number}", supplier="Evergreen Catering", lines=[LUNCH])
    approved_long_ago(stage, number="INV-504", invoiceNumber="S-504", lines=[PAPER])
    stage.settle()
    read = reads(stage)
    preview = go_live.preview(stage.runtime, SLUG, since)
    assert preview.free == (f"invoice:{free['idn']}",)
    assert (preview.money, preview.held, preview.historical) == ({"USD": Decimal(540)}, 2, 1)
    cause = preview.causes[0]
    assert (cause.code, cause.documents, cause.money) == ("supplier_not_paired", 2, {"USD": Decimal("152.20")})
    assert reads(stage) == read


def test_a_pair_puts_the_preview_right(stage: Stage) -> None:
    invoice = stage.approved(number="INV-505", supplier="Evergreen Catering", lines=[LUNCH])
    stage.settle()
    assert [problem.code for problem in stage.record(invoice).problems] == ["supplier_not_paired"]
    supplier_commands.pair(stage.runtime, SLUG, "Evergreen Catering", "Evergreen Catering Company LLC", "ann")
    stage.settle()
    assert (stage.record(invoice).state, stage.record(invoice).problems) == ("ready", [])


def test_a_setting_puts_the_preview_right(stage: Stage) -> None:
    connection_settings.change(stage.runtime, SLUG, {"default_line_account": None}, "ann")
    invoice = stage.approved(number="INV-506", invoiceNumber="S-506", lines=[{**PAPER, "account": None}])
    other = stage.approved(number="INV-507", invoiceNumber="S-507", lines=[PAPER])
    stage.settle()
    assert [problem.code for problem in stage.record(invoice).problems] == ["account_missing"]
    done = connection_settings.change(stage.runtime, SLUG, {"default_line_account": "Office Supplies"}, "ann")
    assert done.waiting == (f"invoice:{invoice['idn']}",)
    stage.settle()
    assert [stage.record(document).problems for document in (invoice, other)] == [[], []]


def test_going_live_sends_what_was_approved_since_and_leaves_what_is_older_without_reading_it(stage: Stage) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    waits = stage.approved(number="INV-508", invoiceNumber="S-508", lines=[PAPER])
    old = approved_long_ago(stage, number="INV-509", invoiceNumber="S-509", lines=[PAPER])
    stage.settle()
    path = f"/invoices/{old['idn']}"
    read = [request["path"] for request in stage.precoro.get("requests")].count(path)
    live(stage, since)
    assert (stage.record(waits).state, stage.record(old).state) == ("synced", "never")
    assert "Historical" in (stage.record(old).reason or "")
    assert [request["path"] for request in stage.precoro.get("requests")].count(path) == read
    assert len(stage.bills()) == 1


def test_by_default_only_what_is_approved_from_now_on_is_sent(stage: Stage) -> None:
    before = approved_long_ago(stage, number="INV-510", invoiceNumber="S-510", lines=[PAPER])
    stage.settle()
    live(stage)
    after = stage.approved(number="INV-511", invoiceNumber="S-511", lines=[PAPER])
    stage.settle()
    assert (stage.record(before).state, stage.record(after).state) == ("never", "synced")


def test_what_an_earlier_choice_left_out_goes_when_an_earlier_day_is_chosen(stage: Stage) -> None:
    connection_settings.change(stage.runtime, SLUG, {"go_live": "2026-06-01T00:00:00+00:00"}, "ann")
    invoice = approved_long_ago(stage, number="INV-512", invoiceNumber="S-512", lines=[PAPER])
    stage.settle()
    assert stage.record(invoice).state == "never"
    live(stage, LONG_AGO - timedelta(days=1))
    assert stage.record(invoice).state == "synced"


def test_looking_back_finds_what_was_approved_before_the_companies_were_connected(
    tmp_path: Path, redis_url: str
) -> None:
    with house(tmp_path, redis_url) as stage:
        invoice = stage.approved(number="INV-513", invoiceNumber="S-513", lines=[PAPER])
        stage.change(invoice, approvalDate=LONG_AGO.isoformat())
        stage.connect(live=False)
        later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        with stage.runtime.write() as (session, _):
            connection_named(session, SLUG).precoro.modified_read_until = {"invoice": later, "purchase_order": later}
        stage.settle()
        assert stage.records() == []
        assert go_live.backfill(stage.runtime, SLUG, LONG_AGO) == 1
        go_live.sync_waiting(stage.runtime, SLUG)
        assert go_live.preview(stage.runtime, SLUG, LONG_AGO).free == (f"invoice:{invoice['idn']}",)
        live(stage, LONG_AGO)
        assert stage.record(invoice).state == "synced"


def test_a_person_may_send_one_document_before_going_live(stage: Stage) -> None:
    invoice = stage.approved(number="INV-514", invoiceNumber="S-514", lines=[PAPER])
    stage.settle()
    record_commands.send(stage.runtime, stage.record(invoice).id, "ann")
    stage.settle()
    assert stage.record(invoice).state == "synced"


def test_a_connection_goes_live_once_and_its_moment_stays(stage: Stage) -> None:
    live(stage)
    with pytest.raises(LiveAlreadyError, match="in QuickBooks by hand"):
        go_live.go_live(stage.runtime, SLUG, "ann")
    with pytest.raises(NotOfferedError, match="stays historical"):
        connection_settings.change(stage.runtime, SLUG, {"go_live": "2026-01-01T00:00:00+00:00"}, "ann")
