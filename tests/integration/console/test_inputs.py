"""What an address or a form holds may be anything: every route answers it, and none fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from redis import Redis

from console.inputs import LONGEST_FIELD, MOST_FIELDS
from tests.integration.console.conftest import Visitor, open_console, prepared
from tests.integration.console.test_access import EXAMPLES, routes

SOURCES = sorted((Path(__file__).parents[3] / "console").glob("*.py"))
READERS = {"get", "getlist"}
STRANGE = {
    "huge": "9" * 30,
    "line break": "a\r\nb\x1b[31m",
    "long": "x" * 1500,
    "a digit that is no number": "\N{SUPERSCRIPT TWO}",
    "exponent": "1e999999",
}


@pytest.fixture(params=["sqlite", "postgres"])
def admin(request: pytest.FixtureRequest, tmp_path: Path, redis: Redis, redis_url: str) -> Iterator[Visitor]:  # noqa: ARG001 - an empty Redis
    """Return an administrator of a console on each database."""
    is_postgres = request.param == "postgres"
    database = {"DATABASE_URL": request.getfixturevalue("postgres_url")} if is_postgres else {}
    app = open_console(prepared(tmp_path, redis_url, TIEOUT_QBO_URL="http://127.0.0.1:9", **database))
    yield Visitor(app, app.extensions["tieout"].runtime).sign_in("admin")
    app.extensions["tieout"].close()


@cache
def field_names() -> set[str]:
    """Return every name under which the console reads a value of an address or a form."""
    nodes = [node for path in SOURCES for node in ast.walk(ast.parse(path.read_text()))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    names = [call.args[0] for call in calls if call.args and getattr(call.func, "attr", "") in READERS]
    return {name.value for name in names if isinstance(name, ast.Constant) and isinstance(name.value, str)}


def requests(console: Flask, value: str) -> Iterator[tuple[str, str]]:
    """Yield every route with the value in all that its address says, and beside it."""
    query = urlencode(dict.fromkeys(field_names(), value))
    for rule, method, address in routes(console):
        if rule.endpoint == "sign_in.sign_out":
            continue
        strange = address
        for name in rule.arguments - {"connection"}:
            strange = strange.replace(f"/{quote(str(EXAMPLES[name]), safe=':')}", f"/{quote(value, safe='')}")
        yield method, f"{address}?{query}"
        if strange != address:
            yield method, strange


@pytest.mark.parametrize("value", STRANGE.values(), ids=list(STRANGE))
def test_no_route_fails_because_of_a_strange_value(admin: Visitor, value: str) -> None:
    fields = {**dict.fromkeys(field_names(), value), "csrf_token": admin.token}
    statuses = {}
    for method, address in requests(admin.client.application, value):
        admin.runtime.redis.flushdb()
        answer = admin.client.get(address, buffered=True) if method == "GET" else admin.send(address, fields)
        statuses[method, address[:80]] = answer.status_code
    assert not {address: status for address, status in statuses.items() if status >= 500}


def test_a_character_that_no_database_keeps_is_refused(admin: Visitor) -> None:
    assert admin.post("/users/add", name="eve\0").status_code == 400
    assert admin.get("/c/widgets/documents?text=%00").status_code == 400
    assert admin.get("/c/widgets/documents/a%00").status_code == 400


def test_a_form_has_a_number_of_fields_and_a_field_a_length(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    assert visitor.post("/sign-out", note="x" * (LONGEST_FIELD + 1)).status_code == 413
    assert visitor.post("/sign-out", **{f"field-{number}": "x" for number in range(MOST_FIELDS)}).status_code == 413
    assert visitor.get(f"/c/widgets/documents?text={'x' * (LONGEST_FIELD + 1)}").status_code == 413
    assert visitor.post("/sign-out", note="x" * LONGEST_FIELD).status_code == 303


def test_a_number_above_any_row_is_as_if_it_was_not_said(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    assert visitor.get("/c/widgets/tasks?before=99999999999999999999").status_code == 200
    assert visitor.get("/c/widgets/tasks/99999999999999999999").status_code == 404


def test_an_address_that_is_no_text_is_refused(visitor: Visitor) -> None:
    assert visitor.get("/sign-in", environ_overrides={"QUERY_STRING": "x=\xff"}).status_code == 400


def test_a_line_break_in_an_address_begins_no_header(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    stranger = Visitor(console, visitor.runtime)
    assert stranger.get("/c/widgets/documents/a%0d%0aSet-Cookie:b").location == "/sign-in"
    assert (
        visitor.post("/operations/jobs/a%0d%0aSet-Cookie:b/requeue").location == "/operations/jobs/a%0D%0ASet-Cookie:b"
    )
