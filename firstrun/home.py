"""The home folder: its lock, the first key, the paths of its files, and what --reset deletes."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cryptography.fernet import Fernet

from firstrun import ports
from firstrun.errors import HomeInUseError, ResetRefusedError, UnusableHomeError
from settings import Settings

KEYS, STORY, ADDRESSES = "keys", "day-began", "standins.env"
ONLY_OWNER = 0o700
STATE = ("tieout.db", "tieout.db-wal", "tieout.db-shm", "precoro.json", "quickbooks.json", "redis", "log", STORY)


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Make the home folder and lock it until this process ends, however it ends.

    Raises UnusableHomeError, and HomeInUseError when another `bin/up` holds it.
    """
    try:
        lock = _prepare(settings.home)
    except OSError as error:
        raise UnusableHomeError(settings.home, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeInUseError(settings.home, ports.next_base(settings.port_base)) from error
        yield


def _prepare(home: Path) -> TextIO:
    """Make a home that only its owner may enter and git never takes up; returns the file to lock."""
    logs(home).mkdir(parents=True, exist_ok=True)
    home.chmod(ONLY_OWNER)
    (home / ".gitignore").write_text("*\n")
    return (home / "lock").open("w")


def logs(home: Path) -> Path:
    """Return the folder of the logs."""
    return home / "log"


def ensure_key(settings: Settings) -> bool:
    """Make the first key, readable by its owner only, unless there is one; returns whether it was made."""
    path = settings.home / KEYS
    if settings.keys or path.exists():
        return False
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True


def reset(settings: Settings, *, standins: bool) -> None:
    """Delete the state of the stand-ins and all that was made from it; the key stays.

    Raises ResetRefusedError when real companies are set, or a database that others may use.
    """
    if not standins:
        raise ResetRefusedError("TIEOUT_QBO_CLIENT_ID names a real app")
    if settings.database_url:
        raise ResetRefusedError("DATABASE_URL names a database outside of the home folder")
    for name in STATE:
        path = settings.home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    logs(settings.home).mkdir()
