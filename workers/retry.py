"""When a record that failed by itself is tried again, as a value.

Why: docs/explanation/safety.md, An outage uses up no attempts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """The waits in seconds between the attempts of one record; after the last one it has failed.

    Outages use up no attempts: the connection backs off instead.
    """

    waits: Sequence[float]

    def wait(self, attempts: int) -> float | None:
        """Return how long to wait after so many failed attempts (1 is the first), or None to give up."""
        return self.waits[attempts - 1] if attempts <= len(self.waits) else None
