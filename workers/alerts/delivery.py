"""Sending messages: each at least once, by whoever takes it, and again later as long as its channel fails."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from mappers.alerts.message import Message
from store import alerts
from store.alerts import Channel, OutgoingMessage
from workers.alerts import alerts_file, sending
from workers.alerts.sending import NotSentError
from workers.retry import Schedule
from workers.runtime import Runtime

log = structlog.get_logger()
AT_ONCE = 10
"""How many messages are sent in one go: the clock has other duties."""
LEASE = timedelta(minutes=5)
"""How long one process may take to send a message."""


def send_due(runtime: Runtime) -> int:
    """Send the messages that can be sent now; returns how many were."""
    sent = 0
    for _ in range(AT_ONCE):
        message = _taken(runtime)
        if message is None:
            break
        sent += _send(runtime, message)
    return sent


def _taken(runtime: Runtime) -> OutgoingMessage | None:
    """Take the oldest message that can be sent, if there is one."""
    with runtime.read() as (session, moment):
        if not alerts.is_any_due(session, moment):
            return None
    with runtime.write() as (session, moment):
        return alerts.take(session, moment, LEASE)


def _send(runtime: Runtime, message: OutgoingMessage) -> bool:
    """Send a message that this process has taken; returns whether that worked."""
    with runtime.read() as (session, moment):
        channel = session.get(Channel, message.channel_id) if message.channel_id else None
    text = Message(message.title, message.body)
    try:
        if message.channel_id is None:
            _write(runtime, text, moment)
        elif channel is not None:  # else it was removed meanwhile
            sending.send(channel.address, text, runtime.settings)
    except NotSentError as error:
        log.warning("an alert could not be sent", channel=channel.name if channel else "file", why=str(error))
        again_in = Schedule(runtime.settings.retries).wait(message.attempts)
        with runtime.write() as (session, moment):
            alerts.note_failure(session, message, str(error), moment, again_in)
        return False
    with runtime.write() as (session, moment):
        alerts.note_sent(session, message, moment)
    return True


def _write(runtime: Runtime, message: Message, moment: datetime) -> None:
    """Write a message to the file. Raises NotSentError."""
    try:
        alerts_file.append(runtime.settings.home, message, moment)
    except OSError as error:
        raise NotSentError(str(error.strerror)) from error
