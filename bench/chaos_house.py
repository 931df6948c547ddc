"""Every process of Tieout and both stand-ins, each of which may be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import requests
import simplejson

from bench import house, usage
from firstrun import home, redis_server, running, standins
from settings import Settings
from standins.seed import WIDGETS_INC
from workers.runtime import Runtime

WORKERS = 3
PATIENCE = 120.0
QUICK = {
    "TIEOUT_LEASE": "12",
    "TIEOUT_JOB_TIMEOUT": "10",
    "TIEOUT_QBO_TIMEOUT": "5",
    "TIEOUT_PRECORO_TIMEOUT": "3",
    "TIEOUT_CLOCK_TICK": "0.5",
    "TIEOUT_PRECORO_DAY": "1000000",
    "TIEOUT_WORKER_COUNT": str(WORKERS),
    "TIEOUT_SPEED": "60",
}


class NeverError(Exception):
    """Something did not happen in time."""

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(f"Waited {seconds:.0f} s for {what}.")


class House:
    """What runs, and the hands of people in both services."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.runtime = Runtime(settings)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start processes, and wait for those that answer."""
        for name in names:
            with (home.logs(self.settings.home) / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    self._command(name), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
                )
            answers = self._answers(name)
            if answers:
                until(answers, f"{name} to answer")

    def kill(self, name: str, pause: float) -> None:
        """Kill a process with all its children by -9, and start it again after a pause."""
        self._end(name)
        time.sleep(pause)
        self.start(name)

    def kill_one_worker(self) -> None:
        """Kill one worker by -9; the pool has to start another."""
        for pid in self.workers()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wipe_redis(self, pause: float) -> None:
        """Kill Redis and lose everything in it."""
        self._end("redis")
        time.sleep(pause)
        shutil.rmtree(self.settings.home / "redis", ignore_errors=True)
        self.start("redis")

    def workers(self) -> list[int]:
        """Return the workers that live, without their pool."""
        return [pid for pid in usage.tree(self._running["workers"].pid)[1:] if "workers" in usage.command_line(pid)]

    def precoro(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Do something in Precoro as a person would, or look."""
        return _control(self.settings.precoro_url, path, method, body)

    def quickbooks(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Do something in QuickBooks as a person would, or look."""
        return _control(self.settings.qbo_url, path, method, body)

    def close(self) -> None:
        """End everything."""
        self.runtime.close()
        for name in list(self._running):
            self._end(name)

    def _end(self, name: str) -> None:
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _command(self, name: str) -> list[str]:
        settings = self.settings
        if name == "redis":
            folder = settings.home / "redis"
            return redis_server.command(redis_server.find_server(), settings.port("redis"), folder)
        if name in {"precoro", "quickbooks"}:
            return standins.command(name, settings)
        if name == "receiver":
            return running.receiver_command(settings)
        return [sys.executable, "-m", {"workers": "workers", "clock": "workers.clock"}[name]]

    def _answers(self, name: str) -> Callable[[], bool] | None:
        if name == "redis":
            return partial(redis_server.answers, self.settings.redis)
        if name in {"precoro", "quickbooks"}:
            return partial(_get, f"http://127.0.0.1:{self.settings.port(name)}/")
        return partial(_get, f"{self.settings.receiver_url}/healthz") if name == "receiver" else None


@contextmanager
def opened(database: str | None = None) -> Iterator[House]:
    """Start everything, connect Widgets Inc, and end it all afterwards; `database` is as in `settings_of_its_own`."""
    with house.settings_of_its_own(database, **QUICK):
        settings = running.configure()
        house.migrated(settings).close()
        one = House(settings)
        try:
            one.start("redis", "precoro", "quickbooks", "receiver")
            one.precoro("settings", per_day=1_000_000)
            one.quickbooks("settings", access_token_seconds=20, rotation="always")
            standins.connect_standins(one.runtime, (WIDGETS_INC,))
            one.start("workers", "clock")
            until(lambda: len(one.workers()) == WORKERS, "the workers")
            yield one
        finally:
            one.close()


def until(happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something to happen. Raises NeverError."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise NeverError(what, seconds)
        time.sleep(0.1)


def _control(url: str, path: str, method: str, body: dict[str, Any]) -> Any:
    answer = requests.request(method, f"{url}/_control/{path}", json=body if method == "POST" else None, timeout=30)
    answer.raise_for_status()
    return simplejson.loads(answer.text, use_decimal=True) if answer.text else None


def _get(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
