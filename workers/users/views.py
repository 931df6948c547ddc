"""What is shown of users and of their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from store import users as user_store
from store.users import User, UserSession
from workers.runtime import Runtime

Role = user_store.Role
ROLES = user_store.ROLES


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user; `connections` are those that they may see, None for all, `seen_at` is when they were here last."""

    name: str
    role: Role
    connections: tuple[str, ...] | None
    disabled: bool
    has_password: bool
    has_authenticator: bool
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser in which a user is signed in."""

    id: int
    created_at: datetime
    seen_at: datetime
    address: str
    browser: str


def users(runtime: Runtime) -> list[UserRow]:
    """Return every user, by name."""
    with runtime.read() as (session, _):
        latest = select(UserSession.user_id, func.max(UserSession.seen_at)).group_by(UserSession.user_id)
        last_used = {user_id: seen_at for user_id, seen_at in session.execute(latest)}  # noqa: C416 - rows are no pairs to mypy
        rows = session.scalars(select(User).options(selectinload(User.connections)).order_by(User.name))
        return [
            UserRow(
                user.name, user.role, None if user.sees_all else tuple(connection.slug for connection in user.connections),
                user.disabled, user.password_hash is not None, user.totp_secret is not None, user.created_at,
                last_used.get(user.id),
            )
            for user in rows
        ]  # fmt: skip


def sessions(runtime: Runtime, user_id: int) -> list[SessionRow]:
    """Return the open sessions of a user, the latest used first."""
    with runtime.read() as (session, moment):
        return [
            SessionRow(row.id, row.created_at, row.seen_at, row.address, row.browser)
            for row in user_store.sessions_of(session, user_id, moment)
        ]
