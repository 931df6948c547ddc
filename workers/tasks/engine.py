"""Long actions of people, step by step: a page a job, progress that can be watched, cancel, and resume after any crash.

    start -> read, page by page -> plan -> a person looks at it and goes on -> apply, batch by batch -> a summary

What the actions are stands in `workers/actions.py`. Where a task stands is committed after each step, so that a worker that
dies costs one step. A change is noted as `sending` before its call: who finds it so later looks first whether it landed.
No transaction is open while a service is called.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from outbound.errors import NoBudget, RemoteError, Verdict
from outbound.quota import seconds_for
from precoro_client.client import PrecoroClient
from qbo_client.client import QboClient
from store import history, tasks
from store.base import is_unavailable, now
from store.companies import Connection
from store.tasks import (
    APPLYING,
    CANCELLED,
    DONE,
    FAILED,
    PLANNED,
    READING,
    REFUSED,
    SENDING,
    WAITING,
    Change,
    ChangeState,
    Task,
    TaskClaim,
)
from workers import clients
from workers.errors import NoSuchTaskError, NotWaitingError, UnderWayError
from workers.lookup import connection_named
from workers.runtime import Runtime

log = structlog.get_logger()

STEP_SECONDS = 20.0
"""How long one job goes on with batches before it gives others a turn; far less than its lease."""


@dataclass(frozen=True)
class Planned:
    """One row of a plan: `what` is add, update, pair ..., or `unchanged` or `problem`; `body` is all that applying needs."""

    what: str
    subject: str
    sentence: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Calls:
    """How many calls a plan costs."""

    precoro: int = 0
    quickbooks: int = 0


@dataclass(frozen=True)
class Estimate:
    """What applying a plan costs, and the seconds that the quotas demand for it when nothing else is called."""

    calls: Calls
    seconds: float


@dataclass(frozen=True)
class Action:
    """One kind of long action.

    Args:
        title: as people read it, "Import suppliers from QuickBooks"
        read: makes the calls of one page, keeps what it read, and returns from where to go on, or None when all is read
        plan: says from the store alone what is to be done; a plan may be older than what is there when it is applied
        apply: carries out up to `batch` changes and settles each with `Step.settle`; a change that is `resent` may have
            landed before, so look first
        batch: how many changes `apply` takes at a time
        calls: the calls that a plan costs, by how many rows it has of each word
        long_plan: planning may take many seconds and writes nothing itself, so no writing transaction is open meanwhile
    """

    title: str
    read: Callable[[Step], Any]
    plan: Callable[[Session, Connection, Mapping[str, Any], datetime], Iterable[Planned]]
    apply: Callable[[Step, Sequence[Change]], None]
    batch: int = 1
    calls: Callable[[Counter[str]], Calls] = lambda counts: Calls(precoro=counts["add"] + counts["update"])
    long_plan: bool = False


class Step:
    """One step of a task: what an action works with."""

    def __init__(
        self,
        runtime: Runtime,
        action: Action,
        task: Task,
        claim: TaskClaim,
        read_changes: Callable[[Runtime, int], None],
    ) -> None:
        self.runtime = runtime
        self.action = action
        self.task = task
        self.claim = claim
        self.connection = task.connection
        self.arguments: Mapping[str, Any] = task.arguments
        self.cursor: Any = task.cursor
        self.told: dict[str, Any] = {}
        self._read_changes = read_changes

    @cached_property
    def precoro(self) -> PrecoroClient:
        """Return Precoro with the share of its quota that set-up may use."""
        return clients.precoro_for_task(self.runtime, self.connection.precoro, live=self.connection.live_at is not None)

    @cached_property
    def quickbooks(self) -> QboClient:
        """Return QuickBooks with the share of its quota that set-up may use."""
        return clients.quickbooks_for_task(self.runtime, self.connection.qbo, live=self.connection.live_at is not None)

    @contextmanager
    def write(self) -> Iterator[tuple[Session, datetime]]:
        """Open a writing transaction with the database's time."""
        with self.runtime.write() as opened:
            yield opened

    @contextmanager
    def read(self) -> Iterator[tuple[Session, datetime]]:
        """Open a reading transaction with the database's time."""
        with self.runtime.read() as opened:
            yield opened

    def read_changes(self) -> None:
        """Read what changed in QuickBooks, as the clock does. Raises RemoteError."""
        self._read_changes(self.runtime, self.connection.qbo_id)

    def report(self, *, done: int | None = None, total: int | None = None, now: str | None = None) -> None:
        """Say how far it has come; committed at the end of the step."""
        given = {"done": done, "total": total, "now": now and now[:300]}
        self.told.update({name: value for name, value in given.items() if value is not None})

    @contextmanager
    def settle(self, change: Change, state: ChangeState, sentence: str) -> Iterator[tuple[Session, datetime]]:
        """End a change, in one transaction with what is recorded because of it. An outcome is a fact, whoever saw it."""
        with self.runtime.write() as (session, moment):
            yield session, moment
            ended = update(Change).where(Change.id == change.id, Change.state == SENDING)
            session.execute(ended.values(state=state, outcome=sentence[:2000]))
            session.execute(
                update(Task).where(Task.id == self.task.id).values(done=Task.done + 1, now=change.sentence[:300])
            )
        change.state = state

    def refuse(self, change: Change, error: RemoteError) -> None:
        """End a change that a service definitely refused, with its reason and the remedy."""
        with self.settle(change, REFUSED, f"{error.sentence} {error.remedy}"):
            pass


