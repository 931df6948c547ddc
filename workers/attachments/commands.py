"""What people do with the files of a document: try those again that were not sent."""

from __future__ import annotations

from store import attachments, history, records
from store.records import Record
from workers.runtime import Runtime


def retry(runtime: Runtime, document_id: int, who: str) -> int:
    """Try those files of a document now that are held, failed or due, and leave the document alone; returns how many they are."""
    with runtime.write() as (session, moment):
        document = session.get_one(Record, document_id)
        files = [file for file in attachments.of_document(session, document_id) if _may_be_tried(file)]
        if not files:
            return 0
        for file in files:
            records.revive(session, file.id, moment, by_person=True)
        names = [str(file.number) for file in files]
        history.note(
            session, moment, who, "retry files", document.name, connection=document.connection.slug, files=names
        )
    runtime.dispatch()
    return len(files)


def _may_be_tried(file: Record) -> bool:
    return file.state in attachments.WAITING or file.requested_version > file.handled_version
