"""The outcome of work on a record: done, held or ready, recorded only under a claim that is still ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold, Nothing
from mappers.notes import renewed
from mappers.policy import load_policy
from mappers.problems import Problem
from store import attachments, contents, records
from store.companies import Connection
from store.history import HOLD, PlanRow
from store.records import ProblemRow, Record, RecordState, replace_problems
from workers.records.list_rows import was_denied_or_cancelled
from workers.records.work import PostponedError, Work

TITLE = (
    "idn", "number", "supplier", "supplier_number", "currency", "amount", "issued_on", "approval", "approved_at",
    "external_id", "log_text",
)  # fmt: skip
"""The columns by which people recognise a record, and what stands in Precoro about it."""


def title_of(record: Record) -> dict[str, Any]:
    """Return what people recognise a record by."""
    return {name: getattr(record, name) for name in TITLE}


def record_outcome(
    work: Work, session: Session, moment: datetime, state: RecordState, reason: str | None, summary: str, **columns: Any
) -> None:
    """Record the state that the work has led to, if the claim is still ours; the rest of the job is writing back."""
    record = work.record
    columns = {"reason": reason and reason[:1000], "overridden_problems": [], "read_at": work.read_at, **columns}
    session.execute(
        update(Record).where(records.is_claimed_by(work.claim)).values(state=state, **_handled(work), **columns)
    )
    replace_problems(session, record.id, [])
    contents.forget(session, record.id)
    if record.kind in records.DOCUMENT_KINDS and (state != records.OPEN or was_denied_or_cancelled(record)):
        records.release_followers(session, record, moment)
    session.add(PlanRow(at=moment, record_id=record.id, decision=state, summary=summary[:2000]))
    record.state, record.reason, record.problems, record.write_back_due = state, reason, [], True
    _follow_with_files(work, session, moment)
    work.outcome = summary


def record_hold(work: Work, session: Session, moment: datetime, decision: Hold, **columns: Any) -> None:
    """Hold the record with every problem; raises PostponedError if its subject was fixed meanwhile (docs/reference/states.md, A document)."""
    codes = ", ".join(problem.code for problem in decision.problems)
    held_with = renewed(work.record.notes, [asdict(note) for note in decision.notes])
    _record_waiting(
        work, session, moment, records.HELD, decision.problems, summary=codes, notes=held_with, reason=None, **columns
    )
    work.outcome = f"held: {codes}"


def record_waiting(
    work: Work, session: Session, moment: datetime, decision: Nothing, notes: Sequence[dict[str, str]], **columns: Any
) -> None:
    """Let a record wait, as ready or for another document, with its problems.

    Raises PostponedError if settings changed meanwhile.
    """
    columns |= {"notes": [*notes, *(asdict(note) for note in decision.notes)], "reason": decision.reason[:1000]}
    _record_waiting(work, session, moment, decision.state, decision.problems, summary=decision.reason, **columns)
    work.outcome = f"{decision.state}: {decision.reason}"


def _record_waiting(
    work: Work,
    session: Session,
    moment: datetime,
    state: RecordState,
    problems: Sequence[Problem],
    *,
    summary: str,
    **columns: Any,
) -> None:
    """Record that a record waits for a person, and for what, unless what it was planned with is no longer so."""
    record = work.record
    planned_with = work.connection.reference_version
    unchanged = exists().where(Connection.id == record.connection_id, Connection.reference_version == planned_with)
    waiting = session.execute(
        update(Record)
        .where(records.is_claimed_by(work.claim), unchanged)
        .values(state=state, **_handled(work) | columns)
        .returning(Record.id)
    ).first()
    if waiting is None:
        raise PostponedError("what it was planned with has changed meanwhile", moment)
    replace_problems(session, record.id, problem_rows(record.id, problems))
    if work.contents is not None:
        contents.keep(session, record.id, work.contents)
    decision = HOLD if state == records.HELD else state
    session.add(PlanRow(at=moment, record_id=record.id, decision=decision, summary=summary[:2000]))
    record.state, record.notes, record.reason = state, columns["notes"], columns["reason"]
    record.problems, record.write_back_due = problem_rows(record.id, problems), True
    _follow_with_files(work, session, moment)


def _follow_with_files(work: Work, session: Session, moment: datetime) -> None:
    """Make the files due that the document was read with and that go along, and say on it which ones do not."""
    record = work.record
    if work.attachments is None:
        return
    about_files = attachments.follow(
        session,
        record,
        work.attachments,
        moment,
        is_switched_on=load_policy(work.connection.policy).send_attachments,
        may_stand=work.files_may_stand,
    )
    others = [note for note in record.notes if note["code"] not in attachments.NOTES]
    notes = others + [asdict(note) for note in about_files]
    if notes != record.notes:
        record.notes = notes
        session.execute(update(Record).where(Record.id == record.id).values(notes=notes))


def _handled(work: Work) -> dict[str, Any]:
    """Return the columns of a record whose requested version is handled: only its write-back is due."""
    return {
        "handled_version": work.claim.requested_version,
        "requested_by_person": False,
        "attempts": 0,
        "requested_at": None,
        "write_back_due": True,
        "list_row": work.record.list_row,
        **title_of(work.record),
    }


def problem_rows(record_id: int, problems: Sequence[Problem]) -> list[ProblemRow]:
    """Return problems as rows."""
    return [
        ProblemRow(
            record_id=record_id,
            position=position,
            code=problem.code,
            subject=problem.subject,
            sentence=problem.sentence[:2000],
            remedy=problem.remedy,
        )
        for position, problem in enumerate(problems)
    ]


def problem_of(row: ProblemRow) -> Problem:
    """Return a stored problem as the value that it was."""
    return Problem(code=row.code, sentence=row.sentence, remedy=row.remedy, subject=row.subject)
