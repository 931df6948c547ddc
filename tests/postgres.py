"""A private Postgres in a temporary folder, reached by a socket in it, with a database for each test that needs one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url

from store import migrations
from store.base import Store
from tests.rows import FERNET_KEY

INSTALLED = Path("/usr/lib/postgresql")
OPTIONS = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
START_SECONDS = 20.0
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
BEGIN_AGAIN = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"


class NoPostgresError(Exception):
    """Postgres cannot be started on this machine; the message says what is missing."""


class Postgres:
    """One running server, owned by one pytest process.

    Raises NoPostgresError when its programs are not installed, or nobody but root could run them.
    """

    def __init__(self) -> None:
        self._programs = _programs()
        self._as_owner = _as_owner()
        self._folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
        self._numbers = count(1)
        self._idle: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        try:
            self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def start(self) -> None:
        """Start the server, which ends with this process however that ends, and wait until it takes connections."""
        program, options = str(self._programs / "postgres"), [*OPTIONS, "-k", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self._as_owner, program, "-D", str(self._data), *options],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"postgres did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server as a power cut would: all connections break."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(START_SECONDS)

    def remove(self) -> None:
        """Stop the server for good."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Create a database that has all its tables, and return its address."""
        return self._create(f"TEMPLATE {self._with_tables}")

    @contextmanager
    def lent_database(self) -> Iterator[str]:
        """Lend a database without rows, which is emptied for the next: to create one takes four times as long."""
        address = self._idle.pop() if self._idle else self.new_database()
        yield address
        self._clear(address)
        self._idle.append(address)

    def _clear(self, address: str) -> None:
        """Leave no row and no connection in a database, and let its numbers begin again."""
        engine = create_engine(address)
        with engine.begin() as connection:
            connection.exec_driver_sql(END_OTHERS)
            for table in reversed(migrations.METADATA.sorted_tables):
                connection.execute(table.delete())
            connection.exec_driver_sql(BEGIN_AGAIN)
        engine.dispose()

    def empty_database(self) -> str:
        """Create a database without tables and return its address."""
        return self._create()

    @cached_property
    def _with_tables(self) -> str:
        """Return the name of a database that was brought up to date, to be copied: that is ten times faster."""
        address = self.empty_database()
        store = Store(address, [FERNET_KEY])
        migrations.upgrade(store)
        store.close()
        name: str = make_url(address).database or ""
        return name

    def _create(self, template: str = "") -> str:
        name = f"test_{next(self._numbers)}"
        engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} {template}")
        engine.dispose()
        return self._address(name)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _address(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def _answers(self) -> bool:
        """Say whether the server takes connections."""
        command = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        return subprocess.run(command, check=False, timeout=START_SECONDS).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        with (self._folder / "errors").open("ab") as errors:
            done = subprocess.run(
                [*self._as_owner, str(self._programs / program), *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                check=False,
                timeout=60,
            )
        if done.returncode:
            said = [path.read_text() for path in (self._folder / "errors", self._folder / "log") if path.exists()]
            raise AssertionError(f"{program} ended with {done.returncode}: {' '.join(said)[-2000:]}")


def _programs() -> Path:
    """Return the folder of the newest installed Postgres."""
    on_path = shutil.which("initdb")
    folders = [folder for folder in INSTALLED.glob("*/bin") if (folder / "initdb").exists()]
    newest = sorted(folders, key=lambda folder: float(folder.parent.name))
    if newest:
        return newest[-1]
    if on_path is None:
        raise NoPostgresError("Postgres is not installed: neither initdb on the PATH nor /usr/lib/postgresql")
    return Path(on_path).resolve().parent


def _as_owner() -> list[str]:
    """Return the words before a command that give up root, which Postgres refuses, and end it when we end."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise NoPostgresError("There is no `setpriv`, without which a Postgres might outlive the tests")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "QUIT", "--"]
    try:
        pwd.getpwnam("postgres")
    except KeyError as error:
        raise NoPostgresError("Postgres does not run as root, and there is no user `postgres`") from error
    as_postgres = ("--reuid", "postgres", "--regid", "postgres", "--init-groups")
    return [setpriv, *as_postgres, "--pdeathsig", "QUIT", "--"]
