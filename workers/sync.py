"""The pipeline: how one record is brought up to date, from claim to release. Read this first.

    claim -> settle -> read -> plan -> apply and record -> write back -> release

Nothing here trusts an event: the record is read as it is now, its kind decides what QuickBooks should hold because of it,
and the one change that is needed is made. No transaction is open while a remote call runs. A job returns when a record is
up to date, held or postponed, and raises only when it gives up (docs/reference/states.md, A document;
docs/explanation/safety.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import structlog
from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold
from outbound.errors import AskedTooOften, Landed, NoBudget, RemoteError, Verdict
from store import queue, records
from store.base import described, is_unavailable
from workers import backoff, settle
from workers.kinds import RECORD_KINDS
from workers.records.kind import Kind, Plan, Read
from workers.records.work import GaveUpError, PostponedError, Work, load
from workers.retry import Schedule
from workers.runtime import Runtime

log = structlog.get_logger()


def sync(runtime: Runtime, record_id: int, *, afresh: bool = False) -> str:
    """Bring one record up to date; returns what came of it, for RQ's result.

    `afresh` starts the attempts of a failed record over, as when its job is requeued. Raises GaveUpError when the
    record's own attempts are used up, and whatever is our own bug.
    """
    work = claim(runtime, record_id, afresh=afresh)
    if work is None:
        return "not due"
    with FailedUnlessHandled(work):
        try:
            return attempt(work)
        except PostponedError as later:
            return postpone(work, later)


def attempt(work: Work) -> str:
    """Bring the record up to date, or do what the error of a service asks for."""
    try:
        bring_up_to_date(work)
    except RemoteError as error:
        return recover(work, error)
    return finish(work)


def bring_up_to_date(work: Work) -> None:
    """Settle what is unanswered, then read, plan and apply, if anything was requested."""
    settle.settle(work)
    if work.is_requested:
        read_plan_apply(RECORD_KINDS[work.record.kind], work)


def read_plan_apply(kind: Kind[Read, Plan], work: Work) -> None:
    """Read the record as it is now, decide what the other side should hold because of it, and make that so."""
    read = kind.read(work)
    if read is not None:
        kind.apply(work, read, kind.plan(work, read))


def finish(work: Work) -> str:
    """Write back to Precoro and release; what is recorded stays recorded, whatever Precoro answers."""
    try:
        RECORD_KINDS[work.record.kind].write_back(work)
    except RemoteError as error:
        return leave_write_back(work, error)
    work.is_suspect = False
    release(work)
    return work.outcome


def claim(runtime: Runtime, record_id: int, *, afresh: bool) -> Work | None:
    """Take the record, or return None: it is not due (any more), or another worker has it."""
    runtime.begin(record_id)
    with runtime.write() as (session, moment):
        if afresh:
            records.revive(session, record_id, moment)
        taken = records.claim(session, record_id, moment, runtime.settings.lease)
        return load(runtime, session, taken) if taken else None


def release(work: Work, *, not_before: datetime | None = None, **values: Any) -> None:
    """Give the record back; whoever answered it clearly is in order, unless the record is a suspect itself."""
    with work.runtime.write() as (session, moment):
        if not work.is_suspect:
            answers = work.runtime.take_answers()
            backoff.note_answers(session, work.settings, moment, answers, record_id=work.claim.record_id)
            values = {"unanswered_since": None, **values}
        picked = end_claim(work, session, moment, not_before=not_before, **values)
    work.runtime.push(picked)


def end_claim(
    work: Work, session: Session, moment: datetime, *, not_before: datetime | None = None, **values: Any
) -> list[queue.Queued]:
    """End the claim and pick what is due next in its connection; the clock sees to the others.

    What was just read in Precoro is not read again for a minute, whatever events come meanwhile.
    """
    reread = work.read_at + timedelta(seconds=work.settings.reread_after) if work.read_at else None
    not_before = max((moment for moment in (not_before, reread) if moment), default=None)
    read = {"read_at": work.read_at} if work.read_at else {}
    was_ours = records.end_claim(session, work.claim, not_before=not_before, **{**read, **work.values, **values})
    if not was_ours:
        log.warning("claim was taken over", record=work.claim.record_id, claim=work.claim.number)
    return queue.pick(session, moment, work.settings, connection_id=work.record.connection_id)


def postpone(work: Work, later: PostponedError) -> str:
    """Give the record back until it can go on; nothing went wrong."""
    release(work, not_before=later.until, postponed_for=later.reason[:500])
    return f"later: {later.reason}"


def recover(work: Work, error: RemoteError) -> str:
    """Do what the error asks for: back off, try the record later, or hold it for a person."""
    if error.verdict is Verdict.BUG:
        raise error
    if isinstance(error, AskedTooOften):
        raise PostponedError(error.sentence, work.after(error.retry_after or work.settings.reread_after)) from error
    if error.verdict is Verdict.HOLD and error.landed is Landed.NO:
        kind = RECORD_KINDS[work.record.kind]
        kind.hold(work, Hold((kind.problem(error),)))
        return finish(work)
    if error.verdict is Verdict.RETRY or _is_own_trouble(work, error):
        return try_again(work, error)
    return back_off(work, error)


def back_off(work: Work, error: RemoteError) -> str:
    """Back off from the company that does not answer; the record stays due and uses up no attempt."""
    with work.runtime.write() as (session, moment):
        columns = backoff.record_outage(session, work.settings, moment, error, work.record)
        picked = end_claim(work, session, moment, **columns)
    work.runtime.push(picked)
    return f"resting: {error.sentence}"


def _is_own_trouble(work: Work, error: RemoteError) -> bool:
    """Say whether the service is in order and only this record gets no clear answer."""
    with work.runtime.read() as (session, _):
        return backoff.is_own_trouble(session, work.record, error)


def try_again(work: Work, error: RemoteError) -> str:
    """Count a failed attempt of this record alone, and try later or give up."""
    attempts = work.record.attempts + 1
    wait = Schedule(work.settings.retries).wait(attempts)
    if wait is None:
        raise GaveUpError(work.title, attempts, error) from error
    release(work, not_before=work.after(wait), attempts=attempts, reason=error.sentence[:1000])
    return f"attempt {attempts} failed: {error.sentence}"


def leave_write_back(work: Work, error: RemoteError) -> str:
    """Leave the write-back for later; one that Precoro keeps refusing is given up in the end."""
    if isinstance(error, NoBudget):
        release(work, not_before=work.after(error.retry_after or work.settings.backoff_min))
    elif error.verdict in {Verdict.REST, Verdict.RECONNECT} and not _is_own_trouble(work, error):
        back_off(work, error)
    else:
        attempts = work.record.attempts + 1
        wait = Schedule(work.settings.retries).wait(attempts)
        release(
            work,
            not_before=None if wait is None else work.after(wait),
            attempts=0 if wait is None else attempts,
            write_back_due=wait is not None,
            reason=f"Not written back to Precoro: {error.sentence}"[:1000],
        )
    return f"{work.outcome}; write-back later: {error.sentence}"


class FailedUnlessHandled:
    """Marks the record `failed` when anything unexpected ends the work: a person must look, and no retry follows.

    When our own database was unavailable the record is left alone: its lease ends by itself.
    """

    def __init__(self, work: Work) -> None:
        self.work = work

    def __enter__(self) -> None:
        """Begin the work."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Record the failure and let the exception go on to RQ's failed registry."""
        if not isinstance(error, Exception) or is_unavailable(error):
            return
        work = self.work
        release(
            work,
            state=records.FAILED,
            reason=_reason(error)[:1000],
            handled_version=work.claim.requested_version,
            attempts=work.record.attempts + 1,
        )


def _reason(error: Exception) -> str:
    """Return why a record failed, without what is its own alone: what failed alike is looked at together."""
    remote = error.last if isinstance(error, GaveUpError) else error
    return remote.sentence if isinstance(remote, RemoteError) else described(error)
