"""Sending messages: each at least once, by whoever takes it, and again later as long as its channel fails."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from mappers.alerts.message import Message
from store import alerts
from store.alerts import OutgoingMessage
from workers.alerts import alerts_file
from workers.retry import Schedule
from workers.runtime import Runtime

log = structlog.get_logger()
AT_ONCE = 10
"""How many messages are sent in one go: the clock has other duties."""
LEASE = timedelta(minutes=5)
"""How long one process may take to send a message."""


class NotSentError(Exception):
    """A message could not be sent; it says why, without the address."""


def send_due(runtime: Runtime) -> int:
    """Send the messages that can be sent now; returns how many were."""
    return sum(_send_next(runtime) for _ in range(AT_ONCE))


def _send_next(runtime: Runtime) -> bool:
    """Take the oldest message and send it; returns whether that worked."""
    with runtime.write() as (session, moment):
        message = alerts.take(session, moment, LEASE)
    if message is None:
        return False
    try:
        _send(runtime, message, moment)
    except NotSentError as error:
        log.warning("an alert could not be sent", message=message.id, why=str(error))
        again_in = Schedule(runtime.settings.retries).wait(message.attempts)
        with runtime.write() as (session, moment):
            alerts.note_failure(session, message, str(error), moment, again_in)
        return False
    with runtime.write() as (session, moment):
        alerts.note_sent(session, message, moment)
    return True


def _send(runtime: Runtime, message: OutgoingMessage, moment: datetime) -> None:
    """Write a message to the file. Raises NotSentError."""
    try:
        alerts_file.append(runtime.settings.home, Message(message.title, message.body), moment)
    except OSError as error:
        raise NotSentError(str(error.strerror)) from error
