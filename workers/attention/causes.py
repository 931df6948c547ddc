"""Records that wait for a person, each with its causes, as a table that views group and join.

A cause is a problem's code and subject. What failed has one code for all, and what it failed with as its subject.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, CompoundSelect, and_, case, func, literal, null, select, union, union_all

from store import history, records
from store.records import ProblemRow, Record

FAILED: Final = "failed"
"""The code of every cause for which records failed."""


def waiting(connection_ids: Collection[int]) -> CTE:
    """Return the records of connections that are held or failed, once for each of their causes."""
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
        .where(is_held(connection_ids))
        .group_by(Record.id, ProblemRow.code, ProblemRow.subject)
    )
    failed = select(
        Record.connection_id, Record.id, Record.state, literal(FAILED), Record.reason, Record.reason, null()
    ).where(has_failed(connection_ids))
    return union_all(held, failed).cte("waiting")


def cause_names(connection_ids: Collection[int]) -> CompoundSelect[Any]:
    """Return the connection, code and subject of every cause: `waiting` without what counting does not need."""
    held = select(Record.connection_id, ProblemRow.code, ProblemRow.subject).join(
        ProblemRow, ProblemRow.record_id == Record.id
    )
    failed = select(Record.connection_id, literal(FAILED), Record.reason)
    return union(held.where(is_held(connection_ids)), failed.where(has_failed(connection_ids)))


def is_held(connection_ids: Collection[int]) -> ColumnElement[bool]:
    """Say that a record of connections is held."""
    return and_(Record.connection_id.in_(connection_ids), Record.state == records.HELD)


def has_failed(connection_ids: Collection[int]) -> ColumnElement[bool]:
    """Say that a record of connections failed; one that is due again waits for no person, and is not sent twice."""
    of_connections = Record.connection_id.in_(connection_ids)
    return and_(of_connections, Record.state == records.FAILED, Record.requested_version <= Record.handled_version)


def waits_for(connection_id: int, code: str, subject: str | None) -> ColumnElement[bool]:
    """Say that a record of a connection is held or failed because of one cause."""
    if code == FAILED:
        return and_(has_failed([connection_id]), Record.reason.is_not_distinct_from(subject))
    with_problem = select(ProblemRow.record_id).where(
        ProblemRow.code == code, ProblemRow.subject.is_not_distinct_from(subject)
    )
    return and_(is_held([connection_id]), Record.id.in_(with_problem))


def waits_since() -> ColumnElement[datetime]:
    """Return the moment since which a record waits: since it was held, or since the look was due that failed."""
    return case((Record.state == records.FAILED, Record.requested_at), else_=history.held_since())
