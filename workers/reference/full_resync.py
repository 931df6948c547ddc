"""Reads a whole QuickBooks company in place of its changes, when QuickBooks no longer remembers them.

It remembers 30 days (docs/reference/quickbooks.md, Change data capture). What was deleted meanwhile is what our copy has and
QuickBooks has not. Each 1,000 rows cost one metered call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select as Statement
from sqlalchemy import select

from mappers.documents.document import EXPENSE
from mappers.payments.bill_payment import BILL_PAYMENT
from outbound.wire import JsonObject
from qbo_client.changes import Changes
from qbo_client.client import QboClient
from qbo_client.query import MAX_ROWS, Select
from qbo_client.query import select as query
from store import reference
from store.companies import QboCompany
from store.payments import KnownPayment
from store.reference import Entry, KnownEntity
from workers import clients
from workers.reference.cache import QUICKBOOKS
from workers.runtime import Runtime


def read(
    runtime: Runtime, company: QboCompany, lists: Sequence[str], transactions: Sequence[str], since: datetime
) -> Changes:
    """Return whole lists with inactive entries, the transactions and expenses changed since a moment, and what is gone.

    Raises RemoteError. `calls` says how many metered calls it cost.
    """
    client, changes = clients.quickbooks_for_set_up(runtime, company), Changes(gap=True)
    for kind in lists:
        our_ids = _our_ids(runtime, _entries(company, kind))
        changes.rows[kind] = _rows(client, query(kind).with_inactive(), changes)
        changes.deleted[kind] = _missing(our_ids, changes.rows[kind])
    for kind in transactions:
        changes.rows[kind] = _rows(client, query(kind).where("MetaData.LastUpdatedTime", ">=", since), changes)
        changes.deleted[kind] = gone(runtime, company, kind, changes)
    # One that was deleted meanwhile stays in our copy: at worst a person looks at it in vain.
    changes.rows[EXPENSE] = _rows(client, query(EXPENSE).where("MetaData.LastUpdatedTime", ">=", since), changes)
    return changes


def gone(runtime: Runtime, company: QboCompany, kind: str, changes: Changes) -> list[str]:
    """Return which entities of a type our copy has and QuickBooks has not; what it costs is added to the changes. Raises RemoteError."""
    client = clients.quickbooks_for_set_up(runtime, company)
    our_ids = _our_ids(runtime, _transactions(company, kind))
    return _missing(our_ids, _rows(client, query(kind, "Id"), changes))


def _rows(client: QboClient, statement: Select, changes: Changes) -> list[JsonObject]:
    """Return all rows of a statement, and count the calls that they cost."""
    rows = list(client.query_all(statement))
    changes.calls += len(rows) // MAX_ROWS + 1
    return rows


def _our_ids(runtime: Runtime, statement: Statement[str]) -> set[str]:
    """Return the ids in our copy; read before the call, because others add to them meanwhile."""
    with runtime.read() as (session, _):
        return set(session.scalars(statement))


def _missing(our_ids: set[str], rows: Sequence[JsonObject]) -> list[str]:
    """Return the ids of our copy that QuickBooks no longer has."""
    return sorted(our_ids - {str(row.get("Id")) for row in rows})


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
    if kind == BILL_PAYMENT:
        return select(KnownPayment.qbo_id).where(KnownPayment.qbo_company_id == company.id, KnownPayment.type == kind)
    return select(KnownEntity.qbo_id).where(KnownEntity.qbo_company_id == company.id, KnownEntity.type == kind)
