"""Lets a document wait for a person; the remedies of a revision name what stands in QuickBooks already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from mappers import problems
from mappers.books import RecentEntity
from mappers.documents.outcomes import Hold, Nothing
from store import records
from store.records import Record
from workers.records import outcome, writes
from workers.records.work import Work

Waiting = TypeVar("Waiting", Hold, Nothing)


def hold(work: Work, session: Session, moment: datetime, decision: Hold, **columns: Any) -> None:
    """Hold the document with every problem; raises PostponedError if its subject was fixed meanwhile."""
    outcome.record_hold(work, session, moment, in_words_for(session, work.record, decision), **columns)
    if work.record.qbo_id is not None:
        records.release_followers(session, work.record, moment)  # an order that is held gets no other date


def ready(work: Work, session: Session, moment: datetime, decision: Nothing, notes: list[dict[str, str]]) -> None:
    """Let the document wait as ready, with what it would be held for; raises PostponedError if settings changed meanwhile."""
    outcome.record_waiting(work, session, moment, in_words_for(session, work.record, decision), notes)


def in_words_for(session: Session, record: Record, decision: Waiting) -> Waiting:
    """Return a decision with the remedies that fit a first sending or a revision, whichever the record is about."""
    standing = writes.copy_of_twin(session, record)
    if not isinstance(standing, RecentEntity):
        return decision
    reworded = (problems.of_revision(problem, standing.type, standing.id) for problem in decision.problems)
    return replace(decision, problems=tuple(reworded))