def start(
    runtime: Runtime, slug: str, action: str, arguments: Mapping[str, Any], who: str, *, confirmed: bool = False
) -> int:
    """Begin a task and return its number; `confirmed` applies its plan without waiting for a person to look at it.

    An older plan of the same kind that nobody applied is dropped. Raises UnderWayError while one is at work.
    """
    with runtime.write() as (session, moment):
        connection = connection_named(session, slug)
        task = Task(
            connection_id=connection.id, action=action, arguments=dict(arguments), who=who, state=READING, confirmed=confirmed,
            done=0, claim=0, attempts=0, created_at=moment,
        )  # fmt: skip
        session.add(task)
        session.flush()
        _alone(session, task)
        history.note(session, moment, who, action, slug, after={**arguments, "task": task.id})
        task_id = task.id
    runtime.dispatch()
    return task_id


def go_on(runtime: Runtime, task_id: int, who: str) -> None:
    """Apply a plan that was looked at. Raises NotWaitingError unless the task is planned, UnderWayError beside its like."""
    with _turning(runtime, task_id, who, "applied", (PLANNED,)) as (session, task):
        _alone(session, task)
        task.state, task.confirmed = APPLYING, True


def cancel(runtime: Runtime, task_id: int, who: str) -> None:
    """End a task after the calls that are under way; what was applied stays. Raises NotWaitingError when it has ended."""
    with _turning(runtime, task_id, who, "cancelled", (READING, PLANNED, APPLYING)) as (session, task):
        task.state, task.ended_at = CANCELLED, now(session)


def resume(runtime: Runtime, task_id: int, who: str) -> None:
    """Go on with a task that failed or was cancelled, where it was: a plan that nobody confirmed waits again.

    Raises NotWaitingError for any other, UnderWayError beside its like.
    """
    with _turning(runtime, task_id, who, "resumed", (FAILED, CANCELLED)) as (session, task):
        _alone(session, task)
        planned = bool(tasks.counts(session, task_id))
        task.state = READING if not planned else APPLYING if task.confirmed else PLANNED
        task.ended_at = None


def load(session: Session, task_id: int) -> Task:
    """Return a task with its connection and both companies. Raises NoSuchTaskError."""
    both = joinedload(Task.connection).options(joinedload(Connection.precoro), joinedload(Connection.qbo))
    found = session.scalar(select(Task).where(Task.id == task_id).options(both))
    if found is None:
        raise NoSuchTaskError(task_id)
    return found


def estimate(runtime: Runtime, task: Task, action: Action) -> Estimate:
    """Say what applying the plan of a task costs in calls and in time."""
    with runtime.read() as (session, _):
        calls = action.calls(tasks.counts(session, task.id))
    precoro = clients.precoro_quota(runtime, task.connection.precoro).windows
    quickbooks = clients.qbo_quota(runtime, task.connection.qbo.realm).windows
    return Estimate(calls, max(seconds_for(calls.precoro, precoro), seconds_for(calls.quickbooks, quickbooks)))


def work(runtime: Runtime, task_id: int, action: Action, read_changes: Callable[[Runtime, int], None]) -> str:
    """Take the next step of a task, if it is its time and nobody else is at it; returns what came of it.

    `read_changes` reads what changed in a QuickBooks company: `workers.catch_up` knows who acts on it.
    """
    step = _claim(runtime, task_id, action, read_changes)
    if step is None:
        return "not due"
    try:
        return _take(step)
    except RemoteError as error:
        return _recover(step, error)
    except Exception as error:
        if not is_unavailable(error):
            _end(step, FAILED, f"{type(error).__name__}: {error}")
        raise


def _claim(runtime: Runtime, task_id: int, action: Action, read_changes: Callable[[Runtime, int], None]) -> Step | None:
    runtime.record_id = None
    with runtime.write() as (session, moment):
        mine = tasks.claim(session, task_id, moment, runtime.settings.lease)
        return Step(runtime, action, load(session, task_id), mine, read_changes) if mine else None


def _take(step: Step) -> str:
    """Read the next page, and plan after the last one; or apply batches for a while."""
    if step.task.state == APPLYING:
        return _apply(step)
    cursor = step.action.read(step)
    if cursor is not None:
        return _release(step, cursor=cursor, **step.told)
    return _plan(step)


