"""Tie-out reports: what was read of both sides for each, its rows, and what it came to.

The readings (`ReadDocument`, `ReadEntity`) are kept while a report is made; its rows are what people and the next report look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, TypeVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import reference
from store.base import Base, ExactJson, Money, UtcTime
from store.records import Record

ReportState: TypeAlias = Literal["reading", "ties", "differs", "incomplete"]
READING: Final = "reading"
TIES: Final = "ties"
DIFFERS: Final = "differs"
INCOMPLETE: Final = "incomplete"

RECEIPT: Final = "receipt"
"""The kind of a receipt among the documents of a reading: it only tells that goods of an order have come."""
AT_ONCE = 1000
"""How many rows of a reading are looked at together: what bounds the memory of a report."""
T = TypeVar("T", bound="ReadDocument | ReadEntity | ReportRow | ReportAccount")


class Report(Base):
    """One report: its period, who asked for it, how both sides were read, and what it came to.

    `readings` says of each reading when it began and ended, its calls and rows, and how many rows its service counts; `equations`
    holds the totals on each basis, `counts` how many rows are in each bucket. `digest` is the SHA-256 of all that was read.
    """

    __tablename__ = "tie_out_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    task_id: Mapped[int | None] = mapped_column(unique=True)
    first_day: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    who: Mapped[str] = mapped_column(String(200))
    state: Mapped[ReportState] = mapped_column(String(10), default=READING)
    reason: Mapped[str | None] = mapped_column(String(1000))
    began_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    readings: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    equations: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    counts: Mapped[dict[str, int]] = mapped_column(ExactJson, default=dict)
    digest: Mapped[str | None] = mapped_column(String(64))
    is_trimmed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("tie_out_reports_of_connection", "connection_id", "id"),)


class ReadDocument(Base):
    """A document as a list of Precoro shows it.

    `is_ours` says that this connection serves it, `in_period` that it is dated or was approved in the period.
    """

    __tablename__ = "tie_out_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tie_out_reports.id"))
    kind: Mapped[str] = mapped_column(String(20))
    precoro_id: Mapped[str] = mapped_column(String(100))
    is_ours: Mapped[bool] = mapped_column()
    in_period: Mapped[bool] = mapped_column()
    shown: Mapped[dict[str, Any]] = mapped_column(ExactJson)

    __table_args__ = (UniqueConstraint("report_id", "kind", "precoro_id"),)


class ReadEntity(Base):
    """An entity as QuickBooks listed it."""

    __tablename__ = "tie_out_entities"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tie_out_reports.id"))
    type: Mapped[str] = mapped_column(String(40))
    qbo_id: Mapped[str] = mapped_column(String(40))
    dated: Mapped[date] = mapped_column()
    shown: Mapped[dict[str, Any]] = mapped_column(ExactJson)

    __table_args__ = (UniqueConstraint("report_id", "type", "qbo_id"),)


class ReportAccount(Base):
    """The equation of one supplier or vendor, in one ledger and currency, on one basis."""

    __tablename__ = "tie_out_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tie_out_reports.id"))
    basis: Mapped[str] = mapped_column(String(10))
    ledger: Mapped[str] = mapped_column(String(8))
    currency: Mapped[str] = mapped_column(String(3))
    party: Mapped[str] = mapped_column(String(60))
    supplier: Mapped[str] = mapped_column(String(600))
    approved: Mapped[Decimal] = mapped_column(Money)
    effects: Mapped[dict[str, Decimal]] = mapped_column(ExactJson)
    quickbooks: Mapped[Decimal] = mapped_column(Money)
    residual: Mapped[Decimal] = mapped_column(Money)

    __table_args__ = (Index("tie_out_accounts_of_report", "report_id", "basis", "supplier"),)


class ReportRow(Base):
    """One document with what stands for it, or one entity that stands for none.

    `order` is the id of the order that it bills, `is_received` says that goods of an order have come. Amounts are in `currency`;
    `effect` is QuickBooks' amount less Precoro's, `rate_difference` in the home currency. The three flags say in which sense it is in
    the period: by its date in Precoro (of a double: that of the document that it looks like), by its approval, by its date in QuickBooks.
    """

    __tablename__ = "tie_out_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("tie_out_reports.id"))
    ledger: Mapped[str] = mapped_column(String(8))
    bucket: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(String(1000))
    currency: Mapped[str] = mapped_column(String(3))
    party: Mapped[str] = mapped_column(String(60))
    supplier: Mapped[str] = mapped_column(String(600))
    record_id: Mapped[int | None] = mapped_column()
    name: Mapped[str | None] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[int | None] = mapped_column()
    dated: Mapped[date | None] = mapped_column()
    approved_on: Mapped[date | None] = mapped_column()
    due_on: Mapped[date | None] = mapped_column()
    precoro_id: Mapped[str | None] = mapped_column(String(100))
    order: Mapped[str | None] = mapped_column("order_id", String(100))
    is_received: Mapped[bool] = mapped_column()
    precoro: Mapped[Decimal | None] = mapped_column(Money)
    paid: Mapped[Decimal | None] = mapped_column(Money)
    sent: Mapped[Decimal | None] = mapped_column(Money)
    type: Mapped[str | None] = mapped_column(String(40))
    qbo_id: Mapped[str | None] = mapped_column(String(40))
    qbo_number: Mapped[str | None] = mapped_column(String(60))
    booked_on: Mapped[date | None] = mapped_column()
    quickbooks: Mapped[Decimal | None] = mapped_column(Money)
    balance: Mapped[Decimal | None] = mapped_column(Money)
    effect: Mapped[Decimal] = mapped_column(Money)
    rate_difference: Mapped[Decimal | None] = mapped_column(Money)
    by_date: Mapped[bool] = mapped_column()
    by_approval: Mapped[bool] = mapped_column()
    by_booking: Mapped[bool] = mapped_column()

    __table_args__ = (Index("tie_out_rows_by_bucket", "report_id", "bucket", "id"),)


OF_REPORT = (ReportRow, ReportAccount, ReadDocument, ReadEntity)
"""The tables whose rows belong to a report."""


def keep_documents(session: Session, report_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows of documents; one that is shown once more is kept as it is shown now."""
    kept = [{"report_id": report_id, **row} for row in rows]
    reference.keep(session, ReadDocument, kept, ("report_id", "kind", "precoro_id"))


