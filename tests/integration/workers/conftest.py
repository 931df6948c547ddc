"""A house for each test, connected or empty; or only a database without rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sqlite
from tests.stage import Stage, environment, house, load_settings
from workers.runtime import Runtime


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected and waits for events."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected()
        yield opened


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house in which nothing is connected yet."""
    with house(tmp_path, redis_url) as opened:
        yield opened


@pytest.fixture
def runtime(tmp_path: Path, redis_url: str) -> Iterator[Runtime]:
    """Return a runtime on a database without rows; no service answers."""
    sqlite.new_database(tmp_path / "tieout.db")
    opened = Runtime(load_settings(environment(tmp_path, redis_url)))
    yield opened
    opened.close()
