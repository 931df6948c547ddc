"""Files of documents as records: each is one of its document, whose record's id is its `scope`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased, selectinload

from mappers import notes
from mappers.attachments import Attach, Attachment, AttachmentFacts, Holder, plan
from mappers.problems import Note
from store import records
from store.records import ATTACHMENT, FAILED, HELD, NEVER, OPEN, Record, replace_problems

NOTES = frozenset({"file_not_sent", "file_stays"})
"""The codes of a document's notes that are about its files."""
WAITING = frozenset({HELD, FAILED})
"""The states of files that were not sent and may be tried again."""


def of_document(session: Session, document_id: int) -> Sequence[Record]:
    """Return the records of the files that a document has or had, in the order in which they came."""
    files = select(Record).where(Record.kind == ATTACHMENT, Record.scope == document_id)
    return session.scalars(files.order_by(Record.id)).all()


def waiting_of(session: Session, document_ids: Collection[int]) -> Sequence[Record]:
    """Return the files of these documents that were not sent and may be tried again."""
    files = select(Record).where(Record.kind == ATTACHMENT, Record.scope.in_(document_ids), Record.state.in_(WAITING))
    return session.scalars(files.options(selectinload(Record.problems)).order_by(Record.id)).all()


def has_file_in(states: Collection[str], connection_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a document of these connections has a file that waits in one of these states."""
    file = aliased(Record)
    waiting = select(file.scope).where(
        file.connection_id.in_(connection_ids), file.kind == ATTACHMENT, file.state.in_(WAITING.intersection(states))
    )
    return Record.id.in_(waiting)


def attachment_of(record: Record) -> Attachment:
    """Return the file of a record as Precoro last showed it."""
    row = record.list_row or {}
    size = row.get("size", "")
    return Attachment(record.precoro_id, row.get("name", ""), int(size) if size else None)


def facts_of(record: Record, document: Record, *, is_switched_on: bool) -> AttachmentFacts:
    """Return what is known of a file when it is decided about."""
    row = record.list_row or {}
    return AttachmentFacts(
        attachment_of(record),
        Holder(document.qbo_type, document.qbo_id) if document.qbo_type and document.qbo_id else None,
        sent_to=Holder(**record.sent) if record.sent else None,
        is_shown="gone" not in row,
        is_switched_on=is_switched_on,
        refused=record.reason if record.state == NEVER else None,
        may_stand="may_stand" in row,
    )


def follow(
    session: Session,
    document: Record,
    shown: Sequence[Attachment],
    now: datetime,
    *,
    is_switched_on: bool,
    may_stand: bool = False,
) -> list[Note]:
    """Keep a record of each file that a document shows, and make due what goes along; returns what the document should say.

    `may_stand` says that others may have sent the files with what stands for the document.
    """
    files = {record.precoro_id: record for record in of_document(session, document.id)}
    for record in files.values():
        record.list_row = {**(record.list_row or {}), "gone": "yes"}
    for attachment in shown:
        record = files.setdefault(attachment.id, _new(document, attachment))
        record.number, record.list_row = attachment.name[:300], _row(record, attachment, may_stand=may_stand)
    session.add_all(files.values())
    session.flush()
    for record in files.values():
        record.connection_id = document.connection_id
        _decide(session, record, facts_of(record, document, is_switched_on=is_switched_on), now)
    return [note for record in files.values() for note in notes_of(record)]


def _new(document: Record, attachment: Attachment) -> Record:
    """Return the record of a file that was not known."""
    return Record(
        precoro_company_id=document.precoro_company_id,
        connection_id=document.connection_id,
        kind=ATTACHMENT,
        precoro_id=attachment.id,
        scope=document.id,
        state=OPEN,
        notes=[],
    )


def _row(record: Record, attachment: Attachment, *, may_stand: bool) -> dict[str, str]:
    """Return what a document shows of a file; that others may have sent it is known when its holder is adopted."""
    before = record.list_row or {}
    size = {} if attachment.size is None else {"size": str(attachment.size)}
    marked = {"may_stand": "yes"} if "may_stand" in before or (may_stand and record.sent is None) else {}
    return {"name": attachment.name, **size, **marked}


def _decide(session: Session, record: Record, facts: AttachmentFacts, now: datetime) -> None:
    """Make a file due, or record at once why nothing is to be done for it; what a worker has in hand it decides itself."""
    decision = plan(facts)
    if isinstance(decision, Attach):
        records.revive(session, record.id, now)
    elif record.lease_until is None or record.lease_until <= now:
        record.state, record.reason = decision.state, decision.reason
        replace_problems(session, record.id, [])


def notes_of(record: Record) -> list[Note]:
    """Return what the document should say about a file."""
    if record.state == NEVER and record.reason:
        return [notes.file_not_sent(record.reason)]
    return [notes.file_stays(str(record.number))] if record.sent and "gone" in (record.list_row or {}) else []
