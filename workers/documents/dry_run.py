"""What would be sent for a document, without sending it: read in Precoro and planned as always, nothing recorded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mappers.documents.document import Document, DocumentKind, load_document
from mappers.documents.outcomes import Plan
from store.companies import Connection
from store.records import OPEN, Claim, Record
from workers.documents.kind import Documents
from workers.records.work import Work
from workers.runtime import Runtime

NO_CLAIM = 0


@dataclass(frozen=True)
class DryRun:
    """The document as it is in Precoro now, and the change that it would lead to."""

    document: Document
    plan: Plan


def dry_run(runtime: Runtime, connection_id: int, kind: DocumentKind, idn: str) -> DryRun:
    """Return what sending this document by hand would do: one read in Precoro, and those in QuickBooks that planning needs.

    No claim is taken and no state written; only the calls stand in the history. Raises RemoteError and UnreadableDocument.
    """
    with runtime.read() as (session, moment):
        both = (joinedload(Connection.precoro), joinedload(Connection.qbo))
        connection = session.scalars(select(Connection).where(Connection.id == connection_id).options(*both)).one()
        record = session.scalar(
            select(Record).where(Record.connection_id == connection_id, Record.kind == kind, Record.idn == idn)
        )
        session.expunge_all()
    record = record or Record(
        kind=kind, precoro_id="", idn=idn, state=OPEN, notes=[], overridden_problems=[], revised=False
    )
    runtime.record_id, record.requested_by_person, record.connection = record.id, True, connection
    work = Work(runtime, Claim(NO_CLAIM, NO_CLAIM, NO_CLAIM), record, moment, is_requested=True)
    try:
        document = load_document(kind, Documents(kind).fetch(work))
        return DryRun(document, Documents(kind).plan(work, document))
    finally:
        with runtime.write():
            pass  # the calls go into the history
