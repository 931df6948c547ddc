"""Files as a kind of record: each goes from Precoro to what stands for its document, by the same pipeline as that.

A document's own outcome makes its files due. A file costs one call to Precoro and one to QuickBooks, and passes through a
temporary file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, ClassVar, cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from mappers import notes, problems
from mappers.attachments import (
    MEBIBYTE,
    Attach,
    Attachment,
    AttachmentFacts,
    AttachmentPlan,
    Holder,
    content_type,
    find_standing,
    plain_name,
    refusal,
)
from mappers.attachments import plan as make_plan
from mappers.documents.outcomes import Hold
from mappers.policy import load_policy
from mappers.problems import Problem
from mappers.remedies import Act, Remedy
from mappers.text import marker
from outbound.errors import NotAllowed, NotVisible, RemoteError, TooLarge
from outbound.multipart import length
from qbo_client.files import File
from store import attachments, intents, records
from store.intents import Intent
from store.records import Record
from workers.records import writes
from workers.records.kind import Kind
from workers.records.outcome import record_hold, record_outcome
from workers.records.work import Work

ATTACHABLE = "Attachable"
IN_MEMORY = MEBIBYTE
"""Bytes of a file that are kept in memory at most; a larger one goes to the disk."""


class Attachments(Kind[AttachmentFacts, AttachmentPlan]):
    """Files of documents, each with its Attachable."""

    can_resend: ClassVar[bool] = False
    """What is sent again would have to be fetched again, and might be other bytes."""

    def read(self, work: Work) -> AttachmentFacts:
        """Return what is known about the file and its document; nothing is called for that."""
        switched_on = load_policy(work.connection.policy).send_attachments
        with work.runtime.read() as (session, _):
            document = session.get_one(Record, work.record.scope)
            return attachments.facts_of(work.record, document, is_switched_on=switched_on)

    def plan(self, work: Work, facts: AttachmentFacts) -> AttachmentPlan:  # noqa: ARG002 - a kind may need its work
        """Decide whether it goes along, and with what."""
        return make_plan(facts)

    def apply(self, work: Work, facts: AttachmentFacts, decision: AttachmentPlan) -> None:
        """Send the file, or record why not."""
        if not isinstance(decision, Attach):
            _leave(work, decision.state, decision.reason)
        elif not (decision.look_first and _take_over(work, facts.attachment, decision.holder)):
            self._attach(work, facts.attachment, decision.holder)

    def hold(self, work: Work, decision: Hold) -> None:
        """Hold the file with every problem; its document goes on."""
        with work.runtime.write() as (session, moment):
            record_hold(work, session, moment, decision)

    def problem(self, error: RemoteError) -> Problem:
        """Turn a definite refusal of a service into the reason why the file is held."""
        again = (Act("retry_files"),)
        if isinstance(error, NotVisible):
            remedy = Remedy("Give the user of the key access to it, then try it again.", again)
            return replace(problems.not_visible("the file"), remedy=remedy, subject=None)
        text = error.words
        is_quickbooks = error.service == "QuickBooks"
        refused = (
            problems.refused_by_quickbooks(error.code or "", text)
            if is_quickbooks
            else problems.refused_by_precoro(text)
        )
        remedy = Remedy("Do what is asked for and try it again, or attach it in QuickBooks by hand.", again)
        return replace(refused, remedy=remedy, subject=None)

    def write_back(self, work: Work) -> None:
        """Write nothing: what Precoro shows stands on the document."""
        work.values["write_back_due"] = False

    def find_landed(self, work: Work, intent: Intent) -> Mapping[str, Any] | None:
        """Return the Attachable that shows that an unanswered upload landed."""
        holder = Holder(**intent.plan)
        return find_standing(work.qbo.attachables(holder.type, holder.id), intent.body["Note"])

    def record_landed(
        self, work: Work, session: Session, moment: datetime, intent: Intent, answer: Mapping[str, Any]
    ) -> None:
        """Record that the file stands in QuickBooks, whoever saw it."""
        intents.close(session, intent.id, moment, intents.LANDED)
        _link(work, session, Holder(**intent.plan), answer)

    def _attach(self, work: Work, attachment: Attachment, holder: Holder) -> None:
        """Fetch the file, and send it unless it turns out to be one that QuickBooks does not take."""
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
            file = cast("BinaryIO", spooled)
            try:
                work.precoro.download(attachment.id, file)
            except NotAllowed as error:
                self.hold(work, Hold((problems.file_elsewhere(attachment.name, error.details.text),)))
                return
            except TooLarge as error:
                _refuse(work, f"{attachment.name} is too large. {error.details.text}.")
                return
            reason = refusal(attachment.name, length(file))
            if reason:
                _refuse(work, reason)
                return
            intent = _begin(work, attachment, holder)
            answer = writes.send(work, intent, partial(_upload, file=file))
        with work.runtime.write() as (session, moment):
            self.record_landed(work, session, moment, intent, answer)
            record_outcome(work, session, moment, records.SYNCED, None, f"sent to {holder.title}")


def _begin(work: Work, attachment: Attachment, holder: Holder) -> Intent:
    """Store the upload before it is made, with all that finding it again will need."""
    body = {
        "FileName": plain_name(attachment.name),
        "ContentType": content_type(attachment.name),
        "Note": marker(work.connection.slug, records.ATTACHMENT, attachment.id),
    }
    with work.runtime.write() as (session, moment):
        work.need_lease(session, work.settings.qbo_timeout)
        return intents.begin(
            session,
            work.record.id,
            moment,
            operation=intents.CREATE,
            type_=ATTACHABLE,
            entity_id=None,
            body=body,
            plan=asdict(holder),
        )


def _upload(work: Work, intent: Intent, *, file: BinaryIO) -> Mapping[str, Any]:
    """Make the call of an intent, and return the Attachable that QuickBooks answers with."""
    described = File(name=intent.body["FileName"], content=file, note=intent.body["Note"])
    holder = Holder(**intent.plan)
    return work.qbo.upload(described, holder.type, holder.id, request_id=intent.id)


def _take_over(work: Work, attachment: Attachment, holder: Holder) -> bool:
    """Let a file that stands there already be this one, if no other record has it; says whether one does. One metered read."""
    mark = marker(work.connection.slug, records.ATTACHMENT, attachment.id)
    rows = work.qbo.attachables(holder.type, holder.id)
    with work.runtime.write() as (session, moment):
        unowned = [
            row for row in rows if writes.owner_of(session, work.connection.qbo_id, ATTACHABLE, str(row["Id"])) is None
        ]
        standing = find_standing(unowned, mark, attachment)
        if standing is None:
            return False
        _link(work, session, holder, standing)
        record_outcome(work, session, moment, records.SYNCED, None, f"stood at {holder.title} already")
    return True


def _link(work: Work, session: Session, holder: Holder, attachable: Mapping[str, Any]) -> None:
    """Say which Attachable is the file, and what it hangs on."""
    record = work.record
    record.qbo_company_id, record.qbo_type, record.qbo_id = work.connection.qbo_id, ATTACHABLE, str(attachable["Id"])
    record.sent = asdict(holder)
    columns = {name: getattr(record, name) for name in ("qbo_company_id", "qbo_type", "qbo_id", "sent")}
    session.execute(update(Record).where(Record.id == record.id).values(columns))


def _leave(work: Work, state: records.RecordState, reason: str) -> None:
    """Record that nothing is sent, and why."""
    with work.runtime.write() as (session, moment):
        record_outcome(work, session, moment, state, reason, f"nothing: {reason}")


def _refuse(work: Work, reason: str) -> None:
    """Record that the file is never sent, and say so on its document."""
    note = asdict(notes.file_not_sent(reason))
    with work.runtime.write() as (session, moment):
        record_outcome(work, session, moment, records.NEVER, reason, f"never: {reason}")
        document = session.get_one(Record, work.record.scope)
        if note not in document.notes:
            document.notes, document.write_back_due = [*document.notes, note], True