def _plan(step: Step) -> str:
    """Store what is to be done, and wait for a person, unless he said so beforehand or there is nothing to do."""
    with step.read() as (session, moment):
        rows = _rows(step, session, moment) if step.action.long_plan else None
    with step.write() as (session, moment):
        rows = _rows(step, session, moment) if rows is None else rows
        todo = sum(1 for one in rows if one["what"] not in {tasks.UNCHANGED, tasks.PROBLEM})
        state = DONE if not todo else APPLYING if step.task.confirmed else PLANNED
        stands = {"state": state, "total": todo, "ended_at": moment if state == DONE else None}
        # In one transaction: after a death between the two all would be planned once more, and made twice.
        if tasks.release(session, step.claim, not_before=None, cursor=None, done=0, now=None, **stands):
            tasks.add_changes(session, step.task.id, rows)
    step.runtime.dispatch()
    return state


def _rows(step: Step, session: Session, moment: datetime) -> list[dict[str, Any]]:
    """Return the rows of the plan."""
    connection = session.get_one(Connection, step.connection.id)
    return [_row(one) for one in step.action.plan(session, connection, step.arguments, moment)]


def _row(one: Planned) -> dict[str, Any]:
    return {"what": one.what, "subject": one.subject[:100], "sentence": one.sentence[:2000], "body": dict(one.body)}


def _apply(step: Step) -> str:
    """Carry out batch after batch, until none is left, the turn is over, or somebody cancelled."""
    until = time.monotonic() + STEP_SECONDS
    while time.monotonic() < until:
        changes = _next(step)
        if changes is None:
            return _release(step)
        if not changes:
            return _end(step, DONE)
        try:
            step.action.apply(step, changes)
        except RemoteError as error:
            _left_open(step, changes, error)
    return _release(step, attempts=0, reason=None)


def _next(step: Step) -> list[Change] | None:
    """Note the next changes as going out; None when the task is no longer ours, or cancelled."""
    with step.write() as (session, moment):
        ours = session.scalar(select(Task.state).where(tasks.is_claimed_by(step.claim)))
        if ours != APPLYING:
            return None
        changes = tasks.next_changes(session, step.task.id, step.action.batch)
        tasks.mark_sending(changes, moment)
        return changes


def _left_open(step: Step, changes: Sequence[Change], error: RemoteError) -> None:
    """Refuse the one change that a service definitely refuses; otherwise leave all that is open for later and stop."""
    is_open = [change for change in changes if change.state == SENDING]
    if error.verdict is Verdict.HOLD and len(is_open) == 1 and _is_certain(error):
        step.refuse(is_open[0], error)
        return
    if _is_certain(error):
        with step.write() as (session, _):
            ids = [change.id for change in is_open]
            session.execute(update(Change).where(Change.id.in_(ids)).values(state=WAITING, sends=Change.sends - 1))
    raise error


def _is_certain(error: RemoteError) -> bool:
    """Say whether nothing landed."""
    return error.landed.value == "no"


def _recover(step: Step, error: RemoteError) -> str:
    """Go on later after an outage or without budget; end when a service definitely refuses what was asked."""
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
        step, not_before=later, attempts=attempts, reason=f"{error.sentence} {error.remedy}"[:1000], **step.told
    )


def _end(step: Step, state: str, reason: str | None = None) -> str:
    """End a task."""
    with step.read() as (_, moment):
        ended = moment
    return _release(step, state=state, reason=reason and reason[:1000], ended_at=ended, now=None)


def _release(step: Step, **values: Any) -> str:
    """Give the task back, and queue its next step when it has one."""
    values = {"not_before": None, **values}
    with step.write() as (session, _):
        mine = tasks.release(session, step.claim, **values)
    if not mine:
        log.warning("task was taken over", task=step.task.id, claim=step.claim.number)
    step.runtime.dispatch()
    return str(values.get("state", step.task.state))


def _alone(session: Session, task: Task) -> None:
    """Drop older plans that are about the same noun, as in `suppliers import`; UnderWayError while one is at work."""
    noun = task.action.partition(" ")[0]
    alike = select(Task).where(
        Task.connection_id == task.connection_id,
        Task.action.startswith(f"{noun} "),
        Task.state.in_((READING, PLANNED, APPLYING)),
        Task.id != task.id,
    )
    for other in session.scalars(alike):
        if other.state != PLANNED:
            raise UnderWayError(other.id, other.action)
        other.state, other.ended_at = CANCELLED, now(session)


@contextmanager
def _turning(
    runtime: Runtime, task_id: int, who: str, into: str, allowed: tuple[str, ...]
) -> Iterator[tuple[Session, Task]]:
    """Let a person change the state of a task that is in an allowed one; its next step may begin at once."""
    with runtime.write() as (session, moment):
        task = load(session, task_id)
        if task.state not in allowed:
            raise NotWaitingError(task.id, task.state, into)
        task.not_before, task.queued_at, task.attempts = None, None, 0
        yield session, task
        history.note(session, moment, who, f"task {into}", f"task {task_id}")
    runtime.dispatch()
