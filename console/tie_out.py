"""Tie-out: whether both sides agree, what explains a difference, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from console import exports, filters, limits
from console.downloads import csv_file, json_file
from console.headers import without_scripts
from console.inputs import LARGEST
from console.limits import limiter
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS, TITLES
from mappers.tie_out.sides import LEDGER_TITLES
from workers.errors import WrongPeriodError
from workers.tasks.views import BROKEN_OFF, STOPPED
from workers.tie_out import commands, month_end, printed, views
from workers.tie_out.attempts import newest_attempt
from workers.tie_out.days import last_days
from workers.tie_out.draft import BASES
from workers.tie_out.sections import SECTIONS
from workers.tie_out.sentence import sentence
from workers.tie_out.statement import statements
from workers.tie_out.views import ReportDetail, ReportSummary
from workers.users.roles import Permission

section = Section("tie_out")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/tie-out"
REPORT = f"{LIST}/<int(max={LARGEST}):report>"
COMPARABLE = 30
"""With how many of the reports before it one can be compared on its page."""
WORDS = {
    "titles": TITLES, "meanings": MEANINGS, "breaks": BREAKS, "ledgers": LEDGER_TITLES, "sections": SECTIONS, "trimmed": views.TRIMMED,
}  # fmt: skip
"""What buckets, ledgers and lists are called on pages."""


@section.page(LIST, needs=SEE)
def overview(connection: str) -> ResponseReturnValue:
    """Show what the newest report came to, the one under way, and those before."""
    attempt, newest = newest_attempt(runtime(), connection), views.newest(runtime(), connection)
    detail = views.report(runtime(), newest.report) if newest else None
    rows = views.reports(runtime(), [connection], limit=filters.PAGE + 1, offset=filters.offset())
    return render_template(
        "tie_out/overview.html",
        connection=connection,
        newest=detail,
        sentence=sentence(detail) if detail else None,
        task=attempt,
        is_under_way=attempt is not None and attempt.state not in STOPPED,
        is_broken_off=attempt is not None and attempt.state in BROKEN_OFF,
        periods=commands.periods(runtime(), connection),
        first=request.args.get("first", type=date.fromisoformat),
        last=request.args.get("last", type=date.fromisoformat),
        days=last_days(runtime(), connection),
        rows=rows[: filters.PAGE],
        following=filters.following(rows),
    )


@section.action(f"{LIST}/run", needs=DECIDE)
@limiter.limit(limits.EXPENSIVE)
def run(connection: str) -> str:
    """Begin a report about the days that a person chose."""
    period = commands.chosen_period(runtime(), connection, _day("first"), _day("last"))
    commands.begin(runtime(), connection, user().name, period)
    return f"Both sides are read for {period}."


@section.page(REPORT, needs=SEE)
def page(connection: str, report: int) -> ResponseReturnValue:
    """Show one report: its statements, its buckets, the lists for the month end, and how it was read."""
    detail = views.report(runtime(), report, connection)
    return render_template(
        "tie_out/report.html",
        connection=connection,
        report=detail,
        sentence=sentence(detail),
        statements=statements(detail),
        buckets=[bucket for bucket in BUCKETS if bucket in BREAKS or detail.summary.counts.get(bucket)],
        section_counts=views.section_counts(runtime(), report),
        **WORDS,
    )


@section.page(f"{REPORT}/rows", needs=SEE)
def rows(connection: str, report: int) -> ResponseReturnValue:
    """Show the rows of a bucket, of a list for the month end, or all."""
    detail, chosen = views.report(runtime(), report, connection), _chosen()
    is_part = chosen["section"] or chosen["bucket"] not in {None, "agrees"}
    lines = views.lines(runtime(), report, **chosen, limit=filters.PAGE + 1, after=filters.after())
    return render_template(
        "tie_out/rows.html",
        connection=connection,
        report=detail,
        **chosen,
        rows=[line for _, line in lines[: filters.PAGE]],
        further=filters.further(lines, lambda line: line[0]),
        totals=views.totals(runtime(), report, **chosen) if is_part else (),
        **WORDS,
    )


@section.page(f"{REPORT}/suppliers", needs=SEE)
def suppliers(connection: str, report: int) -> ResponseReturnValue:
    """Show the equation of each supplier, by name."""
    detail, basis = views.report(runtime(), report, connection), filters.choice("basis", BASES) or BASES[0]
    equations = views.accounts(
        runtime(), report, basis, text=filters.searched(), limit=filters.PAGE + 1, offset=filters.offset()
    )
    return render_template(
        "tie_out/suppliers.html",
        connection=connection,
        report=detail,
        basis=basis,
        rows=equations[: filters.PAGE],
        following=filters.following(equations),
        **WORDS,
    )


@section.page(f"{REPORT}/changes", needs=SEE)
def changes(connection: str, report: int) -> ResponseReturnValue:
    """Show what is in another bucket than in a report before."""
    detail = views.report(runtime(), report, connection)
    earlier = views.earlier(runtime(), report, limit=COMPARABLE)
    before = _compared(detail, earlier)
    page_and_one = {"limit": filters.PAGE + 1, "offset": filters.offset()}
    differences = views.difference(runtime(), before.report, report, **page_and_one) if before else []
    return render_template(
        "tie_out/changes.html",
        connection=connection,
        report=detail,
        earlier=earlier,
        before=before,
        rows=differences[: filters.PAGE],
        following=filters.following(differences),
        **WORDS,
    )


@section.page(f"{REPORT}/balances", needs=SEE)
def balances(connection: str, report: int) -> ResponseReturnValue:
    """Show what is owed to each supplier on both sides."""
    detail = views.report(runtime(), report, connection)
    rows = month_end.open_balances(runtime(), report)
    return render_template(
        "tie_out/balances.html",
        connection=connection,
        report=detail,
        totals=month_end.balances_by_currency(rows),
        **_part(rows),
        **WORDS,
    )


@section.page(f"{REPORT}/orders", needs=SEE)
def orders(connection: str, report: int) -> ResponseReturnValue:
    """Show what orders commit to, or those of which goods have come and not all is billed."""
    detail, received = views.report(runtime(), report, connection), request.args.get("show") == "received"
    rows = month_end.commitments(runtime(), report, received=received)
    return render_template(
        "tie_out/orders.html",
        connection=connection,
        report=detail,
        received=received,
        totals=month_end.orders_by_currency(rows),
        **_part(rows),
        **WORDS,
    )


@section.page(f"{REPORT}/month-end.csv", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
@exports.counted
def month_end_file(connection: str, report: int) -> Response:
    """Return what is owed to suppliers, or what orders commit to, as a file."""
    views.report(runtime(), report, connection)
    name = filters.choice("list", month_end.LISTS) or month_end.LISTS[0]
    return csv_file(f"tie-out-{report}-{name}", *month_end.spreadsheet(runtime(), report, name))


@section.page(f"{REPORT}/rows.csv", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
@exports.counted
def rows_file(connection: str, report: int) -> Response:
    """Return the rows of a bucket, of a list for the month end, or all, as a file."""
    views.report(runtime(), report, connection)
    chosen = _chosen()
    name = "-".join(filter(None, (f"tie-out-{report}", *chosen.values())))
    return csv_file(name, printed.HEADS, printed.cells(printed.every_line(runtime(), report, **chosen)))


@section.page(f"{REPORT}/report.json", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
@exports.counted
def whole_file(connection: str, report: int) -> Response:
    """Return a report with all its rows as a file for programs."""
    views.report(runtime(), report, connection)
    return json_file(f"tie-out-{report}", printed.json_parts(runtime(), report))


@section.page(f"{REPORT}/printed", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
def printed_page(connection: str, report: int) -> ResponseReturnValue:
    """Show a report as an auditor keeps or prints it."""
    views.report(runtime(), report, connection)
    return without_scripts(Response(printed.page(runtime(), report)), style=printed.style_source())


def _day(name: str) -> date | None:
    """Return a day of the form, if it has any. Raises WrongPeriodError."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongPeriodError(f"“{text[:20]}” is no day such as 2026-11-23.") from error


def _part(rows: Sequence[object]) -> dict[str, Any]:
    """Return the rows of this page of a list, and where it goes on."""
    following = rows[filters.offset() : filters.offset() + filters.PAGE + 1]
    return {"rows": following[: filters.PAGE], "following": filters.following(following)}


def _chosen() -> dict[str, Any]:
    """Return the bucket or the list for the month end whose rows are asked for."""
    in_section = filters.choice("section", SECTIONS)
    return {"bucket": None if in_section else filters.choice("bucket", BUCKETS), "section": in_section}


def _compared(report: ReportDetail, earlier: list[ReportSummary]) -> ReportSummary | None:
    """Return the report to compare with: the one that a person chose, else the newest that begins on the same day, if any."""
    chosen = request.args.get("before", type=int)
    by_choice = (before for before in earlier if before.report == chosen)
    alike = (before for before in earlier if before.first == report.summary.first)
    return next(by_choice, None) or next(alike, None) or next(iter(earlier), None)
