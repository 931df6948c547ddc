"""The house of a death, on the database of its test; how it is opened is said beside the scenarios."""

from __future__ import annotations

import pytest

from tests.acceptance.fire.house import Fire, OpenHouse


@pytest.fixture
def house(request: pytest.FixtureRequest, open_house: OpenHouse) -> Fire:
    """Return the house on the database of the test."""
    return open_house.on(request.param, request)
