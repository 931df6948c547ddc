"""bin/up as people use it: real processes, real signals, and nothing that is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from firstrun import ports
from tests.rows import FERNET_KEY

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS, STOP_SECONDS = 120.0, 40.0
READY = "Ready. Ctrl-C stops everything"


@dataclass
class Run:
    """One bin/up: its process, its ports, and what it has said so far."""

    process: subprocess.Popen[str]
    home: Path
    base: int
    said: list[str] = field(default_factory=list)

    def until(self, line: str) -> None:
        """Read what it prints until it has said this."""
        assert self.process.stdout
        for text in self.process.stdout:
            self.said.append(text)
            if line in text:
                return
        pytest.fail("".join(self.said))

    def stop(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def processes(self) -> list[str]:
        """Return the commands of all processes of this copy that run: each has its home in its environment."""
        wanted = f"TIEOUT_HOME={self.home}".encode()
        return [_command(path) for path in Path("/proc").glob("[0-9]*") if wanted in _environment(path)]

    def remains(self) -> list[object]:
        """Return what is left of it: processes, and ports that are still taken (Redis hides its environment)."""
        return [*self.processes(), *(port for port in range(self.base, self.base + 10) if not ports.is_free(port))]


def _environment(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _variables(home: Path, base: int, **more: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DATABASE_", "REDIS_"))
    }
    return {**kept, "TIEOUT_VENV": sys.prefix, "TIEOUT_HOME": str(home), "TIEOUT_PORT_BASE": str(base), **more}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Return a function that starts bin/up; whatever a test leaves running is killed."""
    runs: list[Run] = []

    def begin(*options: str, home: str = "home", base: int | None = None, **variables: str) -> Run:
        chosen = base or ports.any_base()
        process = subprocess.Popen(
            ["env", "--default-signal=INT", ROOT / "bin" / "up", *options],  # ignored below a job in the background
            env=_variables(tmp_path / home, chosen, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        runs.append(Run(process, tmp_path / home, chosen))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait(STOP_SECONDS)
        if run.process.stdout:
            run.process.stdout.close()


def _wait_until_gone(run: Run) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while run.remains():
        assert time.monotonic() < deadline, run.remains()
        time.sleep(0.1)


def test_it_starts_answers_leaves_nothing_behind_and_keeps_its_state_for_the_next_start(
    start: Callable[..., Run],
) -> None:
    first = start("--no-story")
    first.until(READY)
    assert requests.get(f"http://127.0.0.1:{first.base}/readyz", timeout=10).json()["ready"]
    assert requests.get(f"http://127.0.0.1:{first.base + 2}/", timeout=10).ok
    assert requests.get(f"http://127.0.0.1:{first.base + 3}/", timeout=10).ok
    key = (first.home / "keys").read_text()
    assert first.stop(signal.SIGTERM) == 0
    assert first.remains() == []
    second = start("--no-story")
    second.until(READY)
    assert (second.home / "keys").read_text() == key
    assert not any("new key" in line for line in second.said)
    assert second.stop(signal.SIGINT) == 0
    assert second.remains() == []


def test_two_copies_run_side_by_side_and_each_ends_whole_when_it_is_killed_or_one_of_its_processes_is(
    start: Callable[..., Run],
) -> None:
    first = start("--no-story")
    first.until(READY)
    second = start("--no-story", home="other")
    second.until(READY)
    assert len(first.processes()) > 5
    first.process.kill()
    _wait_until_gone(first)
    assert requests.get(f"http://127.0.0.1:{second.base}/readyz", timeout=10).json()["ready"]
    os.kill(_clock_of(second), signal.SIGKILL)
    second.until("clock ended by itself (exit code -9)")
    assert second.process.wait(STOP_SECONDS) == 2
    assert second.remains() == []


def _clock_of(run: Run) -> int:
    """Return the number of the process that is the clock of a copy."""
    home = f"TIEOUT_HOME={run.home}".encode()
    processes = (path for path in Path("/proc").glob("[0-9]*") if "workers.clock" in _command(path))
    return next(int(path.name) for path in processes if home in _environment(path))


def test_a_port_in_use_is_named_and_nothing_is_started(start: Callable[..., Run]) -> None:
    base = ports.any_base()
    with socket.create_server(("127.0.0.1", base + 3)):
        run = start("--no-story", base=base)
        run.until(f"Port {base + 3} is in use. Choose other ports: TIEOUT_PORT_BASE=")
        assert run.process.wait(STOP_SECONDS) == 2
        assert run.processes() == []


def test_a_wrong_setting_is_named_and_nothing_is_started(start: Callable[..., Run]) -> None:
    run = start("--no-story", TIEOUT_WORKER_COUNT="many", TIEOUT_COLOUR="blue")
    run.until("Wrong settings. TIEOUT_COLOUR: No such setting. TIEOUT_WORKER_COUNT:")
    assert run.process.wait(STOP_SECONDS) == 2
    assert not run.home.exists()


def test_an_unknown_redis_is_named(start: Callable[..., Run]) -> None:
    run = start("--no-story", REDIS_URL="redis://127.0.0.1:1/0")
    run.until("Redis at redis://127.0.0.1:1/0 does not answer")
    assert run.process.wait(STOP_SECONDS) == 2
    assert run.remains() == []


def test_keys_that_others_can_read_are_named_with_what_to_do(start: Callable[..., Run], tmp_path: Path) -> None:
    keys = tmp_path / "home" / "keys"
    keys.parent.mkdir()
    keys.write_text(FERNET_KEY)
    keys.chmod(0o644)
    run = start("--no-story")
    run.until(f"Keep them to yourself: chmod 600 {keys}")
    assert run.process.wait(STOP_SECONDS) == 2
    assert run.remains() == []
