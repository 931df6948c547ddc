"""Ports: whether those that are needed are free, and where ten free ones are."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

from firstrun.errors import PortInUseError

BLOCK = range(10)
STEP = 100
LOWEST, HIGHEST = 10_000, 32_000  # below the ports that systems give to outgoing connections


def check(ports: Iterable[int], base: int) -> None:
    """Raise PortInUseError for the first port in use; it names a base where all ten are free."""
    for port in ports:
        if not is_free(port):
            raise PortInUseError(port, next_base(base))


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def next_base(base: int) -> int:
    """Return the next round number above `base` from which ten ports are free."""
    first = base // STEP * STEP + STEP
    return next((base for base in range(first, 65_000, STEP) if is_free_block(base)), any_base())


def any_base() -> int:
    """Return a random base from which ten ports are free, so that two rarely get the same."""
    bases = list(range(LOWEST, HIGHEST, len(BLOCK)))
    random.shuffle(bases)
    return next(base for base in bases if is_free_block(base))


def is_free_block(base: int) -> bool:
    """Say whether all ports of a copy of Tieout are free."""
    return all(is_free(base + offset) for offset in BLOCK)
