"""One page of suppliers modified lately, in place of many reads.

The rows of the page become our copies. A supplier is idle when its row shows that it is in step, or that it has no vendor and
gets none by itself; every other one is looked at by its own job, with the copy that the page brought.

It is read after a file import or our own writes. Why: docs/explanation/design.md, Quotas.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from mappers.policy import Policy, load_policy
from mappers.suppliers.merge import merge
from mappers.suppliers.profile import UnreadableProfile, read_supplier, read_vendor
from outbound.wire import JsonObject
from store.companies import Connection
from store.records import SUPPLIER, Record
from workers.records.recent_page import DELAY, MAX_PAGES, is_page_read, mark_handled, waiting_with
from workers.records.work import Work
from workers.rows import with_ids
from workers.suppliers import cache
from workers.suppliers import records as supplier_records


def is_idle_on_page(work: Work) -> bool:
    """Say whether a page shows that nothing is to be done for the supplier, and mark others that it shows idle."""
    record = work.record
    if not record.only_events or record.requested_at is None or record.requested_by_person:
        return False
    with work.runtime.read() as (session, _):
        copy = cache.supplier(session, record.precoro_company_id, record.precoro_id)
        if is_page_read(session, record) or cache.is_fresh(copy, work):
            return False
        waiting = {other.precoro_id: other for other in waiting_with(session, record)}
    if len(waiting) == 1 or record.precoro_id not in waiting:
        return False  # a person may have asked for it meanwhile
    since = min(other.requested_at for other in waiting.values() if other.requested_at) - DELAY
    rows = _rows(work, since)
    idle = _keep(work, waiting, rows)
    return record.precoro_id in idle


def is_idle(session: Session, connection: Connection, record: Record | None, row: JsonObject) -> bool:
    """Say whether a row shows that nothing is to be done for a supplier in a connection."""
    policy = load_policy(connection.policy)
    key = str(row["id"])
    vendor_id = supplier_records.vendor_of(session, connection, key)
    if vendor_id is None:
        return not (policy.create_missing_vendors and connection.live_at is not None)
    vendor = cache.row_of(cache.vendor(session, connection.qbo_id, vendor_id))
    return record is not None and vendor is not None and _is_in_step(record, row, vendor, policy)


def _is_in_step(record: Record, row: JsonObject, vendor: JsonObject, policy: Policy) -> bool:
    """Say whether a merge of both rows would write nothing, and ask nothing that is not asked already."""
    try:
        ours, theirs = read_supplier(row), read_vendor(vendor)
    except UnreadableProfile:
        return False
    plan = merge(ours, theirs, supplier_records.agreed_with(record, theirs.id), policy)
    asked_before = {question.digest for question in supplier_records.questions_of(record)}
    asks_nothing_new = {question.digest for question in plan.questions} <= asked_before
    return ours.currencies[:1] == theirs.currencies[:1] and asks_nothing_new and not (plan.writes or plan.unpair)


def _rows(work: Work, since: datetime) -> list[JsonObject]:
    """Return what was modified since a moment, of a few pages at most."""
    rows: list[JsonObject] = []
    for number in range(1, MAX_PAGES + 1):
        page = work.precoro.page("suppliers", number, modified_since=since)
        rows += with_ids("suppliers", page.rows)
        if not page.more:
            break
    return rows


def _keep(work: Work, waiting: Mapping[str, Record], rows: list[JsonObject]) -> set[str]:
    """Keep the rows, and mark those that wait without a reason as handled; returns their ids."""
    record = work.record
    with work.runtime.read() as (session, _):
        connection = session.get_one(Connection, record.connection_id)
        shown = {str(row["id"]): row for row in rows if str(row["id"]) in waiting}
        idle = {key for key, row in shown.items() if is_idle(session, connection, waiting[key], row)}
    with work.runtime.write() as (session, moment):
        connection = session.get_one(Connection, record.connection_id)
        connection.pages_read_until = {**connection.pages_read_until, SUPPLIER: work.claimed_at.isoformat()}
        cache.keep_suppliers(session, connection, rows, work.claimed_at)
        for key in idle - {record.precoro_id}:
            mark_handled(session, waiting[key], moment)
    if record.precoro_id in idle:
        work.values.update(handled_version=work.claim.requested_version, requested_at=None)
        work.outcome = "nothing new"
    return idle
