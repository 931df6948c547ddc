"""A QuickBooks stand-in for each test, without limits, and its two companies."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import UK, US, Books


@pytest.fixture
def client() -> FlaskClient:
    return create_app(QuickBooksSettings(limits=False)).test_client()


@pytest.fixture
def us(client: FlaskClient) -> Books:
    return Books(client, US)


@pytest.fixture
def uk(client: FlaskClient) -> Books:
    return Books(client, UK)
