"""Finds what people enter in QuickBooks beside what Tieout has sent already.

Whoever types a bill at the moment in which it is approved, or a week later from paper, doubles it; no check before the create sees that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers import problems
from mappers.documents.document import BILL, VENDOR_CREDIT
from mappers.text import is_same_number
from store import reference
from store.companies import Connection
from store.records import SYNCED, ProblemRow, Record
from store.reference import KnownEntity, ListedEntity
from workers.records import writes

POSTING = (BILL, VENDOR_CREDIT)
"""The types of entities that cost money twice; an order posts nothing."""


def note(session: Session, connection: Connection, type_: str, new_ids: Iterable[str]) -> list[str]:
    """Note on the documents in step that what is new in QuickBooks may be the same; returns the ids of their entities."""

    @cache
    def of_vendor(vendor_id: str) -> Sequence[ListedEntity]:
        return reference.of_vendor(session, connection.qbo_id, vendor_id, [type_])

    doubled: list[str] = []
    for entity in reference.known_entities(session, connection.qbo_id, type_, sorted(new_ids)):
        for other in of_vendor(entity.vendor_id) if entity.marker is None else ():
            record = _in_step(session, connection, other) if _may_be_same(entity, other) else None
            if record is not None:
                record.sent = {**(record.sent or {}), "doubled_by": entity.qbo_id}
                doubled.append(other.qbo_id)
    return doubled


def beside(session: Session, record: Record) -> str | None:
    """Return the id of what people have entered beside an entity that was just created, None when nothing is known."""
    own = reference.known_entity(session, record.qbo_company_id or 0, str(record.qbo_type), str(record.qbo_id))
    if own is None or own.type not in POSTING:
        return None
    of_people = KnownEntity.marker.is_(None)
    others = reference.of_vendor(session, own.qbo_company_id, own.vendor_id, [own.type], of_people)
    return next((other.qbo_id for other in others if _may_be_same(other, own)), None)


def held_for(session: Session, connection: Connection, type_: str, ids: Collection[str]) -> list[str]:
    """Return the subjects of documents that are held because one of these entities was entered beside theirs."""
    about = ProblemRow.subject.startswith(problems.entered(type_, ""), autoescape=True)
    held = select(ProblemRow.subject).join(Record, Record.id == ProblemRow.record_id)
    subjects = session.scalars(held.where(Record.connection_id == connection.id, about).distinct()).all()
    return sorted({problems.entered(type_, id_) for id_ in ids}.intersection(filter(None, subjects)))


def _may_be_same(entity: KnownEntity | ListedEntity, other: KnownEntity | ListedEntity) -> bool:
    """Say whether two entities of a vendor have one number, or one total and date."""
    if entity.qbo_id == other.qbo_id:
        return False
    same_figures = (entity.total, entity.dated) == (other.total, other.dated)
    return same_figures or is_same_number(entity.number or "", other.number or "")


def _in_step(session: Session, connection: Connection, entity: ListedEntity) -> Record | None:
    """Return the document in step that an entity stands for."""
    record = writes.owner_of(session, connection.qbo_id, entity.type, entity.qbo_id)
    return record if record is not None and record.connection_id == connection.id and record.state == SYNCED else None
