"""What was changed in QuickBooks and reports that do not tie, until somebody has dealt with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from store import drift
from store.alerts import AlertRow
from store.drift import Drift
from store.records import Record
from store.tie_out import DIFFERS, INCOMPLETE, TIES, Report, ReportState
from tests import rows
from tests.integration.workers.alerts.conftest import MINUTE, Installation
from workers.alerts import views
from workers.tie_out.views import NIGHTLY

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def _report(installation: Installation, state: ReportState, who: str, period: tuple[date, date] = NOVEMBER) -> None:
    """Keep a report that has ended."""
    with installation.runtime.write() as (session, moment):
        ended = {"began_at": moment, "ended_at": moment, "first_day": period[0], "last_day": period[1]}
        session.add(Report(connection_id=installation.connection, who=who, state=state, **ended))


def _kinds(installation: Installation) -> list[str]:
    """Look, and return the kinds of what is there."""
    installation.look()
    there = views.shown(installation.runtime, is_over=False, limit=9)
    with installation.runtime.read() as (session, _):
        gone = {row.kind for row in session.scalars(select(AlertRow)) if row.gone_at is not None}
    return [alert.kind for alert in there if alert.kind not in gone]


def test_changes_that_somebody_has_to_decide_about_are_one_cause_with_their_money(installation: Installation) -> None:
    runtime = installation.runtime
    for key, state in (("1", drift.OPEN), ("2", drift.OPEN), ("3", drift.ACCEPTED)):
        record = rows.record(runtime.store, installation.connection, key, state="synced", handled_version=1)
        rows.change(runtime.store, Record, record, currency="USD", amount=Decimal("10.50"))
        with runtime.write() as (session, moment):
            session.add(Drift(record_id=record, kind="edited", state=state, fields=[], found_at=moment))
    installation.look()
    [message] = installation.look(after=4 * MINUTE)
    assert "What was sent has been changed in QuickBooks." in message["title"]
    assert "(2 records, USD 21.00, since" in message["title"]
    with runtime.write() as (session, _):
        for changed in session.scalars(select(Drift)):
            changed.state = drift.ACCEPTED
    installation.look()
    assert "solved" in installation.look(after=11 * MINUTE)[0]["title"]


def test_a_nightly_report_that_does_not_tie_is_told_until_a_later_one_ties(installation: Installation) -> None:
    _report(installation, DIFFERS, "ann")
    assert _kinds(installation) == []
    _report(installation, TIES, NIGHTLY)
    assert _kinds(installation) == []
    _report(installation, DIFFERS, NIGHTLY)
    assert _kinds(installation) == ["report"]
    [message] = installation.look(after=4 * MINUTE)
    assert "The sides do not tie out" in message["title"]
    assert "/c/widgets/tie-out" in message["body"]
    _report(installation, INCOMPLETE, NIGHTLY)
    _report(installation, TIES, "ann", (date(2026, 11, 2), date(2026, 11, 30)))
    assert _kinds(installation) == ["report"]
    _report(installation, TIES, "ann")
    assert _kinds(installation) == []


def test_a_document_that_is_held_because_it_was_changed_is_told_once(installation: Installation) -> None:
    installation.hold(1, code="changed_in_quickbooks")
    with installation.runtime.write() as (session, moment):
        held = session.scalars(select(Record)).one()
        session.add(Drift(record_id=held.id, kind="edited", state=drift.OPEN, fields=[], found_at=moment))
    assert _kinds(installation) == ["drift"]
