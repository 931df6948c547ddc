"""When people are told of a cause: once a day as long as it lasts, and once when it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mappers.alerts.cause import AlertCause, Kind

GATHER = timedelta(minutes=3)
"""How long the first new cause waits, so that a burst of causes is one message."""
SETTLE = timedelta(minutes=10)
"""For how long a cause has to be gone before it is over: one that comes back meanwhile was never gone."""
REMINDED_FROM = 7
"""The hour (UTC) from which people are reminded of what they were told on an earlier day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A cause from its beginning to its end, and when people were told of it.

    Args:
        cause: as it was last observed
        begun_at: when it was first observed
        told_at: when people were last told that it is there
        gone_at: since when it is not observed any more
        solved_at: when it was over
    """

    cause: AlertCause
    begun_at: datetime
    told_at: datetime | None = None
    gone_at: datetime | None = None
    solved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """All causes of one moment; of `unobserved` kinds nobody knows whether there are any."""

    causes: Sequence[AlertCause]
    unobserved: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of the alerts, and what people are told now.

    Args:
        open: the alerts that go on
        closed: those that are over
        new: those that people are told of for the first time
        reminded: those that people were told of on an earlier day
        solved: those that people were told of and that are over
    """

    open: tuple[Alert, ...]
    closed: tuple[Alert, ...]
    new: tuple[Alert, ...]
    reminded: tuple[Alert, ...]
    solved: tuple[Alert, ...]


def decide(
    alerts: Iterable[Alert],
    observation: Observation,
    now: datetime,
    *,
    told_today: Collection[str] = (),
    speed: float = 1.0,
) -> Decision:
    """Decide what people are told of what is observed now.

    `alerts` are those that are not over, `told_today` the keys of the causes that people were told of on this day: such a
    cause is not new before tomorrow. `speed` shortens the waits as it does all others.
    """
    followed = _followed(alerts, observation, now)
    closed = [_closed(alert, now) for alert in followed if _is_over(alert, now, speed)]
    current = [alert for alert in followed if not _is_over(alert, now, speed)]
    tellable = [alert for alert in current if alert.told_at is None and alert.cause.key not in told_today]
    is_time = any(now - alert.begun_at >= GATHER / speed for alert in tellable)
    new = {alert.cause.key for alert in tellable} if is_time else set()
    reminded = {alert.cause.key for alert in current if _is_reminder_due(alert, now)}
    alerts_now = [replace(alert, told_at=now) if alert.cause.key in new | reminded else alert for alert in current]
    return Decision(
        open=tuple(alerts_now),
        closed=tuple(closed),
        new=tuple(alert for alert in alerts_now if alert.cause.key in new),
        reminded=tuple(alert for alert in alerts_now if alert.cause.key in reminded),
        solved=tuple(alert for alert in closed if alert.told_at is not None),
    )


def _followed(alerts: Iterable[Alert], observation: Observation, now: datetime) -> list[Alert]:
    """Return the alerts as they are after this observation, and one for each cause that is new."""
    causes = {cause.key: cause for cause in observation.causes}
    followed = [_after(alert, causes.pop(alert.cause.key, None), observation, now) for alert in alerts]
    return [*followed, *(Alert(cause=cause, begun_at=now) for cause in causes.values())]


def _after(alert: Alert, cause: AlertCause | None, observation: Observation, now: datetime) -> Alert:
    """Return an alert after its cause was observed, or was not."""
    if cause is not None:
        return replace(alert, cause=cause, gone_at=None)
    if alert.cause.kind in observation.unobserved:
        return replace(alert, gone_at=None)
    return replace(alert, gone_at=alert.gone_at or now)


def _is_over(alert: Alert, now: datetime, speed: float) -> bool:
    """Say whether a cause is over: nobody waits for the end of one that was never told."""
    return alert.gone_at is not None and (alert.told_at is None or now - alert.gone_at >= SETTLE / speed)


def _closed(alert: Alert, now: datetime) -> Alert:
    return replace(alert, solved_at=now)


def _is_reminder_due(alert: Alert, now: datetime) -> bool:
    """Say whether people are told again: on each later day, in the morning, as long as the cause is there."""
    if alert.told_at is None or alert.gone_at is not None:
        return False
    return alert.told_at.date() < now.date() and now.hour >= REMINDED_FROM
