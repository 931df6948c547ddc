"""What every job needs, opened once a process: settings, database, queue, and the calls to be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import structlog
from redis import Redis
from rq import Queue
from sqlalchemy.orm import Session

import settings as settings_module
from outbound.session import Call
from settings import Settings
from store import queue as queues
from store.base import Store, now, read_keys
from store.history import ORIGIN, CallRow, Origin
from store.usage import kind_of

log = structlog.get_logger()
T = TypeVar("T")


class ClearAnswer(NamedTuple):
    """A service that answered clearly for a company: `precoro` and our id of it, or `quickbooks` and its realm."""

    service: str
    company: str


class Runtime:
    """The open parts of one process; never carried across a fork. `origin` is where the person acts for whom it works."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database, read_keys(settings.keys, settings.home))
        self.redis: Redis = queues.connect(settings)
        self.record_id: int | None = None
        self.origin: Origin | None = None
        self.clients: dict[tuple[object, ...], object] = {}
        self._kept: dict[type[Any], Any] = {}
        self._calls: list[Mapping[str, Any]] = []
        self._redis_failed = False
        self._answers: set[ClearAnswer] = set()

    @cached_property
    def queue(self) -> Queue:
        """The queue that carries what is due."""
        return queues.queue(self.redis, self.settings)

    def kept(self, kind: type[T]) -> T:
        """Return the one object of a kind that this process keeps from one job to the next, made when it is first asked for."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        kept: T = self._kept[kind]
        return kept

    @contextmanager
    def write(self) -> Iterator[tuple[Session, datetime]]:
        """Open a writing transaction with the database's time; the calls made since the last one are written with it."""
        calls = list(self._calls)
        with self.store.write() as session:
            session.info[ORIGIN] = self.origin
            session.add_all(
                CallRow(**call) for call in calls
            )  # anew each time: a row keeps its id when it is rolled back
            yield session, now(session)
        del self._calls[: len(calls)]

    @contextmanager
    def read(self) -> Iterator[tuple[Session, datetime]]:
        """Open a reading transaction with the database's time."""
        with self.store.read() as session:
            yield session, now(session)

    def note_call(self, company: str, call: Call) -> None:
        """Remember a call for the history; it is written with the next commit."""
        service = call.service.lower()
        row = {
            "at": datetime.now(UTC),
            "service": service,
            "company": company,
            "record_id": self.record_id,
            "method": call.method,
            "path": call.path[:300],
            "kind": kind_of(service, call.method, call.path),
            "request_id": call.request_id,
            "status": call.status,
            "fault": call.code or (None if call.outcome == "ok" else call.outcome[:60]),
            "trace": call.tid and call.tid[:100],
            "milliseconds": call.duration_ms,
            "metered": call.metered,
        }
        self._calls.append(row)
        if call.answered:
            self._answers.add(ClearAnswer(service, company))

    def keep_calls(self) -> None:
        """Write the calls that were made into the history, where nothing else is written with them."""
        with self.write() as (session, _):
            session.flush()

    def begin(self, record_id: int | None) -> None:
        """Begin work on a record, or on something else: the calls are its own from now on, and so are the answers."""
        self.record_id = record_id
        self._answers.clear()

    def take_answers(self) -> list[ClearAnswer]:
        """Return who answered clearly since this was asked last."""
        answers = sorted(self._answers)
        self._answers.clear()
        return answers

    def push(self, picked: Sequence[queues.Queued]) -> None:
        """Hand picked records to RQ; when Redis fails they are left to the clock."""
        if not picked:
            return
        try:
            queues.push(self.queue, picked)
        except queues.QueueError as error:
            log.warning("redis failed, the clock will queue it", error=str(error))
            self._redis_failed = True
            with self.write() as (session, _):
                queues.unpick(session, picked)
        else:
            if self._redis_failed:
                log.warning("redis works again")
            self._redis_failed = False

    def dispatch(self) -> int:
        """Queue what is due, fairly over all connections, tasks last; returns how many jobs."""
        with self.write() as (session, moment):
            picked = [
                *queues.pick(session, moment, self.settings),
                *queues.pick_tasks(session, moment, self.settings),
            ]
        self.push(picked)
        return len(picked)

    def close(self) -> None:
        """Close the database and Redis."""
        self.store.close()
        self.redis.close()


def from_environment() -> Runtime:
    """Open everything as the environment says."""
    return Runtime(settings_module.load())
