"""Writes back to Precoro what was done, when it differs from what Precoro has; it is due work of its own."""

from __future__ import annotations

from mappers.documents.document import DocumentKind
from mappers.policy import load_policy
from mappers.problems import Note, Problem
from mappers.write_back import external_id, log_text, may_write_external_id
from store import records
from store.records import Record
from workers import clients
from workers.records.work import Work

WRITTEN_BACK = {records.SYNCED, records.HELD, records.REMOVED}


def write_back(work: Work, kind: DocumentKind) -> None:
    """Bring `externalId` and `externalIntegrationLog` of the document up to date; one PATCH, or none.

    What waits for another document is said there only in place of what is not true any more: it follows by itself.
    So it is with what others sent and we only took over. Raises RemoteError; then it stays due and everything else stays recorded.
    """
    record = work.record
    if not record.write_back_due:
        return
    if record.state == records.SYNCED and record.sent and not record.sent["digest"]:
        work.values["write_back_due"] = False
        return
    waits = record.state == records.OPEN and bool(record.problems) and bool(record.log_text)
    if (record.state in WRITTEN_BACK or waits) and load_policy(work.connection.policy).write_back:
        _send_if_different(work, kind)
    work.values["write_back_due"] = False


def _send_if_different(work: Work, kind: DocumentKind) -> None:
    """PATCH what differs from what stands in Precoro."""
    record = work.record
    wanted_id, wanted_log = _external_id(work), _log(record)
    changed_id = wanted_id if wanted_id != (record.external_id or "") else None
    changed_log = wanted_log if wanted_log != (record.log_text or "") else None
    if changed_id is None and changed_log is None:
        return
    begun = work.after(0)  # the event that our PATCH fires may be here before its answer
    client = clients.precoro_for_write_back(work.runtime, work.connection.precoro)
    answer = client.patch_document(kind, str(record.idn), external_id=changed_id, log=changed_log)
    work.values.update(
        external_id=wanted_id,
        log_text=wanted_log,
        list_row={**(record.list_row or {}), "updateDate": answer.get("updateDate") or ""},
        written_back_at=begun,
    )


def _external_id(work: Work) -> str:
    """Return what `externalId` should hold: ours when something stands in QuickBooks, unless others own it."""
    record, realm = work.record, work.connection.qbo.realm
    if not may_write_external_id(record.external_id, realm):
        return record.external_id or ""
    return external_id(realm, record.qbo_type, record.qbo_id) if record.qbo_type and record.qbo_id else ""


def _log(record: Record) -> str:
    """Return the text for people: what stands in QuickBooks, or why nothing does."""
    return log_text(
        record.state,
        type_=record.qbo_type,
        id_=record.qbo_id,
        number=record.qbo_number,
        amount=(record.currency, record.amount) if record.currency and record.amount is not None else None,
        reason=record.reason,
        problems=[Problem(row.code, row.sentence, row.remedy, row.subject) for row in record.problems],
        notes=[Note(**note) for note in record.notes],
    )
