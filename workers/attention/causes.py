"""Records that wait for a person, each with its causes, as a table that views group and join.

A cause is a problem's code and subject. What failed has one code for all, and what it failed with as its subject.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import CTE, ColumnElement, and_, case, func, literal, null, select, union_all

from store import history, records
from store.records import ProblemRow, Record

FAILED: Final = "failed"
"""The code of every cause for which records failed."""


def waiting(connection_ids: Collection[int]) -> CTE:
    """Return the records of connections that are held or failed, once for each of their causes.

    What failed and is due again waits for no person: so that it is not sent again twice.
    """
    held = (
        select(
            Record.connection_id,
            Record.id.label("record_id"),
            Record.state,
            ProblemRow.code,
            ProblemRow.subject,
            func.min(ProblemRow.sentence).label("sentence"),
            func.min(ProblemRow.remedy).label("remedy"),
        )
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(Record.connection_id.in_(connection_ids), Record.state == records.HELD)
        .group_by(Record.id, ProblemRow.code, ProblemRow.subject)
    )
    failed = select(
        Record.connection_id, Record.id, Record.state, literal(FAILED), Record.reason, Record.reason, null()
    ).where(
        Record.connection_id.in_(connection_ids),
        Record.state == records.FAILED,
        Record.requested_version <= Record.handled_version,
    )
    return union_all(held, failed).cte("waiting")


def of_cause(table: CTE, code: str, subject: str | None) -> ColumnElement[bool]:
    """Say that a row of `waiting` is of this cause."""
    return and_(table.c.code == code, table.c.subject.is_not_distinct_from(subject))


def waits_since() -> ColumnElement[datetime]:
    """Return the moment since which a record waits: since it was held, or since the look was due that failed."""
    return case((Record.state == records.FAILED, Record.requested_at), else_=history.held_since())
