"""A connected house for each test about lists, as it is on the first day."""

from __future__ import annotations

import pytest

from tests.stage import Stage

SEED = {"fresh": {"vendors": 40, "accounts": 90, "suppliers": 5}}


@pytest.fixture
def first_day(empty: Stage) -> Stage:
    """Return a house whose Precoro has custom fields without options."""
    empty.begin_connected(seed=SEED)
    return empty
