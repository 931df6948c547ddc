"""What people look at of files: those of one document, each with where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mappers.problems import Note, Problem
from store import attachments
from store.records import Record
from workers import waits
from workers.records.outcome import problem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One file of a document: where it stands, and what it waits for.

    Args:
        file: its id in Precoro
        size: in bytes, as Precoro tells it
        qbo_id: the Attachable that it became, which is the newest when the document has another entity now
        reason: why it is not sent, or what is known of it otherwise
    """

    file: str
    name: str
    size: int | None
    state: str
    qbo_id: str | None
    reason: str | None
    attempts: int
    problems: tuple[Problem, ...]
    goes_on_at: datetime | None


def files_of(session: Session, document: Record, moment: datetime) -> tuple[FileRow, ...]:
    """Return the files of a document, in the order in which they came."""
    return tuple(_shape(record, moment) for record in attachments.of_document(session, document.id))


def waiting_files(session: Session, documents: Sequence[Record]) -> Mapping[int, tuple[str, ...]]:
    """Return, by the id of its document, which files were not sent, each with the codes of its problems."""
    by_document: dict[int, tuple[str, ...]] = {}
    for file in attachments.waiting_of(session, [document.id for document in documents]):
        why = ", ".join(row.code for row in file.problems) or file.state
        by_document[file.scope] = (*by_document.get(file.scope, ()), f"{file.number}: {why}")
    return by_document


def _shape(record: Record, moment: datetime) -> FileRow:
    attachment, wait = attachments.attachment_of(record), waits.wait_of_record(record, moment)
    return FileRow(
        file=record.precoro_id,
        name=attachment.name or str(record.number),
        size=attachment.size,
        state=record.state,
        qbo_id=record.qbo_id,
        reason=(wait.why if wait else None) or _notes(record) or record.reason,
        attempts=record.attempts,
        problems=tuple(problem_of(row) for row in record.problems),
        goes_on_at=wait.until if wait else None,
    )


def _notes(record: Record) -> str | None:
    """Return what the document says about the file."""
    sentences: Sequence[Note] = attachments.notes_of(record)
    return " ".join(note.sentence for note in sentences) or None
