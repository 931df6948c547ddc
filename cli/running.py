"""The open parts that a command works with, and who gives it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

import settings as settings_module
from cli.errors import CouldNotRunError
from cli.output import say
from cli.remedies import render
from workers.ops import doctor
from workers.ops.heartbeat import living_workers
from workers.origins import FROM_COMMAND_LINE
from workers.runtime import Runtime


@contextmanager
def opened() -> Iterator[Runtime]:
    """Open settings, database and queue for one command. Raises CouldNotRunError or WrongSettingsError."""
    settings = settings_module.load()
    keys = doctor.keys(settings)
    if keys.remedy:
        raise CouldNotRunError(f"{keys.sentence} {render(keys.remedy)}")
    try:
        runtime = Runtime(settings)
    except ValueError as error:
        raise CouldNotRunError(f"REDIS_URL cannot be used: {error}") from error
    runtime.origin = FROM_COMMAND_LINE
    try:
        yield runtime
    finally:
        runtime.close()


def warn_without_workers(runtime: Runtime) -> None:
    """Say when no worker runs, so that nothing happens to what was asked for."""
    if not living_workers(runtime):
        say("No worker runs, so nothing is sent. Start them: bin/python -m workers")


def who() -> str:
    """Return who gives the command, for the history: the user of this process, whatever its environment says."""
    user = _user(os.getuid())
    behind = os.environ.get("SUDO_UID", "") if os.getuid() == 0 else ""
    return f"{_user(int(behind))} as {user}" if behind.isdecimal() else user


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
