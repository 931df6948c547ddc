"""Going live: the moment from which documents are sent by themselves, and a preview of what waits for it.

Before that, approved documents stand as ready, and each keeps what it would be held for: the preview costs no call, and
stays true because whatever would put a document right makes it due again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from mappers.documents.left_out import HISTORICAL, historical
from mappers.policy import dump_policy, load_policy
from mappers.remedies import Remedy
from mappers.settings.affected import sends
from store import companies, contents, history, records
from store.base import MoneySum
from store.companies import Connection
from store.records import NEVER, READY, ProblemRow, Record
from workers import catch_up, clients, sync
from workers.errors import LiveAlreadyError
from workers.lookup import connection_named
from workers.runtime import Runtime

PAUSE = 0.5
"""Seconds between two looks at what is still to be read, when workers have it all."""


@dataclass(frozen=True)
class Cause:
    """One reason why documents would be held: how many, over how much in each currency, and what helps."""

    code: str
    subject: str | None
    sentence: str
    remedy: Remedy
    documents: int
    money: Mapping[str, Decimal]


@dataclass(frozen=True)
class Preview:
    """What going live does: what goes out, what is held and for what, and what was approved before and stays unsent.

    `unread` documents are known of and not read yet.
    """

    since: datetime
    free: tuple[str, ...]
    money: Mapping[str, Decimal]
    held: int
    causes: tuple[Cause, ...]
    historical: int
    unread: int


def backfill(runtime: Runtime, slug: str, since: datetime) -> int:
    """Make due what was approved from this moment on and not seen yet; returns how many. Raises RemoteError.

    Only what was modified before the companies were connected is unknown, so a later moment costs no call; an earlier one
    costs one call for 200 documents, once, and then one for each that is found.
    """
    with runtime.read() as (session, _):
        connection = connection_named(session, slug)
        policy, company = load_policy(connection.policy), connection.precoro
        known_from = connection.backfilled_from or connection.created_at
    if since >= known_from:
        return 0
    client = clients.precoro_for_set_up(runtime, company)
    kinds = [kind for kind in records.DOCUMENT_KINDS if sends(policy, kind)]
    due = sum(catch_up.request_modified_since(runtime, connection, client, kind, since).due for kind in kinds)
    with runtime.write() as (session, _):
        connection_named(session, slug).backfilled_from = since
    return due


def sync_waiting(runtime: Runtime, slug: str) -> None:
    """Read what is due in a connection, along with the workers if any run, until nothing is left or it stops working."""
    while True:
        with runtime.read() as (session, moment):
            connection = connection_named(session, slug)
            left = session.scalars(_unread(connection.id)).first()
            ready = session.scalars(_unread(connection.id).where(records.due(moment, 0.0)).limit(1)).first()
        if left is None or connection.state != companies.CONNECTED:
            return
        if ready is None:
            time.sleep(PAUSE)
        else:
            sync.sync(runtime, ready)


def preview(runtime: Runtime, slug: str, since: datetime | None = None) -> Preview:
    """Return what going live would do, from what is known: no call is made."""
    with runtime.read() as (session, moment):
        connection = connection_named(session, slug)
        return _preview(session, connection, _start(connection, since, moment))


def go_live(runtime: Runtime, slug: str, who: str, since: datetime | None = None) -> Preview:
    """Begin to send by itself what is approved from `since` on (the setting, else now); what was approved before never is.

    Returns what that came to. Raises LiveAlreadyError.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        if connection.live_at is not None:
            raise LiveAlreadyError(connection.slug, connection.live_at)
        start = _start(connection, since, moment)
        preview_before = _preview(session, connection, start)
        connection.live_at = moment
        connection.policy = dump_policy(replace(load_policy(connection.policy), go_live=start))
        companies.bump_reference(session, connection.id)
        waiting = _documents(session, _waits(connection), _is_sent(start))
        for record in _documents(session, _waits(connection), not_(_is_sent(start))):
            _leave_out(session, record, historical(start))
        for record in waiting:
            _send(session, record, moment)
        after = {"go_live": start.isoformat()}
        history.note(session, moment, who, "go live", slug, after=after, waiting=[record.name for record in waiting])
    runtime.dispatch()
    return preview_before


