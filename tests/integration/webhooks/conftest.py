"""A receiver in this process: its application, its database and what it has kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import simplejson
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from settings import Settings
from store.base import Store
from store.companies import QboCompany
from store.events import Event
from store.records import Record
from tests import sqlite
from tests.rows import FERNET_KEY, SECRET, connected
from tests.signing import signed
from tests.stage import VERIFIER, environment, load_settings
from tests.stores import open_store, reused_stores
from webhooks.app import create_app

PING = {"id": 203, "type": 3, "action": 1, "idn": 17}


@dataclass
class House:
    """The receiver, and everything a test looks at."""

    app: Flask
    client: FlaskClient
    store: Store
    settings: Settings
    redis: Redis

    def ping(self, body: object = PING, secret: str = SECRET, **more: Any) -> TestResponse:
        """Send what Precoro would."""
        data = body if isinstance(body, bytes) else simplejson.dumps(body).encode()
        return self.client.post(f"/webhooks/precoro/{secret}", data=data, **more)

    def notify(self, body: object, token: str = VERIFIER, content_type: str = "application/json") -> TestResponse:
        """Send what QuickBooks would, signed with this verifier token."""
        data = body if isinstance(body, bytes) else simplejson.dumps(body).encode()
        headers = {"intuit-signature": signed(data, token), "Content-Type": content_type}
        return self.client.post("/webhooks/quickbooks", data=data, headers=headers)

    def events(self) -> list[Event]:
        """Return what was kept, in its order."""
        with self.store.read() as session:
            return list(session.scalars(select(Event).order_by(Event.id)))

    def records(self) -> list[Record]:
        """Return all records."""
        with self.store.read() as session:
            return list(session.scalars(select(Record).order_by(Record.id)))

    def jobs(self) -> int:
        """Return how many jobs wait on RQ."""
        waiting: int = self.redis.llen(f"rq:queue:{self.settings.queue}")
        return waiting

    def changes_due(self) -> list[str]:
        """Return the QuickBooks companies whose changes are due."""
        with self.store.read() as session:
            due = select(QboCompany.realm).where(QboCompany.changes_due).order_by(QboCompany.realm)
            return list(session.scalars(due))

    def is_empty(self) -> bool:
        """Say whether nothing at all was kept."""
        with self.store.read() as session:
            return not any(session.scalar(select(func.count()).select_from(table)) for table in (Event, Record))


def open_house(home: Path, redis: Redis, redis_url: str, **more: str) -> House:
    """Open a receiver on a database with one connection."""
    address = more.get("DATABASE_URL") or sqlite.new_database(home / "tieout.db")
    settings = load_settings(environment(home, redis_url, **{**more, "DATABASE_URL": address}))
    store = open_store(settings.database, [FERNET_KEY])
    connected(store)
    with reused_stores():
        app = create_app(settings)
    return House(app, app.test_client(), store, settings, redis)


def close(house: House) -> None:
    """Close everything that was opened."""
    house.app.extensions["tieout"].close()
    house.store.close()


@pytest.fixture
def house(tmp_path: Path, database_url: str, redis: Redis, redis_url: str) -> Iterator[House]:
    """Return a receiver on SQLite, and again on Postgres."""
    opened = open_house(tmp_path, redis, redis_url, DATABASE_URL=database_url)
    yield opened
    close(opened)


@pytest.fixture
def without_redis(tmp_path: Path, redis: Redis) -> Iterator[House]:
    """Return a receiver whose Redis is down: nobody listens on port 9."""
    opened = open_house(tmp_path, redis, "redis://127.0.0.1:9/0")
    yield opened
    close(opened)
