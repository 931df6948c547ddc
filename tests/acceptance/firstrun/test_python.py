"""bin/python on machines that lack something: one sentence with its remedy, exit code 2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder for the PATH that has no Python yet."""
    for name in ("dirname", "readlink"):
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)
    return tmp_path


def _python(folder: Path, script: str) -> None:
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _run(tools: Path, command: str) -> subprocess.CompletedProcess[str]:
    return _run_program(ROOT / "bin" / command, str(tools))


def _run_program(program: Path, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", program, "--help"],
        env={"PATH": path, "TIEOUT_VENV": sys.prefix},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("command", ["up", "tieout", "python"])
def test_a_link_to_a_command_finds_the_rest_of_tieout(tmp_path: Path, command: str) -> None:
    link = tmp_path / command
    link.symlink_to(ROOT / "bin" / command)
    assert _run_program(link, os.environ["PATH"]).returncode == 0


@pytest.mark.parametrize("command", ["up", "tieout", "python"])
def test_without_python_it_says_which_one_is_needed(tools: Path, command: str) -> None:
    done = _run(tools, command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Python 3.11 or newer is needed and is not on the PATH.")


def test_a_python_that_is_too_old_does_not_count(tools: Path) -> None:
    _python(tools, "exit 1")
    assert "Python 3.11 or newer is needed" in _run(tools, "up").stderr


def test_a_python_without_venv_is_named_with_the_package_to_install(tools: Path) -> None:
    _python(tools, 'case "$2" in *venv*) exit 1 ;; esac')
    done = _run(tools, "up")
    assert done.returncode == 2
    assert done.stderr.strip().endswith("apt-get install python3-venv")
