"""A connected house of real processes for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.forks import ForkServer
from tests.acceptance.processes import Processes, processes


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """Load the product once for all processes of this pytest process."""
    with closing(ForkServer()) as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, database_url: str, fork_server: ForkServer) -> Iterator[Processes]:
    """Return the house, on SQLite and again on Postgres."""
    with processes(tmp_path, fork_server, DATABASE_URL=database_url) as opened:
        yield opened
