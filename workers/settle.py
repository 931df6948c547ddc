"""Settles writes whose answers were never seen, before anything new is planned.

The service is asked first: does the created entity exist (each kind finds its own), does the update show, is the deleted
one gone? If so, it landed. If not, the write may still be under way for as long as the service works on a request. QuickBooks
knows a request by its id, so the same bytes are sent again until that time is over; Precoro does not, so that time is waited
for before it is asked. After it, what is not there did not land.

Why: docs/explanation/safety.md, Settle before you plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.document import ENTITY_TYPES
from outbound.errors import Landed, NotFound, RemoteError, Verdict
from store import intents
from store.intents import Intent
from workers.kinds import RECORD_KINDS
from workers.records import writes
from workers.records.work import PostponedError, Work


def settle(work: Work) -> None:
    """Settle every unanswered write of the record. Raises PostponedError while one may still be under way."""
    with work.runtime.read() as (session, _):
        unanswered = intents.unsettled(session, work.claim.record_id)
    for intent in unanswered:
        _settle(work, intent)


def _settle(work: Work, intent: Intent) -> None:
    """Find out what became of one write, or send it again."""
    kind, settings = RECORD_KINDS[work.record.kind], work.settings
    sent_at = intent.sent_at or intent.created_at
    age = (work.claimed_at - sent_at).total_seconds()
    wait = settings.resend_after if kind.can_resend else settings.settle_after
    if age < wait:
        raise PostponedError("an answer is awaited", sent_at + timedelta(seconds=wait))
    answer = kind.find_landed(work, intent)
    if answer is not None:
        with work.runtime.write() as (session, moment):
            kind.record_landed(work, session, moment, intent, answer)
    elif age >= settings.settle_after:
        with work.runtime.write() as (session, moment):
            intents.close(session, intent.id, moment, intents.LOST)
    else:
        _resend(work, intent)


def _resend(work: Work, intent: Intent) -> None:
    """Send the same bytes under the same id.

    A refusal of this send says nothing about the first one, whose answer QuickBooks may have forgotten by now: the time of
    the first send is kept, and once it is long enough ago the write is looked for a last time.
    """
    first_sent = intent.sent_at or intent.created_at
    with work.runtime.write() as (session, moment):
        work.need_lease(session, work.settings.qbo_timeout)
        intents.resend(session, intent.id, moment)
    try:
        answer = writes.call(work, intent)
    except RemoteError as error:
        if error.landed is Landed.MAYBE:
            raise
        with work.runtime.write() as (session, _):
            session.get_one(Intent, intent.id).sent_at = first_sent
        if error.verdict is Verdict.REST:
            raise
        until = first_sent + timedelta(seconds=work.settings.settle_after)
        raise PostponedError(f"an earlier send may have landed: {error.sentence}", until) from error
    current = _current(work, intent, answer)
    with work.runtime.write() as (session, moment):
        RECORD_KINDS[work.record.kind].record_landed(work, session, moment, intent, answer)
        _keep_current(session, work, intent, answer, current)


def _current(work: Work, intent: Intent, answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what stands in QuickBooks now, or None when it is gone.

    To a request that it knows QuickBooks repeats its first answer, whatever people did since.
    """
    if intent.operation == intents.DELETE or intent.type not in ENTITY_TYPES:
        return answer
    try:
        return work.qbo.read(intent.type, str(answer["Id"]))
    except NotFound:
        return None


def _keep_current(
    session: Session, work: Work, intent: Intent, answer: Mapping[str, Any], current: Mapping[str, Any] | None
) -> None:
    """Keep what a document's entity is now, so that the next decision sees what people did to it."""
    if current is None:
        writes.forget_entities(session, work.connection.qbo_id, intent.type, [str(answer["Id"])])
    elif current is not answer:
        writes.keep_entities(session, work.connection.qbo_id, intent.type, [dict(current)])
