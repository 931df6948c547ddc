"""What RQ may carry: JSON only, and a call of one of our two functions with one id.

RQ imports whatever function a job in Redis names, and reads jobs with pickle wherever nobody says otherwise. Whoever can
write to Redis must not thereby run code here, so a queue and a job of these classes ignore what they are told about both.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

RECORD_JOB, TASK_JOB = "workers.jobs.sync_record", "workers.jobs.work_on_task"


class ForeignJobError(Exception):
    """A job names something else than our two functions with one id."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"Job {job_id} does not come from Tieout and was not run. Somebody else writes to this Redis: give it a password, "
            "or a socket that only Tieout's user may open."
        )


class TieoutJob(Job):
    """A job that runs nothing but `workers.jobs`, and calls nobody back."""

    def __init__(self, id: str | None = None, connection: Redis | None = None, serializer: object = None) -> None:  # noqa: A002, ARG002 - RQ's interface
        super().__init__(id, connection, JSONSerializer)

    def restore(self, raw_data: Any) -> None:
        """Read a job from Redis, without the callbacks and webhooks that RQ would import or call."""
        super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []

    def perform(self) -> Any:
        """Run the job. Raises ForeignJobError for any other than ours."""
        if not self.is_ours:
            raise ForeignJobError(self.id)
        return super().perform()

    @property
    def is_ours(self) -> bool:
        """Say whether it calls one of our two functions with one id."""
        ids = self.args
        is_id = len(ids) == 1 and isinstance(ids[0], int) and not isinstance(ids[0], bool)
        return self.func_name in {RECORD_JOB, TASK_JOB} and is_id and not self.kwargs and self.instance is None


class JsonQueue(Queue):
    """The queue in JSON, also where RQ makes one without naming a serializer."""

    job_class = TieoutJob

    def __init__(self, name: str, connection: Redis, **options: Any) -> None:
        super().__init__(name, connection, **{**options, "job_class": TieoutJob, "serializer": JSONSerializer})
