"""Signing in: by a link that works once, with password and code, for as long as a session lasts."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pyotp
import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select, update

from console.app import create_app
from store.history import ActionRow
from store.users import SignInLink, UserSession
from tests.integration.console.conftest import Visitor, open_console, prepared
from tests.integration.console.test_account import enrol
from workers.errors import WrongSignInError
from workers.users import commands, passwords, sign_in
from workers.users.sign_in import Browser

PASSWORD = "sprout lantern copper violin"


@pytest.fixture
def enrolled(visitor: Visitor) -> Callable[[int], str]:
    """Add `ann` with a password and an authenticator; returns what shows her code of a time step from now."""
    commands.add(visitor.runtime, "ann", "accountant", "test")
    visitor.start(commands.new_link(visitor.runtime, "ann", "test"))
    visitor.get("/account")
    visitor.follow("/account/password", password=PASSWORD)
    shown = re.search(r"<code>([A-Z2-7]{32})</code>", visitor.get("/account/authenticator").text)
    assert shown
    one_time = pyotp.TOTP(shown[1])
    with visitor.runtime.read() as (_, moment):
        visitor.follow("/account/authenticator/set", code=one_time.at(moment, counter_offset=-1))
    visitor.post("/sign-out")
    visitor.get("/sign-in")

    def code(offset: int = 0) -> str:
        with visitor.runtime.read() as (_, moment):
            return one_time.at(moment, counter_offset=offset)

    return code


def test_a_link_signs_in_once(console: Flask, visitor: Visitor) -> None:
    link = commands.first_admin_link(visitor.runtime, "admin", "test")
    assert visitor.start(link).location == "/"
    second = Visitor(console, visitor.runtime)
    assert second.get(f"/start/{link}").status_code == 403
    second.get("/sign-in")
    assert second.post(f"/start/{link}").status_code == 403


def test_who_only_looks_at_a_link_does_not_use_it_up(visitor: Visitor) -> None:
    link = commands.first_admin_link(visitor.runtime, "admin", "test")
    for _ in range(3):
        assert visitor.get(f"/start/{link}").status_code == 200
    assert visitor.start(link).status_code == 303


def test_a_link_lapses_after_ten_minutes_and_when_the_console_starts(console: Flask, visitor: Visitor) -> None:
    link = commands.first_admin_link(visitor.runtime, "admin", "test")
    with visitor.runtime.write() as (session, moment):
        session.execute(update(SignInLink).values(valid_until=moment))
    assert visitor.get(f"/start/{link}").status_code == 403
    link = commands.new_link(visitor.runtime, "admin", "test")
    create_app(console.extensions["tieout"].settings).extensions["tieout"].close()
    assert visitor.get(f"/start/{link}").status_code == 403


def test_neither_link_nor_session_stands_in_the_database(visitor: Visitor) -> None:
    link = commands.first_admin_link(visitor.runtime, "admin", "test")
    with visitor.runtime.read() as (session, _):
        assert session.scalars(select(SignInLink.digest)).one() != link
    visitor.start(link)
    with visitor.runtime.read() as (session, _), visitor.client.session_transaction() as cookie:
        assert session.scalars(select(UserSession.digest)).one() != cookie["token"]


def test_password_and_code_sign_in(visitor: Visitor, enrolled: Callable[..., str]) -> None:
    assert visitor.post("/sign-in", user="Ann", password=PASSWORD, code=enrolled()).location == "/"
    assert "ann" in visitor.get("/account").text


def test_whatever_is_wrong_the_answer_is_the_same(visitor: Visitor, enrolled: Callable[..., str]) -> None:
    tries = [
        {"user": "bob", "password": PASSWORD, "code": enrolled()},
        {"user": "ann", "password": "wrong password, but long", "code": enrolled()},
        {"user": "ann", "password": PASSWORD, "code": "000000"},
        {"user": "ann", "password": PASSWORD, "code": ""},
    ]
    answers = [visitor.post("/sign-in", **fields) for fields in tries]
    assert {answer.status_code for answer in answers} == {401}
    pages = {answer.text.replace("bob", "ann").replace(token_of(answer.text), "") for answer in answers}
    assert len(pages) == 1


def token_of(page: str) -> str:
    """Return the token of a page's form."""
    return page.partition('csrf_token" value="')[2].partition('"')[0]


def test_a_name_and_a_browser_begin_no_line_of_the_log_and_drive_no_terminal(
    visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor.get("/sign-in")
    fields = {"user": "eve\r\nsigned in user=ada\x1b[2J", "csrf_token": visitor.token}
    assert visitor.send("/sign-in", fields, **{"User-Agent": "Firefox\x1b[31m"}).status_code == 401
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "eve" in line]
    assert "sign-in failed" in line
    assert "\x1b[2J" not in line
    assert "Firefox\x1b" not in line


