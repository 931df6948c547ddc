"""Figures out of measurements: quantiles, medians of rounds, and the lines that are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path

from bench.load import AnsweredRequest


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of them do not exceed (nearest rank).

    Raises ValueError when there are none.
    """
    if not values:
        raise ValueError("No values, no quantile.")
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value, the lower one of two."""
    return quantile(values, 0.5)


def latency(answered: Sequence[AnsweredRequest]) -> str:
    """Return p50 and p99 of the answers in milliseconds."""
    waits = [1000 * answer.seconds for answer in answered]
    return f"p50 {quantile(waits, 0.5):6.2f} ms   p99 {quantile(waits, 0.99):6.2f} ms"


def line(name: str, text: str) -> None:
    """Print one figure."""
    print(f"  {name:<34} {text}", flush=True)


def machine() -> None:
    """Print when and on what this runs: figures without it mean nothing."""
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    model = next(
        (row.partition(":")[2].strip() for row in _rows(Path("/proc/cpuinfo")) if row.startswith("model name")),
        platform.machine(),
    )
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC   Python {platform.python_version()}   {model}, {os.cpu_count()} cores"
    )
    print(f"load of the machine before the start: {load}", flush=True)


def _rows(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
