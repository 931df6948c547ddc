"""Companies that used to send events and have fallen silent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mappers.alerts.silence import looked_at
from store.companies import PrecoroCompany
from store.events import PRECORO, QUICKBOOKS, Event, Source
from tests import rows
from tests.integration.workers.alerts.conftest import HOUR, MINUTE, Installation
from tests.rows import REALM
from tests.stage import Stage

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def _had_events(installation: Installation, source: Source, company: str, last: timedelta, days: int = 15) -> None:
    """Keep an event on each of the last working days."""
    with installation.runtime.write() as (session, moment):
        for day in reversed(looked_at((moment - last).date())[:days]):
            at = min(moment - last, rows.LONG_AGO.replace(year=day.year, month=day.month, day=day.day))
            session.add(Event(source=source, status="kept", company=company, payload={}, received_at=at))
    if source == PRECORO:
        rows.change(installation.runtime.store, PrecoroCompany, 1, last_event_at=moment - last)


def _found_unannounced(installation: Installation, ago: timedelta) -> None:
    with installation.runtime.write() as (session, moment):
        session.get_one(PrecoroCompany, 1).unannounced_at = moment - ago


@pytest.mark.parametrize("source", [PRECORO, QUICKBOOKS])
def test_a_company_that_used_to_send_events_and_sent_none_for_days_is_told(
    installation: Installation, source: Source
) -> None:
    _had_events(installation, source, {PRECORO: "1", QUICKBOOKS: REALM}[source], 9 * 24 * HOUR)
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert "used to send events on most days and sends none any more" in message["title"]
    assert "/c/widgets/events" in message["body"]


def test_documents_that_no_event_told_of_speak_for_silence_within_hours(installation: Installation) -> None:
    _had_events(installation, PRECORO, "1", 10 * HOUR)
    installation.look()
    assert installation.look(after=4 * MINUTE) == []
    _found_unannounced(installation, HOUR)
    installation.look()
    assert len(installation.look(after=4 * MINUTE)) == 1


def test_a_company_without_a_habit_may_be_silent(installation: Installation) -> None:
    _had_events(installation, PRECORO, "1", 9 * 24 * HOUR, days=5)
    _found_unannounced(installation, HOUR)
    installation.look()
    assert installation.look(after=4 * MINUTE) == []


def test_the_catch_up_notes_when_it_finds_what_no_event_told_of(stage: Stage) -> None:
    stage.precoro.post("webhooks", drop=1.0)
    stage.until_state(stage.approved(number="INV-510", invoiceNumber="S-510", lines=[PAPER]), "synced")
    assert _unannounced(stage) is not None
    stage.settle()
    rows.change(stage.runtime.store, PrecoroCompany, 1, unannounced_at=None)
    stage.catch_up()
    assert _unannounced(stage) is None


def _unannounced(stage: Stage) -> datetime | None:
    with stage.runtime.read() as (session, _):
        return session.get_one(PrecoroCompany, 1).unannounced_at
