"""What work waits for and until when, for people to see: an outage, a quota, the next attempt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mappers.remedies import Act, Remedy
from store.companies import CONNECTED, DISCONNECTED, PAUSED, Connection
from store.records import NEVER, Record
from store.tasks import UNDER_WAY, Task

ONCE_A_MINUTE = "Precoro shows the same document once a minute."
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wait:
    """Why something waits, and the moment at which it goes on by itself; None when a person has to act."""

    why: str
    until: datetime | None = None
    remedy: Remedy | None = None


def wait_of_connection(connection: Connection, now: datetime) -> Wait | None:
    """Return what a whole connection waits for, or None when it works."""
    if connection.state == CONNECTED and connection.backoffs and connection.backoff_until is not None:
        return Wait(
            connection.backoff_reason or "", max(connection.backoff_until, now)
        )  # until a service answers somebody
    return _stop_of_connection(connection)


def wait_of_task(task: Task, now: datetime) -> Wait | None:
    """Return what a task that is under way waits for, or None when it waits for nothing."""
    if task.state not in UNDER_WAY:
        return None
    stop = _stop_of_connection(task.connection)
    if stop is None and task.not_before is not None and task.not_before > now:
        return Wait(task.reason or "", task.not_before)
    return stop


def _stop_of_connection(connection: Connection) -> Wait | None:
    """Return what a person has to do before anything of a connection goes on."""
    slug = connection.slug
    if connection.state == PAUSED:
        return Wait(
            f"{slug} is paused.", remedy=Remedy("Let it go on.", (Act("resume_connection", {"connection": slug}),))
        )
    if connection.state == DISCONNECTED:
        remedy = Remedy("Connect it again.", (Act("reconnect", {"connection": slug}),))
        return Wait(f"{slug} is disconnected from QuickBooks.", remedy=remedy)
    return None


def wait_of_record(record: Record, now: datetime) -> Wait | None:
    """Return what a due record waits for longest, or None when it waits for nothing or nothing is to be done."""
    if record.state == NEVER or not (record.requested_version > record.handled_version or record.write_back_due):
        return None
    waits = [wait for wait in (wait_of_connection(record.connection, now), _own_wait(record, now)) if wait]
    return max(waits, key=lambda wait: wait.until or FOR_EVER, default=None)


def _own_wait(record: Record, now: datetime) -> Wait | None:
    """Return what this record alone waits for."""
    if record.not_before is None or record.not_before <= now:
        return None
    failed = record.attempts or record.unanswered_since
    postponed = f"It goes on later: {record.postponed_for.rstrip('.')}." if record.postponed_for else ONCE_A_MINUTE
    return Wait((failed and record.reason) or postponed, record.not_before)
