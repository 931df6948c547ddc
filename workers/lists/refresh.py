"""Bringing the copies of the lists up to date: custom fields and options of Precoro, entries of QuickBooks.

fields of lines, of documents -> options of each field that a list goes to -> changes, or whole lists, in QuickBooks
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.lists.fields import LIST_KINDS, Level
from precoro_client.client import options_of
from store.companies import Connection, QboCompany
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.lists import state as list_state
from workers.reference import cache
from workers.reference.pages import ENTRIES, Page, Reader, needs_only_changes, read_next, vanish_unseen
from workers.tasks.action import Step

FIRST: Sequence[Page] = (["fields", "item", 1, None], ["fields", "document", 1, None], ["quickbooks"])


def read(step: Step) -> list[Page] | None:
    """Read the next page, and return the pages that are left; None after the last one."""
    return read_next(step, FIRST, READERS)


def _read_fields(step: Step, level: Level, number: int, since: str | None) -> list[Page]:
    """Read a page of the custom fields of a level; the options of those that lists go to follow."""
    step.report(now=f"custom fields of {level}s in Precoro")
    page = step.precoro.page(f"{level}customfields", number)
    with step.write() as (session, moment):
        begun = since or moment.isoformat()
        cache.keep_fields(session, step.connection.precoro, level, page.rows, moment)
        if page.more:
            return [["fields", level, number + 1, begun]]
        vanish_unseen(session, PRECORO, step.connection.precoro_id, "field", begun, moment, level=level)
        connection = session.get_one(Connection, step.connection.id)
        connection.fields = cache.fields_of(session, connection)
        setups = list_state.switched_on(session, connection, step.arguments["lists"])
        fields = [setup.field.id for setup in setups if setup.level == level and setup.field is not None]
        return [["options", level, field, 1, moment.isoformat()] for field in fields]


def _read_options(step: Step, level: Level, field: str, number: int, since: str) -> list[Page]:
    """Read a page of the options of a custom field; after the last, make due what was held for an unknown option."""
    step.report(now=f"options of custom field {field} in Precoro, page {number}")
    page = step.precoro.page(options_of(level, field), number)
    with step.write() as (session, moment):
        cache.keep_options(session, step.connection.precoro, field, page.rows, moment)
        if page.more:
            return [["options", level, field, number + 1, since]]
        vanish_unseen(session, PRECORO, step.connection.precoro_id, "option", since, moment, field_id=int(field))
        cache.note_changed(session, step.connection, [f"field:{field}"], moment)
    return []


def _read_quickbooks(step: Step) -> list[Page]:
    """Read what changed with one call; lists of which our copy is incomplete follow page by page."""
    with step.read() as (session, moment):
        company = session.get_one(QboCompany, step.connection.qbo_id)
        lists = [LIST_KINDS[name] for name in step.arguments["lists"]]
        incomplete = [kind.entity for kind in lists if not _is_complete(session, company, kind.entry, moment)]
        fresh = timedelta(seconds=step.runtime.settings.changes_every)
        is_fresh = not company.changes_due and company.changes_read_at and moment - company.changes_read_at < fresh
    if len(incomplete) < len(lists) and not is_fresh:
        step.report(now="what changed in QuickBooks")
        step.read_changes()
    return [[ENTRIES, entity] for entity in incomplete]


READERS: Mapping[str, Reader] = {"fields": _read_fields, "options": _read_options, "quickbooks": _read_quickbooks}


def _is_complete(session: Session, company: QboCompany, kind: str, moment: datetime) -> bool:
    """Say whether our copy of a list needs only what changed; copies of earlier versions know no parents."""
    if not needs_only_changes(session, company, kind, moment):
        return False
    data = session.scalars(
        select(Entry.data).where(Entry.side == QUICKBOOKS, Entry.company_id == company.id, Entry.kind == kind).limit(1)
    ).one()
    return "parent" in data
