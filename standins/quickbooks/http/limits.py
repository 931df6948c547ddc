"""QBO's limits: requests a minute and a second, batches a minute, for each company."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from standins.control import ages
from standins.quickbooks import errors
from standins.quickbooks.settings import QuickBooksSettings


class Throttle:
    """Sliding windows by realm; `speed` shortens them."""

    def __init__(self, settings: QuickBooksSettings, speed: float) -> None:
        self._settings = settings
        self._speed = speed
        self._lock = threading.Lock()
        self._metered = 0
        self._seen: dict[tuple[str, str], deque[float]] = {}

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._seen.clear()
            self._metered = 0

    def dump(self) -> dict[str, Any]:
        """Return what was counted so far."""
        with self._lock:
            windows = [{"window": list(key), **ages.dump(times)} for key, times in self._seen.items()]
            return {"metered": self._metered, "windows": windows}

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned."""
        with self._lock:
            self._metered = dumped["metered"]
            self._seen = {(kept["window"][0], kept["window"][1]): deque(ages.load(kept)) for kept in dumped["windows"]}

    def admit(self, realm: str, *, batch: bool, metered: bool = False) -> None:
        """Count a request, or refuse it with 3001 when a limit is reached."""
        if not self._settings.limits:
            return
        if metered:
            self._meter()
        windows = [
            ("minute", 60.0, self._settings.requests_per_minute),
            ("second", 1.0, self._settings.requests_per_second),
        ]
        if batch:
            windows.append(("batch", 60.0, self._settings.batches_per_minute))
        now = time.monotonic()
        with self._lock:
            counted = [
                (self._recent(realm, name, now - length / self._speed), limit) for name, length, limit in windows
            ]
            if any(len(times) >= limit for times, limit in counted):
                raise errors.throttled()
            for times, _ in counted:
                times.append(now)

    def _meter(self) -> None:
        """Count a call that takes data out; the month ends with a reset."""
        most = self._settings.metered_per_month
        with self._lock:
            if most and self._metered >= most:
                raise errors.throttled()
            self._metered += 1

    def _recent(self, realm: str, name: str, since: float) -> deque[float]:
        times = self._seen.setdefault((realm, name), deque())
        while times and times[0] <= since:
            times.popleft()
        return times
