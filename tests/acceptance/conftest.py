"""A connected house of real processes for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.processes import Processes, processes


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Processes]:
    """Return the house."""
    with processes(tmp_path) as opened:
        yield opened
