"""What each process does first: its files are its own, and its log has one line an entry."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import simplejson
import structlog
from structlog.typing import EventDict

import startup

PROGRAM = """
import logging, structlog, startup
startup.prepare("{level}")
NAME = "INV-1\\nFORGED \\x1b]0;TITLE\\x07\\u202e"
structlog.get_logger().warning("event refused", name=NAME)
logging.getLogger("rq.worker").warning("job %s", NAME)
logging.getLogger("urllib3").debug("GET /query?DisplayName=Secret")
try:
    raise ValueError(NAME)
except ValueError:
    logging.getLogger("workers").exception("it ended")
    structlog.get_logger().exception("it ended")
open("made", "w").close()
"""


def _run(folder: Path, level: str = "INFO") -> list[str]:
    program = [sys.executable, "-c", PROGRAM.format(level=level)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()


def test_names_forge_no_line_of_the_log(tmp_path: Path) -> None:
    lines = _run(tmp_path)
    assert all(line.isprintable() for line in lines)
    events = [simplejson.loads(line) for line in lines]
    assert [event["event"].split()[0] for event in events] == ["event", "job", "it", "it"]
    assert all(event["timestamp"].endswith("Z") and event["level"] for event in events)
    assert all("ValueError" in event["exception"] for event in events[2:])


def test_what_is_below_the_level_that_is_set_is_left_out(tmp_path: Path) -> None:
    events = [simplejson.loads(line) for line in _run(tmp_path, "ERROR")]
    assert [(event["event"], event["level"]) for event in events] == [("it ended", "error")] * 2


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_library_writes_what_was_asked_for_into_the_log(tmp_path: Path, level: str) -> None:
    assert not [line for line in _run(tmp_path, level) if "Secret" in line]


def test_nobody_else_can_read_the_files_of_a_process(tmp_path: Path) -> None:
    _run(tmp_path)
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


def test_the_same_warning_is_written_once_a_minute_with_how_often_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr("startup.time.monotonic", lambda: moment[0])
    repeats = startup._Repeats()  # noqa: SLF001 - the part of the log that this is about
    written: list[EventDict] = []

    def warn(**event: object) -> None:
        with suppress(structlog.DropEvent):
            written.append(repeats(None, "warning", dict(event)))

    for _ in range(3):
        warn(event="event refused", address="192.0.2.1")
    warn(event="event refused", address="192.0.2.2")
    moment[0] += 61
    warn(event="event refused", address="192.0.2.1")
    assert [line.get("repeated") for line in written] == [None, None, 2]
    assert repeats(None, "info", {"event": "synced"}) == repeats(None, "info", {"event": "synced"})
