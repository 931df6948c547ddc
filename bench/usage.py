"""CPU time and peak memory of processes and their children, from Linux' /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
AFTER_NAME = 2
USER, SYSTEM = 13 - AFTER_NAME, 14 - AFTER_NAME


def tree(pid: int) -> list[int]:
    """Return a process and everything below it that still runs."""
    pids = [pid]
    for parent in pids:
        pids.extend(_children(parent))
    return pids


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process and everything below it."""
    return sum(_ticks(child) for child in tree(pid)) / TICKS


def command_line(pid: int) -> str:
    """Return how a process was started; empty when it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def peak_megabytes(pid: int) -> float:
    """Return the most memory that one process ever had resident."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmHWM:"):
            return int(row.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> Iterator[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            yield from map(int, (task / "children").read_text().split())


def _ticks(pid: int) -> int:
    """Return user and system ticks; the name of the program, in brackets, may hold spaces."""
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[USER]) + int(fields[SYSTEM])
    return 0
