"""The roles in which a process dies: one job of a worker, all jobs, one event at the receiver, one tick of the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.acceptance.fire.boundaries import Boundaries
from tests.one_worker import work_off
from webhooks.app import create_app
from workers import clock, jobs
from workers.alerts import duty


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


def teller() -> None:
    """Tell people what needs one of them."""
    duty.tell(jobs.runtime())


ROLES: Mapping[str, Callable[..., None]] = {
    "worker": worker,
    "workers": workers,
    "receiver": receiver,
    "clock": tick,
    "teller": teller,
}


def play(role: str, notes: str, kill_at: int | None, *arguments: str) -> None:
    """Play a role, note the boundaries, and die at one of them."""
    Boundaries(Path(notes), kill_at).install()
    ROLES[role](*arguments)
