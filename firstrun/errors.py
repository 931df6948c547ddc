"""Why Tieout cannot run: each error is one sentence with its remedy.

`bin/up` ends with exit code 2.

CannotRunError
|- PortInUseError, HomeInUseError, UnusableHomeError
|- NoRedisError, RedisSilentError
|- ProcessEndedError, SilentProcessError
`- ResetRefusedError, StoryError
"""

from __future__ import annotations

from pathlib import Path


class CannotRunError(Exception):
    """Something outside has to change before Tieout can run."""


class PortInUseError(CannotRunError):
    """Another program listens on a port that is needed."""

    def __init__(self, port: int, free_base: int) -> None:
        super().__init__(f"Port {port} is in use. Choose other ports: TIEOUT_PORT_BASE={free_base} bin/up")


class HomeInUseError(CannotRunError):
    """Another `bin/up` works with the same state."""

    def __init__(self, home: Path, free_base: int) -> None:
        super().__init__(
            f"Another bin/up is using {display_path(home)}. Stop it, or give this one its own state and ports: "
            f"TIEOUT_HOME={display_path(home)}-2 TIEOUT_PORT_BASE={free_base} bin/up"
        )


class UnusableHomeError(CannotRunError):
    """The home folder cannot be made or written."""

    def __init__(self, home: Path, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        super().__init__(
            f"The state cannot be kept in {display_path(home)} ({reason}). Choose a folder that is yours: TIEOUT_HOME=DIR bin/up"
        )


class NoRedisError(CannotRunError):
    """There is no Redis to use and none to start."""

    def __init__(self) -> None:
        super().__init__(
            "There is no Redis: install redis-server or valkey-server (6.2 or newer), or set REDIS_URL to one that runs."
        )


class RedisSilentError(CannotRunError):
    """The Redis of REDIS_URL cannot be used."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"Redis at {where} does not answer ({reason}). Start it, or unset REDIS_URL and bin/up starts its own."
        )


class ProcessEndedError(CannotRunError):
    """A process ended that should run, so all the others were stopped."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        last = _last_line(log)
        super().__init__(
            f"{name} ended by itself (exit code {code}){': ' + last if last else '.'}\nEverything was stopped. Its log: {display_path(log)}"
        )


class SilentProcessError(CannotRunError):
    """A process runs but does not answer."""

    def __init__(self, name: str, seconds: float, reason: str, log: Path) -> None:
        super().__init__(
            f"{name} was not ready after {seconds:.0f} seconds ({reason}). Its log: {display_path(log)}",
        )


class LongHomeError(CannotRunError):
    """The home lies so deep that no socket fits into it."""

    def __init__(self, endpoint: Path) -> None:
        super().__init__(
            f"The path {endpoint} is too long for the socket of Redis (107 characters). Choose a shorter TIEOUT_HOME, or set "
            "REDIS_URL to a Redis that runs."
        )


class ResetRefusedError(CannotRunError):
    """The state is not ours alone to delete."""

    def __init__(self, why: str) -> None:
        super().__init__(f"--reset deletes what belongs to the stand-ins only, and {why}. Nothing was deleted.")


class StoryError(CannotRunError):
    """The day of work stopped in the middle."""

    def __init__(self, reason: str, logs: Path) -> None:
        super().__init__(f"The day of work stopped: {reason}. Logs: {display_path(logs)}")


def display_path(path: Path) -> str:
    """Return a path as people would type it in the current folder."""
    try:
        return f"./{path.absolute().relative_to(Path.cwd())}"
    except ValueError:
        return str(path)


def _last_line(log: Path) -> str:
    """Return the last line that a log holds, or an empty text."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1].strip() if lines else ""
