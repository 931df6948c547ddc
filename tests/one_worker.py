"""A worker of RQ in this process, for tests: it works the queue off and is gone at once."""

from __future__ import annotations

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from store.job import JsonQueue, TieoutJob
from workers.runtime import Runtime


class InProcessWorker(SimpleWorker):
    """Listens neither for signals, which are pytest's, nor for RQ's commands: to stop listening takes a third of a second."""

    def _install_signal_handlers(self) -> None:
        """Leave SIGINT and SIGTERM to the process that this worker lives in."""

    def subscribe(self) -> None:
        """Start no thread that listens."""

    def unsubscribe(self) -> None:
        """Stop none."""

    def run_maintenance_tasks(self) -> None:
        """Leave RQ's registries to the workers of processes that live longer."""


def work_off(runtime: Runtime, *, most: int | None = None) -> None:
    """Do the jobs that wait in the queue, or so many of them at most."""
    if not runtime.queue.count:
        return
    worker = InProcessWorker(
        [runtime.queue], connection=runtime.redis, serializer=JSONSerializer, job_class=TieoutJob, queue_class=JsonQueue
    )
    worker.work(burst=True, max_jobs=most, logging_level="WARNING")
