"""Carries out long actions step by step: a page a job, progress that can be watched, and resume after any crash.

    start -> read, page by page -> plan -> a person looks at it and confirms -> apply, batch by batch -> a summary

The actions are listed in `workers/actions.py`. How far a task has come is committed after each step, so that a worker that
dies costs one step. A change is marked as `sending` before its call: if it still is later, look first whether it landed.
No transaction is open while a service is called.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outbound.errors import Landed, NoBudget, RemoteError, Verdict
from outbound.quota import seconds_for
from store import tasks
from store.base import described, is_unavailable
from store.companies import Connection
from store.tasks import APPLYING, DONE, FAILED, PLANNED, SENDING, WAITING, Change, Task, TaskState
from workers import backoff, clients
from workers.lookup import find_task
from workers.runtime import Runtime
from workers.tasks.action import Action, Estimate, Planned, Step, TakenOverError

log = structlog.get_logger()

STEP_SECONDS = 20.0
"""How long one job goes on with batches before it gives others a turn; far less than its lease."""


def estimate(runtime: Runtime, task: Task, action: Action) -> Estimate:
    """Say what applying the plan of a task costs in calls and in time."""
    with runtime.read() as (session, _):
        calls = action.calls(tasks.counts(session, task.id))
    precoro = clients.precoro_quota(runtime, task.connection.precoro).windows
    quickbooks = clients.qbo_quota(runtime, task.connection.qbo.realm).windows
    return Estimate(calls, max(seconds_for(calls.precoro, precoro), seconds_for(calls.quickbooks, quickbooks)))


def work(runtime: Runtime, task_id: int, action: Action, read_changes: Callable[[Runtime, int], None]) -> str:
    """Take the next step of a task, if it is due and nobody else works on it; returns its state.

    `read_changes` reads what changed in a QuickBooks company: `workers.catch_up` knows who acts on it.
    """
    step = _claim(runtime, task_id, action, read_changes)
    if step is None:
        return "not due"
    try:
        return _do_step(step)
    except RemoteError as error:
        return _recover(step, error)
    except TakenOverError:
        return _release(step)
    except Exception as error:
        if not is_unavailable(error):
            _end(step, FAILED, described(error))
        raise


def _claim(runtime: Runtime, task_id: int, action: Action, read_changes: Callable[[Runtime, int], None]) -> Step | None:
    """Claim the task for one step; None when it is not due or somebody else works on it."""
    runtime.begin(None)
    with runtime.write() as (session, moment):
        claim = tasks.claim(session, task_id, moment, runtime.settings.lease)
        return Step(runtime, action, find_task(session, task_id), claim, read_changes) if claim else None


def _do_step(step: Step) -> str:
    """Read the next page, and plan after the last one; or apply batches for a while."""
    if step.task.state == APPLYING:
        return _apply(step)
    cursor = step.action.read(step)
    if cursor is not None:
        return _release(step, cursor=cursor, **step.progress)
    return _plan(step)


def _plan(step: Step) -> str:
    """Store what is to be done, and wait for a person, unless it was confirmed beforehand or there is nothing to do."""
    with step.read() as (session, moment):
        rows = _rows(step, session, moment) if step.action.long_plan else None
    with step.write() as (session, moment):
        rows = _rows(step, session, moment) if rows is None else rows
        todo = sum(1 for row in rows if row["what"] not in {tasks.UNCHANGED, tasks.PROBLEM})
        state = DONE if not todo else APPLYING if step.task.confirmed else PLANNED
        columns = {"state": state, "total": todo, "ended_at": moment if state == DONE else None}
        # In one transaction: after a death between the two all would be planned once more, and made twice.
        if tasks.give_back(session, step.claim, not_before=None, cursor=None, done=0, now=None, **columns):
            tasks.add_changes(session, step.task.id, rows)
    step.runtime.dispatch()
    return state


def _rows(step: Step, session: Session, moment: datetime) -> list[dict[str, Any]]:
    """Return the rows of the plan."""
    connection = session.get_one(Connection, step.connection.id)
    return [_row(planned) for planned in step.action.plan(session, connection, step.arguments, moment)]


def _row(planned: Planned) -> dict[str, Any]:
    return {
        "what": planned.what,
        "subject": planned.subject[:100],
        "sentence": planned.sentence[:2000],
        "body": dict(planned.body),
        "remedy": planned.remedy,
    }


def _apply(step: Step) -> str:
    """Apply batch after batch, until none is left, the time is over, or somebody cancelled."""
    until = time.monotonic() + STEP_SECONDS
    while time.monotonic() < until:
        changes = _next_changes(step)
        if changes is None:
            return _release(step)
        if not changes:
            return _end(step, DONE)
        try:
            step.action.apply(step, changes)
        except RemoteError as error:
            _handle_failure(step, changes, error)
    return _release(step, attempts=0, reason=None)


def _next_changes(step: Step) -> list[Change] | None:
    """Mark the next changes as sent now; None when the task is no longer ours, or cancelled."""
    with step.write() as (session, moment):
        state = session.scalar(select(Task.state).where(tasks.is_claimed_by(step.claim)))
        if state != APPLYING:
            return None
        changes = tasks.next_changes(session, step.task.id, step.action.batch)
        tasks.mark_sending(changes, moment)
        return changes


def _handle_failure(step: Step, changes: Sequence[Change], error: RemoteError) -> None:
    """End the one change that a service definitely refuses; otherwise leave the open ones for later and stop."""
    is_open = [change for change in changes if change.state == SENDING]
    if error.verdict is Verdict.HOLD and len(is_open) == 1 and _has_not_landed(error):
        step.refuse(is_open[0], error)
        return
    if _has_not_landed(error):
        with step.write() as (session, _):
            ids = [change.id for change in is_open]
            session.execute(update(Change).where(Change.id.in_(ids)).values(state=WAITING, sends=Change.sends - 1))
    raise error


def _has_not_landed(error: RemoteError) -> bool:
    """Say whether a failed call surely changed nothing."""
    return error.landed is Landed.NO


def _recover(step: Step, error: RemoteError) -> str:
    """Go on later after an outage or without budget; fail when a service definitely refuses."""
    if error.verdict is Verdict.BUG:
        _end(step, FAILED, f"{error.sentence} {error.remedy}")
        raise error
    if error.verdict is Verdict.HOLD:
        return _end(step, FAILED, f"{error.sentence} {error.remedy}")
    settings = step.runtime.settings
    attempts = step.task.attempts + (0 if isinstance(error, NoBudget) else 1)
    wait = error.retry_after or min(settings.backoff_min * 2 ** min(attempts, 20), settings.backoff_max)
    with step.read() as (_, moment):
        later = moment + timedelta(seconds=wait)
    return _release(
        step, not_before=later, attempts=attempts, reason=f"{error.sentence} {error.remedy}"[:1000], **step.progress
    )


def _end(step: Step, state: TaskState, reason: str | None = None) -> str:
    """End a task."""
    with step.read() as (_, moment):
        ended = moment
    return _release(step, state=state, reason=reason and reason[:1000], ended_at=ended, now=None)


def _release(step: Step, **values: Any) -> str:
    """Release the task, and queue its next step when it has one."""
    values = {"not_before": None, **values}
    with step.write() as (session, moment):
        backoff.note_answers(session, step.runtime.settings, moment, step.runtime.take_answers())
        was_ours = tasks.give_back(session, step.claim, **values)
    if not was_ours:
        log.warning("task was taken over", task=step.task.id, claim=step.claim.number)
    step.runtime.dispatch()
    return str(values.get("state", step.task.state))
