"""Open databases for tests, which keep the statements that were compiled for the tests before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Dialect, event, make_url

import webhooks.app
import workers.runtime
from store.base import Store

_IDLE: dict[tuple[str, tuple[str, ...]], list[ReusedStore]] = defaultdict(list)


class ReusedStore(Store):
    """A store that, once closed, is opened again on the database of another test.

    SQLAlchemy compiles each statement once for each engine, which took a sixth of the time of a test.
    """

    def __init__(self, url: str, keys: Sequence[str]) -> None:
        super().__init__(url, keys)
        self.kind = _kind(url, keys)
        self.url = make_url(url)
        event.listen(self.engine, "do_connect", self._address)

    def close(self) -> None:
        """Give all connections back, and wait for the next test."""
        super().close()
        if self not in _IDLE[self.kind]:
            _IDLE[self.kind].append(self)

    def _address(self, dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        """Connect to the database of this test."""
        address, more = dialect.create_connect_args(self.url)
        arguments[:] = address
        options.update(more)


@contextmanager
def reused_stores() -> Iterator[None]:
    """Let the runtimes and receivers that are made meanwhile reuse stores."""
    with patch.object(workers.runtime, "Store", open_store), patch.object(webhooks.app, "Store", open_store):
        yield


def open_store(url: str, keys: Sequence[str]) -> Store:
    """Open a database with a store that was used before, if there is one."""
    idle = _IDLE[_kind(url, keys)]
    if not idle:
        return ReusedStore(url, keys)
    store = idle.pop()
    store.url = make_url(url)
    store.engine.dispose()  # what somebody opened in the database of the test before, when that had ended
    return store


def _kind(url: str, keys: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return what stores must have in common to be reused: the kind of database, and the keys."""
    return make_url(url).drivername, tuple(keys)
