"""A report over real HTTP: both sides are read for a few calls, every document is in one bucket, and the equations close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy
from mappers.tie_out.period import Period
from store import records
from store.records import Record, RecordState
from tests.integration.workers import long_actions
from tests.stage import REALM, Stage, house
from workers.connections import settings
from workers.documents import commands as document_commands
from workers.documents import views as document_views
from workers.records import commands as commands_of_records
from workers.tie_out import commands, month_end, views
from workers.tie_out.views import NIGHTLY, ReportDetail, ReportLine

SLUG = "widgets-inc"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected and live, and sends orders and invoices."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected(Policy(send="both"))
        yield opened


PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def approved(stage: Stage, number: str, **more: Any) -> dict[str, Any]:
    """Approve an invoice of 540.00 with the supplier's number S-..."""
    return stage.approved(number=number, invoiceNumber=number.replace("INV", "S"), lines=[PAPER], **more)


def report_of(stage: Stage, period: Period = NOVEMBER, who: str = "ann") -> ReportDetail:
    """Make a report, and return it."""
    task = commands.begin(stage.runtime, SLUG, who, period)
    long_actions.finish(stage, task)
    report = views.of_task(stage.runtime, task)
    assert report is not None
    return report


def lines(stage: Stage, report: ReportDetail, section: str | None = None) -> list[ReportLine]:
    """Return the rows of a report, or of a section."""
    return [line for _, line in views.lines(stage.runtime, report.summary.report, section=section, limit=1000)]


def test_what_was_sent_agrees_and_ties(stage: Stage) -> None:
    approved(stage, "INV-201")
    stage.settle()
    report = report_of(stage)
    assert report.summary.state == "ties"
    assert report.summary.counts == {"agrees": 1}


ACCOUNT = {"AccountRef": {"value": "42"}}
OFFICE = {"DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": ACCOUNT}


def typed(stage: Stage, number: str, amount: str, **more: Any) -> dict[str, Any]:
    """Let a person type a bill of Acme Supply."""
    line = {"Amount": Decimal(amount), **OFFICE}
    form = {"VendorRef": {"value": "56"}, "TxnDate": "2026-11-12", "DocNumber": number, "Line": [line], **more}
    bill: dict[str, Any] = stage.quickbooks.post(f"bill?realm={REALM}", **form)
    return bill


def bill_of(stage: Stage, invoice: dict[str, Any]) -> str:
    return str(stage.record(invoice).qbo_id)


def deaf(stage: Stage) -> None:
    """Lose all events of QuickBooks, so that nobody acts on what people change there."""
    stage.quickbooks.post("webhooks", drop=1.0)


def buckets(stage: Stage, report: ReportDetail) -> dict[str, str]:
    """Return the bucket of each document, and of each entity that stands for none, by its number."""
    return {str(line.number or line.qbo_number): line.bucket for line in lines(stage, report)}


