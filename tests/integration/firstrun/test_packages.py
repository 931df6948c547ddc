"""Packages are installed when their list has changed, and only then."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from firstrun import packages


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment as a first run leaves it; each test brings a list of its own name."""
    made = tmp_path_factory.mktemp("first") / "venv"
    listed = made.with_name("first.txt")
    listed.write_text("# nothing is needed\n")
    assert packages.ensure(made, listed)
    return made


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    listed = tmp_path / f"{tmp_path.name}.txt"
    listed.write_text("# nothing is needed\n")
    return listed


def _mark(folder: Path, requirements: Path) -> None:
    first = folder.with_name("first.txt")
    requirements.write_text(first.read_text())
    packages.stamp(folder, requirements).write_text(packages.stamp(folder, first).read_text())


def test_a_second_run_installs_nothing(folder: Path) -> None:
    assert packages.interpreter(folder).exists()
    assert not packages.ensure(folder, folder.with_name("first.txt"))


def test_a_changed_list_is_installed_again(folder: Path, requirements: Path) -> None:
    _mark(folder, requirements)
    assert packages.is_current(folder, requirements)
    requirements.write_text("# now something else\n")
    assert not packages.is_current(folder, requirements)
    assert packages.ensure(folder, requirements)
    assert packages.is_current(folder, requirements)


def test_each_list_has_a_stamp_of_its_own(folder: Path, requirements: Path) -> None:
    assert packages.is_current(folder, folder.with_name("first.txt"))
    assert not packages.is_current(folder, requirements)


def test_an_environment_that_was_deleted_is_not_current(tmp_path: Path, folder: Path, requirements: Path) -> None:
    _mark(folder, requirements)
    packages.stamp(tmp_path, requirements).write_text(packages.stamp(folder, requirements).read_text())
    assert not packages.is_current(tmp_path, requirements)


def test_a_pin_without_a_hash_is_refused_and_leaves_no_stamp(folder: Path, requirements: Path) -> None:
    requirements.write_text("six==1.17.0\n")
    with pytest.raises(packages.InstallError, match=r"\.txt could not be installed"):
        packages.ensure(folder, requirements)
    assert not packages.is_current(folder, requirements)


def test_a_long_installation_says_how_far_it_is(
    tmp_path: Path, requirements: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements.write_text("".join(f"p{number}==1\n" for number in range(20)))
    steps = [f"{'Collecting' if number % 2 else 'Processing'} p{number}==1" for number in range(20)]
    lines = [*steps, "Installing collected packages: p0, p1"]
    python = packages.interpreter(tmp_path)
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n[ $2 = ensurepip ] || printf '%s\\n' {shlex.join(lines)}\n")
    python.chmod(0o755)
    assert packages.ensure(tmp_path, requirements)
    assert capsys.readouterr().err.splitlines()[1:] == [
        "  10 of 20 are here",
        "  20 of 20 are here",
        "  all are here, unpacking",
    ]


def test_pins_are_counted_without_their_hashes_and_origins(requirements: Path) -> None:
    requirements.write_text("a==1 \\\n    --hash=sha256:00==\n    # via b==2\nc==3 \\\n    --hash=sha256:11\n")
    assert packages.count(requirements) == 2


def test_the_installer_runs_before_there_is_any_package() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", packages.__file__], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TIEOUT_VENV", str(tmp_path / "file" / "venv"))
    assert packages.main(["requirements.txt"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("(Not a directory). Choose a folder that is yours: TIEOUT_VENV=DIR")


def test_an_installation_that_is_interrupted_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("TIEOUT_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(packages, "ensure", interrupt)
    assert packages.main(["requirements.txt"]) == 130
    assert capsys.readouterr().err == "Interrupted. The next start installs the packages afresh.\n"
