"""Reads what changed in QuickBooks with one call, keeps it in our copies, and calls the listeners."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mappers.documents.document import ENTITY_TYPES, EXPENSE
from mappers.payments.bill_payment import BILL_PAYMENT
from mappers.policy import load_policy
from outbound.errors import RemoteError, Throttled
from outbound.wire import JsonObject
from qbo_client.changes import OVERLAP, Changes, read_changes
from settings import Settings
from store import events, history, records
from store.companies import Connection, QboCompany
from store.events import Event
from workers import backoff, clients
from workers.records import writes
from workers.records.work import PostponedError, Work
from workers.reference import cache, full_resync, merges
from workers.reference.company import SWITCHES, WHO, keep_preferences
from workers.rows import is_id, with_ids
from workers.runtime import Runtime

log = structlog.get_logger()

A_DAY = timedelta(days=1)
"""How much older than the changes an event about a merge may be; following a merge twice does no harm."""
LISTS = ("Vendor", "Account", "Class", "Customer", "Department", "Item", "Term")


@dataclass(frozen=True)
class News:
    """What changed for one connection.

    Rows and deleted ids by type, the pairs that a merge has moved, and by type the ids of transactions that are new to our copy.
    """

    changes: Changes
    moved: Sequence[merges.MovedPair]
    new: Mapping[str, Collection[str]]

    def rows(self, type_: str) -> Sequence[JsonObject]:
        """Return the changed rows of a type."""
        return self.changes.rows.get(type_, [])

    def deleted(self, type_: str) -> Sequence[str]:
        """Return the ids of a type that are gone."""
        return self.changes.deleted.get(type_, [])


Listener: TypeAlias = Callable[[Session, Connection, News, datetime], None]
"""Acts on what changed, for one connection, in the transaction that keeps it."""


def companies_due(session: Session, moment: datetime, settings: Settings) -> set[int]:
    """Return the companies whose changes should be read: an event came, or none came for long."""
    idle = moment - timedelta(seconds=settings.changes_idle)
    never_or_long_ago = or_(QboCompany.changes_read_at.is_(None), QboCompany.changes_read_at <= idle)
    return set(session.scalars(select(QboCompany.id).where(or_(QboCompany.changes_due, never_or_long_ago))))


def need_recent(work: Work) -> None:
    """Let work go on later if QuickBooks told too long ago what changed there: what a person typed since would be doubled.

    The clock reads the changes meanwhile. Raises PostponedError.
    """
    with work.runtime.read() as (session, moment):
        told_until = session.get_one(QboCompany, work.connection.qbo_id).changes_since
    if told_until is not None and told_until >= moment - timedelta(seconds=work.settings.changes_max_age):
        return
    with work.runtime.write() as (session, _):
        session.get_one(QboCompany, work.connection.qbo_id).changes_due = True
    raise PostponedError("what changed in QuickBooks is read first", work.after(work.settings.changes_every))


def read(runtime: Runtime, qbo_id: int, listeners: Sequence[Listener]) -> None:
    """Read what changed in a QuickBooks company, keep it, and let the listeners act on it. Raises RemoteError.

    After more than 30 days without, which QuickBooks does not remember, everything is read once instead.
    """
    with runtime.write() as (session, begun):
        company = session.get_one(QboCompany, qbo_id)
        transactions = _transactions(company)
        read_before, asks_preferences = company.changes_read_at, _may_have_switched(session, company)
        company.changes_due = False
        company.changes_read_at = None  # so that it is due again if this process is killed before all is kept
    try:
        changes = _changes(runtime, company, transactions, company.changes_since or begun)
        preferences = clients.quickbooks(runtime, company).preferences() if asks_preferences else None
    except RemoteError as error:
        with runtime.write() as (session, moment):
            fresh = session.get_one(QboCompany, qbo_id)
            fresh.changes_due, fresh.changes_read_at = True, read_before
            if isinstance(error, Throttled):
                backoff.back_off_company(session, runtime.settings, moment, error, qbo_id=qbo_id)
        raise
    with runtime.write() as (session, moment):
        fresh = session.get_one(QboCompany, qbo_id)
        if preferences is not None:
            keep_preferences(session, fresh, preferences, moment)
        _keep(session, fresh, changes, listeners, moment)
        fresh.changes_since = changes.until or begun - OVERLAP
        fresh.changes_read_at = begun
        backoff.note_answers(session, runtime.settings, moment, runtime.take_answers())


def _transactions(company: QboCompany) -> Sequence[str]:
    """Return the types of transactions whose changes are read: payments too, where a connection needs them."""
    payments = (BILL_PAYMENT,) if any(keeps_payments(connection) for connection in company.connections) else ()
    return (*ENTITY_TYPES, *payments)


def keeps_payments(connection: Connection) -> bool:
    """Tell whether what QuickBooks shows of payments is kept: while they are imported, and once they have been."""
    return load_policy(connection.policy).import_payments or connection.payments_since is not None


def _changes(runtime: Runtime, company: QboCompany, transactions: Sequence[str], since: datetime) -> Changes:
    """Return the changes since a moment, or everything when QuickBooks does not remember them, as far as it can be read.

    Of a type with so many changes that some deletions may be missing, all ids are compared.
    """
    types = [*LISTS, *transactions, EXPENSE]
    changes = read_changes(clients.quickbooks(runtime, company), types, since)
    if changes.gap:
        log.warning(
            "QuickBooks remembers no changes of so long ago, everything is read once",
            company=company.realm,
            since=since,
        )
        changes = replace(full_resync.read(runtime, company, LISTS, transactions, since), until=changes.until)
        log.info("everything was read", company=company.realm, calls=changes.calls)
    for type_ in changes.uncertain.intersection(transactions):
        changes.deleted[type_] = full_resync.gone(runtime, company, type_, changes)
    rows = {type_: with_ids(type_, of_type, "Id") for type_, of_type in changes.rows.items()}
    deleted = {type_: [key for key in keys if is_id(key)] for type_, keys in changes.deleted.items()}
    return replace(changes, rows=rows, deleted=deleted)


def _keep(
    session: Session, company: QboCompany, changes: Changes, listeners: Sequence[Listener], moment: datetime
) -> None:
    """Bring our copies up to date, and make due what waited for what has changed."""
    for type_ in LISTS:
        cache.keep_quickbooks(session, company, type_, changes.rows.get(type_, []), moment)
        cache.forget_quickbooks(session, company, type_, changes.deleted.get(type_, []), moment)
    new: dict[str, Collection[str]] = {}
    for type_ in ENTITY_TYPES:
        new[type_] = writes.keep_changed(session, company.id, type_, changes.rows.get(type_, []))
        writes.forget_entities(session, company.id, type_, changes.deleted.get(type_, []))
    writes.keep_expenses(session, company.id, changes.rows.get(EXPENSE, []))
    writes.forget_entities(session, company.id, EXPENSE, changes.deleted.get(EXPENSE, []))
    moved = merges.follow(session, company, (company.changes_since or moment) - A_DAY, moment)
    moved += merges.follow_entities(
        session, company, {type_: changes.rows.get(type_, []) for type_ in ENTITY_TYPES}, moment
    )
    for connection in company.connections:
        cache.note_changed(session, connection, cache.subjects(session, connection, changes.rows), moment)
        news = News(changes, [pair for pair in moved if pair.connection_id == connection.id], new)
        for listener in listeners:
            listener(session, connection, news, moment)
        if changes.gap:
            since = str(company.changes_since)
            history.note(session, moment, WHO, "everything read", connection.slug, since=since, calls=changes.calls)


def _may_have_switched(session: Session, company: QboCompany) -> bool:
    """Say whether the preferences are read along: something is held for them, or an event says that they have changed."""
    switched = select(Event.id).where(
        Event.source == events.QUICKBOOKS,
        Event.company == company.realm,
        Event.subject.startswith("preferences:"),
        Event.received_at >= (company.changes_read_at or company.checked_at or Event.received_at),
    )
    held = any(records.is_held_for(session, connection.id, SWITCHES) for connection in company.connections)
    return held or session.scalars(switched.limit(1)).first() is not None
