"""What becomes of the files of a document when it goes to QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from mappers.attachments import Attach, Holder, plan
from mappers.documents.document import Document
from mappers.policy import load_policy
from store.attachments import facts_of, of_document
from store.records import Record

TO_BE_MADE = Holder("", "")
"""What a file hangs on that is not made yet."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of a document, and why it does not go along, if so."""

    name: str
    why_not: str | None


def planned_files(session: Session, record: Record, document: Document, *, is_new: bool) -> tuple[PlannedFile, ...]:
    """Return the files of a document that stands in QuickBooks or would, each with what is decided about it.

    `is_new` says that they go to an entity that is yet to be made.
    """
    records = {} if record.id is None else {file.precoro_id: file for file in of_document(session, record.id)}
    switched_on = load_policy(record.connection.policy).send_attachments
    planned: list[PlannedFile] = []
    for attachment in document.attachments:
        file = records.get(attachment.id, Record(precoro_id=attachment.id))
        facts = replace(facts_of(file, record, is_switched_on=switched_on), attachment=attachment, is_shown=True)
        decision = plan(replace(facts, holder=TO_BE_MADE) if is_new or facts.holder is None else facts)
        planned.append(PlannedFile(attachment.name, None if isinstance(decision, Attach) else decision.reason))
    return tuple(planned)
