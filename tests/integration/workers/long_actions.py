"""Long actions in a house: begun, followed to their end, and the rows of their plans."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import select

from store.tasks import DONE, FAILED, Change, Task
from tests.stage import Stage
from workers import actions
from workers.lookup import find_task
from workers.tasks import commands as task_commands

SHORT_WHILE = 0.05


class KilledError(BaseException):
    """Stands for kill -9: nothing after it runs."""


def run(stage: Stage, slug: str, action: str, **arguments: Any) -> list[Change]:
    """Plan and apply a long action; returns the rows of its plan."""
    return finish(stage, task_commands.start(stage.runtime, slug, action, arguments, "ann", confirmed=True))


def finish(stage: Stage, task_id: int) -> list[Change]:
    """Take one step of a task after the other, as its worker, until it is done; returns the rows of its plan."""
    while (row := task(stage, task_id)).state != DONE:
        assert row.state != FAILED, row.reason
        if actions.work(stage.runtime, task_id) == "not due":
            time.sleep(SHORT_WHILE)
    return changes(stage, task_id)


def task(stage: Stage, task_id: int) -> Task:
    """Return a task as it is stored now."""
    with stage.runtime.read() as (session, _):
        return find_task(session, task_id)


def changes(stage: Stage, task_id: int) -> list[Change]:
    """Return the rows of the plan of a task."""
    with stage.runtime.read() as (session, _):
        return list(session.scalars(select(Change).where(Change.task_id == task_id).order_by(Change.position)))


def expire_lease(stage: Stage, task_id: int) -> None:
    """Let others take a task whose worker has died."""
    with stage.runtime.write() as (session, moment):
        session.get_one(Task, task_id).lease_until = moment
