"""The periodic duty of alerts: observe, decide what people are told, and send it."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from mappers.alerts import decision, message
from mappers.alerts.decision import Decision
from settings import Settings
from store import alerts, duties
from workers.alerts import delivery
from workers.alerts.observe import observe
from workers.runtime import Runtime

NAME = "alerts"
"""The name of the duty, which one process at a time begins."""
PAGE = "/alerts"
"""The path of the page of the console that lists all alerts."""


def tell(runtime: Runtime) -> None:
    """Tell people what needs one of them, and send what could not be sent before."""
    observation = observe(runtime)
    with runtime.write() as (session, moment):
        duties.lock(session, NAME)
        midnight = datetime.combine(moment.date(), time(), UTC)
        decided = decision.decide(
            alerts.open_alerts(session),
            observation,
            moment,
            told_today=alerts.told_since(session, midnight),
            speed=runtime.settings.speed,
        )
        alerts.keep(session, decided)
        _hand_over(session, decided, runtime.settings, moment)
    delivery.send_due(runtime)


def _hand_over(session: Session, decided: Decision, settings: Settings, moment: datetime) -> None:
    """Keep a message for the file and for every channel that it concerns."""
    console = settings.console_address
    whole = message.compose(decided, console, PAGE)
    if whole is None:
        return
    alerts.hand_over(session, None, whole, moment)
    for channel, connection in alerts.channels_with_connections(session):
        part = message.compose(decided, console, PAGE, connection)
        if part is not None:
            alerts.hand_over(session, channel.id, part, moment)


def hand_over_open(
    session: Session, channel_id: int, connection: str | None, settings: Settings, moment: datetime
) -> None:
    """Keep a message for a new channel about what people were told of before and is there still."""
    there = tuple(alert for alert in alerts.open_alerts(session) if alert.told_at is not None)
    standing = Decision(open=there, closed=(), new=(), reminded=there, solved=())
    text = message.compose(standing, settings.console_address, PAGE, connection)
    if text is not None:
        alerts.hand_over(session, channel_id, text, moment)
