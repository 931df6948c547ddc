"""Without credentials every process is pointed at the stand-ins, and so is the command line later."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from firstrun import home, standins
from settings import Settings, load

ROOT = Path(__file__).parents[3]


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.delenv("TIEOUT_SPEED", raising=False)
    return standins.environment(Settings(port_base=9100))


def test_the_settings_name_the_stand_ins(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert (settings.precoro_url, settings.qbo_url) == ("http://127.0.0.1:9102", "http://127.0.0.1:9103")
    assert settings.minute == 1


def test_a_chosen_speed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SPEED", "5")
    assert standins.environment(Settings())["TIEOUT_SPEED"] == "5"


@pytest.fixture
def tieout(tmp_path: Path) -> Callable[[], dict[str, str]]:
    """Return bin/tieout, before a Python that prints its environment, in a home of its own."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "tieout", tmp_path / "bin")
    python = tmp_path / "bin" / "python"
    python.write_text("#!/bin/sh\nenv\n")
    python.chmod(0o755)

    def run() -> dict[str, str]:
        environment = {"PATH": os.environ["PATH"], "TIEOUT_HOME": str(tmp_path)}
        done = subprocess.run(
            [tmp_path / "bin" / "tieout"], env=environment, capture_output=True, text=True, timeout=10, check=True
        )
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    return run


def test_the_command_line_reads_the_addresses_that_are_left_for_it(
    tmp_path: Path, variables: dict[str, str], tieout: Callable[[], dict[str, str]]
) -> None:
    standins.write_addresses(tmp_path, variables)
    assert variables.items() <= tieout().items()


def test_the_command_line_runs_nothing_of_the_addresses(tmp_path: Path, tieout: Callable[[], dict[str, str]]) -> None:
    evil = f"touch {tmp_path}/ran\nTIEOUT_QBO_URL=$(touch {tmp_path}/ran)\nPATH=/evil\nTIEOUT_KEYS=k\n"
    (tmp_path / home.ADDRESSES).write_text(evil)
    environment = tieout()
    assert not (tmp_path / "ran").exists()
    assert environment["TIEOUT_QBO_URL"] == f"$(touch {tmp_path}/ran)"
    assert (environment["PATH"], "TIEOUT_KEYS" in environment) == (os.environ["PATH"], False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_the_command_line_takes_nothing_from_another_user(
    tmp_path: Path, variables: dict[str, str], tieout: Callable[[], dict[str, str]]
) -> None:
    standins.write_addresses(tmp_path, variables)
    os.chown(tmp_path / home.ADDRESSES, 1, 1)
    assert "TIEOUT_QBO_URL" not in tieout()


def test_addresses_of_stand_ins_are_removed_when_companies_are_real(tmp_path: Path) -> None:
    standins.write_addresses(tmp_path, {"TIEOUT_QBO_URL": "x"})
    standins.write_addresses(tmp_path, None)
    assert not (tmp_path / home.ADDRESSES).exists()
