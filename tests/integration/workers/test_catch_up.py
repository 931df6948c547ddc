"""What is changed on either side while no event arrives is found within one interval, and nothing is passed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from outbound.response import Response
from qbo_client import changes as quickbooks_changes
from store import records
from store.companies import PrecoroCompany, QboCompany
from store.duties import Duty
from store.history import ActionRow
from store.records import Record
from store.reference import QUICKBOOKS, Entry, KnownEntity
from tests.stage import REALM, Stage
from workers import catch_up, clock
from workers.connections import settings
from workers.documents import views
from workers.reference import company

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
SUPPLIER = 9001
Json = dict[str, Any]


@pytest.fixture
def deaf(stage: Stage) -> Stage:
    """Return a house that no event reaches, and in which a bill stands."""
    invoice = stage.approved(number="INV-900", invoiceNumber="S-900", lines=[PAPER])
    stage.until_state(invoice, "synced")
    stage.settle()
    for service in (stage.precoro, stage.quickbooks):
        service.post("webhooks", drop=1.0)
    return stage


def an_interval_passes(stage: Stage) -> None:
    """Let every duty of the clock be due."""
    with stage.runtime.write() as (session, _):
        session.execute(delete(Duty))
        session.get_one(QboCompany, 1).changes_read_at = None


def closing_date(stage: Stage) -> str | None:
    """Return the closing date that is known of the company."""
    with stage.runtime.read() as (session, _):
        preferences = session.get_one(QboCompany, 1).preferences or {}
    date: str | None = preferences["AccountingInfoPrefs"].get("BookCloseDate")
    return date


def standing(stage: Stage) -> Json:
    """Return the invoice whose bill stands."""
    return next(row for row in stage.precoro.rows("1", "invoices") if row["customName"] == "INV-900")


def approve(stage: Stage) -> Callable[[], object]:
    stage.approved(number="INV-901", invoiceNumber="S-901", lines=[PAPER])
    return lambda: len(stage.bills()) == 2


def revise(stage: Stage) -> Callable[[], object]:
    invoice = standing(stage)
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")
    return lambda: stage.bills()[0]["TotalAmt"] == 594


def cancel(stage: Stage) -> Callable[[], object]:
    stage.act(standing(stage), "cancel")
    return lambda: stage.bills() == []


def rename_supplier(stage: Stage) -> Callable[[], object]:
    stage.precoro.post(f"suppliers/{SUPPLIER}", company=1, set={"city": "Houston"})
    return lambda: any((vendor.get("BillAddr") or {}).get("City") == "Houston" for vendor in stage.entities("vendor"))


@pytest.mark.parametrize("happen", [approve, revise, cancel, rename_supplier])
def test_what_happens_in_precoro_without_an_event_is_found(
    deaf: Stage, happen: Callable[[Stage], Callable[[], object]]
) -> None:
    is_done = happen(deaf)
    an_interval_passes(deaf)
    deaf.until(is_done, happen.__name__)


def entry(stage: Stage, kind: str, key: str) -> Entry:
    with stage.runtime.read() as (session, _):
        of_list = select(Entry).where(Entry.side == QUICKBOOKS, Entry.kind == kind, Entry.key == key)
        return session.scalars(of_list).one()


@pytest.mark.parametrize("kind", ["vendor", "account", "class", "customer", "department", "item"])
def test_an_entry_of_a_list_that_is_made_inactive_without_an_event_is_found(deaf: Stage, kind: str) -> None:
    key = next(
        str(row["Id"]) for row in reversed(deaf.entities(kind)) if row.get("Active", True) and not row.get("Balance")
    )
    deaf.quickbooks.post(f"{kind}/{key}?realm={REALM}", do="deactivate")
    an_interval_passes(deaf)
    deaf.until(lambda: not entry(deaf, kind, key).active, "the entry")


def test_a_payment_made_and_deleted_in_quickbooks_without_an_event_is_found(deaf: Stage) -> None:
    settings.change(deaf.runtime, "widgets-inc", {"import_payments": True}, "ann")
    [bill] = deaf.bills()
    payment = deaf.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="pay")
    an_interval_passes(deaf)
    deaf.until(lambda: payment_states(deaf) == ["synced"], "the payment")
    deaf.quickbooks.post(f"billpayment/{payment['Id']}?realm={REALM}", do="delete")
    an_interval_passes(deaf)
    deaf.until(lambda: payment_states(deaf) == ["removed"], "the deletion of the payment")


def payment_states(stage: Stage) -> list[str]:
    with stage.runtime.read() as (session, _):
        return [row.state for row in session.scalars(select(Record).where(Record.kind == records.PAYMENT))]


def test_a_deletion_in_quickbooks_without_an_event_is_found(deaf: Stage) -> None:
    [bill] = deaf.bills()
    deaf.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    an_interval_passes(deaf)
    deaf.until(lambda: views.document(deaf.runtime, "INV-900").drift is not None, "the drift")
    drift = views.document(deaf.runtime, "INV-900").drift
    assert drift is not None
    assert (drift.kind, drift.state) == ("deleted", "open")


def test_a_closing_date_without_an_event_is_found_by_the_daily_look_or_by_the_first_refusal(deaf: Stage) -> None:
    closed = {"AccountingInfoPrefs": {"BookCloseDate": "2026-11-30"}}
    deaf.quickbooks.post(f"preferences/1?realm={REALM}", set=closed)
    invoice = deaf.approved(number="INV-901", invoiceNumber="S-901", lines=[PAPER])
    an_interval_passes(deaf)
    deaf.until_state(invoice, "held")
    deaf.until(lambda: closing_date(deaf) == "2026-11-30", "the closing date")
    deaf.settle()
    assert [problem.code for problem in deaf.record(invoice).problems] == ["period_closed"]
    deaf.quickbooks.post(f"preferences/1?realm={REALM}", set={"AccountingInfoPrefs": {"BookCloseDate": "2026-10-31"}})
    company.refresh(deaf.runtime, 1)
    deaf.until_state(invoice, "synced")


def test_a_catch_up_that_ends_between_the_rows_and_its_mark_reads_them_again(
    deaf: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise RuntimeError("killed")

    deaf.approved(number="INV-901", invoiceNumber="S-901", lines=[PAPER])
    with monkeypatch.context() as patched:
        patched.setattr(catch_up, "_move_on", killed)
        with pytest.raises(RuntimeError):
            deaf.catch_up()
    with deaf.runtime.read() as (session, _):
        before = dict(session.get_one(PrecoroCompany, 1).modified_read_until)
    an_interval_passes(deaf)
    deaf.until(lambda: len(deaf.bills()) == 2, "the bill")
    with deaf.runtime.read() as (session, _):
        assert session.get_one(PrecoroCompany, 1).modified_read_until != before


def test_the_mark_is_a_time_of_precoros_own_clock(deaf: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = timedelta(hours=3)
    monkeypatch.setattr(Response, "sent_at", lambda _: datetime.now(UTC) - slow)
    deaf.catch_up()
    with deaf.runtime.read() as (session, moment):
        marks = session.get_one(PrecoroCompany, 1).modified_read_until
    assert set(marks) == {*records.DOCUMENT_KINDS, records.SUPPLIER}
    assert all(moment - datetime.fromisoformat(mark) >= slow - timedelta(seconds=5) for mark in marks.values())


def test_a_deletion_that_does_not_fit_into_the_answer_is_found(deaf: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a type with more changes than one answer holds, all ids are compared."""
    [bill] = deaf.bills()
    deaf.quickbooks.post(f"bill/{bill['Id']}?realm={REALM}", do="delete")
    read = quickbooks_changes.read_changes

    def crowded(*arguments: Any, **more: Any) -> quickbooks_changes.Changes:
        changes = read(*arguments, **more)
        changes.deleted.pop("Bill", None)
        changes.uncertain.add("Bill")
        return changes

    monkeypatch.setattr("workers.reference.changes.read_changes", crowded)
    an_interval_passes(deaf)
    deaf.until(lambda: views.document(deaf.runtime, "INV-900").drift is not None, "the drift")
    with deaf.runtime.read() as (session, _):
        assert session.scalars(select(KnownEntity).where(KnownEntity.type == "Bill")).all() == []


def test_the_clock_reads_again_what_an_interval_ago_was_read(deaf: Stage) -> None:
    with deaf.runtime.read() as (session, moment):
        names = {duty.name for duty in clock.calendar(deaf.runtime, session, moment + timedelta(days=2))}
        assert session.scalars(select(ActionRow).where(ActionRow.action == "everything read")).all() == []
    assert {"catch-up:1", "changes:1", "look:1"} <= names
