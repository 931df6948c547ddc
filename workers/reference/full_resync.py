"""Everything of a QuickBooks company, in place of its changes: when they were last read longer ago than QuickBooks remembers.

That is 30 days (docs/reference/quickbooks.md, Change data capture). What was deleted meanwhile is what we know and
QuickBooks no longer has. Each 1,000 rows cost one metered call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select as Statement
from sqlalchemy import select

from outbound.wire import JsonObject
from qbo_client.changes import Changes
from qbo_client.client import QboClient
from qbo_client.query import MAX_ROWS, Select
from qbo_client.query import select as query
from store import reference
from store.companies import QboCompany
from store.reference import Entry, KnownEntity
from workers import clients
from workers.reference.cache import QUICKBOOKS
from workers.runtime import Runtime


def read(
    runtime: Runtime, company: QboCompany, lists: Sequence[str], transactions: Sequence[str], since: datetime
) -> Changes:
    """Return whole lists, inactive entries included, and the transactions touched since a moment, with what is gone of both.

    Raises RemoteError. `calls` says how many metered calls it cost.
    """
    client, found = clients.quickbooks_for_set_up(runtime, company), Changes(gap=True)
    for kind in lists:
        known = _known(runtime, _entries(company, kind))
        found.rows[kind] = _rows(client, query(kind).with_inactive(), found)
        found.deleted[kind] = _missing(known, found.rows[kind])
    for kind in transactions:
        known = _known(runtime, _transactions(company, kind))
        found.rows[kind] = _rows(client, query(kind).where("MetaData.LastUpdatedTime", ">=", since), found)
        found.deleted[kind] = _missing(known, _rows(client, query(kind, "Id"), found))
    return found


def _rows(client: QboClient, statement: Select, found: Changes) -> list[JsonObject]:
    """Return all rows of a statement, and count the calls that they cost."""
    rows = list(client.query_all(statement))
    found.calls += len(rows) // MAX_ROWS + 1
    return rows


def _known(runtime: Runtime, statement: Statement[str]) -> set[str]:
    """Return the ids that we know: asked before the call, since others add to them meanwhile."""
    with runtime.read() as (session, _):
        return set(session.scalars(statement))


def _missing(known: set[str], standing: Sequence[JsonObject]) -> list[str]:
    """Return what we know and no longer stands in QuickBooks."""
    return sorted(known - {str(row.get("Id")) for row in standing})


def _entries(company: QboCompany, kind: str) -> Statement[str]:
    """Return the statement for the ids of our copy of a list."""
    return select(Entry.key).where(
        Entry.side == reference.QUICKBOOKS,
        Entry.company_id == company.id,
        Entry.kind == QUICKBOOKS[kind][0],
        Entry.gone_at.is_(None),
    )


def _transactions(company: QboCompany, kind: str) -> Statement[str]:
    """Return the statement for the ids of the transactions that we know."""
    return select(KnownEntity.qbo_id).where(KnownEntity.qbo_company_id == company.id, KnownEntity.type == kind)
