"""An installation with both stand-ins whose processes may be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench import installation, usage
from bench.waiting import answers, control, until
from firstrun import home, redis_server, running, standins
from settings import Settings
from standins.companies.seeds import WIDGETS_INC
from store.companies import QboCompany
from workers.runtime import Runtime

WORKERS = 3
PATIENCE = 120.0
A_DAY = timedelta(days=1)
OURS = ("receiver", "workers", "clock")
"""The processes that use the database."""
QUICK = {
    "TIEOUT_LEASE": "12",
    "TIEOUT_JOB_TIMEOUT": "10",
    "TIEOUT_QBO_TIMEOUT": "5",
    "TIEOUT_PRECORO_TIMEOUT": "3",
    "TIEOUT_CLOCK_TICK": "0.5",
    "TIEOUT_CHANGES_IDLE": "300",
    "TIEOUT_PRECORO_DAY": "1000000",
    "TIEOUT_WORKER_COUNT": str(WORKERS),
    "TIEOUT_SPEED": "60",
}


class ChaosInstallation:
    """The processes that run, and what people do in both services."""

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
            ready = self._ready(name)
            if ready:
                until(ready, f"{name} to answer", PATIENCE)

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

    def back_up(self) -> Path:
        """Copy the database as it is at this moment; returns where the copy is."""
        copy = self.settings.home / "backup.db"
        with closing(sqlite3.connect(self._database)) as database, closing(sqlite3.connect(copy)) as target:
            database.backup(target)
        return copy

    def restore(self, copy: Path, pause: float) -> None:
        """Stop all that uses the database by -9, put a copy of yesterday in its place, and start again after a pause."""
        for name in OURS:
            self._end(name)
        self.runtime.close()
        for path in self.settings.home.glob(f"{self._database.name}*"):
            path.unlink()
        shutil.copy(copy, self._database)
        time.sleep(pause)
        self.runtime = Runtime(self.settings)
        with self.runtime.write() as (session, _):
            for company in session.scalars(select(QboCompany)):
                company.changes_since, company.changes_read_at = (
                    moment and moment - A_DAY for moment in (company.changes_since, company.changes_read_at)
                )
        self.start(*OURS)

    def workers(self) -> list[int]:
        """Return the workers that live, without their pool."""
        return [pid for pid in usage.tree(self._running["workers"].pid)[1:] if "workers" in usage.command_line(pid)]

    def precoro(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Do something in Precoro as a person would, or look."""
        return control(self.settings.precoro_url, path, method, **body)

    def quickbooks(self, path: str, method: str = "POST", **body: Any) -> Any:
        """Do something in QuickBooks as a person would, or look."""
        return control(self.settings.qbo_url, path, method, **body)

    def close(self) -> None:
        """End everything."""
        self.runtime.close()
        for name in list(self._running):
            self._end(name)

    @property
    def _database(self) -> Path:
        """Return the file of the database: there is one with SQLite only."""
        return Path(str(self.runtime.store.engine.url.database))

    def _end(self, name: str) -> None:
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _command(self, name: str) -> list[str]:
        settings = self.settings
        if name == "redis":
            return redis_server.command(redis_server.find_server(), settings.redis_socket)
        if name in {"precoro", "quickbooks"}:
            return standins.command(name, settings)
        if name == "receiver":
            return [sys.executable, "-m", "webhooks"]
        return [sys.executable, "-m", {"workers": "workers", "clock": "workers.clock"}[name]]

    def _ready(self, name: str) -> Callable[[], bool] | None:
        if name == "redis":
            return partial(redis_server.answers, self.settings.redis)
        if name in {"precoro", "quickbooks"}:
            return partial(answers, f"http://127.0.0.1:{self.settings.port(name)}/")
        return partial(answers, f"{self.settings.receiver_url}/healthz") if name == "receiver" else None


@contextmanager
def open_installation(database: str | None = None, **more: str) -> Iterator[ChaosInstallation]:
    """Start everything, connect Widgets Inc, and end it all afterwards; the arguments are those of `isolated_settings`."""
    with installation.isolated_settings(database, **{**QUICK, **more}):
        settings = running.configure()
        installation.migrated(settings).close()
        chaos = ChaosInstallation(settings)
        try:
            chaos.start("redis", "precoro", "quickbooks", "receiver")
            chaos.precoro("settings", per_day=1_000_000)
            chaos.quickbooks("settings", access_token_seconds=20, rotation="always")
            standins.connect_standins(chaos.runtime, (WIDGETS_INC,))
            chaos.start("workers", "clock")
            until(lambda: len(chaos.workers()) == WORKERS, "the workers", PATIENCE)
            yield chaos
        finally:
            chaos.close()