def test_every_document_and_entity_is_in_the_bucket_that_explains_it(stage: Stage) -> None:
    agreeing = approved(stage, "INV-1")
    edited = approved(stage, "INV-2")
    deleted = approved(stage, "INV-3")
    cancelled = approved(stage, "INV-4")
    moved = approved(stage, "INV-5")
    approved(stage, "INV-6", supplier="Evergreen Catering")
    ignored = approved(stage, "INV-7", supplier="Evergreen Catering")
    stage.settle()
    deaf(stage)
    line = {"Amount": Decimal("12.34"), **OFFICE}
    stage.quickbooks.post(f"bill/{bill_of(stage, edited)}?realm={REALM}", set={"Line": [line]})
    stage.quickbooks.post(f"bill/{bill_of(stage, deleted)}?realm={REALM}", do="delete")
    stage.quickbooks.post(f"bill/{bill_of(stage, moved)}?realm={REALM}", set={"TxnDate": "2026-12-02"})
    commands_of_records.ignore(stage.runtime, stage.record(ignored).id, "ann", "paid by card")
    stage.precoro.post("webhooks", drop=1.0)
    stage.act(cancelled, "cancel")
    typed(stage, "T-1", "77.00")
    typed(stage, "S-1", "540.00")
    note = f"tieout:{SLUG}:invoice:{agreeing['id']}"
    typed(stage, "T-2", "5.00", PrivateNote=note)
    report = report_of(stage)
    assert buckets(stage, report) == {
        "INV-1": "agrees",
        "INV-2": "different",
        "INV-3": "missing",
        "INV-4": "waiting",
        "INV-5": "different",
        "INV-6": "held",
        "INV-7": "ignored",
        "T-1": "entered_directly",
        "S-1": "suspected_duplicate",
        "T-2": "stray",
    }
    [held] = [line for line in lines(stage, report) if line.bucket == "held"]
    assert held.why == "Supplier Evergreen Catering is not paired with a vendor."
    assert report.summary.state == "differs"
    assert report.summary.breaks == 5
    assert all(equation.residual == 0 for equation in [*report.by_date, *report.by_approval])
    assert report.calls == 17


def test_orders_are_commitments_until_they_are_billed_and_owed_on_both_sides_until_they_are_paid(stage: Stage) -> None:
    order = stage.precoro.post(
        "purchaseorders",
        company=1,
        supplier="Acme Supply",
        customName="PO-57",
        createDate="2026-11-02",
        lines=[PAPER],
        do=["submit", "approve"],
    )
    stage.settle()
    report = report_of(stage).summary.report
    [commitment] = month_end.commitments(stage.runtime, report)
    assert (commitment.number, commitment.ordered, commitment.open, commitment.is_received) == (
        "PO-57",
        Decimal("540.00"),
        Decimal("540.00"),
        False,
    )
    assert month_end.commitments(stage.runtime, report, received=True) == []
    stage.act(order, "receive", collection="purchaseorders")
    invoice = approved(stage, "INV-1")
    stage.settle()
    stage.quickbooks.post(f"bill/{bill_of(stage, invoice)}?realm={REALM}", do="pay", amount="100.00")
    stage.settle()
    report = report_of(stage).summary.report
    [received] = month_end.commitments(stage.runtime, report, received=True)
    assert (received.number, received.is_received) == ("PO-57", True)
    [owed] = month_end.open_balances(stage.runtime, report)
    assert (owed.supplier, owed.precoro, owed.quickbooks, owed.difference) == (
        "Acme Supply", Decimal("540.00"), Decimal("440.00"), Decimal("-100.00"),
    )  # fmt: skip


def test_what_a_person_accepted_is_listed_and_ties(stage: Stage) -> None:
    invoice = approved(stage, "INV-1")
    stage.settle()
    line = {"Amount": Decimal("12.34"), **OFFICE}
    stage.quickbooks.post(f"bill/{bill_of(stage, invoice)}?realm={REALM}", set={"Line": [line]})
    stage.until_state(invoice, "held")
    assert buckets(stage, report_of(stage)) == {"INV-1": "different"}
    document_commands.keep(stage.runtime, document_views.document(stage.runtime, "INV-1"), "ann")
    stage.until_state(invoice, "synced")
    stage.settle()
    report = report_of(stage)
    assert buckets(stage, report) == {"INV-1": "accepted"}
    assert report.summary.state == "ties"


def test_a_bill_that_people_moved_to_another_month_breaks_both_months_until_that_is_accepted(stage: Stage) -> None:
    invoice = approved(stage, "INV-1")
    stage.settle()
    stage.quickbooks.post(f"bill/{bill_of(stage, invoice)}?realm={REALM}", set={"TxnDate": "2026-12-02"})
    stage.until_state(invoice, "held")
    for period, effect in ((NOVEMBER, Decimal("-540.00")), (DECEMBER, Decimal("540.00"))):
        report = report_of(stage, period)
        assert report.summary.state == "differs"
        [line] = lines(stage, report)
        assert (line.bucket, line.difference) == ("different", effect)
        assert line.why == "Moved in QuickBooks from 2026-11-02 to 2026-12-02."
        assert all(equation.residual == 0 for equation in [*report.by_date, *report.by_approval])
    document_commands.keep(stage.runtime, document_views.document(stage.runtime, "INV-1"), "ann")
    stage.until_state(invoice, "synced")
    stage.settle()
    report = report_of(stage)
    assert (report.summary.state, buckets(stage, report)) == ("ties", {"INV-1": "other_period"})


