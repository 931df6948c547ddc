"""What people look at of a document or payment alike: where it stands, what it waits for, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session, selectinload

from mappers.problems import Note, Problem
from mappers.remedies import Remedy
from store.companies import Connection
from store.records import Record
from workers import waits
from workers.records.outcome import problem_of
from workers.records.timeline import Happening, timeline_of


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One record in a list.

    Args:
        goes_on_at, waits_for: until when work on it waits, and why; without a time, `wait_remedy` is for a person to do
    """

    record_id: int
    number: str | None
    connection: str
    state: str
    supplier: str | None
    currency: str | None
    amount: Decimal | None
    reason: str | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    goes_on_at: datetime | None
    waits_for: str | None
    wait_remedy: Remedy | None


@dataclass(frozen=True, kw_only=True)
class RecordDetail(RecordRow):
    """One record with how work on it goes, and the last things that happened to it.

    Args:
        due: whether something is to be done for it
        not_before: the moment before which nothing is done
    """

    due: bool
    attempts: int
    not_before: datetime | None
    timeline: tuple[Happening, ...]


def row_of(record: Record, moment: datetime) -> dict[str, Any]:
    """Return the fields of a `RecordRow`."""
    wait = waits.wait_of_record(record, moment)
    return {
        "record_id": record.id,
        "number": record.number,
        "connection": record.connection.slug,
        "state": record.state,
        "supplier": record.supplier,
        "currency": record.currency,
        "amount": record.amount,
        "reason": record.reason,
        "problems": tuple(problem_of(row) for row in record.problems),
        "notes": tuple(Note(note["code"], note["sentence"]) for note in record.notes),
        "goes_on_at": wait.until if wait else None,
        "waits_for": wait.why if wait else None,
        "wait_remedy": wait.remedy if wait else None,
    }


def detail_of(session: Session, record: Record, moment: datetime) -> dict[str, Any]:
    """Return the fields of a `RecordDetail`."""
    return {
        **row_of(record, moment),
        "due": record.requested_version > record.handled_version or record.write_back_due,
        "attempts": record.attempts,
        "not_before": record.not_before,
        "timeline": timeline_of(session, record),
    }


def shown_with() -> Sequence[Any]:
    """Return what is loaded with a record that is shown."""
    return (selectinload(Record.connection).joinedload(Connection.qbo), selectinload(Record.problems))
