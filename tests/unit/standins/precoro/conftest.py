"""A Precoro stand-in for each test, without limits."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def client(precoro_client: FlaskClient) -> FlaskClient:
    return precoro_client
