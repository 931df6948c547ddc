"""A connected British company for each test about taxes."""

from __future__ import annotations

import pytest

from tests.integration.workers.taxes.vat import UK
from tests.stage import Stage


@pytest.fixture
def uk(empty: Stage) -> Stage:
    """Return a house in which a British company is connected."""
    empty.begin_connected(None, *UK)
    return empty
