"""What makes paired suppliers due without an event of Precoro: changed vendors, and the catch-up over suppliers.

What is compared is content: a row that shows what both sides agreed on, such as the echo of our own write, asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.suppliers.fields import LABELS, plain
from mappers.suppliers.profile import UnreadableProfile, read_vendor
from precoro_client.client import PrecoroClient
from store import reference
from store.companies import Connection
from store.records import SUPPLIER, Record
from workers.reference.changes import News
from workers.rows import with_ids
from workers.runtime import Runtime
from workers.suppliers import cache as supplier_copies
from workers.suppliers import recent_page as supplier_pages
from workers.suppliers import records as supplier_records

Row = Mapping[str, Any]


def on_changes(session: Session, connection: Connection, news: News, moment: datetime) -> None:
    """Make the suppliers due whose vendors show something new, are gone, or were merged into others."""
    for moved in news.moved:
        if moved.kind == SUPPLIER:
            supplier_records.look_at(session, connection, moved.precoro_key, moment)
    by_id = {str(row["Id"]): row for row in news.rows("Vendor")}
    for pair in reference.paired_with(session, connection.id, [*by_id, *news.deleted("Vendor")]):
        if pair.kind != SUPPLIER:
            continue
        record = supplier_records.of(session, connection.id, pair.precoro_key)
        if pair.qbo_key in by_id and record is not None and _shows_nothing_new(record, by_id[pair.qbo_key]):
            continue
        supplier_records.look_at(session, connection, pair.precoro_key, moment)


def catch_up(runtime: Runtime, client: PrecoroClient, serving: Sequence[Connection], since: datetime) -> int:
    """Keep what was modified in Precoro since a moment, and make those suppliers due whose rows ask for something."""
    found, number, more = 0, 1, True
    while more:
        with runtime.read() as (_, before):
            page = client.page("suppliers", number, modified_since=since)
        rows = with_ids("suppliers", page.rows)
        with runtime.read() as (session, _):
            news = [(one.id, str(row["id"])) for one in serving for row in rows if _is_news(session, one.id, row)]
        with runtime.write() as (session, moment):
            supplier_copies.keep_suppliers(session, serving[0], rows, before)
            for connection_id, key in news:
                supplier_records.look_at(session, session.get_one(Connection, connection_id), key, moment)
        found += len(news)
        number, more = number + 1, page.more
    return found


def _is_news(session: Session, connection_id: int, row: dict[str, Any]) -> bool:
    """Say whether a supplier is to be looked at in a connection; what is due anyway is not news."""
    connection = session.get_one(Connection, connection_id)
    record = supplier_records.of(session, connection_id, str(row["id"]))
    if record is not None and record.requested_version > record.handled_version:
        return False
    return not supplier_pages.is_idle(session, connection, record, row)


def _shows_nothing_new(record: Record, row: Row) -> bool:
    """Say whether a vendor is as it was when both sides last agreed; what is held or asked stays so."""
    try:
        vendor = read_vendor(row)
    except UnreadableProfile:
        return False
    agreed = supplier_records.agreed_with(record, vendor.id)
    asked = {one.field: one.quickbooks for one in supplier_records.questions_of(record)}
    known = {**{name: pair[1] for name, pair in agreed.values.items()}, **asked}
    if vendor.free_address or agreed.active is None or vendor.active != agreed.active[1]:
        return False
    return all(name in known and plain(known[name]) == plain(vendor.values.get(name, known[name])) for name in LABELS)
