"""The watch of a worker process over the clock: alerts are a duty of the clock, so somebody else has to notice its end."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import structlog

from settings import Settings
from store import duties
from store.base import described
from workers.alerts import duty
from workers.alerts.standstill import has_clock_stopped
from workers.runtime import Runtime

log = structlog.get_logger()
EVERY = 60.0
"""Seconds between two looks."""


class ClockWatch:
    """Looks in a thread of its own, from the beginning of the work to its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; what is being sent at this moment is not waited for."""
        self._stopped.set()

    def _watch(self) -> None:
        runtime = Runtime(self._settings)
        while not self._stopped.wait(EVERY):
            try:
                tell_instead_of_clock(runtime)
            except Exception as error:  # whatever it is, the next look may go well
                log.exception("the clock could not be watched, this is tried again", error=described(error))
        runtime.close()


def tell_instead_of_clock(runtime: Runtime) -> bool:
    """Do the duty of alerts if the clock has stopped and no other worker does it; returns whether this one did."""
    every = runtime.settings.alerts_every
    with runtime.write() as (session, moment):
        has_stopped = has_clock_stopped(duties.last_tick(session), moment, runtime.settings)
        ours = has_stopped and duties.begin(session, duty.NAME, moment, every)
    if ours:
        duty.tell(runtime)
    return ours
