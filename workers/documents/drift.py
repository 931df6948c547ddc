"""Keeps what people changed in QuickBooks of what stands for a document, from answers that are read anyway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.documents import drift as rules
from mappers.documents.drift import DriftKind, EntityChange, EntityVersion
from mappers.documents.fields import FieldState
from mappers.documents.outcomes import Sent
from mappers.documents.preview import LISTS, Names, references
from mappers.policy import load_policy
from outbound.wire import JsonObject
from store import drift, intents, records
from store.companies import Connection
from store.drift import Drift
from store.records import CHUNK, NEVER, Record
from workers.documents.preview import names_in
from workers.records import writes
from workers.reference import merges
from workers.reference.changes import News
from workers.rows import read_each

Entity = Mapping[str, Any]


def keep_changes(session: Session, connection: Connection, news: News, type_: str, moment: datetime) -> set[str]:
    """Keep what people changed or deleted; returns the ids of the entities whose documents have to be looked at."""
    rows = {str(row["Id"]): row for row in news.rows(type_)}
    deleted = set(news.deleted(type_))
    owners = {str(record.qbo_id): record for record in twins(session, connection, type_, sorted({*rows, *deleted}))}
    changed = [row for qbo_id, row in rows.items() if qbo_id in owners.keys() - deleted]
    differing = [qbo_id for qbo_id in sorted(owners.keys() & deleted) if keep(session, owners[qbo_id], None, moment)]

    def keep_row(row: JsonObject) -> str | None:
        qbo_id = str(row["Id"])
        return qbo_id if keep(session, owners[qbo_id], row, moment) else None

    return {*differing, *filter(None, read_each(type_, changed, keep_row))}


def twins(session: Session, connection: Connection, type_: str, ids: Sequence[str]) -> Iterator[Record]:
    """Yield the records of a connection that these entities of QuickBooks stand for; no write about one is recorded meanwhile."""
    of_type = (
        Record.connection_id == connection.id,
        Record.qbo_company_id == connection.qbo_id,
        Record.qbo_type == type_,
    )
    for start in range(0, len(ids), CHUNK):
        of_chunk = Record.qbo_id.in_(ids[start : start + CHUNK])
        yield from session.scalars(select(Record).where(*of_type, of_chunk).with_for_update()).all()


def keep(session: Session, record: Record, entity: Entity | None, moment: datetime) -> bool:
    """Keep how an entity that was just read differs from what was sent; None is one that was deleted.

    Returns whether the document has to be looked at: somebody has to decide now, or need not any more.
    """
    sent = writes.load_sent(record)
    if sent is None or record.state == NEVER or not _is_later(entity, sent.sync_token):
        return False
    before = drift.drift_of(session, record.id)
    sent = merges.followed(session, record.connection.qbo_id, sent)
    if entity is None:
        return _keep_deleted(session, record, sent, before, moment)
    if not _tells_more(session, record, before, entity):
        return False
    undecided = _undecided(before)
    change, version = _change(session, record, sent, entity), rules.version_of(entity)
    if change is None:
        drift.forget(session, record.id)
        return bool(undecided)
    fields = rules.decide(change, before.changes if before else (), load_policy(record.connection.policy))
    row = _store(session, record, before, change.kind, rules.state_of(fields), version, moment)
    row.total_sent, row.entity = rules.version_of(sent.answer).total, dict(entity)
    row.take(fields)
    return _undecided(row) != undecided


def decide_anew(session: Session, connection: Connection, moment: datetime) -> int:
    """Decide again, by settings that were changed, what nobody has decided about; returns how many documents are looked at."""
    waiting = Drift.state.in_((drift.OPEN, drift.REPORTED))
    of_connection = Record.connection_id == connection.id
    rows = session.scalars(select(Drift).join(Record, Record.id == Drift.record_id).where(of_connection, waiting)).all()
    policy, due = load_policy(connection.policy), []
    for row in rows:
        decided = rules.decide_by_settings(row.changes, policy)
        if decided != row.changes:
            row.take(decided)
            due.append(row.record_id)
    records.make_due(session, due, moment)
    return len(due)


def _is_later(entity: Entity | None, token: str | None) -> bool:
    """Say whether an entity is of a later version than this one; what is gone is."""
    return entity is None or rules.is_newer(entity.get("SyncToken"), token)


def _tells_more(session: Session, record: Record, before: Drift | None, entity: Entity) -> bool:
    """Say whether an entity tells more than what is stored, and is surely not what a write under way has made."""
    token = str(entity.get("SyncToken"))
    if before is not None and before.state != drift.RESTORED and rules.is_newer(before.sync_token or "0", token):
        return False
    under_way = [intent for intent in intents.unsettled(session, record.id) if intent.operation == intents.UPDATE]
    return all(int(token) > int(intent.body["SyncToken"]) + 1 for intent in under_way if token.isdigit())


def _change(session: Session, record: Record, sent: Sent, entity: Entity) -> EntityChange | None:
    """Return what differs, with the names of what is referred to."""
    if rules.change_of(sent, entity) is None:
        return None
    keys = {(LISTS[field], id_) for body in (sent.answer, dict(entity)) for field, id_ in references(body)}
    names: Names = names_in(session, record.connection.qbo_id, keys, ())
    return rules.change_of(sent, entity, names)


def _keep_deleted(session: Session, record: Record, sent: Sent, before: Drift | None, moment: datetime) -> bool:
    """Keep that what stood for a document is gone."""
    if before is not None and before.kind == rules.DELETED and before.state != drift.RESTORED:
        return False
    row = _store(session, record, before, rules.DELETED, rules.OPEN, rules.GONE, moment)
    row.total_sent, row.entity, row.fields = rules.version_of(sent.answer).total, None, []
    return True


def _store(
    session: Session,
    record: Record,
    before: Drift | None,
    kind: DriftKind,
    state: FieldState,
    version: EntityVersion,
    moment: datetime,
) -> Drift:
    """Return the stored drift of a record for a version of its entity; who decided stays as long as its state does."""
    row = before or Drift(record_id=record.id, kind=kind, state=state, fields=[], found_at=moment)
    if (row.kind, row.state) != (kind, state):
        row.found_at, row.decided_at, row.decided_by = moment, None, None
    row.kind, row.state, row.sync_token, row.total_now = kind, state, version.token, version.total
    row.changed_at, row.changed_by = version.changed_at, version.changed_by
    session.add(row)
    return row


def _undecided(row: Drift | None) -> set[tuple[tuple[str, str | None], str]]:
    """Return the fields that somebody has to decide about, each with its value."""
    return {(field.change.key, str(field.change.raw)) for field in row.undecided} if row is not None else set()
