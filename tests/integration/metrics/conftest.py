"""The metrics of an installation with two companies and one held invoice, on SQLite and on Postgres in turn."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from metrics.app import create_app
from tests import rows
from tests.rows import FERNET_KEY
from tests.stage import environment, load_settings
from tests.stores import open_store, reused_stores

TOKEN = "a-token-of-prometheus"
FACTS: dict[str, Any] = {
    "supplier": "Acme Supply",
    "number": "INV-1",
    "currency": "USD",
    "amount": Decimal("4711.00"),
}


@pytest.fixture
def metrics(tmp_path: Path, redis: Redis, redis_url: str, database_url: str) -> Iterator[Flask]:  # noqa: ARG001 - an empty Redis
    """Return the application, whose token is set."""
    variables = environment(
        tmp_path, redis_url, DATABASE_URL=database_url, TIEOUT_METRICS_TOKEN=TOKEN, TIEOUT_SPEED="1"
    )
    store = open_store(database_url, [FERNET_KEY])
    widgets, gadgets = rows.connected(store), rows.connected(store, "gadgets", state="paused")
    rows.record(store, widgets, **FACTS)
    rows.record(store, gadgets, "204", handled_version=1, **FACTS)
    store.close()
    with reused_stores():
        app = create_app(load_settings(variables))
    yield app
    app.extensions["tieout"].close()
