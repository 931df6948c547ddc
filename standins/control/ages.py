"""Moments of the process's own clock, kept over a restart as seconds since them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any


def dump(moments: Iterable[float]) -> dict[str, Any]:
    """Return moments of `time.monotonic` in a form that another process can read."""
    now = time.monotonic()
    return {"at": time.time(), "ages": [now - moment for moment in moments]}


def load(dumped: dict[str, Any]) -> list[float]:
    """Return the moments that `dump` was given, on the clock of this process."""
    passed = time.time() - float(dumped["at"])
    return [time.monotonic() - passed - float(age) for age in dumped["ages"]]
