"""Following merges in QuickBooks: what was paired with the entry that is gone belongs to the one that stays.

Only the event of a merge names both (docs/reference/quickbooks.md, Webhooks); change data capture tells of the deletion at
most. A merge of which no event told shows in what was sent: QuickBooks has moved it to another entry. Where nothing shows it, the
pair stays with the entry that is gone, and holds what needs it until a person pairs it anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers.counterparts import pair_kinds
from mappers.documents.differences import plain
from mappers.documents.merged import moved_references, with_merges
from mappers.documents.outcomes import Sent
from mappers.documents.preview import LISTS, references
from outbound.wire import JsonObject
from store import events, reference
from store.companies import Connection, QboCompany
from store.records import CHUNK, Record
from workers.records import writes
from workers.reference import pairs
from workers.rows import read_each

DEFAULT_ACCOUNTS = ("default_line_account", "default_item_account")


@dataclass(frozen=True)
class MovedPair:
    """A pair that leads to another entry of QuickBooks now, because of a merge."""

    connection_id: int
    kind: str
    precoro_key: str


def follow(session: Session, company: QboCompany, since: datetime, moment: datetime) -> list[MovedPair]:
    """Move the pairs and default accounts of what was merged since a moment; returns the pairs."""
    stays: dict[tuple[str, str], str] = {
        (event.payload["name"], event.payload["deleted"]): event.payload["id"]
        for event in events.merges(session, company.realm, since)
        if event.payload.get("deleted")
    }
    winners = {(entity, gone): _last(stays, entity, gone) for entity, gone in stays}
    return [
        pair
        for (entity, gone), winner in winners.items()
        for pair in _take_over(session, company, entity, gone, winner, moment)
    ]


def follow_entities(
    session: Session, company: QboCompany, entities: Mapping[str, Sequence[JsonObject]], moment: datetime
) -> list[MovedPair]:
    """Follow merges of which no event told: an entry is gone, and all that changed of ours refers to one other in its place.

    QuickBooks deletes no entry of a list but those that are merged into others.
    """
    others: dict[tuple[str, str], set[str]] = {}
    for type_, rows in entities.items():
        owners = _owners(session, company, type_, [str(row["Id"]) for row in rows])
        for moved in read_each(type_, rows, partial(_moved, owners)):
            for entry, other in moved:
                others.setdefault(entry, set()).add(other)
    gone = reference.gone(session, company.id, others) if others else set()
    clear = {entry: min(others[entry]) for entry in gone if len(others[entry]) == 1}
    return [
        pair
        for (entity, key), winner in clear.items()
        for pair in _take_over(session, company, entity, key, winner, moment)
    ]


def _owners(session: Session, company: QboCompany, type_: str, ids: Sequence[str]) -> dict[str, Sent]:
    """Return what was sent as these entities, by their ids."""
    sent: dict[str, Sent] = {}
    for start in range(0, len(ids), CHUNK):
        of_chunk = Record.qbo_id.in_(ids[start : start + CHUNK])
        twins = select(Record).where(Record.qbo_company_id == company.id, Record.qbo_type == type_, of_chunk)
        loaded = {str(record.qbo_id): writes.load_sent(record) for record in session.scalars(twins)}
        sent |= {qbo_id: last for qbo_id, last in loaded.items() if last is not None}
    return sent


def _moved(sent: Mapping[str, Sent], row: Mapping[str, Any]) -> list[tuple[tuple[str, str], str]]:
    qbo_id = str(row["Id"])
    return moved_references(sent[qbo_id], row) if qbo_id in sent else []


def _take_over(
    session: Session, company: QboCompany, entity: str, gone: str, winner: str, moment: datetime
) -> list[MovedPair]:
    """Hand over to the entry that stays what was of the one that is gone; returns the pairs."""
    reference.note_merged(session, company.id, entity, gone, winner, moment)
    moved: list[MovedPair] = []
    for connection in company.connections if winner != gone else ():
        for kind in pair_kinds(entity):
            keys = pairs.move(session, connection, kind, gone, winner, moment)
            moved += [MovedPair(connection.id, kind, key) for key in keys]
        if entity == "vendor":
            move_documents(session, connection, gone, winner)
        if entity == "account":
            connection.policy = _with_account(connection, gone, winner)
    return moved


def followed(session: Session, company_id: int, sent: Sent) -> Sent:
    """Return what was sent as if it referred to what is left of the entries that QuickBooks merged."""
    keys = {(LISTS[field], id_) for body in (sent.body, sent.answer) for field, id_ in references(body)}
    return with_merges(sent, reference.merged(session, company_id, keys))


def move_documents(session: Session, connection: Connection, gone: str, stays: str) -> None:
    """Note that the documents of a vendor that was merged away belong to the one that stays: that is no drift."""
    entity = reference.KnownEntity
    of_both = (entity.qbo_company_id == connection.qbo_id, entity.vendor_id.in_((gone, stays)))
    for type_, qbo_id in session.execute(select(entity.type, entity.qbo_id).where(*of_both)).all():
        twin = (Record.qbo_company_id == connection.qbo_id, Record.qbo_type == type_, Record.qbo_id == qbo_id)
        record = session.scalar(select(Record).where(*twin))
        sent = record.sent if record is not None else None
        if record is not None and sent and plain(sent["answer"].get("VendorRef")) == gone:
            record.sent = {**sent, **{part: _of_vendor(sent[part], stays) for part in ("body", "answer")}}
    session.execute(update(entity).where(*of_both).values(vendor_id=stays))


def _of_vendor(entity: dict[str, Any], vendor_id: str) -> dict[str, Any]:
    """Return an entity with another vendor."""
    return {**entity, "VendorRef": {"value": vendor_id}}


def _last(stays: Mapping[tuple[str, str], str], entity: str, key: str) -> str:
    """Return what is left after merges into merges."""
    passed = set()
    while (entity, key) in stays and key not in passed:
        passed.add(key)
        key = stays[entity, key]
    return key


def _with_account(connection: Connection, gone: str, stays: str) -> dict[str, Any]:
    """Return the settings with an account in the place of another."""
    changed = dict(connection.policy)
    for name in DEFAULT_ACCOUNTS:
        if changed.get(name) == gone:
            changed[name] = stays
    payable = changed.get("payable_accounts") or {}
    if gone in payable.values():
        changed["payable_accounts"] = {code: stays if account == gone else account for code, account in payable.items()}
    return changed
