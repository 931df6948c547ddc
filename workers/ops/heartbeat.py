"""The heartbeat of a worker process: a row in SQL that says when it last lived.

RQ's own registration outlives a killed worker by minutes, and is lost with Redis though the workers live.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from settings import Settings
from store import duties
from store.base import Store, now
from workers.runtime import Runtime

EVERY = 10.0
"""Seconds between two beats; a worker that missed a few is taken for dead."""


class Heartbeat:
    """Beats in a thread of its own, from the beginning of the work to its end."""

    def __init__(self, settings: Settings) -> None:
        self._name = duties.worker(socket.gethostname(), os.getpid())
        self._store = Store(settings.database, ())
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and say that this worker lives no more."""
        self._stopped.set()
        self._thread.join()
        with suppress(SQLAlchemyError), self._store.write() as session:
            duties.end(session, self._name)
        self._store.close()

    def _beat(self) -> None:
        while True:
            with suppress(SQLAlchemyError), self._store.write() as session:
                duties.begin(session, self._name, now(session), 0)
            if self._stopped.wait(EVERY):
                return


def living_workers(runtime: Runtime) -> int:
    """Return how many worker processes live."""
    with runtime.read() as (session, moment):
        return duties.living_workers(session, moment)
