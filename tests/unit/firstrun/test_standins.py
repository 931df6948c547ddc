"""Without credentials every process is pointed at the stand-ins, and so is the command line later."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from firstrun import home, standins
from settings import Settings, load


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


def test_a_shell_reads_the_addresses_that_are_left_for_it(tmp_path: Path) -> None:
    standins.write_addresses(tmp_path, {"TIEOUT_QBO_URL": "http://127.0.0.1:1/a b'c"})
    script = f'. "{tmp_path / home.ADDRESSES}"; printf %s "$TIEOUT_QBO_URL"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, timeout=10, check=True)
    assert done.stdout == "http://127.0.0.1:1/a b'c"


def test_addresses_of_stand_ins_are_removed_when_companies_are_real(tmp_path: Path) -> None:
    standins.write_addresses(tmp_path, {"TIEOUT_QBO_URL": "x"})
    standins.write_addresses(tmp_path, None)
    assert not (tmp_path / home.ADDRESSES).exists()
