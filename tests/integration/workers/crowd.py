"""Processes of their own that all want the access token of one company at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.stage import load_settings
from workers import clients
from workers.runtime import Runtime
from workers.tokens import CompanyTokens

PATIENCE = 120.0


def current_of(variables: Mapping[str, str], count: int) -> list[str]:
    """Return what so many processes are given as the access token of company 1, each with a database of its own.

    All are there before the first one asks. One server of processes loads everything once and forks them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    together = context.Barrier(count)
    with context.Pool(count, _remember, (together, dict(variables))) as pool:
        return pool.map_async(_current, range(count), chunksize=1).get(PATIENCE)


def _remember(together: Barrier, variables: dict[str, str]) -> None:
    """Keep what every process of the pool is born with."""
    _born_with.update(together=together, variables=variables)


def _current(_number: int) -> str:
    """Wait for the others, then ask; who waits has not ended, so each process asks once."""
    runtime = Runtime(load_settings(_born_with["variables"]))
    _born_with["together"].wait(PATIENCE)
    try:
        return CompanyTokens(runtime, 1, clients.oauth(runtime)).current()
    finally:
        runtime.close()


_born_with: dict[str, Any] = {}
