"""A house for each test: connected, or before anything is connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage import Stage, house


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
