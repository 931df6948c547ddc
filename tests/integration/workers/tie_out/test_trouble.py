"""Reports in bad times: workers that die, settings that change meanwhile, and rows that make no sense."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappers.policy import Policy, dump_policy
from mappers.tie_out.period import Period
from store.companies import Connection
from tests.integration.workers import long_actions
from tests.integration.workers.long_actions import KilledError
from tests.stage import REALM, Stage, house
from workers import actions
from workers.connections import connect, forget
from workers.lookup import connection_named
from workers.tasks import commands as task_commands
from workers.tie_out import closing, commands, documents, quickbooks_rows, reading, views
from workers.tie_out.views import ReportDetail, ReportLine

SLUG = "widgets-inc"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


@pytest.fixture
def stage(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Stage]:
    """Return a house that sends orders and invoices, and has sent one of each sort."""
    with house(tmp_path, redis_url, DATABASE_URL=database_url) as opened:
        opened.begin_connected(Policy(send="both"))
        opened.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
        opened.settle()
        yield opened


def begun(stage: Stage) -> int:
    """Begin a report on November."""
    return commands.begin(stage.runtime, SLUG, "ann", NOVEMBER)


def ended(stage: Stage, task: int) -> ReportDetail:
    """Take steps until a report has ended."""
    long_actions.finish(stage, task)
    report = views.of_task(stage.runtime, task)
    assert report is not None
    return report


def lines(stage: Stage, report: ReportDetail) -> dict[str, ReportLine]:
    """Return the rows of a report by the numbers of their documents or entities."""
    rows = views.lines(stage.runtime, report.summary.report, limit=1000)
    assert len(rows) == sum(report.summary.counts.values())
    return {str(line.number or line.qbo_number): line for _, line in rows}


def typed(stage: Stage, number: str) -> str:
    """Let a person type a bill of 77.00; returns its id."""
    detail = {"AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}}}
    line = {"Amount": Decimal("77.00"), "DetailType": "AccountBasedExpenseLineDetail", **detail}
    bill = {"VendorRef": {"value": "56"}, "TxnDate": "2026-11-12", "DocNumber": number, "Line": [line]}
    return str(stage.quickbooks.post(f"bill?realm={REALM}", **bill)["Id"])


def distort(monkeypatch: pytest.MonkeyPatch, values_by_id: dict[str, dict[str, Any]]) -> None:
    """Let QuickBooks show bills with these values, and without those that are ..."""
    keep = quickbooks_rows._keep  # noqa: SLF001 - the place that all that QuickBooks shows goes through

    def keep_distorted(step: Any, report: Any, type_: str, rows: Sequence[Mapping[str, Any]]) -> bool:
        changed = [{**row, **values_by_id.get(str(row["Id"]), {})} for row in rows]
        shown = [{name: value for name, value in row.items() if value is not ...} for row in changed]
        return keep(step, report, type_, shown)

    monkeypatch.setattr(quickbooks_rows, "_keep", keep_distorted)


def test_a_report_with_entities_that_make_no_sense_is_incomplete_and_names_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: list[dict[str, Any]] = [
        {"TotalAmt": ...},
        {"TotalAmt": "much"},
        {"TotalAmt": "1E+999999"},
        {"TxnDate": "yesterday"},
        {"TxnDate": ...},
        {"VendorRef": ...},
        {"VendorRef": "Acme"},
        {"CurrencyRef": "USD"},
        {"CurrencyRef": {"value": "dollars"}},
        {"Balance": {"open": 1}},
    ]
    ids = [typed(stage, f"T-{place}") for place in range(len(wrong))]
    distort(monkeypatch, dict(zip(ids, wrong, strict=True)))
    report = ended(stage, begun(stage))
    assert report.summary.state == "incomplete"
    assert report.summary.reason == " ".join(
        f"Bill {id_} of QuickBooks cannot be read: {name}."
        for id_, values in zip(ids, wrong, strict=True)
        for name in values
    )
    assert report.summary.counts == {"agrees": 1}


def test_what_is_odd_and_decides_nothing_is_shown_as_well_as_it_can_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [typed(stage, f"T-{place}") for place in range(4)]
    odd: list[dict[str, Any]] = [
        {"DocNumber": "9" * 200, "DueDate": "soon", "PrivateNote": 7},
        {"DocNumber": "a\0b", "MetaData": ["?"], "ExchangeRate": "good"},
        {"DocNumber": 12, "MetaData": {"LastUpdatedTime": "2026-11-12T10:00:00"}},
        {"DocNumber": "=cmd()", "MetaData": {"LastUpdatedTime": 5}, "Balance": None},
    ]
    distort(monkeypatch, dict(zip(ids, odd, strict=True)))
    report = ended(stage, begun(stage))
    assert lines(stage, report).keys() == {"INV-1", "9" * 60, "a\\u0000b", "12", "=cmd()"}
    assert report.summary.counts == {"agrees": 1, "entered_directly": 4}


def killed_once(work: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """Return a part of the work whose first worker is killed before or after it."""
    deaths = [KilledError()]

    def worked(*arguments: Any) -> Any:
        if deaths and not after:
            raise deaths.pop()
        result = work(*arguments)
        if deaths:
            raise deaths.pop()
        return result

    return worked


@pytest.mark.parametrize("after", [False, True])
def test_workers_that_are_killed_in_every_phase_double_and_lose_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    for number in ("T-1", "T-2"):
        typed(stage, number)
    undisturbed = ended(stage, begun(stage))
    for phase, work in reading.PHASES.items():
        monkeypatch.setitem(reading.PHASES, phase, killed_once(work, after=after))
    monkeypatch.setattr(closing, "close", killed_once(closing.close, after=after))
    task = begun(stage)
    for _ in range(len(reading.PHASES) + 1):
        with pytest.raises(KilledError):
            ended(stage, task)
        long_actions.expire_lease(stage, task)
    report = ended(stage, task)
    assert lines(stage, report).keys() == {"INV-1", "T-1", "T-2"}
    assert (report.summary.counts, report.by_date, report.by_approval, report.summary.digest) == (
        undisturbed.summary.counts, undisturbed.by_date, undisturbed.by_approval, undisturbed.summary.digest,
    )  # fmt: skip


def test_a_worker_that_was_away_longer_than_its_lease_adds_nothing_to_what_another_puts_together(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, others = begun(stage), [True]
    compare = documents.compare_page

    def away(*arguments: Any) -> Any:
        rows = compare(*arguments)
        if others.pop() if others else False:
            long_actions.expire_lease(stage, task)
            ended(stage, task)  # by another worker, while this one is away
        return rows

    monkeypatch.setattr(documents, "compare_page", away)
    report = ended(stage, task)
    assert lines(stage, report).keys() == {"INV-1"}
    assert report.summary.state == "ties"


@pytest.mark.parametrize("trouble", ["503", "reset"])
def test_trouble_of_either_service_costs_time_and_no_row(stage: Stage, trouble: str) -> None:
    typed(stage, "T-1")
    for stand_in, path in ((stage.quickbooks, "/query"), (stage.precoro, "/invoices")):
        stand_in.post("faults", match={"method": "GET", "path": path}, fault=trouble, times=1)
    report = ended(stage, begun(stage))
    assert lines(stage, report).keys() == {"INV-1", "T-1"}
    assert report.summary.counts == {"agrees": 1, "entered_directly": 1}


def test_a_report_ends_when_its_connection_is_forgotten(stage: Stage) -> None:
    task = begun(stage)
    for _ in range(3):
        actions.work(stage.runtime, task)
    connect.disconnect(stage.runtime, SLUG, "ann")
    forget.forget(stage.runtime, SLUG, "ann")
    assert actions.work(stage.runtime, task) == "not due"
    assert views.of_task(stage.runtime, task) is None


def send(stage: Stage, kinds: Any) -> None:
    """Change which documents are sent."""
    with stage.runtime.write() as (session, _):
        connection: Connection = connection_named(session, SLUG)
        connection.policy = dump_policy(Policy(send=kinds))


@pytest.mark.parametrize(("before", "after"), [("both", "invoices"), ("invoices", "both")])
def test_a_report_is_about_what_was_sent_when_it_began(stage: Stage, before: str, after: str) -> None:
    for steps in (1, 3, 6, 9):
        send(stage, before)
        task = begun(stage)
        for _ in range(steps):
            actions.work(stage.runtime, task)
        send(stage, after)
        assert ended(stage, task).summary.state == "ties"


def test_a_report_that_was_cancelled_goes_on_and_begins_anew_when_another_took_its_place(stage: Stage) -> None:
    task = begun(stage)
    for _ in range(4):
        actions.work(stage.runtime, task)
    task_commands.cancel(stage.runtime, task, "ann")
    other = begun(stage)
    actions.work(stage.runtime, other)
    task_commands.cancel(stage.runtime, other, "ann")
    task_commands.resume(stage.runtime, task, "ann")
    assert ended(stage, task).summary.counts == {"agrees": 1}
    assert [report.task for report in views.reports(stage.runtime, limit=9)] == [task]
    task_commands.resume(stage.runtime, other, "ann")
    assert ended(stage, other).summary.counts == {"agrees": 1}
