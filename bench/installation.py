"""An isolated installation for each measurement: temporary home, free ports, clean environment."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cryptography.fernet import Fernet

import settings as settings_module
from bench import usage
from bench.waiting import answers
from firstrun import home, ports, redis_server
from firstrun.processes import Processes
from settings import Settings
from store import migrations
from store.base import Store, read_keys

START_SECONDS = 60.0
OTHERS = ("TIEOUT_", "DATABASE_URL", "REDIS_URL")


@contextmanager
def isolated_settings(database: str | None, **more: str) -> Iterator[Settings]:
    """Set the environment for a fresh home, and restore it afterwards.

    `database` is the SQLAlchemy URL of an empty database; None means SQLite in the home.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="tieout-bench-", ignore_cleanup_errors=True) as folder:
        for name in [name for name in os.environ if name.startswith(OTHERS)]:
            del os.environ[name]
        os.environ.update(
            TIEOUT_HOME=folder,
            TIEOUT_KEYS=Fernet.generate_key().decode(),
            TIEOUT_PORT_BASE=str(ports.any_base()),
            TIEOUT_LOG_LEVEL="WARNING",
            **({"DATABASE_URL": database} if database else {}),
            **more,
        )
        home.logs(Path(folder)).mkdir()
        try:
            yield settings_module.load()
        finally:
            os.environ.clear()
            os.environ.update(before)


def migrated(settings: Settings) -> Store:
    """Return the opened database with all tables."""
    store = Store(settings.database, read_keys(settings.keys, settings.home))
    migrations.upgrade(store)
    return store


def start_redis(processes: Processes, settings: Settings) -> None:
    """Start a Redis as a first run does, and wait until it answers."""
    command = redis_server.command(redis_server.find_server(), settings.redis_socket)
    processes.start("redis", command, os.environ)
    processes.wait_for("redis", partial(redis_server.answers, settings.redis), START_SECONDS)


def start_receiver(processes: Processes, settings: Settings) -> int:
    """Start the receiver as a first run does; returns the process that answers."""
    return _serve(processes, "webhooks", settings.port("receiver"))


def start_floor(processes: Processes, settings: Settings) -> int:
    """Start the floor on the same server with the same options; returns the process that answers."""
    return _serve(processes, "bench.floor", settings.port("console"))


def running(words: Mapping[str, str]) -> dict[str, list[int]]:
    """Return our processes by name; `words` are parts of their command lines."""
    lines = {pid: usage.command_line(pid) for pid in usage.tree(os.getpid())}
    return {name: [pid for pid, line in lines.items() if word in line] for name, word in words.items()}


def _serve(processes: Processes, module: str, port: int) -> int:
    """Start a module that serves and wait for its answer; returns its process."""
    processes.start(module, [sys.executable, "-m", module], os.environ)
    processes.wait_for(module, partial(answers, f"http://127.0.0.1:{port}/"), START_SECONDS)
    return running({module: f"-m {module}"})[module][-1]
