"""Forks processes quickly, to be killed at a boundary: `python -m tests.acceptance.fire.process_server`.

It has loaded everything and opened nothing. For each line on its input, {"role", "notes", "kill_at", "arguments"}, it
forks a process that plays the role (one job of a worker, one event at the receiver, one tick of the clock), waits for
its end and answers with {"status"}: negative is the signal that killed it.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import simplejson
from sqlalchemy.orm import configure_mappers

from tests.acceptance.fire.boundaries import Boundaries
from tests.one_worker import work_off
from webhooks.app import create_app
from workers import clock, jobs


def worker() -> None:
    """Do one job of the queue."""
    work_off(jobs.runtime(), most=1)


def workers() -> None:
    """Do the jobs of the queue, and those that come of them, until none is left."""
    work_off(jobs.runtime())


def receiver(path: str, body: str) -> None:
    """Take one event."""
    create_app().test_client().post(path, data=body.encode(), headers={"Content-Type": "application/json"})


def tick() -> None:
    """Let the clock tick once."""
    clock.tick(jobs.runtime())


ROLES: Mapping[str, Callable[..., None]] = {
    "worker": worker,
    "workers": workers,
    "receiver": receiver,
    "clock": tick,
}


def main() -> None:
    """Serve until the input ends."""
    configure_mappers()
    for line in sys.stdin:
        sys.stdout.write(simplejson.dumps({"status": run(simplejson.loads(line))}) + "\n")
        sys.stdout.flush()


def run(order: Mapping[str, Any]) -> int:
    """Run one process and return its exit status."""
    child = os.fork()
    if child == 0:
        _play(order)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _play(order: Mapping[str, Any]) -> None:
    status = 1
    try:
        Boundaries(Path(order["notes"]), order["kill_at"]).install()
        ROLES[order["role"]](*order["arguments"])
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


if __name__ == "__main__":
    main()