def test_a_code_works_once(console: Flask, visitor: Visitor, enrolled: Callable[..., str]) -> None:
    fields = {"user": "ann", "password": PASSWORD, "code": enrolled()}
    assert visitor.post("/sign-in", **fields).status_code == 303
    second = Visitor(console, visitor.runtime)
    second.get("/sign-in")
    assert second.post("/sign-in", **fields).status_code == 401


def test_of_two_tries_at_once_with_one_code_only_one_signs_in(
    tmp_path: Path, redis: Redis, redis_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis.flushall()
    app = open_console(prepared(tmp_path, redis_url, TIEOUT_QBO_URL="http://127.0.0.1:9", DATABASE_URL=postgres_url))
    here = app.extensions["tieout"]
    one_time = enrol(Visitor(app, here.runtime).sign_in("viewer"))
    with here.runtime.read() as (_, moment):
        code = one_time.at(moment)
    both, counter_of = Barrier(2, timeout=20), passwords.counter_of

    def counter_once_both_have_it(*arguments: Any) -> int | None:
        counter = counter_of(*arguments)
        both.wait()
        return counter

    def signs_in(_: int) -> bool:
        try:
            sign_in.by_password(here.runtime, "vera", PASSWORD, code, Browser("127.0.0.1", "Firefox"))
        except WrongSignInError:
            return False
        return True

    monkeypatch.setattr(passwords, "counter_of", counter_once_both_have_it)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(signs_in, range(2))) == [False, True]
    here.close()


def test_after_five_wrong_tries_a_user_waits_and_others_do_not(visitor: Visitor, enrolled: Callable[..., str]) -> None:
    for _ in range(5):
        assert visitor.post("/sign-in", user="ann", password="x", code="1").status_code == 401
    answer = visitor.post("/sign-in", user="ann", password=PASSWORD, code=enrolled())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert visitor.post("/sign-in", user="bob", password="x", code="1").status_code == 401


def test_a_session_ends_when_it_is_idle_old_or_signed_out(visitor: Visitor) -> None:
    visitor.sign_in()
    for column, age in ((UserSession.seen_at, 31), (UserSession.created_at, 12 * 60 + 1)):
        with visitor.runtime.write() as (session, moment):
            session.execute(update(UserSession).values({column: moment - timedelta(minutes=age)}))
        assert visitor.get("/").location == "/sign-in"
        with visitor.runtime.write() as (session, moment):
            session.execute(update(UserSession).values(seen_at=moment, created_at=moment))
        assert visitor.get("/account").status_code == 200
    answer = visitor.post("/sign-out")
    assert answer.headers["Clear-Site-Data"]
    assert visitor.get("/account").location == "/sign-in"


@pytest.mark.parametrize("end", [commands.disable, commands.end_sessions])
def test_an_administrator_ends_the_sessions_of_a_user_at_once(visitor: Visitor, end: Callable[..., None]) -> None:
    visitor.sign_in("viewer")
    assert visitor.get("/account").status_code == 200
    end(visitor.runtime, "vera", "test")
    assert visitor.get("/account").location == "/sign-in"


def test_another_role_ends_the_sessions_of_a_user(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    commands.change(visitor.runtime, "vera", "accountant", "test")
    assert visitor.get("/account").location == "/sign-in"


def test_after_signing_in_a_person_is_on_the_page_they_wanted(visitor: Visitor) -> None:
    visitor.get("/c/widgets/documents?state=held")
    link = commands.first_admin_link(visitor.runtime, "admin", "test")
    assert visitor.start(link).location == "/c/widgets/documents?state=held"


def test_the_history_says_who_signed_in_and_from_where(visitor: Visitor) -> None:
    visitor.sign_in()
    with visitor.runtime.read() as (session, _):
        action = session.scalars(select(ActionRow).where(ActionRow.action == "sign in by link")).one()
    assert (action.who, action.details["address"]) == ("ada", "127.0.0.1")


def test_with_real_companies_nothing_is_open_before_password_and_authenticator_are_set(
    tmp_path: Path, redis: Redis, redis_url: str
) -> None:
    redis.flushall()
    app = open_console(prepared(tmp_path, redis_url))
    visitor = Visitor(app, app.extensions["tieout"].runtime).sign_in("admin")
    for page in ("/", "/users", "/c/widgets/documents"):
        assert visitor.get(page).location == "/account"
    assert visitor.get("/account").status_code == 200
    app.extensions["tieout"].close()


def test_the_cookie_is_for_the_browser_only_and_bound_to_https_where_that_is(
    tmp_path: Path, redis: Redis, redis_url: str
) -> None:
    redis.flushall()
    app = open_console(prepared(tmp_path, redis_url, TIEOUT_CONSOLE_URL="https://tieout.example"))
    answer = app.test_client().get("/sign-in", base_url="https://tieout.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-tieout=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in answer.headers["Set-Cookie"]
    assert "Domain" not in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]
    app.extensions["tieout"].close()


def test_two_consoles_on_one_machine_do_not_share_a_cookie(console: Flask) -> None:
    port = console.extensions["tieout"].settings.port("console")
    assert console.config["SESSION_COOKIE_NAME"] == f"tieout-{port}"
