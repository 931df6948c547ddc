"""Reading for the lists: Precoro's custom fields and options, QuickBooks' entries as a whole once and afterwards what changed.

    fields of lines, of documents -> options of each field that a list goes to -> changes, or whole lists, in QuickBooks

A reading is a list of reads still to do, the cursor of the task: each makes one call, keeps what it read, and names the reads
that follow from it. What a whole reading does not show is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.lists.fields import LISTS, Level
from precoro_client.client import options_of
from qbo_client.query import MAX_ROWS
from qbo_client.query import select as query
from store import reference
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.lists import state as list_mirrors
from workers.reference import cache as copies
from workers.tasks.engine import Step

Read: TypeAlias = list[Any]
"""One read still to do: its name and what it needs."""

REACH = timedelta(days=29)
"""How far back QuickBooks tells changes (30 days), with a margin: after that the whole list is read again."""
FIRST: Sequence[Read] = (["fields", "item", 1, None], ["fields", "document", 1, None], ["quickbooks"])


def read(step: Step) -> list[Read] | None:
    """Make the next call, and return what is still to be read; None at the end."""
    todo: list[Read] = step.cursor or list(FIRST)
    (name, *rest), later = todo[0], todo[1:]
    return [*READS[name](step, *rest), *later] or None


def _read_fields(step: Step, level: Level, page: int, since: str | None) -> list[Read]:
    """Read a page of the custom fields of a level; after the last, go on with the options of the fields that lists go to."""
    step.report(now=f"custom fields of {level}s in Precoro")
    found = step.precoro.page(f"{level}customfields", page)
    with step.write() as (session, moment):
        begun = since or moment.isoformat()
        copies.keep_fields(session, step.connection.precoro, level, found.rows, moment)
        if found.more:
            return [["fields", level, page + 1, begun]]
        _vanish(session, step, "field", begun, moment, {"level": level})
        connection = session.get_one(Connection, step.connection.id)
        connection.fields = copies.fields_of(session, connection)
        asked = list_mirrors.asked_for(session, connection, step.arguments["lists"])
        fields = [offer.field.id for offer in asked if offer.level == level and offer.field is not None]
        return [["options", level, field, 1, moment.isoformat()] for field in fields]


def _read_options(step: Step, level: Level, field: str, page: int, since: str) -> list[Read]:
    """Read a page of the options of a custom field; after the last, let go what waited for one that we did not know."""
    step.report(now=f"options of custom field {field} in Precoro, page {page}")
    found = step.precoro.page(options_of(level, field), page)
    with step.write() as (session, moment):
        copies.keep_options(session, step.connection.precoro, field, found.rows, moment)
        if found.more:
            return [["options", level, field, page + 1, since]]
        _vanish(session, step, "option", since, moment, {"field_id": int(field)})
        copies.release(session, step.connection, [f"field:{field}"], moment)
    return []


def _read_quickbooks(step: Step) -> list[Read]:
    """Read what changed in QuickBooks with one call; a list that was never read as a whole is read page by page instead."""
    with step.read() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        lists = [LISTS[name] for name in step.arguments["lists"]]
        partly = [one.entity for one in lists if not _is_whole(session, company, one.entry, moment)]
        fresh = timedelta(seconds=step.runtime.settings.changes_every)
        is_fresh = not company.changes_due and company.changes_read_at and moment - company.changes_read_at < fresh
    if len(partly) < len(lists) and not is_fresh:
        step.report(now="what changed in QuickBooks")
        step.read_changes()
    return [["entries", entity, None, moment.isoformat()] for entity in partly]


def _read_entries(step: Step, entity: str, after: str | None, since: str) -> list[Read]:
    """Read up to 1,000 entries of a list in QuickBooks, inactive ones included."""
    step.report(now=f"{entity} in QuickBooks")
    statement = query(entity).with_inactive()
    if after is not None:
        statement = statement.where("Id", ">", after)
    rows = step.quickbooks.query(statement.order_by("Id").limit(MAX_ROWS))
    company, kind = step.connection.qbo, copies.QUICKBOOKS[entity][0]
    with step.write() as (session, moment):
        copies.keep_quickbooks(session, company, entity, rows, moment)
        if len(rows) == MAX_ROWS:
            return [["entries", entity, str(rows[-1]["Id"]), since]]
        gone = [row.key for row in _unseen(session, QUICKBOOKS, company.id, kind, since)]
        reference.vanish(session, QUICKBOOKS, company.id, kind, gone, moment)
    return []


READS: Mapping[str, Callable[..., list[Read]]] = {
    "fields": _read_fields,
    "options": _read_options,
    "quickbooks": _read_quickbooks,
    "entries": _read_entries,
}


def _is_whole(session: Session, company: QboCompany, kind: str, moment: datetime) -> bool:
    """Say whether our copy of a list was once read as a whole and only needs what changed since."""
    if company.changes_since is None or company.changes_since < moment - REACH:
        return False
    row = session.scalars(
        select(Entry).where(Entry.side == QUICKBOOKS, Entry.company_id == company.id, Entry.kind == kind).limit(1)
    ).first()
    return row is not None and "parent" in row.data  # copies of earlier versions do not know what lies under what


def _vanish(session: Session, step: Step, kind: str, since: str, moment: datetime, of: Mapping[str, Any]) -> None:
    """Note that entries of Precoro which a whole reading did not show are gone."""
    gone = _unseen(session, PRECORO, step.connection.precoro_id, kind, since)
    keys = [row.key for row in gone if all(row.data.get(name) == value for name, value in of.items())]
    reference.vanish(session, PRECORO, step.connection.precoro_id, kind, keys, moment)


def _unseen(session: Session, side: str, company_id: int, kind: str, since: str) -> Sequence[Entry]:
    """Return the entries of a list that were not read since a moment."""
    return session.scalars(
        select(Entry).where(
            Entry.side == side,
            Entry.company_id == company_id,
            Entry.kind == kind,
            Entry.gone_at.is_(None),
            Entry.seen_at < datetime.fromisoformat(since),
        )
    ).all()
