"""What people look at of reports: what each came to, its equations, its rows, and how two of them differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, cast

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS, Bucket
from mappers.web_addresses import in_quickbooks
from store import tie_out
from store.companies import Connection, QboCompany
from store.records import DOCUMENT_KINDS
from store.tie_out import Report, ReportAccount, ReportRow, ReportState
from workers import lookup
from workers.errors import NoSuchReportError
from workers.runtime import Runtime
from workers.tie_out.sections import SECTIONS

NIGHTLY: Final = "the nightly report"
"""Who asks for the reports that are made by themselves."""
TRIMMED: Final = (
    "The rows that agreed are no longer kept with this report, so its lists and open balances are not whole. Its equations and counts are. "
    "Run a report for the same days to see them all."
)
"""What is said wherever the rows of a trimmed report are shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a report: what was read, when, and how many rows it showed and its service counts."""

    what: str
    began: datetime
    ended: datetime
    calls: int
    rows: int
    total: int | None

    @property
    def where(self) -> str:
        """Return which service was read."""
        return "Precoro" if self.what in {*DOCUMENT_KINDS, tie_out.RECEIPT} else "QuickBooks"


@dataclass(frozen=True, slots=True)
class EquationRow:
    """The equation of a ledger and currency; of one supplier or vendor where it is named."""

    ledger: str
    currency: str
    approved: Decimal
    effects: Mapping[str, Decimal]
    quickbooks: Decimal
    residual: Decimal
    supplier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """One report as a list shows it.

    Args:
        state: `reading`, `ties`, `differs` or `incomplete`
        breaks: how many documents and entities break the agreement
        counts: how many are in each bucket
        is_trimmed: whether the rows that agree were forgotten
    """

    report: int
    connection: str
    first: date
    last: date
    who: str
    state: ReportState
    reason: str | None
    began_at: datetime
    ended_at: datetime | None
    breaks: int
    counts: Mapping[str, int]
    digest: str | None
    task: int | None
    is_trimmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetail:
    """One report with its equations on each basis (`date`, `approval`) and what its readings cost."""

    summary: ReportSummary
    by_date: Sequence[EquationRow] = ()
    by_approval: Sequence[EquationRow] = ()
    readings: Sequence[Reading] = ()

    @property
    def calls(self) -> int:
        """Return how many calls it cost."""
        return sum(reading.calls for reading in self.readings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One document with what stands for it, or one entity that stands for none; amounts are in `currency`."""

    ledger: str
    bucket: str
    why: str
    supplier: str
    currency: str
    document: str | None
    number: str | None
    dated: date | None
    approved_on: date | None
    due_on: date | None
    precoro: Decimal | None
    sent: Decimal | None
    quickbooks: Decimal | None
    difference: Decimal
    rate_difference: Decimal | None
    entity: str | None
    qbo_number: str | None
    qbo_page: str | None
    booked_on: date | None
    paid: Decimal | None
    balance: Decimal | None
    record_id: int | None


@dataclass(frozen=True, slots=True)
class LinesTotal:
    """Rows of one ledger and currency added up: how many there are, and their amounts."""

    ledger: str
    currency: str
    number: int
    precoro: Decimal | None
    quickbooks: Decimal | None
    balance: Decimal | None
    difference: Decimal | None


@dataclass(frozen=True, slots=True)
class ReportDifference:
    """A document or entity that is in another bucket than in the report before, or with another difference."""

    line: ReportLine
    before: str | None
    after: str | None


def reports(
    runtime: Runtime, connections: Collection[str] | None = None, *, limit: int, offset: int = 0
) -> list[ReportSummary]:
    """Return the reports of connections of these names, or of all, the newest first. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        slugs = {connection.id: connection.slug for connection in lookup.connections_named(session, connections)}
        chosen = select(Report).where(Report.connection_id.in_(slugs)).order_by(Report.id.desc())
        rows = session.scalars(chosen.limit(limit).offset(offset))
        return [_summary(report, slugs[report.connection_id]) for report in rows]


def newest(runtime: Runtime, connection: str) -> ReportSummary | None:
    """Return the newest report of a connection that has ended. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        row = lookup.connection_named(session, connection)
        report = tie_out.newest(session, row.id)
        return _summary(report, row.slug) if report else None


def newest_of_each(runtime: Runtime, connections: Collection[str]) -> dict[str, ReportSummary]:
    """Return the newest report that has ended of each connection that has one."""
    newest = select(func.max(Report.id)).where(Report.state != tie_out.READING).group_by(Report.connection_id)
    with runtime.read() as (session, _):
        slugs = {connection.id: connection.slug for connection in lookup.connections_named(session, connections)}
        rows = session.scalars(select(Report).where(Report.id.in_(newest), Report.connection_id.in_(slugs)))
        return {slugs[report.connection_id]: _summary(report, slugs[report.connection_id]) for report in rows}


