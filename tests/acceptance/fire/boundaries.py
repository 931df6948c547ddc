"""Every place where a process may die: before and after each commit, each remote call and each push to Redis.

The product knows nothing of this: the transactions of the store, the session of the clients and the push to the queue
are wrapped from outside, in a process that a test starts. Each boundary is named by who crosses it.
"""

from __future__ import annotations

import inspect
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from outbound.response import Response
from outbound.session import Request, Session
from store import queue
from store.base import Store

T = TypeVar("T")

PASSED_ON = {
    ("store.base", "Store._turn"),
    ("workers.runtime", "Runtime.write"),
    ("workers.tasks.action", "Step.write"),
}


class Boundaries:
    """Counts the boundaries as they are reached, notes their names, and dies at one of them.

    Args:
        notes: file that gets a line a boundary, written before the process dies
        kill_at: the number of the boundary to be killed at, from 0; None for none
    """

    def __init__(self, notes: Path, kill_at: int | None) -> None:
        self.file = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.kill_at = kill_at
        self.reached = 0

    def reach(self, name: str) -> None:
        """Note a boundary, and die here if it is the one to be killed at: as with kill -9, nothing more is done."""
        os.write(self.file, f"{name}\n".encode())
        if self.reached == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.reached += 1

    def install(self) -> None:
        """Put a boundary before and after every commit, call and push of this process."""
        Store.write = self._transaction(Store.write)  # type: ignore[method-assign]
        Store.begin = self._transaction(Store.begin)  # type: ignore[method-assign]
        Session.send = self._call(Session.send)  # type: ignore[method-assign]
        queue.push = self._push(queue.push)

    def _transaction(self, original: Callable[[Store], AbstractContextManager[T]]) -> Any:
        @contextmanager
        def transaction(store: Store) -> Iterator[T]:
            name = f"commit {_caller()}"
            with original(store) as opened:
                yield opened
                self.reach(f"before {name}")
            self.reach(f"after {name}")

        return transaction

    def _call(self, original: Callable[..., T]) -> Any:
        def send(session: Session, request: Request, read: Callable[[Response], T]) -> T:
            name = f"call {request.method} {_target(request.path)}"
            self.reach(f"before {name}")
            answer = original(session, request, read)
            self.reach(f"after {name}")
            return answer

        return send

    def _push(self, original: Callable[..., None]) -> Any:
        def push(jobs: Any, picked: Sequence[queue.Queued]) -> None:
            if not picked:
                return
            self.reach("before push")
            original(jobs, picked)
            self.reach("after push")

        return push


def _target(path: str) -> str:
    """Return the path without what differs between runs: `/v3/company/9130001/bill/145` is `bill`."""
    return re.sub(r"^/v3/company/\d+/|/\d+|^/", "", path)


def _caller() -> str:
    """Return the function whose transaction this is, as `documents.kind._change`."""
    frame = inspect.currentframe()
    while frame is not None and _passes_on(frame):
        frame = frame.f_back
    if frame is None:
        return "?"
    return f"{frame.f_globals['__name__'].partition('.')[2]}.{frame.f_code.co_qualname}"


def _passes_on(frame: FrameType) -> bool:
    module, function = frame.f_globals["__name__"], frame.f_code.co_qualname
    return module in {__name__, "contextlib"} or (module, function) in PASSED_ON
