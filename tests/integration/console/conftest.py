"""The console in this process, and people who use it: each with a browser, a user, and what the browser sends by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from console.app import create_app
from console.runtime import Console
from settings import Settings
from tests import sqlite
from tests.rows import FERNET_KEY, connected
from tests.stage import Stage, environment, house, load_settings
from tests.stores import open_store, reused_stores
from workers.runtime import Runtime
from workers.users import commands
from workers.users.views import Role

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_BUILT: dict[Settings, Flask] = {}
NAMES = {"viewer": "vera", "accountant": "ann", "operator": "otto", "admin": "ada"}


class Visitor:
    """A person in a browser."""

    def __init__(self, app: Flask, runtime: Runtime) -> None:
        self.client: FlaskClient = app.test_client()
        self.runtime = runtime
        self.token = ""
        self.headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox"}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self._remember(self.client.get(path, buffered=True, **options))

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form of the page that was opened last."""
        return self.send(path, {"csrf_token": self.token, **fields})

    def send(self, path: str, fields: dict[str, Any], **headers: str) -> TestResponse:
        """Send any form, with any headers."""
        return self._remember(self.client.post(path, data=fields, headers={**self.headers, **headers}))

    def follow(self, path: str, **fields: Any) -> str:
        """Send a form and return the page to which that leads."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return self.get(answer.location).text

    def start(self, link: str) -> TestResponse:
        """Sign in by the token of a link."""
        self.get(f"/start/{link}")
        return self.post(f"/start/{link}")

    def sign_in(self, role: Role = "admin", *connections: str) -> Visitor:
        """Sign in as a new user with this role, who sees these connections or all."""
        commands.add(self.runtime, NAMES[role], role, "test", connections)
        assert self.start(commands.new_link(self.runtime, NAMES[role], "test")).status_code == 303
        self.get("/account")
        return self

    def _remember(self, answer: TestResponse) -> TestResponse:
        token = TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        self.token = token[1] if token else self.token
        return answer


def without_token(answer: TestResponse) -> str:
    """Return the text of a page without its token, which is signed with the second of the answer."""
    return TOKEN.sub("", answer.text)


def open_console(settings: Settings) -> Flask:
    """Return the application on the databases of this test.

    It is built once for settings that differ in their database only: its rules and templates take a fifth of a second to compile.
    """
    kind = replace(settings, home=Path(), database_url="")
    with reused_stores():
        if kind in _BUILT:
            app = _BUILT[kind]
            app.extensions["tieout"] = Console(settings)
            commands.end_links(app.extensions["tieout"].runtime)
        else:
            app = _BUILT[kind] = create_app(settings)
        app.extensions["tieout"].runtime  # noqa: B018 - opened now, while stores are reused
    return app


def prepared(home: Path, redis_url: str, **more: str) -> Settings:
    """Return the settings of a console with two connections, `widgets` and `gadgets`."""
    more.setdefault("DATABASE_URL", sqlite.new_database(home / "tieout.db"))
    settings = load_settings(environment(home, redis_url, **more))
    store = open_store(settings.database, [FERNET_KEY])
    connected(store)
    connected(store, "gadgets")
    store.close()
    return settings


@pytest.fixture
def console(tmp_path: Path, redis: Redis, redis_url: str) -> Iterator[Flask]:  # noqa: ARG001 - an empty Redis
    """Return a console of practice companies, `widgets` and `gadgets`."""
    app = open_console(prepared(tmp_path, redis_url, TIEOUT_QBO_URL="http://127.0.0.1:9"))
    yield app
    app.extensions["tieout"].close()


@pytest.fixture
def visitor(console: Flask) -> Visitor:
    """Return somebody who is not signed in."""
    return Visitor(console, console.extensions["tieout"].runtime)


@pytest.fixture
def stage(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that is connected to the stand-ins and waits for events."""
    with house(tmp_path, redis_url) as opened:
        opened.begin_connected()
        yield opened


@pytest.fixture
def people(stage: Stage) -> Iterator[Callable[..., Visitor]]:
    """Return what signs somebody in to the console of the house, by role."""
    app = open_console(stage.runtime.settings)
    yield lambda role="admin": Visitor(app, app.extensions["tieout"].runtime).sign_in(role)
    app.extensions["tieout"].close()
