"""The floor of the receiver: the least code with the same duties, on the same server.

One durable commit and one job on RQ for each event, in a bare Flask route: no verification, no record, no counting.
What the receiver needs above this is what its own work costs.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask, Response, request
from rq import Queue
from rq.serializers import JSONSerializer

import settings as settings_module
from server import serve
from settings import Settings
from store import queue
from store.job import RECORD_JOB


def create_app(settings: Settings) -> Flask:
    """Build the app."""
    jobs = Queue(settings.queue, connection=queue.connect(settings), serializer=JSONSerializer)
    keep = _sqlite(settings.database) if settings.database.startswith("sqlite") else _postgres(settings.database)
    app = Flask("floor")

    def take() -> Response:
        keep(request.get_data().decode())
        jobs.enqueue_call(RECORD_JOB, args=(1,), result_ttl=300)
        return Response(status=200)

    app.add_url_rule("/floor", view_func=take, methods=["POST"])
    return app


def _sqlite(url: str) -> Callable[[str], None]:
    """Return what commits a body to SQLite with the settings that the store has (docs/explanation/safety.md, SQLite)."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def keep(body: str) -> None:
        connection = own()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO floor (body) VALUES (?)", (body,))
        connection.execute("COMMIT")

    own = _one_a_thread(connect)
    own().execute("CREATE TABLE IF NOT EXISTS floor (id INTEGER PRIMARY KEY, body TEXT)")
    return keep


def _postgres(url: str) -> Callable[[str], None]:
    """Return what commits a body to Postgres."""

    def connect() -> psycopg.Connection:
        return psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"))

    def keep(body: str) -> None:
        connection = own()
        connection.execute("INSERT INTO floor (body) VALUES (%s)", (body,))
        connection.commit()

    own = _one_a_thread(connect)
    own().execute("CREATE TABLE IF NOT EXISTS floor (id BIGSERIAL PRIMARY KEY, body TEXT)")
    own().commit()
    return keep


def _one_a_thread(connect: Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that gives each thread a connection of its own."""
    local = threading.local()

    def own() -> Any:
        if not hasattr(local, "connection"):
            local.connection = connect()
        return local.connection

    return own


def main() -> None:
    """Serve the floor as the receiver is served, on another port."""
    settings = settings_module.load()
    serve(create_app(settings), settings, host=settings.bind, port=settings.port("console"))


if __name__ == "__main__":
    main()
