"""Forgetting a connection: everything it left here is deleted, what stands at Precoro and QuickBooks stays.

The history keeps who did what and when, without the details, which may name people. It may be interrupted and begun again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from store import history
from store.adoption import NamedTwin
from store.alerts import AlertRow, Channel, OutgoingMessage, names_connection
from store.base import Base
from store.companies import DISCONNECTED, PAUSED, Connection, PrecoroCompany, QboCompany
from store.contents import Contents
from store.drift import Drift
from store.duties import Duty
from store.events import PRECORO as FROM_PRECORO
from store.events import QUICKBOOKS as FROM_QUICKBOOKS
from store.events import Event
from store.history import ActionRow, CallRow, PlanRow
from store.intents import Intent
from store.observations import CurrencyParity, LegalEntity, TaxSet
from store.order_lines import OrderLine
from store.payments import KnownBalance, KnownPayment, PaidBill
from store.records import ProblemRow, Record
from store.reference import PRECORO, QUICKBOOKS, Entry, KnownEntity, Pair, Rate, Suggestion
from store.tasks import Change, Task
from store.tie_out import OF_REPORT, Report
from store.users import UserConnection
from workers import tokens
from workers.alerts import alerts_file
from workers.errors import StillConnectedError
from workers.lookup import connection_named
from workers.runtime import Runtime

RECORDS_AT_ONCE = 500

Left = tuple[type[Base], ColumnElement[bool]]
"""A table, and which of its rows a connection left."""


def preview(runtime: Runtime, slug: str) -> dict[str, int]:
    """Return how many rows of each table would be deleted. Raises StillConnectedError."""
    with runtime.read() as (session, _):
        connection = _forgettable(session, slug)
        rows = [*_of_records(Record.connection_id == connection.id), *_of_connection(session, connection)]
        return _counts(session, rows)


def forget(runtime: Runtime, slug: str, who: str) -> dict[str, int]:
    """Delete what a connection left, in short transactions; returns how many rows of each table. Raises StillConnectedError."""
    counts = preview(runtime, slug)
    while _delete_records(runtime, slug):
        pass
    with runtime.write() as (session, moment):
        connection = _forgettable(session, slug)
        company_id, is_last = connection.qbo_id, _is_last(session, Connection.qbo_id == connection.qbo_id)
        for table, left in _of_connection(session, connection):
            session.execute(delete(table).where(left))
        of_it = or_(ActionRow.connection == slug, ActionRow.subject == slug)
        session.execute(update(ActionRow).where(of_it).values(details={}))
        history.note(session, moment, who, "forget", slug, rows=sum(counts.values()))
    if is_last:
        tokens.forget_rescue_file(runtime.settings.home, company_id)
    alerts_file.forget_connection(runtime.settings.home, slug)
    return counts


def _forgettable(session: Session, slug: str) -> Connection:
    """Return a connection that no longer works and whose permission was given back, if it is not shared."""
    connection = connection_named(session, slug)
    shares = not _is_last(session, Connection.qbo_id == connection.qbo_id)
    if connection.state != DISCONNECTED and not (connection.state == PAUSED and shares):
        raise StillConnectedError(slug)
    return connection


def _delete_records(runtime: Runtime, slug: str) -> bool:
    """Delete some records with all that hangs on them; returns whether there were any."""
    with runtime.write() as (session, _):
        connection_id = _forgettable(session, slug).id
        ids = session.scalars(
            select(Record.id).where(Record.connection_id == connection_id).limit(RECORDS_AT_ONCE)
        ).all()
        session.execute(update(CallRow).where(CallRow.record_id.in_(ids)).values(record_id=None))
        for table, left in _of_records(Record.id.in_(ids)):
            session.execute(delete(table).where(left))
        return bool(ids)


def _of_records(chosen: ColumnElement[bool]) -> list[Left]:
    """Return what hangs on records, and the records themselves, in the order in which they can be deleted."""
    ids = select(Record.id).where(chosen)
    hanging: tuple[Any, ...] = (ProblemRow, PlanRow, Intent, OrderLine, Contents, Drift)
    return [*((table, table.record_id.in_(ids)) for table in hanging), (Record, chosen)]


def _of_connection(session: Session, connection: Connection) -> list[Left]:
    """Return everything else that a connection left, and its companies, unless another connection has them."""
    ids = select(Task.id).where(Task.connection_id == connection.id)
    reports = select(Report.id).where(Report.connection_id == connection.id)
    channels = select(Channel.id).where(Channel.connection_id == connection.id)
    rows: list[Left] = [
        (Change, Change.task_id.in_(ids)),
        (Task, Task.connection_id == connection.id),
        (Pair, Pair.connection_id == connection.id),
        (Suggestion, Suggestion.connection_id == connection.id),
        (NamedTwin, NamedTwin.connection_id == connection.id),
        *((table, table.report_id.in_(reports)) for table in OF_REPORT),
        (Report, Report.connection_id == connection.id),
        (OutgoingMessage, OutgoingMessage.channel_id.in_(channels) | names_connection(connection.slug)),
        (Channel, Channel.connection_id == connection.id),
        (AlertRow, AlertRow.connection == connection.slug),
        (UserConnection, UserConnection.connection_id == connection.id),
        (Duty, Duty.name.in_([f"{duty}:{connection.id}" for duty in ("lists", "report")])),
        (Connection, Connection.id == connection.id),
    ]
    if _is_last(session, Connection.precoro_id == connection.precoro_id):
        rows += _of_precoro(connection.precoro_id)
    if _is_last(session, Connection.qbo_id == connection.qbo_id):
        rows += _of_quickbooks(connection.qbo)
    return rows


def _of_precoro(company_id: int) -> list[Left]:
    learnt: tuple[Any, ...] = (LegalEntity, TaxSet, CurrencyParity, KnownBalance)
    return [
        *((table, table.precoro_id == company_id) for table in learnt),
        (Entry, (Entry.side == PRECORO) & (Entry.company_id == company_id)),
        (Event, (Event.source == FROM_PRECORO) & (Event.company == str(company_id))),
        (PrecoroCompany, PrecoroCompany.id == company_id),
    ]


def _of_quickbooks(company: QboCompany) -> list[Left]:
    return [
        (Entry, (Entry.side == QUICKBOOKS) & (Entry.company_id == company.id)),
        (Event, (Event.source == FROM_QUICKBOOKS) & (Event.company == company.realm)),
        (KnownEntity, KnownEntity.qbo_company_id == company.id),
        (PaidBill, PaidBill.qbo_company_id == company.id),
        (KnownPayment, KnownPayment.qbo_company_id == company.id),
        (Rate, Rate.qbo_company_id == company.id),
        (QboCompany, QboCompany.id == company.id),
    ]


def _is_last(session: Session, shares: ColumnElement[bool]) -> bool:
    """Say whether only one connection has a company."""
    return session.scalar(select(func.count()).select_from(Connection).where(shares)) == 1


def _counts(session: Session, rows: list[Left]) -> dict[str, int]:
    """Count the rows of each table, leaving out those without any."""
    counts: dict[str, int] = {}
    for table, left in rows:
        number = session.scalar(select(func.count()).select_from(table).where(left)) or 0
        counts[table.__tablename__] = counts.get(table.__tablename__, 0) + number
    return {name: number for name, number in counts.items() if number}
