"""`python -m workers`: worker processes that wait for Redis at their start and are started again when they die."""

from __future__ import annotations

import gc
import logging
import sys
from typing import Any

import tenacity
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.worker_pool import WorkerPool
from sqlalchemy.orm import configure_mappers

import settings as settings_module
import startup
from store import queue
from store.base import read_keys
from store.job import JsonQueue, TieoutJob
from workers import jobs  # noqa: F401 - what the first job would import, once for all workers
from workers.alerts.clock_watch import ClockWatch
from workers.ops.heartbeat import Heartbeat

log = logging.getLogger("workers")
REDIS_TIMEOUT = 60


class Worker(SimpleWorker):
    """Works in its own process without forking, so that connections stay open; RQ's scheduler stays off."""

    def work(self, *args: Any, **options: Any) -> bool:
        """Work until stopped."""
        settings = settings_module.load()
        startup.prepare(settings.log_level)  # where processes are not forked, this one has no log yet
        with Heartbeat(settings), ClockWatch(settings):
            return super().work(*args, **{**options, "with_scheduler": False})


def main() -> int:
    """Run the pool until it is told to stop."""
    settings = settings_module.load()
    startup.prepare(settings.log_level)
    read_keys(settings.keys, settings.home)  # not only at the first job
    redis = queue.connect(settings)
    wait = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(RedisError),
        wait=tenacity.wait_exponential(multiplier=0.2, max=5),
        before_sleep=lambda state: log.warning("waiting for Redis at REDIS_URL (%s)", state.outcome),
    )
    wait(redis.ping)
    # The workers block on Redis for longer than callers may wait for it, so they get a connection of their own.
    blocking = redis.__class__.from_url(settings.redis, socket_timeout=REDIS_TIMEOUT)
    pool = WorkerPool(
        [settings.queue],
        connection=blocking,
        num_workers=settings.worker_count,
        worker_class=Worker,
        job_class=TieoutJob,
        queue_class=JsonQueue,
        serializer=JSONSerializer,
    )
    _share_what_is_loaded()
    pool.start(logging_level=startup.library_level(settings.log_level))
    return 0


def _share_what_is_loaded() -> None:
    """Build what the first job would build, and never look for garbage in it: the workers, which are forked, have it in common."""
    configure_mappers()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
