"""What administrators do with users: each of it stands in the history, and somebody stays who can do it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from store.history import ActionRow
from tests.rows import connected
from workers.connections import forget
from workers.errors import LastAdminError, NoSuchConnectionError, NoSuchUserError, UserExistsError
from workers.runtime import Runtime
from workers.users import commands, sign_in, views
from workers.users.sign_in import Browser

HERE = Browser("127.0.0.1", "Firefox")


def test_a_user_sees_the_connections_that_are_named_or_all(runtime: Runtime) -> None:
    connected(runtime.store)
    connected(runtime.store, "gadgets")
    commands.add(runtime, "ann", "accountant", "root", ["gadgets"])
    commands.add(runtime, "bob", "viewer", "root")
    assert [(user.name, user.role, user.connections) for user in views.users(runtime)] == [
        ("ann", "accountant", ("gadgets",)),
        ("bob", "viewer", None),
    ]
    with pytest.raises(NoSuchConnectionError):
        commands.add(runtime, "eve", "viewer", "root", ["nowhere"])


def test_a_user_whose_only_connection_is_forgotten_does_not_see_all_of_a_sudden(runtime: Runtime) -> None:
    connected(runtime.store, state="disconnected")
    commands.add(runtime, "ann", "accountant", "root", ["widgets"])
    forget.forget(runtime, "widgets", "root")
    assert [user.connections for user in views.users(runtime)] == [()]


def test_two_users_do_not_share_a_name_whatever_the_case(runtime: Runtime) -> None:
    commands.add(runtime, "Ann", "viewer", "root")
    with pytest.raises(UserExistsError):
        commands.add(runtime, "ann", "admin", "root")
    with pytest.raises(NoSuchUserError):
        commands.disable(runtime, "bob", "root")


def test_a_name_with_other_letters_than_those_of_english_is_the_same_in_either_case(runtime: Runtime) -> None:
    commands.add(runtime, "Änne", "viewer", "root")
    with pytest.raises(UserExistsError):
        commands.add(runtime, "ÄNNE", "viewer", "root")
    token = sign_in.by_provider(runtime, "änne", None, HERE)
    assert sign_in.signed_in(runtime, token)


def test_the_last_administrator_stays_one(runtime: Runtime) -> None:
    commands.add(runtime, "ada", "admin", "root")
    with pytest.raises(LastAdminError):
        commands.disable(runtime, "ada", "root")
    with pytest.raises(LastAdminError):
        commands.change(runtime, "ada", "viewer", "root")
    commands.add(runtime, "ann", "admin", "root")
    commands.disable(runtime, "ada", "root")
    with pytest.raises(LastAdminError):
        commands.disable(runtime, "ann", "root")


def test_the_link_of_a_start_is_for_the_user_who_has_the_name_in_whatever_case(runtime: Runtime) -> None:
    commands.add(runtime, "Admin", "admin", "root")
    assert sign_in.link_is_valid(runtime, commands.first_admin_link(runtime, "admin", "bin/up"))
    assert [user.name for user in views.users(runtime)] == ["Admin"]


def test_a_new_link_ends_the_one_before(runtime: Runtime) -> None:
    first = commands.first_admin_link(runtime, "ada", "root")
    second = commands.new_link(runtime, "ada", "root")
    assert not sign_in.link_is_valid(runtime, first)
    assert sign_in.link_is_valid(runtime, second)


def test_nobody_ends_the_session_of_somebody_else(runtime: Runtime) -> None:
    for name in ("ann", "bob"):
        commands.add(runtime, name, "viewer", "root")
    sign_in.by_link(runtime, commands.new_link(runtime, "ann", "root"), HERE)
    token = sign_in.by_link(runtime, commands.new_link(runtime, "bob", "root"), HERE)
    (session,) = views.sessions(runtime, 2)
    commands.end_session(runtime, 1, session.id, "ann")
    assert sign_in.signed_in(runtime, token)


def test_every_change_stands_in_the_history(runtime: Runtime) -> None:
    commands.add(runtime, "ada", "admin", "root")
    commands.add(runtime, "ann", "viewer", "root")
    commands.change(runtime, "ann", "accountant", "ada")
    commands.disable(runtime, "ann", "ada")
    commands.enable(runtime, "ann", "ada")
    commands.new_link(runtime, "ann", "ada")
    commands.end_sessions(runtime, "ann", "ada")
    with runtime.read() as (session, _):
        actions = session.scalars(select(ActionRow).where(ActionRow.subject == "ann").order_by(ActionRow.id)).all()
    assert [(action.who, action.action) for action in actions] == [
        ("root", "add user"), ("ada", "change user"), ("ada", "disable user"), ("ada", "enable user"),
        ("ada", "make sign-in link"), ("ada", "end sessions"),
    ]  # fmt: skip
    assert actions[1].details["before"] == {"role": "viewer", "connections": "all"}
    assert actions[1].details["after"] == {"role": "accountant", "connections": "all"}