def earlier(runtime: Runtime, number: int, *, limit: int) -> list[ReportSummary]:
    """Return the reports of the same connection before one, the newest first. Raises NoSuchReportError."""
    with runtime.read() as (session, _):
        report = report_named(session, number)
        slug = session.get_one(Connection, report.connection_id).slug
        ended = Report.connection_id == report.connection_id, Report.id < number, Report.state != tie_out.READING
        rows = session.scalars(select(Report).where(*ended).order_by(Report.id.desc()).limit(limit))
        return [_summary(row, slug) for row in rows]


def of_task(runtime: Runtime, task_id: int) -> ReportDetail | None:
    """Return the report that a task makes; None before its first step."""
    with runtime.read() as (session, _):
        report = session.scalar(select(Report).where(Report.task_id == task_id))
        return _detail(session, report) if report else None


def report(runtime: Runtime, number: int, connection: str | None = None) -> ReportDetail:
    """Return one report, of this connection if one is named. Raises NoSuchReportError."""
    with runtime.read() as (session, _):
        detail = _detail(session, report_named(session, number))
    if connection is not None and detail.summary.connection != connection:
        raise NoSuchReportError(number)
    return detail


def accounts(
    runtime: Runtime, number: int, basis: str, *, text: str | None = None, limit: int, offset: int = 0
) -> list[EquationRow]:
    """Return the equations of suppliers and vendors on a basis, by name; `text` is a part of it. Raises NoSuchReportError."""
    with runtime.read() as (session, _):
        of_report = report_named(session, number).id
        account = ReportAccount
        rows = session.scalars(
            select(account)
            .where(account.report_id == of_report, account.basis == basis)
            .where(*([account.supplier.icontains(text, autoescape=True)] if text else []))
            .order_by(account.supplier, account.ledger, account.currency)
            .limit(limit)
            .offset(offset)
        )
        return [
            EquationRow(row.ledger, row.currency, row.approved, row.effects, row.quickbooks, row.residual, row.supplier)
            for row in rows
        ]


def lines(
    runtime: Runtime, number: int, *, bucket: str | None = None, section: str | None = None, limit: int, after: int = 0
) -> list[tuple[int, ReportLine]]:
    """Return rows of a report with their ids, those after an id: of one bucket, of a section, or all. Raises NoSuchReportError."""
    with runtime.read() as (session, _):
        report = report_named(session, number)
        chosen = _lines(report.id, bucket, section).where(ReportRow.id > after)
        environment = session.get_one(Connection, report.connection_id).qbo.environment
        rows = session.scalars(chosen.order_by(ReportRow.id).limit(limit))
        return [(row.id, _line(row, environment)) for row in rows]


def totals(runtime: Runtime, number: int, *, bucket: str | None = None, section: str | None = None) -> list[LinesTotal]:
    """Return rows of a report added up by ledger and currency: of one bucket, of a section, or all. Raises NoSuchReportError."""
    row = ReportRow
    sums = [func.money_sum(amount) for amount in (row.precoro, row.quickbooks, row.balance, row.effect)]
    with runtime.read() as (session, _):
        chosen = _lines(report_named(session, number).id, bucket, section)
        added = chosen.with_only_columns(row.ledger, row.currency, func.count(), *sums)
        grouped = added.group_by(row.ledger, row.currency).order_by(row.ledger, row.currency)
        return [LinesTotal(*total) for total in session.execute(grouped)]


def section_counts(runtime: Runtime, number: int) -> dict[str, int]:
    """Return how many rows of a report each list for the month end has. Raises NoSuchReportError."""
    counted = [func.count().filter(section.condition) for section in SECTIONS.values()]
    with runtime.read() as (session, _):
        of_report = ReportRow.report_id == report_named(session, number).id
        return dict(zip(SECTIONS, session.execute(select(*counted).where(of_report)).one(), strict=True))


class _Placed(NamedTuple):
    """Where a report has put a document or an entity, and its row."""

    bucket: str
    difference: Decimal
    row_id: int


def difference(
    runtime: Runtime, before: int, after: int, *, limit: int | None = None, offset: int = 0
) -> list[ReportDifference]:
    """Return what broke the agreement, or was explained otherwise, in one of two reports only. Raises NoSuchReportError."""
    with runtime.read() as (session, _):
        first, last = (_exceptions(session, report_named(session, number)) for number in (before, after))
        changed = [key for key in sorted(first.keys() | last.keys()) if _place(first.get(key)) != _place(last.get(key))]
        shown = changed[offset:] if limit is None else changed[offset : offset + limit]
        lines = _lines_of(session, [(last.get(key) or first[key]).row_id for key in shown])
    return [
        ReportDifference(line, *(side[key].bucket if key in side else None for side in (first, last)))
        for key, line in zip(shown, lines, strict=True)
    ]


