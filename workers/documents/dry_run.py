"""What would be sent for a document: read in Precoro and planned as always, but not sent or recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mappers.books import RecentEntity
from mappers.documents.document import Document, DocumentKind
from mappers.documents.outcomes import Create, Hold, Nothing, Plan, Update
from mappers.documents.preview import LISTS, references
from mappers.documents.reading import load_document
from store import reference
from store.companies import Connection
from store.records import DOCUMENT_KINDS, OPEN, Claim, Record
from store.reference import QUICKBOOKS
from workers.attachments.planned import PlannedFile, planned_files
from workers.documents import waiting
from workers.documents.kind import Documents
from workers.errors import NoSuchDocumentError, NotReadYetError
from workers.lookup import DocumentName, chosen_connection, document_named
from workers.records import writes
from workers.records.work import Work
from workers.runtime import Runtime

NO_CLAIM = Claim(0, 0, 0)


@dataclass(frozen=True, slots=True)
class NamedId:
    """An id in an entity, with the name that people know it by."""

    field: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """The document as it is in Precoro now, and the change that it would lead to with the names of the ids in it, and its files.

    `standing` is what our copy of QuickBooks holds of the entity that stands for it.
    """

    connection: str
    name: str
    document: Document
    plan: Plan
    names: tuple[NamedId, ...]
    home_currency: str
    standing: RecentEntity | None
    files: tuple[PlannedFile, ...] = ()


def dry_run(
    runtime: Runtime, name: str, connection: str | None = None, *, decisions: Sequence[str] | None = None
) -> DryRun:
    """Return what sending this document by hand would do: one read in Precoro, and those in QuickBooks that planning needs.

    `decisions` are what a person would decide besides.

    A document that is not known yet is named by its kind and running number: `invoice:203`. No claim is taken and no state
    written; only the calls stand in the history. Raises DoesNotExistError, RemoteError and UnreadableDocument.
    """
    with runtime.read() as (session, moment):
        record, kind = _known(session, name, connection) or _unknown(session, name, connection)
        session.expunge_all()
    runtime.record_id, record.requested_by_person = record.id, True
    record.overridden_problems = record.overridden_problems if decisions is None else list(decisions)
    work, documents = Work(runtime, NO_CLAIM, record, moment, is_requested=True), Documents(kind)
    try:
        document = load_document(kind, documents.fetch(work))
        plan = documents.plan(work, document)
        with runtime.read() as (session, _):
            copy = writes.copy_of_twin(session, record)
            plan = waiting.in_words_for(session, record, plan) if isinstance(plan, Hold) else plan
    finally:
        runtime.keep_calls()
    names, home = _names(runtime, record.connection, plan), record.connection.qbo.home_currency
    standing = copy if isinstance(copy, RecentEntity) else None
    files = _files(runtime, record, document, plan)
    return DryRun(record.connection.slug, record.name, document, plan, names, home, standing, files)


def _known(session: Session, name: str, connection: str | None) -> tuple[Record, DocumentKind] | None:
    """Return the record of a document with its kind, None when there is none."""
    try:
        record = document_named(session, name, connection)
    except NoSuchDocumentError:
        return None
    return None if record.kind not in DOCUMENT_KINDS else (record, record.kind)


def _unknown(session: Session, name: str, connection: str | None) -> tuple[Record, DocumentKind]:
    """Return a new record for a document that is named by its kind and running number. Raises NotReadYetError."""
    named = DocumentName.read(name)
    if named.kind is None:
        raise NotReadYetError(name)
    record = Record(kind=named.kind, precoro_id="", idn=named.text, state=OPEN, notes=[], overridden_problems=[])
    record.revised, record.connection = False, chosen_connection(session, connection)
    return record, named.kind


def _files(runtime: Runtime, record: Record, document: Document, plan: Plan) -> tuple[PlannedFile, ...]:
    """Return the files of a document that stands in QuickBooks or would."""
    if isinstance(plan, Nothing) and record.qbo_id is None:
        return ()
    with runtime.read() as (session, _):
        return planned_files(session, record, document, is_new=isinstance(plan, Create))


def _names(runtime: Runtime, connection: Connection, plan: Plan | None) -> tuple[NamedId, ...]:
    """Return the ids in the entity that would be sent, each once, with their names as the lists were last read."""
    plan = plan.then if isinstance(plan, Nothing) else plan
    if not isinstance(plan, Create | Update):
        return ()
    ids = dict.fromkeys(references(plan.body))
    keys = [(LISTS[field], id_) for field, id_ in ids]
    with runtime.read() as (session, _):
        entries = reference.entries(session, QUICKBOOKS, connection.qbo_id, keys)
        names = {key: entry.name for key, entry in entries.items()}
    return tuple(NamedId(field, id_, names[LISTS[field], id_]) for field, id_ in ids if (LISTS[field], id_) in names)