def _start(connection: Connection, since: datetime | None, moment: datetime) -> datetime:
    """Return the moment from which approved documents are sent; Precoro's times are whole seconds."""
    chosen = since or load_policy(connection.policy).go_live
    return (chosen or moment).replace(microsecond=0)


def _waits(connection: Connection) -> ColumnElement[bool]:
    """Say that a record waits for going live: it is ready, or an earlier choice of the moment has made it historical."""
    left_out = and_(Record.state == NEVER, Record.reason.startswith(HISTORICAL))
    return and_(Record.connection_id == connection.id, or_(Record.state == READY, left_out))


def _is_sent(start: datetime) -> ColumnElement[bool]:
    """Say that going live sends a record; the others were approved before the start and have nothing in QuickBooks."""
    return or_(Record.qbo_id.is_not(None), Record.approved_at.is_(None), Record.approved_at >= start)


def _documents(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Record]:
    return session.scalars(select(Record).where(*conditions).order_by(Record.id)).all()


def _leave_out(session: Session, record: Record, reason: str) -> None:
    """Record without a read that a document is historical."""
    record.state, record.reason, record.handled_version, record.requested_at = (
        NEVER,
        reason,
        record.requested_version,
        None,
    )
    records.replace_problems(session, record.id, [])
    contents.forget(session, record.id)


def _send(session: Session, record: Record, moment: datetime) -> None:
    """Make a document due, whatever it was left out for."""
    if record.state == NEVER:
        record.state, record.reason = records.OPEN, None
    session.flush()
    records.revive(session, record.id, moment)


def _preview(session: Session, connection: Connection, start: datetime) -> Preview:
    is_sent, is_held = and_(_waits(connection), _is_sent(start)), Record.problems.any()
    names = select(Record.kind, func.coalesce(Record.idn, Record.precoro_id)).where(is_sent, ~is_held)
    sums = select(Record.currency, MoneySum(Record.amount)).where(is_sent, ~is_held).group_by(Record.currency)
    return Preview(
        since=start,
        free=tuple(f"{kind}:{name}" for kind, name in session.execute(names.order_by(Record.id))),
        money=_money(session.execute(sums)),
        held=_count(session, select(Record.id).where(is_sent, is_held)),
        causes=tuple(_causes(session, is_sent)),
        historical=_count(session, select(Record.id).where(_waits(connection), not_(_is_sent(start)))),
        unread=_count(session, _unread(connection.id)),
    )


def _count(session: Session, rows: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _unread(connection_id: int) -> Select[int]:
    """Return the documents of a connection that are to be looked at."""
    return select(Record.id).where(
        Record.connection_id == connection_id,
        Record.kind.in_(records.DOCUMENT_KINDS),
        Record.requested_version > Record.handled_version,
        Record.state != NEVER,
    )


def _causes(session: Session, is_sent: ColumnElement[bool]) -> list[Cause]:
    """Return what documents would be held for, by what would put it right, the commonest first."""
    subject = func.nullif(ProblemRow.subject, "document")
    weights = (
        select(
            ProblemRow.code, subject, Record.currency, func.count(), MoneySum(Record.amount), func.min(ProblemRow.id)
        )
        .join(Record, Record.id == ProblemRow.record_id)
        .where(is_sent)
        .group_by(ProblemRow.code, subject, Record.currency)
    )
    parts: dict[tuple[str, str | None], list[Any]] = {}
    for code, about, *part in session.execute(weights):
        parts.setdefault((code, about), []).append(part)
    firsts = {cause: min(first for *_, first in of_cause) for cause, of_cause in parts.items()}
    problems = {row.id: row for row in session.scalars(select(ProblemRow).where(ProblemRow.id.in_(firsts.values())))}
    causes = [
        Cause(
            code,
            about,
            problems[firsts[code, about]].sentence,
            problems[firsts[code, about]].remedy,
            documents=sum(number for _, number, *_ in of_cause),
            money=_money((currency, amount) for currency, _, amount, _ in of_cause),
        )
        for (code, about), of_cause in parts.items()
    ]
    return sorted(causes, key=lambda cause: (-cause.documents, cause.code))


def _money(sums: Iterable[Any]) -> dict[str, Decimal]:
    """Return the sums by currency, without what has no currency or no amount yet."""
    return {currency: amount for currency, amount in sums if currency and amount is not None}
