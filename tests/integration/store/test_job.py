"""What somebody who can write to Redis gets a worker to do: nothing."""

from __future__ import annotations

import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest
import simplejson
from redis import Redis
from rq import SimpleWorker
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from store.job import JsonQueue, TieoutJob

NAME = "tieout"


def plant(client: Redis, job_id: str, function: str, *args: object, **more: str) -> None:
    """Write a job into Redis with plain commands, as an intruder would."""
    data = zlib.compress(simplejson.dumps([function, None, list(args), {}]).encode())
    fields: dict[Any, Any] = {"data": data, "status": "queued", "origin": NAME, **more}
    client.hset(f"rq:job:{job_id}", mapping=fields)
    client.lpush(f"rq:queue:{NAME}", job_id)


def work(client: Redis) -> list[str]:
    """Work the queue off as the pool's workers do; returns the jobs that failed."""
    queue = JsonQueue(NAME, client)
    worker = SimpleWorker(
        [queue], connection=client, serializer=JSONSerializer, job_class=TieoutJob, queue_class=JsonQueue
    )
    worker.work(burst=True, logging_level="CRITICAL")
    return list(FailedJobRegistry(queue=queue).get_job_ids())


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("os.system", ["touch {}"]),
        ("pathlib.Path.touch", ["{}"]),
        ("workers.jobs.sync_record", ["{}"]),
        ("workers.jobs.sync_record", [1, 2]),
        ("workers.jobs.sync_record", [True]),
        ("workers.jobs.runtime", []),
    ],
)
def test_a_job_that_names_anything_but_our_functions_with_one_id_is_not_run(
    redis: Redis, tmp_path: Path, function: str, args: list[Any]
) -> None:
    proof = tmp_path / "ran"
    filled = [arg.format(proof) if isinstance(arg, str) else arg for arg in args]
    plant(redis, "evil-1", function, *filled)
    assert work(redis) == ["evil-1"]
    assert not proof.exists()
    error = JsonQueue(NAME, redis).fetch_job("evil-1")
    assert error is not None
    result = error.latest_result()
    assert result is not None
    assert "does not come from Tieout" in str(result.exc_string)


def test_nothing_that_a_job_asks_to_be_called_back_is_called(redis: Redis, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    plant(redis, "evil-2", "os.getpid", failure_callback_name="os.system", success_callback_name="os.system")
    job = JsonQueue(NAME, redis).fetch_job("evil-2")
    assert job is not None
    assert (job.failure_callback, job.success_callback, job.stopped_callback, job.webhooks) == (None, None, None, [])
    assert work(redis) == ["evil-2"]
    assert not proof.exists()


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        """Name the call that reading makes."""
        return Path.touch, (self.path,)


@pytest.mark.parametrize("registry", ["queue", "wip"])
def test_what_is_pickled_is_never_loaded(redis: Redis, tmp_path: Path, registry: str) -> None:
    proof = tmp_path / "ran"
    bomb = pickle.dumps(Bomb(proof))
    redis.hset("rq:job:evil-3", mapping={"data": bomb, "meta": bomb, "status": "started", "origin": NAME})
    if registry == "queue":
        redis.lpush(f"rq:queue:{NAME}", "evil-3")
    else:
        redis.zadd(f"rq:wip:{NAME}", {"evil-3:1": 1})
    JsonQueue(NAME, redis, serializer="pickle").fetch_job("evil-3")
    work(redis)
    assert not proof.exists()
