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

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from mappers.documents.plan import HISTORICAL, historical
from mappers.policy import dump_policy, load_policy
from mappers.remedies import Remedy
from mappers.settings.affected import sends
from store import companies, contents, history, records
from store.companies import Connection
from store.records import NEVER, READY, ProblemRow, Record
from workers import catch_up, clients, sync
from workers.errors import LiveAlreadyError
from workers.lookup import connection_named
from workers.records.list_rows import parse_time
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
        waiting, old = _split(_waiting(session, connection), start)
        for record in old:
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


def _waiting(session: Session, connection: Connection) -> Sequence[Record]:
    """Return what waits for going live: what is ready, and what an earlier choice of the moment has made historical."""
    left_out = and_(Record.state == NEVER, Record.reason.startswith(HISTORICAL))
    waiting = select(Record).where(Record.connection_id == connection.id, or_(Record.state == READY, left_out))
    return session.scalars(waiting.options(selectinload(Record.problems)).order_by(Record.id)).all()


def _split(records_waiting: Iterable[Record], start: datetime) -> tuple[list[Record], list[Record]]:
    """Split records into those to be sent, and those approved before the start that have nothing in QuickBooks."""
    waiting: list[Record] = []
    old: list[Record] = []
    for record in records_waiting:
        approved = parse_time((record.list_row or {}).get("approvalDate"))
        is_old = record.qbo_id is None and approved is not None and approved < start
        (old if is_old else waiting).append(record)
    return waiting, old


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
    waiting, old = _split(_waiting(session, connection), start)
    free = [record for record in waiting if not record.problems]
    unread = session.scalar(select(func.count()).select_from(_unread(connection.id).subquery())) or 0
    return Preview(
        since=start,
        free=tuple(record.name for record in free),
        money=_money(free),
        held=len(waiting) - len(free),
        causes=tuple(_causes(waiting)),
        historical=len(old),
        unread=unread,
    )


def _unread(connection_id: int) -> Select[int]:
    """Return the documents of a connection that are to be looked at."""
    return select(Record.id).where(
        Record.connection_id == connection_id,
        Record.kind.in_(records.DOCUMENT_KINDS),
        Record.requested_version > Record.handled_version,
        Record.state != NEVER,
    )


def _causes(waiting: Iterable[Record]) -> list[Cause]:
    """Group problems by what would put them right, the commonest first."""
    grouped: dict[tuple[str, str | None], list[Record]] = {}
    first: dict[tuple[str, str | None], ProblemRow] = {}
    for record in waiting:
        for problem in record.problems:
            subject = None if problem.subject == "document" else problem.subject
            first.setdefault((problem.code, subject), problem)
            grouped.setdefault((problem.code, subject), []).append(record)
    causes = [
        Cause(code, subject, first[code, subject].sentence, first[code, subject].remedy, len(group), _money(group))
        for (code, subject), group in grouped.items()
    ]
    return sorted(causes, key=lambda cause: (-cause.documents, cause.code))


def _money(documents: Iterable[Record]) -> dict[str, Decimal]:
    """Add up amounts by currency."""
    sums: dict[str, Decimal] = {}
    for record in documents:
        if record.currency and record.amount is not None:
            sums[record.currency] = sums.get(record.currency, Decimal(0)) + record.amount
    return sums
