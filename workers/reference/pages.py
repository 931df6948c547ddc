"""Reading whole lists of both sides for a long action: one page a step, and what no page showed is gone.

The cursor of such a task is the pages still to be read, each with the name of its reader. A reader makes one call, keeps what
it brought, and returns the pages that follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from outbound.wire import JsonObject
from qbo_client.changes import REACH
from qbo_client.query import MAX_ROWS
from qbo_client.query import select as query
from store import reference
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.reference import cache
from workers.rows import with_ids
from workers.tasks.action import Step

Page: TypeAlias = list[Any]
"""One page still to be read: the name of its reader, and what that is called with."""
Reader: TypeAlias = Callable[..., list[Page]]
Keep: TypeAlias = Callable[[Session, Connection, Sequence[JsonObject], datetime], None]

ENTRIES = "entries"
"""The name of the reader of QuickBooks' lists."""
REMEMBERED = REACH - timedelta(days=1)
"""How far back changes are asked for: as far as QuickBooks remembers, less a day to be sure."""


def read_next(step: Step, first: Sequence[Page], readers: Mapping[str, Reader]) -> list[Page] | None:
    """Read the next page, and return the pages that are left; None after the last one."""
    pages: Sequence[Page] = step.cursor or first
    (name, *arguments), later = pages[0], pages[1:]
    reader = read_entries if name == ENTRIES else readers[name]
    return [*reader(step, *arguments), *later] or None


def read_entries(step: Step, type_: str, after: str | None = None, since: str | None = None) -> list[Page]:
    """Read up to 1,000 entries of a list of QuickBooks, inactive ones included. Metered."""
    step.report(now=f"{type_} in QuickBooks")
    begun = since or _now(step).isoformat()
    statement = query(type_).with_inactive()
    if after is not None:
        statement = statement.where("Id", ">", after)
    rows = step.quickbooks.query(statement.order_by("Id").limit(MAX_ROWS))
    with step.write() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        cache.keep_quickbooks(session, company, type_, rows, moment)
        if len(rows) == MAX_ROWS:
            return [[ENTRIES, type_, str(rows[-1]["Id"]), begun]]
        vanish_unseen(session, QUICKBOOKS, company.id, cache.QUICKBOOKS[type_][0], begun, moment)
    return []


def read_collection(
    step: Step, collection: str, kind: str, keep: Keep, number: int, since: str | None = None
) -> list[Page]:
    """Read one page of a collection of Precoro, whose reader has its name."""
    asked_at = _now(step)
    page, begun = step.precoro.page(collection, number), since or asked_at.isoformat()
    with step.write() as (session, moment):
        connection = session.get_one(Connection, step.connection.id)
        keep(session, connection, with_ids(collection, page.rows), asked_at)
        if page.more:
            return [[collection, number + 1, begun]]
        vanish_unseen(session, PRECORO, connection.precoro_id, kind, begun, moment)
    return []


def vanish_unseen(
    session: Session, side: str, company_id: int, kind: str, since: str, moment: datetime, **data: Any
) -> None:
    """Note that entries which no page showed since a moment are gone; `data` limits it to those that have these values."""
    unseen = session.execute(
        select(Entry.key, Entry.data).where(
            Entry.side == side,
            Entry.company_id == company_id,
            Entry.kind == kind,
            Entry.gone_at.is_(None),
            Entry.seen_at < datetime.fromisoformat(since),
        )
    )
    keys = [entry.key for entry in unseen if data.items() <= entry.data.items()]
    reference.vanish(session, side, company_id, kind, keys, moment)


def needs_only_changes(session: Session, company: QboCompany, kind: str, moment: datetime) -> bool:
    """Say whether our copy of a QuickBooks list is complete but for what changed since it was read."""
    if company.changes_since is None or company.changes_since < moment - REMEMBERED:
        return False
    entry = exists().where(Entry.side == QUICKBOOKS, Entry.company_id == company.id, Entry.kind == kind)
    return bool(session.scalar(select(entry)))


def _now(step: Step) -> datetime:
    """Return the database's time, without a transaction that would be open during the call."""
    with step.read() as (_, moment):
        return moment
