"""The virtual environment: made once, and its packages installed again only when their list has changed.

`bin/python` runs this file with any Python 3.11 or newer before there is an environment, so it imports the standard
library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

LAST_LINES = 3
STEP = 10
COULD_NOT_RUN, INTERRUPTED = 2, 130


class InstallError(Exception):
    """Packages could not be installed; the message quotes pip and says what to do."""

    def __init__(self, requirements: Path, output: str) -> None:
        last = " ".join(output.strip().splitlines()[-LAST_LINES:]) or "pip said nothing"
        super().__init__(f"{requirements.name} could not be installed ({last}). Check the network and try again.")


def ensure(folder: Path, requirements: Path) -> bool:
    """Bring an environment up to date with a list of requirements; returns whether it installed any.

    Several commands may ask at the same time: one of them installs, the others wait. Raises InstallError.
    """
    if is_current(folder, requirements):
        return False
    with _lock(folder):
        if is_current(folder, requirements):
            return False
        if not interpreter(folder).exists():
            _say(f"Making a virtual environment in {folder}")
            venv.create(folder)
        _say(f"Installing {count(requirements)} packages of {requirements.name}, hashes checked")
        _install(folder, requirements)
        stamp(folder, requirements).write_text(_digest(requirements))
    return True


def is_current(folder: Path, requirements: Path) -> bool:
    """Say whether the environment was installed from exactly this list."""
    mark = stamp(folder, requirements)
    return interpreter(folder).exists() and mark.exists() and mark.read_text() == _digest(requirements)


def interpreter(folder: Path) -> Path:
    """Return the Python of the environment."""
    return folder / "bin" / "python"


def stamp(folder: Path, requirements: Path) -> Path:
    """Return the file that holds the hash of the list last installed."""
    return folder / f".{requirements.name}.sha256"


def count(requirements: Path) -> int:
    """Count the packages that a list pins."""
    return sum("==" in line and not line.startswith((" ", "#")) for line in requirements.read_text().splitlines())


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def _install(folder: Path, requirements: Path) -> None:
    python = str(interpreter(folder))
    options = ["--no-input", "--progress-bar", "off", "--require-hashes"]
    for command in (["ensurepip"], ["pip", "install", *options, "-r", str(requirements)]):
        with subprocess.Popen(  # noqa: S603 - pip, with our own list
            [python, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as installing:
            lines = list(_shown(installing.stdout or (), count(requirements)))
        if installing.returncode:
            raise InstallError(requirements, "".join(lines))


def _shown(lines: Iterable[str], total: int) -> Iterator[str]:
    """Pass on what pip prints, and say how far it is: a minute without a word looks like a failure."""
    collected = 0
    for line in lines:
        if line.startswith(("Collecting ", "Processing ")):
            collected += 1
            if collected % STEP == 0:
                _say(f"  {collected} of {total} are here")
        elif collected >= STEP and line.startswith("Installing collected packages"):
            _say("  all are here, unpacking")
        yield line


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one command at a time install into a folder; the lock ends with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(names: list[str]) -> int:
    """Install the lists named on the command line into $TIEOUT_VENV, or .venv beside them."""
    root = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("TIEOUT_VENV") or root / ".venv").absolute()
    try:
        for name in names:
            ensure(folder, root / name)
    except InstallError as error:
        _say(str(error))
        return COULD_NOT_RUN
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _say(
            f"The virtual environment {folder} cannot be used ({reason}). Choose a folder that is yours: TIEOUT_VENV=DIR"
        )
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        _say("Interrupted. The next start installs the packages afresh.")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
