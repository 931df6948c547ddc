"""A connected house of real processes for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.processes import Processes, processes


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[Processes]:
    """Return the house, on SQLite and again on Postgres."""
    with processes(tmp_path, DATABASE_URL=database_url) as opened:
        yield opened
