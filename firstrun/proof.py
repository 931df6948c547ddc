"""The tie-out report at the end of a check: made by the workers as for a customer, and printed as one table."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from firstrun import home
from firstrun.errors import CannotRunError, display_path
from mappers.money import written
from mappers.tie_out.buckets import TITLES
from mappers.tie_out.period import A_YEAR, Period
from settings import Settings
from standins.companies.seeds import WIDGETS_INC
from store.companies import Connection, QboCompany
from workers.runtime import Runtime
from workers.tie_out import commands, views
from workers.tie_out.printed import every_line
from workers.tie_out.sentence import sentence
from workers.tie_out.views import ReportDetail, ReportLine

PATIENCE = 60.0
POLL = 0.1
WHO = "bin/up --check"
FORM = "{:<10} {:<24} {:>12} {:>12} {:<16} {:>12} {:>12}  {}"
HEADS = ("Document", "Supplier", "Precoro", "Last sent", "QuickBooks", "Amount", "Difference", "")


class NoReportError(CannotRunError):
    """The workers did not make the report."""

    def __init__(self, logs: Path) -> None:
        super().__init__(f"The tie-out report was not made within {PATIENCE:g} s. Logs: {display_path(logs)}")


def prove(settings: Settings) -> tuple[ReportDetail, str]:
    """Let the workers make a report of Widgets Inc over the last year; returns it, and its table. Raises NoReportError."""
    runtime = Runtime(settings)
    try:
        with runtime.read() as (session, moment):
            of_company = select(Connection).join(QboCompany).where(QboCompany.realm == WIDGETS_INC.quickbooks.realm)
            slug, today = session.scalars(of_company).one().slug, moment.date()
        task_id = commands.begin(runtime, slug, WHO, Period(today - A_YEAR, today + timedelta(days=1)))
        report = _wait_for(runtime, task_id, home.logs(settings.home))
        return report, "\n".join(_table(runtime, report))
    finally:
        runtime.close()


def _wait_for(runtime: Runtime, task_id: int, logs: Path) -> ReportDetail:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        report = views.of_task(runtime, task_id)
        if report is not None and report.summary.state != "reading":
            return report
        time.sleep(POLL)
    raise NoReportError(logs)


def _table(runtime: Runtime, report: ReportDetail) -> list[str]:
    """Return every document with what stands for it, then the equations."""
    rows = [_line(line) for line in every_line(runtime, report.summary.report)]
    equations = [
        f"{equation.ledger.capitalize()}, {equation.currency}: approved {written(equation.approved)}"
        + "".join(f", {TITLES[bucket].lower()} {written(effect)}" for bucket, effect in equation.effects.items())
        + f", in QuickBooks {written(equation.quickbooks)}; left without an explanation {written(equation.residual)}"
        for equation in report.by_approval
    ]
    return [FORM.format(*HEADS).rstrip(), *rows, *equations, sentence(report)]


def _line(line: ReportLine) -> str:
    amounts = [_amount(amount) for amount in (line.precoro, line.sent, line.quickbooks)]
    difference = _amount((line.quickbooks or Decimal(0)) - (line.precoro or Decimal(0)))
    cells = (
        line.number or line.qbo_number or "",
        line.supplier[:24],
        *amounts[:2],
        line.entity or "-",
        amounts[2],
        difference,
    )
    return FORM.format(*cells, TITLES[line.bucket]).rstrip()


def _amount(amount: Decimal | None) -> str:
    return "-" if amount is None else written(amount)
