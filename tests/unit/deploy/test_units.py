"""The units in deploy/ as systemd reads them; nothing is started."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[3] / "deploy").glob("tieout*"))
PYTHON = Path("opt/tieout/.venv/bin/python")
OF_SYSTEMD = ("sysinit.target", "basic.target", "network-online.target", "shutdown.target", "multi-user.target")
MOST_EXPOSED = 2.0
"""Of ten: systemd calls up to 2 safe enough, and a service that gives up nothing has 9.6."""

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Return the root of a machine on which the units are installed as docs/howto/deploy.md says."""
    folder = tmp_path / "etc/systemd/system"
    folder.mkdir(parents=True)
    for name in OF_SYSTEMD:
        (folder / name).write_text("[Unit]\n")
    for unit in UNITS:
        shutil.copy(unit, folder)
    python = tmp_path / PYTHON
    python.parent.mkdir(parents=True)
    shutil.copy("/bin/true", python)
    return tmp_path


def analyze(*arguments: str) -> str:
    """Return all that systemd-analyze says."""
    command = ["systemd-analyze", "--no-pager", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, check=False)
    return done.stdout


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_systemd_takes_every_unit_without_a_word(machine: Path, unit: str) -> None:
    assert analyze("verify", f"--root={machine}", unit) == ""


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if unit.suffix == ".service"])
def test_every_process_gives_up_what_it_never_needs(machine: Path, unit: str) -> None:
    answer = analyze("security", "--offline=true", f"--root={machine}", unit)
    [exposure] = re.findall(r"Overall exposure level for .*?: ([\d.]+)", answer)
    assert float(exposure) <= MOST_EXPOSED
