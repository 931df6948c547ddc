"""A QuickBooks stand-in for each test, without limits, and its two companies."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.unit.standins.quickbooks.books import UK, US, Books


@pytest.fixture
def client(quickbooks_client: FlaskClient) -> FlaskClient:
    return quickbooks_client


@pytest.fixture
def us(client: FlaskClient) -> Books:
    return Books(client, US)


@pytest.fixture
def uk(client: FlaskClient) -> Books:
    return Books(client, UK)
