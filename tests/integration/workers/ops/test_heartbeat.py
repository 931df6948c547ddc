"""Whether workers live is seen by what they did lately, not by what RQ remembers of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from store import duties
from store.duties import Duty
from tests.stage import Stage
from workers import clock
from workers.ops.heartbeat import Heartbeat, living_workers


def _last_lived(stage: Stage, ago: timedelta, process: int = 7) -> None:
    with stage.runtime.write() as (session, moment):
        duties.begin(session, duties.worker("host", process), moment - ago, 0)


def test_a_worker_lives_from_the_beginning_of_its_work_to_its_end(stage: Stage) -> None:
    assert living_workers(stage.runtime) == 0
    with Heartbeat(stage.runtime.settings):
        stage.until(lambda: living_workers(stage.runtime) == 1, "the first beat")
    assert living_workers(stage.runtime) == 0


def test_a_worker_that_was_killed_is_dead_soon_and_forgotten_later(stage: Stage) -> None:
    _last_lived(stage, timedelta(seconds=30), process=1)
    _last_lived(stage, timedelta(seconds=50), process=2)
    _last_lived(stage, timedelta(days=2), process=3)
    assert living_workers(stage.runtime) == 1
    clock.forget(stage.runtime)
    with stage.runtime.read() as (session, _):
        names = session.scalars(select(Duty.name).where(Duty.name.startswith(duties.WORKER)).order_by(Duty.name)).all()
    assert names == ["worker:host:1", "worker:host:2"]


def test_workers_live_when_redis_is_lost_and_comes_back_empty(stage: Stage) -> None:
    _last_lived(stage, timedelta(0))
    stage.runtime.redis.flushdb()
    assert living_workers(stage.runtime) == 1