def _exceptions(session: Session, report: Report) -> dict[tuple[str, str], _Placed]:
    """Return where a report has put what does not simply agree, by ledger and document, or by entity."""
    row = ReportRow
    chosen = _lines(report.id, None, None).where(row.bucket != "agrees")
    placed = chosen.with_only_columns(row.ledger, row.name, row.type, row.qbo_id, row.bucket, row.effect, row.id)
    return {
        (ledger, name or f"{type_} {qbo_id}"): _Placed(bucket, effect, row_id)
        for ledger, name, type_, qbo_id, bucket, effect, row_id in session.execute(placed)
    }


def _place(placed: _Placed | None) -> tuple[str, Decimal] | None:
    return (placed.bucket, placed.difference) if placed else None


def _lines_of(session: Session, row_ids: Sequence[int]) -> list[ReportLine]:
    """Return rows by their ids, in this order."""
    lines: dict[int, ReportLine] = {}
    for start in range(0, len(row_ids), tie_out.AT_ONCE):
        chunk = select(ReportRow, QboCompany.environment).where(
            ReportRow.id.in_(row_ids[start : start + tie_out.AT_ONCE])
        )
        of_companies = chunk.join(Report, Report.id == ReportRow.report_id).join(Connection).join(QboCompany)
        lines |= {row.id: _line(row, environment) for row, environment in session.execute(of_companies)}
    return [lines[row_id] for row_id in row_ids]


def report_named(session: Session, number: int) -> Report:
    """Return the report of a number. Raises NoSuchReportError."""
    report = session.get(Report, number)
    if report is None:
        raise NoSuchReportError(number)
    return report


def _lines(report_id: int, bucket: str | None, section: str | None) -> Select[ReportRow]:
    """Return the rows of a report in its period, narrowed to a bucket or a section."""
    in_period = or_(ReportRow.by_date, ReportRow.by_approval, ReportRow.by_booking)
    chosen = select(ReportRow).where(ReportRow.report_id == report_id)
    if section is not None:
        return chosen.where(SECTIONS[section].condition)
    return chosen.where(in_period, *([ReportRow.bucket == bucket] if bucket else []))


def _summary(report: Report, slug: str) -> ReportSummary:
    return ReportSummary(
        report=report.id,
        connection=slug,
        first=report.first_day,
        last=report.last_day,
        who=report.who,
        state=report.state,
        reason=report.reason,
        began_at=report.began_at,
        ended_at=report.ended_at,
        breaks=sum(number for bucket, number in report.counts.items() if bucket in BREAKS),
        counts={bucket: report.counts[bucket] for bucket in BUCKETS if report.counts.get(bucket)},
        digest=report.digest,
        task=report.task_id,
        is_trimmed=report.is_trimmed,
    )


def _detail(session: Session, report: Report) -> ReportDetail:
    slug = session.get_one(Connection, report.connection_id).slug
    by_date, by_approval = (
        [EquationRow(**equation) for equation in report.equations.get(basis, ())] for basis in ("date", "approval")
    )
    readings = [
        Reading(
            what=what,
            began=datetime.fromisoformat(reading["began"]),
            ended=datetime.fromisoformat(reading["ended"]),
            calls=reading["calls"],
            rows=reading["rows"],
            total=reading["total"],
        )
        for what, reading in report.readings.items()
    ]
    return ReportDetail(summary=_summary(report, slug), by_date=by_date, by_approval=by_approval, readings=readings)


def _line(row: ReportRow, environment: str) -> ReportLine:
    return ReportLine(
        ledger=row.ledger,
        bucket=row.bucket,
        why=row.why or MEANINGS[cast("Bucket", row.bucket)],
        supplier=row.supplier,
        currency=row.currency,
        document=row.name,
        number=row.number,
        dated=row.dated,
        approved_on=row.approved_on,
        due_on=row.due_on,
        precoro=row.precoro,
        sent=row.sent,
        quickbooks=row.quickbooks,
        difference=row.effect,
        rate_difference=row.rate_difference,
        entity=f"{row.type} {row.qbo_id}" if row.type else None,
        qbo_number=row.qbo_number,
        qbo_page=in_quickbooks(environment, row.type, row.qbo_id),
        booked_on=row.booked_on,
        paid=row.paid,
        balance=row.balance,
        record_id=row.record_id,
    )
