"""One's own account."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
from flask import Flask
from sqlalchemy import update

from store.users import User, UserSession
from tests.integration.console.conftest import Visitor
from workers.users import commands

PASSWORD = "sprout lantern copper violin"


def secret_on(page: str) -> str:
    """Return the secret that the page of the authenticator shows."""
    shown = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert shown, page
    return shown[1]


def enrol(visitor: Visitor) -> pyotp.TOTP:
    """Set a password and an authenticator, as a person does."""
    visitor.get("/account")
    assert "Your password is set." in visitor.follow("/account/password", password=PASSWORD)
    one_time = pyotp.TOTP(secret_on(visitor.get("/account/authenticator").text))
    with visitor.runtime.read() as (_, moment):
        code = one_time.at(moment, counter_offset=-1)
    assert "Your authenticator is set." in visitor.follow("/account/authenticator/set", code=code)
    return one_time


def test_the_secret_of_an_authenticator_is_in_no_cookie_and_is_another_one_once_it_is_set(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    shown = [secret_on(visitor.get("/account/authenticator").text) for _ in range(2)]
    assert shown[0] == shown[1]
    with visitor.client.session_transaction() as session:
        assert shown[0] not in str(dict(session))
    enrol(visitor)
    assert secret_on(visitor.get("/account/authenticator").text) != shown[0]


def test_a_weak_password_is_refused_with_what_helps(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    assert "at least 15 characters" in visitor.follow("/account/password", password="too short")


def test_a_wrong_code_sets_no_authenticator(visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    visitor.get("/account/authenticator")
    assert "not the code" in visitor.follow("/account/authenticator/set", code="000000")


def test_a_new_password_ends_all_other_sessions(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    other = Visitor(console, visitor.runtime)
    other.start(commands.new_link(visitor.runtime, "vera", "test"))
    assert other.get("/account").status_code == 200
    enrol(visitor)
    assert other.get("/account").location == "/sign-in"
    assert visitor.get("/account").status_code == 200


def test_one_session_is_ended_from_another(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in("viewer")
    other = Visitor(console, visitor.runtime)
    other.start(commands.new_link(visitor.runtime, "vera", "test"))
    assert "That session has ended." in visitor.follow("/account/end", session="2")
    assert other.get("/account").location == "/sign-in"


def test_after_five_wrong_proofs_a_person_waits(visitor: Visitor) -> None:
    visitor.sign_in()
    enrol(visitor)
    visitor.get("/account/prove")
    tries = [visitor.post("/account/prove", password="wrong", code="000000").status_code for _ in range(6)]
    assert tries == [401] * 5 + [429]


def test_what_is_dangerous_needs_the_password_again_after_five_minutes(visitor: Visitor) -> None:
    visitor.sign_in()
    one_time = enrol(visitor)
    with visitor.runtime.write() as (session, moment):
        session.execute(update(UserSession).values(proved_at=moment - timedelta(minutes=6)))
    assert visitor.post("/users/add", name="eve", role="admin").location == "/account/prove"
    with visitor.runtime.read() as (session, moment):
        assert session.query(User).count() == 1
        code = one_time.at(moment)
    visitor.get("/account/prove")
    assert visitor.post("/account/prove", password="wrong", code=code).status_code == 401
    assert visitor.post("/account/prove", password=PASSWORD, code=code).location == "/users"
    visitor.get("/users")
    assert "eve signs in once" in visitor.follow("/users/add", name="eve", role="admin")
