"""Who may use what: every route is tried with every role, by nobody, by somebody of another company, and by another site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, select
from werkzeug.routing import Rule

from console.app import SECTIONS
from console.sections import Access
from store.base import Base
from store.companies import Connection
from tests.integration.console.conftest import Visitor, without_token
from workers.users.roles import MAY
from workers.users.views import Role

ACCESS = {endpoint: access for section in SECTIONS for endpoint, access in section.access.items()}
EXAMPLES: dict[str, Any] = {
    "job": "no-such-job",
    "connection": "widgets",
    "document": "invoice:203",
    "token": "no-such-token",
    "task": 7,
    "report": 7,
    "supplier": "9012",
    "name": "accounts",
    "code": "supplier_not_paired",
    "payment": "billpayment:145:bill:176",
}
REFUSES_STRANGE_ANSWERS = {"connecting.callback"}
"""Refused with 403 to everybody who comes with an answer of Intuit to an attempt of nobody: see test_connecting.py."""
NOTED_BY_USE = {"user_sessions"}
"""Tables that a page may change: when a session was used last."""


def routes(console: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield every route with a method and an address of it."""
    with console.test_request_context("/"):
        adapter = console.url_map.bind("localhost")
        for rule in console.url_map.iter_rules():
            if rule.endpoint != "static":
                address = adapter.build(rule.endpoint, {name: EXAMPLES[name] for name in rule.arguments})
                yield from ((rule, method, address) for method in sorted(rule.methods or ()) if method != "HEAD")


def answer_to(visitor: Visitor, method: str, address: str) -> Any:
    """Return the answer to a request as a page of ours sends it, however many there were before."""
    visitor.runtime.redis.flushdb()
    return visitor.get(address) if method == "GET" else visitor.post(address)


def test_every_route_declares_who_may_use_it(console: Flask) -> None:
    assert {rule.endpoint for rule, _, _ in routes(console)} == set(ACCESS)


def test_nobody_sees_or_does_anything_without_signing_in(console: Flask, visitor: Visitor) -> None:
    visitor.get("/sign-in")
    for rule, method, address in routes(console):
        if ACCESS[rule.endpoint].needs is not None:
            answer = answer_to(visitor, method, address)
            assert (answer.status_code, answer.location) == (303, "/sign-in"), address


@pytest.mark.parametrize("role", MAY)
def test_a_role_opens_and_does_what_it_may_and_nothing_else(console: Flask, visitor: Visitor, role: Role) -> None:
    visitor.sign_in(role)
    for rule, method, address in routes(console):
        needs = ACCESS[rule.endpoint].needs
        if needs is None or rule.endpoint == "sign_in.sign_out":
            continue
        with console.app_context():
            status = answer_to(visitor, method, address).status_code
        if rule.endpoint not in REFUSES_STRANGE_ANSWERS:
            assert (status == 403) == (needs not in MAY[role]), (address, status)


def test_a_connection_of_others_does_not_exist_for_a_user(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("admin", "gadgets")
    for rule, method, address in routes(console):
        if "connection" in rule.arguments:
            theirs, missing = (
                answer_to(visitor, method, address.replace("widgets", name)) for name in ("widgets", "none")
            )
            assert theirs.status_code == missing.status_code == 404, address
            assert without_token(theirs) == without_token(missing)


def test_what_concerns_a_whole_company_takes_somebody_who_sees_all_connections_with_it(visitor: Visitor) -> None:
    visitor.sign_in("admin", "gadgets")
    assert visitor.post("/c/gadgets/set-up/events/address").status_code == 200
    with visitor.runtime.write() as (session, _):
        widgets, gadgets = session.scalars(select(Connection).order_by(Connection.id))
        gadgets.qbo_id = widgets.qbo_id
    for act in ("companies/disconnect", "companies/key", "companies/reconnect", "events/address", "events/rotate"):
        answer = visitor.post(f"/c/gadgets/set-up/{act}")
        assert answer.status_code == 403, act
        assert "widgets" not in answer.text


def test_no_page_changes_anything(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    before = contents(visitor)
    for _, method, address in routes(console):
        if method == "GET":
            assert visitor.get(address).status_code < 500, address
            visitor.client.head(address)
    assert contents(visitor) == before


def contents(visitor: Visitor) -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    tables: list[Table] = [table for table in Base.metadata.sorted_tables if table.name not in NOTED_BY_USE]
    with visitor.runtime.read() as (session, _):
        return {table.name: [tuple(row) for row in session.execute(select(table))] for table in tables}


def test_a_form_without_the_token_of_this_session_is_refused(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    other = Visitor(console, visitor.runtime)
    other.get("/sign-in")
    for _, method, address in routes(console):
        if method == "POST":
            for token in ("", "abc", other.token):
                visitor.runtime.redis.flushdb()
                assert visitor.send(address, {"csrf_token": token}).status_code == 400, address


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(visitor: Visitor, headers: dict[str, str]) -> None:
    visitor.sign_in()
    assert visitor.send("/sign-out", {"csrf_token": visitor.token}, **headers).status_code == 403


def test_a_browser_that_tells_only_our_origin_is_believed(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    origin = f"http://127.0.0.1:{console.extensions['tieout'].settings.port('console')}"
    fields = {"csrf_token": visitor.token}
    assert visitor.send("/sign-out", fields, **{"Sec-Fetch-Site": "", "Origin": origin}).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7"])
def test_another_host_is_refused(visitor: Visitor, host: str) -> None:
    assert visitor.get("/sign-in", base_url=f"http://{host}").status_code == 400


def test_methods_that_no_page_declares_are_refused(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    for _, _, address in routes(console):
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            assert visitor.client.open(address, method=method).status_code == 405, (method, address)


def test_a_large_form_is_refused(visitor: Visitor) -> None:
    visitor.sign_in()
    assert visitor.post("/sign-out", filler="x" * 70_000).status_code == 413


def test_who_asks_too_often_is_told_when_to_come_back(visitor: Visitor) -> None:
    answers = [visitor.get("/sign-in") for _ in range(25)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3


def test_a_page_that_fails_says_a_number_and_nothing_else(
    console: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.sign_in()

    def fail(**_: object) -> str:
        raise RuntimeError("SELECT secret FROM /var/tieout.db")

    monkeypatch.setitem(console.view_functions, "home.overview", fail)
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "SELECT" not in answer.text
    assert "it is in the log under" in answer.text


def test_a_route_that_is_declared_to_need_nothing_is_one_of_those_before_signing_in() -> None:
    public = {endpoint for endpoint, access in ACCESS.items() if access == Access(None)}
    assert public == {
        "sign_in.sign_in_page",
        "sign_in.enter",
        "sign_in.start_page",
        "sign_in.start",
        "provider.leave",
        "provider.answer_page",
        "provider.arrive",
    }


def test_what_cannot_be_taken_back_needs_a_proof() -> None:
    proved = {endpoint for endpoint, access in ACCESS.items() if access.needs_proof}
    assert proved >= {
        "set_up.begin_sending",
        "set_up.address",
        "set_up.rotate",
        "set_up.retire",
        "connecting.disconnect",
        "connecting.key",
        "users.add",
        "users.change",
    }
