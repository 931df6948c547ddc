"""Users as an administrator manages them on the page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from store import users
from tests.integration.console.conftest import Visitor
from workers.errors import UserExistsError
from workers.users import commands, views


def test_an_administrator_adds_a_user_who_signs_in_with_the_link_on_the_page(console: Flask, visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.get("/users")
    page = visitor.follow("/users/add", name="ann@widgets.example", role="accountant", connections="gadgets")
    link = re.search(r"/start/([\w-]+)", page)
    assert link
    ann = Visitor(console, visitor.runtime)
    assert ann.start(link[1]).status_code == 303
    assert ann.get("/c/gadgets/documents").status_code == 200
    assert ann.get("/c/widgets/documents").status_code == 404


def test_what_is_refused_is_read_on_the_page_with_what_helps(visitor: Visitor) -> None:
    visitor.sign_in()
    page = visitor.follow("/users/disable", name="ada")
    assert "ada is the only administrator. Make another user an administrator first." in page
    assert "There is no user bob." in visitor.follow("/users/link", name="bob")


def test_an_administrator_of_some_connections_manages_nobody(visitor: Visitor) -> None:
    commands.add(visitor.runtime, "boss", "admin", "test")
    visitor.sign_in("admin", "gadgets")
    for path in ("/users", "/history", "/connect"):
        assert visitor.get(path).status_code == 403
    assert "/users" not in visitor.get("/account").text
    assert visitor.post("/users/change", name="ada", role="admin").status_code == 403
    assert visitor.post("/users/link", name="boss").status_code == 403
    assert visitor.post("/connect/begin").status_code == 403
    (ada, _) = views.users(visitor.runtime)
    assert ada.connections == ("gadgets",)


def test_one_administrator_of_all_connections_stays(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.get("/users")
    visitor.follow("/users/add", name="eve", role="admin", connections="gadgets")
    page = visitor.follow("/users/change", name="ada", role="admin", connections="widgets")
    assert "ada is the only administrator" in page


@pytest.mark.parametrize("name", ["", "x" * 101, "eve\r\nroot", "eve\x1b[31m", "eve\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_a_name_that_cannot_be_read_or_kept_is_refused(visitor: Visitor, name: str) -> None:
    visitor.sign_in()
    visitor.get("/users")
    assert "1 to 100 characters" in visitor.follow("/users/add", name=name, role="viewer")
    assert [user.name for user in views.users(visitor.runtime)] == ["ada"]


def test_a_role_that_there_is_not_is_the_least_one(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.follow("/users/add", name="eve", role="root")
    assert [user.role for user in views.users(visitor.runtime) if user.name == "eve"] == ["viewer"]


def test_a_user_is_changed_disabled_enabled_and_signed_out(visitor: Visitor) -> None:
    visitor.sign_in()
    visitor.follow("/users/add", name="bob", role="viewer")
    assert "bob is operator now." in visitor.follow("/users/change", name="bob", role="operator")
    assert "bob can no longer sign in." in visitor.follow("/users/disable", name="bob")
    assert "bob can sign in again." in visitor.follow("/users/enable", name="bob")
    assert "bob is signed out everywhere." in visitor.follow("/users/end-sessions", name="bob")


def test_of_two_who_add_one_name_at_once_the_second_is_told(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.sign_in()
    visitor.get("/users")
    assert "/start/" in visitor.follow("/users/add", name="Straße", role="viewer")
    monkeypatch.setattr(users, "user_named", lambda *_: None)  # as if both had looked before either added it
    for name in ("Straße", "STRASSE"):
        with pytest.raises(UserExistsError):
            commands.add(visitor.runtime, name, "viewer", "test")
