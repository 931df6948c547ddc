"""What people look at of tasks: all of them, one with how far it is, and the rows of its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from mappers.remedies import Remedy
from store import tasks as task_store
from store.tasks import REFUSED, Change, Task
from workers import waits
from workers.errors import NoSuchTaskError
from workers.lookup import connection_named, find_task
from workers.runtime import Runtime

UNCHANGED, PROBLEM = task_store.UNCHANGED, task_store.PROBLEM
READING, APPLYING, PLANNED = task_store.READING, task_store.APPLYING, task_store.PLANNED
BROKEN_OFF = (task_store.FAILED, task_store.CANCELLED)
ENDED = task_store.ENDED
STOPPED = (PLANNED, *ENDED)
"""The states in which nothing more happens unless a person acts."""
LAST = (UNCHANGED, PROBLEM)
"""The words of a plan with nothing to apply, which people read after all others."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task: what it does for which connection, how far it is, and what it waits for.

    Args:
        done, total: how many steps of reading or applying are done, and how many there are
        now: what it is working at
        reason: why it failed, or why it waited last
        goes_on_at, waits_for: until when it waits, and why; without a time, `wait_remedy` is for a person to do
        plan: how many rows the plan has of each word, such as `add` or `unchanged`
    """

    task: int
    action: str
    state: str
    connection: str
    who: str
    done: int
    total: int | None
    now: str | None
    reason: str | None
    goes_on_at: datetime | None
    waits_for: str | None
    wait_remedy: Remedy | None
    created_at: datetime
    ended_at: datetime | None
    plan: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of a plan: what is to be done to which subject, and what came of it."""

    what: str
    subject: str
    sentence: str
    remedy: Remedy | None
    state: str
    outcome: str | None


def tasks(runtime: Runtime, connection: str | None = None, *, limit: int, before: int | None = None) -> list[TaskRow]:
    """Return the tasks of a connection or of all, the newest first; `before` is the task that the page before ended with.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    newest = select(Task).options(joinedload(Task.connection)).order_by(Task.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(Task.id < before)
    with runtime.read() as (session, moment):
        if connection:
            newest = newest.where(Task.connection_id == connection_named(session, connection).id)
        rows = session.scalars(newest).all()
        plans = _plans(session, [row.id for row in rows])
    return [_task(row, plans.get(row.id, {}), moment) for row in rows]


def task(runtime: Runtime, task_id: int, connection: str | None = None) -> TaskRow:
    """Return one task, of this connection if one is named. Raises NoSuchTaskError."""
    with runtime.read() as (session, moment):
        row = find_task(session, task_id)
        if connection is not None and row.connection.slug != connection:
            raise NoSuchTaskError(task_id)
        return _task(row, _plans(session, [task_id]).get(task_id, {}), moment)


def plan(runtime: Runtime, task_id: int, *, limit: int | None = None) -> list[ChangeRow]:
    """Return what the plan of a task would do, problems first; what stays as it is is left out."""
    problems_first = case((Change.what == PROBLEM, 0), else_=1)
    rows = select(Change).where(Change.task_id == task_id, Change.what != UNCHANGED)
    return _changes(runtime, rows.order_by(problems_first, Change.position).limit(limit))


def changes(runtime: Runtime, task_id: int) -> list[ChangeRow]:
    """Return every row of the plan of a task, in order. Raises NoSuchTaskError."""
    task(runtime, task_id)
    return _changes(runtime, select(Change).where(Change.task_id == task_id).order_by(Change.position))


def refusals(runtime: Runtime, task_id: int) -> list[ChangeRow]:
    """Return the changes of a task that a service refused, with the reason of each as its outcome."""
    rows = select(Change).where(Change.task_id == task_id, Change.state == REFUSED)
    return _changes(runtime, rows.order_by(Change.position))


def outcomes(runtime: Runtime, task_id: int) -> Mapping[str, int]:
    """Return how many changes of each word ended, or stand, in each state: `add applied`, `add refused`."""
    counted = (
        select(Change.what, Change.state, func.count(), func.min(Change.position))
        .where(Change.task_id == task_id, Change.what.notin_(LAST))
        .group_by(Change.what, Change.state)
        .order_by(func.min(Change.position))
    )
    with runtime.read() as (session, _):
        return {f"{what} {state}": number for what, state, number, _ in session.execute(counted)}


def _changes(runtime: Runtime, rows: Select[Change]) -> list[ChangeRow]:
    with runtime.read() as (session, _):
        return [
            ChangeRow(row.what, row.subject, row.sentence, row.remedy, row.state, row.outcome)
            for row in session.scalars(rows)
        ]


def _plans(session: Session, task_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many rows the plan of each task has of each word."""
    counted = select(Change.task_id, Change.what, func.count()).where(Change.task_id.in_(task_ids))
    plans: dict[int, dict[str, int]] = {}
    rows = session.execute(counted.group_by(Change.task_id, Change.what)).all()
    for task_id, what, number in sorted(rows, key=lambda row: (row.what in LAST, row.what)):
        plans.setdefault(task_id, {})[what] = number
    return plans


def _task(row: Task, plan: Mapping[str, int], moment: datetime) -> TaskRow:
    wait = waits.wait_of_task(row, moment)
    return TaskRow(
        row.id,
        row.action,
        row.state,
        row.connection.slug,
        row.who,
        row.done,
        row.total,
        row.now,
        row.reason,
        wait.until if wait else None,
        wait.why if wait else None,
        wait.remedy if wait else None,
        row.created_at,
        row.ended_at,
        plan,
    )