def keep_entities(session: Session, report_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep entities as QuickBooks shows them now."""
    kept = [{"report_id": report_id, **row} for row in rows]
    reference.keep(session, ReadEntity, kept, ("report_id", "type", "qbo_id"))


def forget_entities(session: Session, report_id: int, type_: str, ids: Sequence[str]) -> bool:
    """Forget entities that were deleted since they were read; returns whether there were any."""
    of_type = delete(ReadEntity).where(ReadEntity.report_id == report_id, ReadEntity.type == type_)
    gone = session.scalars(of_type.where(ReadEntity.qbo_id.in_(ids)).returning(ReadEntity.id)) if ids else ()
    return any(gone)


def received_orders(session: Session, report_id: int) -> set[str]:
    """Return the ids of the orders that the receipts of a reading name."""
    receipts = ReadDocument.report_id == report_id, ReadDocument.kind == RECEIPT
    return {str(shown["order"]) for shown in session.scalars(select(ReadDocument.shown).where(*receipts)) if shown}


def documents_read(session: Session, report_id: int, kind: str) -> int:
    """Return how many documents of a kind were read."""
    return _count(session, ReadDocument, ReadDocument.report_id == report_id, ReadDocument.kind == kind)


def entities_read(session: Session, report: Report, type_: str) -> int:
    """Return how many entities of a type were read that are dated in the period."""
    in_period = ReadEntity.dated.between(report.first_day, report.last_day)
    return _count(session, ReadEntity, ReadEntity.report_id == report.id, ReadEntity.type == type_, in_period)


def documents(session: Session, report_id: int, kind: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what was read of these documents, by their ids."""
    of_kind = ReadDocument.report_id == report_id, ReadDocument.kind == kind, ReadDocument.precoro_id.in_(ids)
    rows = session.execute(select(ReadDocument.precoro_id, ReadDocument.shown).where(*of_kind))
    return {id_: shown for id_, shown in rows}  # noqa: C416 - rows are no pairs to mypy


def entities(session: Session, report_id: int, type_: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what was read of these entities, by their ids."""
    of_type = ReadEntity.report_id == report_id, ReadEntity.type == type_, ReadEntity.qbo_id.in_(ids)
    rows = session.execute(select(ReadEntity.qbo_id, ReadEntity.shown).where(*of_type))
    return {id_: shown for id_, shown in rows}  # noqa: C416 - rows are no pairs to mypy


def unread_twins(session: Session, report: Report, type_: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Return the records, and their entities, that stand for documents of the period and were not read with it."""
    is_read = select(ReadEntity.id).where(
        ReadEntity.report_id == report.id, ReadEntity.type == type_, ReadEntity.qbo_id == Record.qbo_id
    )
    twins = (
        select(Record.id, Record.qbo_id)
        .join(ReadDocument, (ReadDocument.kind == Record.kind) & (ReadDocument.precoro_id == Record.precoro_id))
        .where(
            ReadDocument.report_id == report.id,
            ReadDocument.is_ours,
            ReadDocument.in_period,
            Record.connection_id == report.connection_id,
            Record.qbo_type == type_,
            Record.qbo_id.isnot(None),
            Record.id > after,
            ~is_read.exists(),
        )
    )
    rows = session.execute(twins.order_by(Record.id).limit(limit))
    return [(record_id, str(qbo_id)) for record_id, qbo_id in rows]


def page(session: Session, table: type[T], report_id: int, after: int) -> Sequence[T]:
    """Return the next rows of a report or reading, detached, so that they are forgotten with the page."""
    following = select(table).where(table.report_id == report_id, table.id > after)
    rows = session.scalars(following.order_by(table.id).limit(AT_ONCE)).all()
    for row in rows:
        session.expunge(row)
    return rows


def add_rows(session: Session, table: type[Base], report_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of a report, or equations of its accounts."""
    if rows:
        session.execute(insert(table), [{"report_id": report_id, **row} for row in rows])


def forget_readings(session: Session, report_id: int) -> None:
    """Forget what was read for a report."""
    for table in (ReadDocument, ReadEntity):
        session.execute(delete(table).where(table.report_id == report_id))


def forget_rows(session: Session, report_id: int) -> None:
    """Forget the rows of a report that is put together again."""
    for table in (ReportRow, ReportAccount):
        session.execute(delete(table).where(table.report_id == report_id))


def newest(session: Session, connection_id: int) -> Report | None:
    """Return the newest report of a connection that has ended."""
    ended = select(Report).where(Report.connection_id == connection_id, Report.state != READING)
    return session.scalars(ended.order_by(Report.id.desc()).limit(1)).first()


def newest_verdict(session: Session, connection_id: int, who: str) -> Report | None:
    """Return the newest complete report that somebody asked for, or a later one of anybody whose period has all of its."""
    complete = select(Report).where(Report.connection_id == connection_id, Report.state.in_((TIES, DIFFERS)))
    newest_first = complete.order_by(Report.id.desc()).limit(1)
    own = session.scalars(newest_first.where(Report.who == who)).first()
    if own is None:
        return None
    covers = (Report.id >= own.id, Report.first_day <= own.first_day, Report.last_day >= own.last_day)
    return session.scalars(newest_first.where(*covers)).first()


def trim(session: Session, report: Report) -> None:
    """Forget what agreed in the older reports of the same asker; what did not agree stays."""
    older = select(Report).where(
        Report.connection_id == report.connection_id,
        Report.id < report.id,
        Report.who == report.who,
        Report.is_trimmed.is_(False),
        Report.state != READING,
    )
    for old in session.scalars(older):
        session.execute(delete(ReportRow).where(ReportRow.report_id == old.id, ReportRow.bucket == "agrees"))
        old.is_trimmed = True


def remove(session: Session, report: Report) -> None:
    """Remove a report with all its rows."""
    for table in OF_REPORT:
        session.execute(delete(table).where(table.report_id == report.id))
    session.delete(report)
    session.flush()


def forget(session: Session, before: datetime, *, days: int = 800) -> None:
    """Remove reports that began longer ago than the retention."""
    old = select(Report.id).where(Report.began_at < before - timedelta(days=days))
    for table in OF_REPORT:
        session.execute(delete(table).where(table.report_id.in_(old)))
    session.execute(delete(Report).where(Report.id.in_(old)))


def _count(session: Session, table: type[Base], *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0
