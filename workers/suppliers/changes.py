"""What makes paired suppliers due without an event of Precoro: changed vendors, and the catch-up over suppliers.

Contents are compared: a row that shows what both sides agreed on, such as the echo of our own write, asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.suppliers.fields import LABELS, plain
from mappers.suppliers.profile import UnreadableProfile, read_vendor
from outbound.wire import JsonObject
from precoro_client.client import PrecoroClient
from store import reference
from store.companies import Connection
from store.records import SUPPLIER, Record
from workers.records.list_rows import ModifiedRows
from workers.reference.changes import News
from workers.rows import with_ids
from workers.runtime import Runtime
from workers.suppliers import cache, recent_page
from workers.suppliers import records as supplier_records

Row = Mapping[str, Any]


def on_changes(session: Session, connection: Connection, news: News, moment: datetime) -> None:
    """Make the suppliers due whose vendors show something new, are gone, or were merged into others."""
    for moved in news.moved:
        if moved.kind == SUPPLIER:
            supplier_records.make_due(session, connection, moved.precoro_key, moment)
    by_id = {str(row["Id"]): row for row in news.rows("Vendor")}
    for pair in reference.paired_with(session, connection.id, [*by_id, *news.deleted("Vendor")]):
        if pair.kind != SUPPLIER:
            continue
        record = supplier_records.find(session, connection.id, pair.precoro_key)
        if pair.qbo_key in by_id and record is not None and _is_as_agreed(record, by_id[pair.qbo_key]):
            continue
        supplier_records.make_due(session, connection, pair.precoro_key, moment)


def catch_up(runtime: Runtime, client: PrecoroClient, serving: Sequence[Connection], since: datetime) -> ModifiedRows:
    """Keep what was modified in Precoro since a moment, and make due what needs a look."""
    due, number, first_asked_at = 0, 1, None
    while True:
        with runtime.read() as (_, moment):
            asked_at = moment
        page = client.page("suppliers", number, modified_since=since)
        first_asked_at = first_asked_at or page.at
        rows = with_ids("suppliers", page.rows)
        with runtime.read() as (session, _):
            news = _news(session, serving, rows)
        with runtime.write() as (session, moment):
            cache.keep_suppliers(session, serving[0], rows, asked_at)
            for connection_id, key in news:
                supplier_records.make_due(session, session.get_one(Connection, connection_id), key, moment)
        due += len(news)
        if not page.more:
            return ModifiedRows(due, first_asked_at)
        number += 1


def _news(session: Session, serving: Sequence[Connection], rows: Sequence[JsonObject]) -> list[tuple[int, str]]:
    """Return which suppliers need a look in which connections, as their rows show."""
    return [
        (connection.id, str(row["id"]))
        for connection in serving
        for row in rows
        if _is_news(session, connection.id, row)
    ]


def _is_news(session: Session, connection_id: int, row: JsonObject) -> bool:
    """Say whether a supplier needs a look in a connection; what is due anyway is not news."""
    connection = session.get_one(Connection, connection_id)
    record = supplier_records.find(session, connection_id, str(row["id"]))
    if record is not None and record.requested_version > record.handled_version:
        return False
    return not recent_page.is_idle(session, connection, record, row)


def _is_as_agreed(record: Record, row: Row) -> bool:
    """Say whether a vendor is as it was when both sides last agreed, or as the open questions show it."""
    try:
        vendor = read_vendor(row)
    except UnreadableProfile:
        return False
    agreed = supplier_records.agreed_with(record, vendor.id)
    questions = {question.field: question.quickbooks for question in supplier_records.questions_of(record)}
    expected = {**{name: values[1] for name, values in agreed.values.items()}, **questions}
    if vendor.free_address or agreed.active is None or vendor.active != agreed.active[1]:
        return False
    return all(
        name in expected and plain(expected[name]) == plain(vendor.values.get(name, expected[name])) for name in LABELS
    )
