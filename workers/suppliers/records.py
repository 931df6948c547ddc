"""The record that keeps a supplier in step with its vendor in one connection.

It begins and ends with the pair. Its `sent` holds the vendor, what both sides agreed on last, and the questions that a person
has to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers.suppliers import merge as supplier_merge
from mappers.suppliers.merge import Agreed, Merge, Question
from mappers.suppliers.profile import Profile, UnreadableProfile, read_supplier, read_vendor
from outbound.wire import JsonObject
from store import records, reference
from store.companies import Connection
from store.records import SUPPLIER, Record
from store.reference import Pair
from workers.reference import pairs, suggestions
from workers.reference.pairs import AT_CONNECT
from workers.suppliers import cache


def find(session: Session, connection_id: int, supplier_key: str) -> Record | None:
    """Return the record of a supplier in a connection."""
    return session.scalar(
        select(Record).where(
            Record.kind == SUPPLIER, Record.connection_id == connection_id, Record.precoro_id == supplier_key
        )
    )


def vendor_of(session: Session, connection: Connection, supplier_key: str) -> str | None:
    """Return the id of the vendor that a supplier is paired with."""
    pair = SUPPLIER, supplier_key
    return reference.pairs(session, connection.id, [pair]).get(pair)


def suppliers_of(session: Session, connection: Connection, vendor_key: str) -> list[str]:
    """Return the ids of the suppliers that are paired with a vendor, in whatever currency: several when vendors were merged."""
    pairs_of_key = reference.paired_with(session, connection.id, [vendor_key])
    return [pair.precoro_key.partition(":")[0] for pair in pairs_of_key if pair.kind in pairs.SUPPLIER_KINDS]


def make_pairs(
    session: Session,
    connection: Connection,
    kind: str,
    twins: Mapping[str, str],
    moment: datetime,
    *,
    how: str,
    who: str | None = None,
) -> int:
    """Store pairs, with what both sides were before and have in common: the one way to pair suppliers.

    Pairs that somebody asked for are looked at soon, so that blanks are filled. Those that only have one name wait until a
    side changes: nobody has agreed yet that anything is written. Returns how many held documents that releases.
    """
    released = pairs.make(session, connection, kind, twins, moment, how=how, who=who)
    suppliers = cache.supplier_rows(session, connection, twins)
    vendors = cache.vendor_rows(session, connection, twins.values())
    suggestions.forget(session, connection, SUPPLIER, twins, exclusive=True)
    for pair in _pairs(session, connection, twins):
        supplier, vendor = suppliers.get(pair.precoro_key), vendors.get(pair.qbo_key)
        pair.before = {"supplier": supplier, "vendor": vendor}
        record_id = make_due(session, connection, pair.precoro_key, moment)
        sent: dict[str, Any] = {"vendor": pair.qbo_key, "agreed": _base(supplier, vendor), "questions": []}
        waits = {"handled_version": Record.requested_version, "requested_at": None} if how == AT_CONNECT else {}
        session.execute(update(Record).where(Record.id == record_id).values(sent=sent, **waits))
    return released


def make_pair(
    session: Session,
    connection: Connection,
    supplier_key: str,
    vendor_key: str,
    moment: datetime,
    *,
    how: str,
    who: str | None = None,
) -> int:
    """Store one pair, as `make_pairs` does."""
    return make_pairs(session, connection, SUPPLIER, {supplier_key: vendor_key}, moment, how=how, who=who)


def make_due(
    session: Session,
    connection: Connection,
    supplier_key: str,
    moment: datetime,
    *,
    by_person: bool = False,
    overridden: Sequence[str] | None = None,
) -> int:
    """Make a supplier due, whatever its state, and not because of an event; returns the id of its record."""
    record_id = records.request(session, connection, SUPPLIER, supplier_key, None, moment)
    left_out = update(Record).where(Record.id == record_id, Record.state == records.NEVER)
    session.execute(left_out.values(state=records.OPEN, reason=None))
    records.revive(session, record_id, moment, by_person=by_person, overridden=overridden)
    return record_id


def record_agreed(
    session: Session, connection: Connection, supplier: Profile, vendor: Profile, moment: datetime, *, external_id: str
) -> None:
    """Record that a new pair agrees already, because one side was made from the other: nothing is due."""
    record_id = records.request(session, connection, SUPPLIER, supplier.id, None, moment)
    sent = {
        "vendor": vendor.id,
        "agreed": supplier_merge.to_json(supplier_merge.agree(Agreed(), Merge(), supplier, vendor)),
        "questions": [],
    }
    session.execute(
        update(Record)
        .where(Record.id == record_id)
        .values(
            state=records.SYNCED, sent=sent, handled_version=Record.requested_version, requested_at=None, number=supplier.name[:300],
            supplier=supplier.name[:300], external_id=external_id,
        )
    )  # fmt: skip


def agreed_with(record: Record, vendor_id: str) -> Agreed:
    """Return what was last agreed on with this vendor; nothing when it is another vendor than last time."""
    sent = record.sent or {}
    return supplier_merge.from_json(sent.get("agreed") if sent.get("vendor") == vendor_id else None)


def questions_of(record: Record) -> list[Question]:
    """Return what a person has to decide about a supplier."""
    return [Question(**question) for question in (record.sent or {}).get("questions", [])]


def end(session: Session, connection: Connection, supplier_key: str, reason: str) -> None:
    """End the record of a pair that was undone; `externalId` is taken back when it is ours."""
    session.execute(
        update(Record)
        .where(
            Record.kind == SUPPLIER, Record.connection_id == connection.id, Record.precoro_id == supplier_key
        )
        .values(state=records.OPEN, reason=reason[:1000], handled_version=Record.requested_version, requested_at=None, overridden_problems=[], write_back_due=True)
    )  # fmt: skip


def was_paired(record: Record) -> bool:
    """Say whether the supplier once had a vendor: then it gets no other one by itself."""
    return bool((record.sent or {}).get("vendor"))


def is_twin_elsewhere(session: Session, connection: Connection, supplier_key: str, vendor_key: str) -> bool:
    """Say whether another connection of the same Precoro company pairs the supplier with this vendor."""
    elsewhere = select(Pair.id).join(Connection, Connection.id == Pair.connection_id)
    same_pair = elsewhere.where(
        Connection.precoro_id == connection.precoro_id,
        Connection.id != connection.id,
        Pair.kind == SUPPLIER,
        Pair.precoro_key == supplier_key,
        Pair.qbo_key == vendor_key,
    )
    return session.scalars(same_pair).first() is not None


def as_questions(questions: Sequence[Question]) -> list[Mapping[str, Any]]:
    """Return questions as JSON."""
    return [
        {"field": each.field, "precoro": each.precoro, "quickbooks": each.quickbooks, "why": each.why}
        for each in questions
    ]


def _base(supplier: JsonObject | None, vendor: JsonObject | None) -> dict[str, Any] | None:
    """Return what both sides of a new pair have in common, as JSON; None when a side cannot be read."""
    if supplier is None or vendor is None:
        return None
    try:
        return supplier_merge.to_json(supplier_merge.common(read_supplier(supplier), read_vendor(vendor)))
    except UnreadableProfile:
        return None


def _pairs(session: Session, connection: Connection, supplier_keys: Iterable[str]) -> Sequence[Pair]:
    """Return the pairs of suppliers as they are stored now, also those written past the session."""
    statement = select(Pair).where(
        Pair.connection_id == connection.id, Pair.kind == SUPPLIER, Pair.precoro_key.in_(list(supplier_keys))
    )
    return session.scalars(statement.execution_options(populate_existing=True)).all()
