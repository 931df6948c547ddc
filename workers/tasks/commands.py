"""What people do with long actions: start, confirm, cancel and resume a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store import history, tasks
from store.base import now
from store.tasks import APPLYING, CANCELLED, FAILED, PLANNED, READING, Task, TaskState
from workers.errors import NotWaitingError, UnderWayError
from workers.lookup import connection_named, find_task
from workers.runtime import Runtime


def start(
    runtime: Runtime, slug: str, action: str, arguments: Mapping[str, Any], who: str, *, confirmed: bool = False
) -> int:
    """Begin a task and return its number; `confirmed` applies its plan without waiting for a person to look at it.

    An older plan about the same noun that nobody applied is cancelled. Raises UnderWayError while one is at work.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        task = Task(
            connection_id=connection.id, action=action, arguments=dict(arguments), who=who, state=READING, confirmed=confirmed,
            done=0, claim=0, attempts=0, created_at=moment,
        )  # fmt: skip
        session.add(task)
        session.flush()
        _cancel_older_plans(session, task)
        history.note(session, moment, who, action, slug, after={**arguments, "task": task.id})
        task_id = task.id
    runtime.dispatch()
    return task_id


def confirm(runtime: Runtime, task_id: int, who: str) -> None:
    """Apply a plan that a person has looked at.

    Raises NotWaitingError unless the task is planned, UnderWayError while one about the same noun is at work.
    """
    with _change_state(runtime, task_id, who, "applied", (PLANNED,)) as (session, task):
        _cancel_older_plans(session, task)
        task.state, task.confirmed = APPLYING, True


def cancel(runtime: Runtime, task_id: int, who: str) -> None:
    """End a task after the calls that are under way; what was applied stays. Raises NotWaitingError when it has ended."""
    with _change_state(runtime, task_id, who, "cancelled", (READING, PLANNED, APPLYING)) as (session, task):
        task.state, task.ended_at = CANCELLED, now(session)


def resume(runtime: Runtime, task_id: int, who: str) -> None:
    """Continue a task that failed or was cancelled; a plan that nobody confirmed waits again.

    Raises NotWaitingError for any other, UnderWayError while one about the same noun is at work.
    """
    with _change_state(runtime, task_id, who, "resumed", (FAILED, CANCELLED)) as (session, task):
        _cancel_older_plans(session, task)
        planned = bool(tasks.counts(session, task_id))
        task.state = READING if not planned else APPLYING if task.confirmed else PLANNED
        task.ended_at = None


def _cancel_older_plans(session: Session, task: Task) -> None:
    """Cancel older plans about the same noun, as in `suppliers import`; `adopt` is one. Raises UnderWayError while one is at work."""
    noun = task.action.partition(" ")[0]
    same_noun = select(Task).where(
        Task.connection_id == task.connection_id,
        or_(Task.action == noun, Task.action.startswith(f"{noun} ")),
        Task.state.in_((READING, PLANNED, APPLYING)),
        Task.id != task.id,
    )
    for other in session.scalars(same_noun):
        if other.state != PLANNED:
            raise UnderWayError(other.id, other.action)
        other.state, other.ended_at = CANCELLED, now(session)


@contextmanager
def _change_state(
    runtime: Runtime, task_id: int, who: str, verb: str, allowed: tuple[TaskState, ...]
) -> Iterator[tuple[Session, Task]]:
    """Open the task for a change of its state by a person; its next step may begin at once."""
    with runtime.write() as (session, moment):
        task = find_task(session, task_id)
        if task.state not in allowed:
            raise NotWaitingError(task.id, task.state, verb)
        task.not_before, task.queued_at, task.attempts = None, None, 0
        yield session, task
        history.note(session, moment, who, f"task {verb}", f"task {task_id}")
    runtime.dispatch()
