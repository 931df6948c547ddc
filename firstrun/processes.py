"""The processes of one `bin/up`: all of them run, or none.

They share one process group with a watchdog at its head (`watchdog.py`). So whatever they start themselves belongs to
the group too, and nothing outlives `bin/up`, not even when that is killed with -9.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from firstrun import watchdog
from firstrun.errors import ProcessEndedError, SilentProcessError

GRACE = 15.0
NEEDED = {"redis", "precoro", "quickbooks"}
"""What the other processes call until they have ended."""
POLL = 0.05
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Processes:
    """A context that ends with every process stopped, Redis and the stand-ins last.

    Inside, SIGTERM and SIGHUP raise KeyboardInterrupt like Ctrl-C, and the end of any process raises ProcessEndedError.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._previous: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> Self:
        """Start the watchdog, whose process group the others join."""
        self._watchdog = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", str(watchdog.__file__)], stdin=subprocess.PIPE, process_group=0
        )
        for number in STOPPING:
            self._previous[number] = signal.getsignal(number)
            if self._previous[number] != signal.SIG_IGN:  # nohup asks to live on
                signal.signal(number, _interrupt)
        self._previous[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: self.check())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, undisturbed by further signals."""
        for number in (*STOPPING, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN if number in STOPPING else signal.SIG_DFL)
        try:
            self._stop()
        finally:
            for number, handler in self._previous.items():
                signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a program whose output goes to its own log."""
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own programs
                command,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=self._watchdog.pid,
            )

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float, reason: str = "no answer") -> None:
        """Wait until a process answers. Raises ProcessEndedError or SilentProcessError."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise SilentProcessError(name, seconds, reason, self.log(name))
            time.sleep(POLL)

    def wait(self) -> None:
        """Wait until a process ends (ProcessEndedError) or somebody stops us (KeyboardInterrupt)."""
        while True:
            self.check()
            time.sleep(1)

    def check(self) -> None:
        """Raise ProcessEndedError when one has ended."""
        for name, process in {"watchdog": self._watchdog, **self._running}.items():
            if (code := process.poll()) is not None:
                raise ProcessEndedError(name, code, self.log(name))

    def log(self, name: str) -> Path:
        """Return where a process writes."""
        return self._logs / f"{name}.log"

    def _stop(self) -> None:
        """Ask all to end at once but what the others need: that ends after them, the last started first; then kill the group."""
        for process in (process for name, process in self._running.items() if name not in NEEDED):
            with suppress(ProcessLookupError):
                process.terminate()
        for name, process in reversed(self._running.items()):
            if name in NEEDED:
                with suppress(ProcessLookupError):
                    process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
        with suppress(ProcessLookupError):
            os.killpg(self._watchdog.pid, signal.SIGKILL)
        for process in (*self._running.values(), self._watchdog):
            process.wait()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
