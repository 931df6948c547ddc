"""Quotas of a key by minute, hour and day, and for identical requests."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from standins.control import ages

if TYPE_CHECKING:
    from standins.precoro.settings import PrecoroSettings

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class Exceeded:
    """Which quota is used up and when a request is possible again."""

    limiter: str
    until: datetime
    seconds: int


@dataclass(frozen=True)
class _Window:
    limiter: str
    subject: str
    length: float
    most: int


class Quotas:
    """Counts requests in sliding windows. A refused request is not counted."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._seen: dict[tuple[str, float], deque[float]] = defaultdict(deque)

    def clear(self) -> None:
        """Forget every request."""
        self._seen.clear()

    def dump(self) -> list[dict[str, Any]]:
        """Return what still counts."""
        now = time.monotonic()
        counting = {
            key: [moment for moment in moments if moment > now - key[1] / self._speed]
            for key, moments in self._seen.items()
        }
        return [
            {"subject": subject, "length": length, **ages.dump(moments)}
            for (subject, length), moments in counting.items()
            if moments
        ]

    def load(self, dumped: list[dict[str, Any]]) -> None:
        """Restore what `dump` returned."""
        self._seen.clear()
        for kept in dumped:
            self._seen[kept["subject"], float(kept["length"])].extend(ages.load(kept))

    def take(self, key: str, identity: str | None, settings: PrecoroSettings) -> Exceeded | None:
        """Count a request of a key, or return the quota that is used up."""
        moment = time.monotonic()
        windows = [
            _Window("Daily limiter", key, DAY, settings.per_day),
            _Window("Hourly limiter", key, HOUR, settings.per_hour),
            _Window("Minute limiter", key, MINUTE, settings.per_minute),
        ]
        if identity is not None:
            same = f"{key} {identity}"
            windows.append(_Window("Duplicate request limiter", same, HOUR, settings.identical_per_hour))
            windows.append(_Window("Duplicate request limiter", same, MINUTE, settings.identical_per_minute))
        for window in windows:
            wait = self._wait(window, moment)
            if wait > 0:
                return _exceeded(window.limiter, wait)
        for window in windows:
            self._seen[window.subject, window.length].append(moment)
        return None

    def _wait(self, window: _Window, moment: float) -> float:
        taken = self._seen[window.subject, window.length]
        length = window.length / self._speed
        while taken and taken[0] <= moment - length:
            taken.popleft()
        if len(taken) < window.most:
            return 0.0
        return taken[len(taken) - window.most] + length - moment if window.most else length


def _exceeded(limiter: str, wait: float) -> Exceeded:
    until = datetime.now(UTC) + timedelta(seconds=wait)
    if until.microsecond:
        until = until.replace(microsecond=0) + timedelta(seconds=1)
    return Exceeded(limiter, until, ceil(wait))
