"""`python -m bench.month`: a month in the life of a company; its tie-out report must show exactly what happened.

    python -m bench.month --documents 300 --seed 1

Real processes. People approve, revise, cancel, order, credit, pay, type, edit and delete; vendors are merged, the books are closed;
webhooks are lost, workers are killed, and in the middle of the month the database is restored from a backup. Exit 0: every planted
difference is in its bucket with its amount, every equation closes, and there is nothing else.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from bench import figures, month_plan
from bench.chaos_installation import ChaosInstallation, open_installation
from bench.month_people import REALM, People
from bench.month_plan import DAYS, MERGED_SUPPLIER, PLAIN, STORIES, MonthAct, MonthPlan, PlannedRow
from bench.quiet import until_quiet
from bench.waiting import until
from mappers.tie_out.period import Period
from standins import compare
from standins.companies.seeds import WIDGETS_INC
from store import intents
from store.companies import CONNECTED, Connection
from store.intents import Intent
from store.records import FAILED, Record
from store.tasks import ENDED
from workers.lookup import find_task
from workers.tie_out import commands, views
from workers.tie_out.views import ReportDetail

HURRIED = {"TIEOUT_RETRY_WAITS": "30,60", "TIEOUT_CATCH_UP": "300"}
TOKENS: Mapping[str, Any] = {"access_token_seconds": 3600, "rotation": "daily"}
"""As usual: a refresh token of yesterday opens QuickBooks still, so that a restored database need not be connected anew."""
PATIENCE = 300.0
MOST_LINES = 100_000
KINDS = ("invoice", "credit_note", "purchase_order")


@dataclass
class Month:
    """A month under way."""

    installation: ChaosInstallation
    people: People
    backup: Path | None = None
    done: Counter[str] = field(default_factory=Counter)


@click.command()
@click.option("--documents", default=300, show_default=True, help="Stories of documents.")
@click.option("--seed", default=1, show_default=True, help="Decides everything that is decided.")
@click.option("--rate", default=8.0, show_default=True, help="Acts a second at most.")
def main(documents: int, seed: int, rate: float) -> None:
    """Play a month, make its tie-out report, and compare it with what happened."""
    figures.machine()
    plan = month_plan.plan(documents, seed)
    with open_installation(**HURRIED) as installation:
        today = datetime.now(UTC).date()
        first_day = today - timedelta(days=DAYS - 1)
        month = Month(installation, People(installation, first_day))
        began = time.monotonic()
        installation.quickbooks("settings", **TOKENS)
        _lose_webhooks(installation, seed)
        _play(month, plan, rate)
        until_quiet(installation)
        report = _make_report(installation, first_day)
        _print(month, report, time.monotonic() - began)
        wrong = [*_compare_rows(month, plan, report), *_check_sides(month, plan), *_find_faults(month)]
    for sentence in wrong:
        print(f"WRONG  {sentence}")
    print(f"seed {seed}, {documents} documents: {'NOT as planned' if wrong else 'the report shows what happened'}")
    sys.exit(bool(wrong))


def _lose_webhooks(installation: ChaosInstallation, seed: int) -> None:
    """Lose a tenth of all webhooks, double a fifth, and shuffle them."""
    for ask in (installation.precoro, installation.quickbooks):
        ask("webhooks", drop=0.1, duplicate=0.2, shuffle=True, delay_ms=500, seed=seed)


def _play(month: Month, plan: MonthPlan, rate: float) -> None:
    """Let everything happen in its order."""
    for act in plan.acts:
        began = time.monotonic()
        if act.document >= 0:
            month.people.act(act)
        else:
            _happen(month, act)
        month.done[act.name] += 1
        time.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))


def _happen(month: Month, act: MonthAct) -> None:
    """Let happen what is about the whole company, or about its installation."""
    installation = month.installation
    match act.name:
        case "kill a worker":
            installation.kill_one_worker()
        case "kill all workers":
            installation.kill("workers", act.pause)
        case "back up":
            until_quiet(installation)  # how much a backup knows is planned, and not how fast the machine was
            month.backup = installation.back_up()
        case "restore" if month.backup:
            installation.restore(month.backup, act.pause)
            until_quiet(installation)
        case _:
            until_quiet(installation)
            month.people.act(act)


def _make_report(installation: ChaosInstallation, first_day: date) -> ReportDetail:
    """Make the report of the month through the product."""
    with installation.runtime.read() as (session, _):
        slug = session.scalars(select(Connection.slug)).one()
    period = Period(first_day, datetime.now(UTC).date())
    task_id = commands.begin(installation.runtime, slug, "bench", period)

    def has_ended() -> bool:
        with installation.runtime.read() as (session, _):
            return find_task(session, task_id).state in ENDED

    until(has_ended, "the report", PATIENCE)
    report = views.of_task(installation.runtime, task_id)
    if report is None:
        raise click.ClickException("The report was not made.")
    return report


def _print(month: Month, report: ReportDetail, seconds: float) -> None:
    """Print what happened, and what the report came to."""
    figures.line("took", f"{seconds:.0f} s")
    for name, count in sorted(month.done.items()):
        figures.line(name, str(count))
    for service, ask in (("Precoro", month.installation.precoro), ("QuickBooks", month.installation.quickbooks)):
        counts = ask("webhooks", "GET")
        figures.line(f"webhooks of {service}", f"delivered {counts['delivered']}, lost {counts['dropped']}")
    summary = report.summary
    figures.line("the report", f"{summary.state}: {', '.join(f'{name} {n}' for name, n in summary.counts.items())}")
    figures.line("calls for it", str(report.calls))


def _compare_rows(month: Month, plan: MonthPlan, report: ReportDetail) -> list[str]:
    """Say where the rows and the equations of the report are not those of the plan."""
    installation, number = month.installation, report.summary.report
    lines = [line for _, line in views.lines(installation.runtime, number, limit=MOST_LINES)]
    names = [
        str(line.number if line.document else month.people.entries.get(str(line.entity), line.entity)) for line in lines
    ]
    reported = {name: PlannedRow(line.bucket, line.difference) for name, line in zip(names, lines, strict=True)}
    wrong = [
        f"{name}: {sentence}{_explanation(installation, plan, name)}"
        for name, sentence in month_plan.differences(plan.rows, reported).items()
    ]
    wrong += [f"{name} is in {count} rows" for name, count in Counter(names).items() if count > 1]
    equations = [*report.by_date, *report.by_approval]
    for basis in ("date", "approval"):
        equations += views.accounts(installation.runtime, number, basis, limit=MOST_LINES)
    wrong += [
        f"{equation.ledger} of {equation.supplier} leave {equation.residual}"
        for equation in equations
        if equation.residual
    ]
    if report.summary.state != "differs":
        wrong.append(f"the report {report.summary.state}: {report.summary.reason}")
    return wrong


def _explanation(installation: ChaosInstallation, plan: MonthPlan, name: str) -> str:
    """Return the story of a document that is in a wrong row, and what Tieout says of it."""
    number = name.rpartition("-")[2]
    if not number.isdigit():
        return ""
    with installation.runtime.read() as (session, _):
        record = session.scalar(select(Record).where(Record.number == name).options(selectinload(Record.problems)))
        sentences = [record.state, record.reason, *(row.sentence for row in record.problems)] if record else []
    return f" ({plan.stories[int(number)]}; {' '.join(filter(None, sentences))})"


def _check_sides(month: Month, plan: MonthPlan) -> list[str]:
    """Say what the stand-ins' own judge finds of the documents that must agree."""
    settings = month.installation.settings
    excused = {
        name
        for number, title in enumerate(plan.stories)
        if (story := STORIES.get(title, PLAIN)).bucket != "agrees" or story.beside or story.supplier == MERGED_SUPPLIER
        for name in (month_plan.document_name(number), f"S-{number}", month_plan.entry_name(number))
    }
    comparison = compare.compare(
        settings.precoro_url,
        settings.qbo_url,
        kinds=KINDS,
        companies={str(WIDGETS_INC.precoro.id): REALM},
        payments=True,
    )
    broken = [row for row in comparison.broken if row.document not in excused]
    figures.line(
        "compared by the judge",
        f"{len(comparison.rows)} rows, of which {len(comparison.broken) - len(broken)} were planned to differ",
    )
    return [f"{asdict(row)}" for row in broken]


def _find_faults(month: Month) -> list[str]:
    """Say what is left undone: writes that were never settled, connections that were lost."""
    with month.installation.runtime.read() as (session, _):
        under_way = select(Intent.id).join(Record, Record.id == Intent.record_id).where(Intent.state == intents.OPEN)
        unsettled = session.scalars(under_way.where(Record.state != FAILED)).all()
        states = session.scalars(select(Connection.state)).all()
    wrong = [f"the write {intent_id} was never settled" for intent_id in unsettled]
    return wrong + [f"a connection is {state}" for state in states if state != CONNECTED]


if __name__ == "__main__":
    main()