def test_a_report_that_a_person_asked_for_keeps_what_is_owed_when_the_next_one_is_made(stage: Stage) -> None:
    approved(stage, "INV-1")
    stage.settle()
    first = report_of(stage).summary.report
    report_of(stage)
    [owed] = month_end.open_balances(stage.runtime, first)
    assert (owed.precoro, owed.quickbooks) == (Decimal("540.00"), Decimal("540.00"))
    assert not views.report(stage.runtime, first).summary.is_trimmed


def test_an_older_nightly_report_forgets_what_agreed_and_is_marked(stage: Stage) -> None:
    approved(stage, "INV-1")
    stage.settle()
    numbers = [report_of(stage, who=NIGHTLY).summary.report for _ in range(2)]
    assert [views.report(stage.runtime, number).summary.is_trimmed for number in numbers] == [True, False]


def forget_sending(stage: Stage, invoice: dict[str, Any], state: RecordState) -> None:
    """Let the record of an invoice be as in an older database: nothing is known of its bill."""
    with stage.runtime.write() as (session, _):
        record = session.get_one(Record, stage.record(invoice).id)
        record.sent = record.qbo_id = record.qbo_type = None
        record.state = state


def test_a_bill_that_only_its_mark_links_is_compared_with_its_document(stage: Stage) -> None:
    same, other, gone = (approved(stage, number) for number in ("INV-1", "INV-2", "INV-3"))
    stage.settle()
    deaf(stage)
    line = {"Amount": Decimal("500.00"), **OFFICE}
    stage.quickbooks.post(f"bill/{bill_of(stage, other)}?realm={REALM}", set={"Line": [line]})
    stage.precoro.post("webhooks", drop=1.0)
    stage.act(gone, "cancel")
    forget_sending(stage, same, records.SYNCED)
    forget_sending(stage, other, records.HELD)
    forget_sending(stage, gone, records.REMOVED)
    report = report_of(stage)
    assert {line.number: (line.bucket, line.difference) for line in lines(stage, report)} == {
        "INV-1": ("agrees", Decimal("0.00")),
        "INV-2": ("held", Decimal("-40.00")),
        "INV-3": ("waiting", Decimal("540.00")),
    }
    assert all(equation.residual == 0 for equation in [*report.by_date, *report.by_approval])


def test_a_double_that_was_typed_a_few_days_after_the_period_counts_with_its_document(stage: Stage) -> None:
    approved(stage, "INV-1")
    stage.settle()
    typed(stage, "S-1", "540.00", TxnDate="2026-11-06")
    report = report_of(stage, Period(date(2026, 11, 1), date(2026, 11, 3)))
    assert buckets(stage, report) == {"INV-1": "agrees", "S-1": "suspected_duplicate"}
    assert (report.summary.state, report.summary.breaks) == ("differs", 1)
    assert all(equation.residual == 0 for equation in [*report.by_date, *report.by_approval])


def test_what_quickbooks_books_in_another_month_is_in_the_cut_off_list(stage: Stage) -> None:
    stage.quickbooks.post("settings", book_close_date="2026-11-30")
    settings.change(stage.runtime, SLUG, {"closed_period": "first_open_day"}, "ann")
    approved(stage, "INV-1")
    stage.settle()
    report = report_of(stage)
    assert buckets(stage, report) == {"INV-1": "other_period"}
    assert [line.number for line in lines(stage, report, "cut-off")] == ["INV-1"]
