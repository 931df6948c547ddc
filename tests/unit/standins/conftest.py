"""Both stand-ins without limits, made once and as fresh as new ones in each test."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from standins.precoro import app as precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks import app as quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from tests.stage import panel_of, renew


@pytest.fixture(scope="session")
def precoro_app() -> Flask:
    return precoro.create_app(PrecoroSettings(limits=False))


@pytest.fixture(scope="session")
def quickbooks_app() -> Flask:
    return quickbooks.create_app(QuickBooksSettings(limits=False))


@pytest.fixture
def precoro_client(precoro_app: Flask) -> FlaskClient:
    return _renewed(precoro_app)


@pytest.fixture
def quickbooks_client(quickbooks_app: Flask) -> FlaskClient:
    return _renewed(quickbooks_app)


def _renewed(app: Flask) -> FlaskClient:
    app.testing = False
    renew(panel_of(app))
    return app.test_client()
