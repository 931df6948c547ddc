"""What people are told, from the rows of the database to the file of alerts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from store import alerts, duties
from store.alerts import AlertRow, OutgoingMessage
from store.companies import Connection
from store.records import Record
from tests import rows
from tests.integration.workers.alerts.conftest import DAY, HOUR, MINUTE, Installation
from workers import clock
from workers.alerts import alerts_file, duty, views


def test_a_thousand_held_documents_of_one_cause_are_one_message_with_count_and_money(
    installation: Installation,
) -> None:
    installation.hold(1000)
    assert installation.look() == []
    [message] = installation.look(after=4 * MINUTE)
    assert message["title"].startswith(
        "Tieout: widgets: Held: The period is closed. (1000 records, USD 10,000.00, since "
    )
    assert "/c/widgets/attention/period_closed?subject=period" in message["body"]
    assert installation.look(after=HOUR) == []


def test_what_is_held_for_less_than_the_setting_says_is_not_told(installation: Installation) -> None:
    installation.hold(3, since=23 * HOUR)
    installation.look()
    assert installation.look(after=4 * MINUTE) == []
    rows.change(installation.runtime.store, Connection, installation.connection, policy={"alert_held_hours": 5})
    installation.look()
    assert len(installation.look(after=4 * MINUTE)) == 1


def test_a_burst_of_causes_is_one_message_and_so_is_its_end(installation: Installation) -> None:
    for code in ("period_closed", "tax_missing", "rate_missing"):
        installation.hold(2, code=code)
    rows.record(installation.runtime.store, installation.connection, "7", state="failed", handled_version=1)
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert message["title"] == "Tieout: 4 new"
    installation.release()
    assert installation.look() == []
    [message] = installation.look(after=11 * MINUTE)
    assert message["title"] == "Tieout: 4 solved"
    assert installation.look(after=HOUR) == []
    assert len(views.shown(installation.runtime, is_over=True, limit=9)) == 4


def test_a_revoked_connection_is_told_and_one_that_a_person_ended_is_not(installation: Installation) -> None:
    rows.change(installation.runtime.store, Connection, installation.connection, state="disconnected")
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert "QuickBooks no longer accepts the connection" in message["title"]
    rows.change(installation.runtime.store, Connection, installation.connection, state="connected")
    installation.look()
    assert "solved" in installation.look(after=11 * MINUTE)[0]["title"]


def test_an_alarm_of_payment_details_is_told_at_once_for_each_supplier(installation: Installation) -> None:
    installation.hold(1, code="payment_details_changed", kind="supplier", since=MINUTE)
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert message["title"].startswith("Tieout: widgets: period: The period is closed.")


def test_what_never_moves_is_told_and_what_is_postponed_is_not(installation: Installation) -> None:
    record = rows.record(installation.runtime.store, installation.connection, currency="USD", amount=5)
    with installation.runtime.read() as (_, moment):
        rows.change(installation.runtime.store, Record, record, not_before=moment + DAY)
    installation.look()
    assert installation.look(after=4 * MINUTE) == []
    rows.change(installation.runtime.store, Record, record, not_before=None)
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert "nothing has moved for too long. (1 record, USD 5.00, since" in message["title"]


def test_a_message_that_was_told_is_forgotten_with_its_text_and_an_old_alert_after_its_retention(
    installation: Installation,
) -> None:
    installation.hold(1)
    installation.look()
    installation.look(after=4 * MINUTE)
    with installation.runtime.read() as (session, moment):
        assert session.scalars(select(OutgoingMessage)).all() == []
    folder = alerts_file.folder(installation.runtime.settings.home)
    old = folder / f"{moment - timedelta(days=130):%Y-%m}.jsonl"
    old.write_text("")
    installation.release()
    installation.look()
    installation.look(after=11 * MINUTE)
    with installation.runtime.write() as (session, _):
        session.scalars(select(AlertRow)).one().solved_at = moment - alerts.RETENTION - HOUR
    clock.forget(installation.runtime)
    with installation.runtime.read() as (session, _):
        assert session.scalars(select(AlertRow)).all() == []
    assert (old.exists(), len(list(folder.iterdir()))) == (False, 1)


def test_the_file_is_for_its_owner_only(installation: Installation) -> None:
    installation.hold(1)
    installation.look()
    installation.look(after=4 * MINUTE)
    folder = alerts_file.folder(installation.runtime.settings.home)
    [path] = folder.iterdir()
    assert (folder.stat().st_mode & 0o077, path.stat().st_mode & 0o077) == (0, 0)


def test_a_file_that_cannot_be_written_is_written_later(installation: Installation) -> None:
    folder = alerts_file.folder(installation.runtime.settings.home)
    folder.write_text("in the way")
    installation.hold(1)
    installation.look()
    assert installation.look(after=4 * MINUTE) == []
    folder.unlink()
    assert len(installation.look(after=HOUR)) == 1


def test_the_clock_looks_every_few_minutes(installation: Installation) -> None:
    installation.hold(1)
    for _ in range(2):
        clock.tick(installation.runtime)
    with installation.runtime.read() as (session, _):
        assert "alerts" in duties.begun_at(session)
    assert len(views.shown(installation.runtime, is_over=False, limit=9)) >= 1


def test_processes_that_look_at_the_same_moment_tell_once(installation: Installation) -> None:
    runtime, together = installation.runtime, threading.Barrier(3)
    installation.hold(1)
    installation.look()
    with runtime.write() as (session, moment):
        duties.begin(session, duty.NAME, moment, 0)
        for alert in session.scalars(select(AlertRow)):
            alert.begun_at -= 4 * MINUTE

    def look() -> None:
        together.wait()
        duty.tell(runtime)

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(look) for _ in range(3)]:
            future.result()
    assert len(installation.messages()) == 1
