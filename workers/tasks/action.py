"""What a long action is: how it reads, plans and applies, and the step that it works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mappers.remedies import Remedy
from outbound.errors import RemoteError
from precoro_client.client import PrecoroClient
from qbo_client.client import QboClient
from store import tasks
from store.companies import Connection
from store.tasks import REFUSED, SENDING, Change, ChangeState, Task, TaskClaim
from workers import clients
from workers.runtime import Runtime


@dataclass(frozen=True)
class Planned:
    """One row of a plan: `what` is add, update, pair ..., or `unchanged` or `problem`.

    `body` is all that applying needs; the remedy of a problem says what a person can do.
    """

    what: str
    subject: str
    sentence: str
    body: Mapping[str, Any] = field(default_factory=dict)
    remedy: Remedy | None = None


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
        apply: carries out up to `batch` changes and ends each with `Step.finish`; a change that is `resent` may have
            landed before, so look first
        batch: how many changes `apply` takes at a time
        calls: the calls that a plan costs, by how many rows it has of each word
        ending: what is told when there was nothing to apply
        long_plan: planning may take many seconds and writes nothing itself, so no writing transaction is open meanwhile
    """

    title: str
    read: Callable[[Step], Any]
    plan: Callable[[Session, Connection, Mapping[str, Any], datetime], Iterable[Planned]]
    apply: Callable[[Step, Sequence[Change]], None]
    batch: int = 1
    calls: Callable[[Counter[str]], Calls] = lambda counts: Calls(precoro=counts["add"] + counts["update"])
    long_plan: bool = False
    ending: str = "Nothing had to be changed: all is as it should be."


class TakenOverError(Exception):
    """A worker was away for longer than its lease, and another one has its task."""


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
        self.progress: dict[str, Any] = {}
        self._read_changes = read_changes

    @cached_property
    def precoro(self) -> PrecoroClient:
        """Return Precoro with the share of its quota that long actions may use."""
        return clients.precoro_for_task(self.runtime, self.connection.precoro, live=self.connection.live_at is not None)

    @cached_property
    def quickbooks(self) -> QboClient:
        """Return QuickBooks with the share of its quota that long actions may use."""
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

    @contextmanager
    def write_as_owner(self) -> Iterator[tuple[Session, datetime]]:
        """Open a writing transaction for what nobody else may write meanwhile. Raises TakenOverError."""
        with self.runtime.write() as (session, moment):
            ours = select(Task.id).where(tasks.is_claimed_by(self.claim)).with_for_update()
            if session.scalar(ours) is None:
                raise TakenOverError
            yield session, moment

    def read_changes(self) -> None:
        """Read what changed in QuickBooks, as the clock does. Raises RemoteError."""
        self._read_changes(self.runtime, self.connection.qbo_id)

    def report(self, *, done: int | None = None, total: int | None = None, now: str | None = None) -> None:
        """Say how far it has come; committed at the end of the step."""
        reported = {"done": done, "total": total, "now": now and now[:300]}
        self.progress.update({name: value for name, value in reported.items() if value is not None})

    @contextmanager
    def finish(
        self, change: Change, state: ChangeState, sentence: str, remedy: Remedy | None = None
    ) -> Iterator[tuple[Session, datetime]]:
        """End a change, in one transaction with what is recorded because of it; the outcome is a fact."""
        with self.runtime.write() as (session, moment):
            yield session, moment
            ended = update(Change).where(Change.id == change.id, Change.state == SENDING)
            session.execute(ended.values(state=state, outcome=sentence[:2000], remedy=remedy))
            session.execute(
                update(Task).where(Task.id == self.task.id).values(done=Task.done + 1, now=change.sentence[:300])
            )
        change.state = state

    def refuse(self, change: Change, error: RemoteError) -> None:
        """End a change that a service definitely refused, with its reason and the remedy."""
        with self.finish(change, REFUSED, f"{error.sentence} {error.remedy}"):
            pass
