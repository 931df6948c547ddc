"""People who use the console: their roles, the connections they may see, their sessions, and links that sign in once.

Of a session and of a link only the digest is kept, so whoever reads the database cannot act as anybody.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, and_, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from store.base import Base, Encrypted, UtcTime
from store.companies import Connection

Place: TypeAlias = Literal["console", "dashboard"]
Role: TypeAlias = Literal["viewer", "accountant", "operator", "admin"]
CONSOLE: Final = "console"
DASHBOARD: Final = "dashboard"
VIEWER: Final = "viewer"
ACCOUNTANT: Final = "accountant"
OPERATOR: Final = "operator"
ADMIN: Final = "admin"
ROLES: tuple[Role, ...] = (VIEWER, ACCOUNTANT, OPERATOR, ADMIN)

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""How long a session may stand unused, and how long it lasts at most."""
LINK_LASTS = timedelta(minutes=10)


class User(Base):
    """A person who may sign in; with `sees_all` every connection, else those that are listed.

    `folded_name` is the name whatever the case of its letters: databases differ in what they know of that. `totp_counter` is the time step of the last code that was accepted, so that no code works twice.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    folded_name: Mapped[str] = mapped_column(String(300))
    role: Mapped[Role] = mapped_column(String(10))
    sees_all: Mapped[bool] = mapped_column(default=True)
    disabled: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(Encrypted)
    totp_counter: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    connections: Mapped[list[Connection]] = relationship(secondary="user_connections", order_by=Connection.slug)

    __table_args__ = (UniqueConstraint("folded_name", name="users_by_folded_name"),)


class UserConnection(Base):
    """A connection that a user may see."""

    __tablename__ = "user_connections"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"), primary_key=True)


class UserSession(Base):
    """One browser in which a user is signed in.

    `proved_at` is when the user last proved who they are; `by_provider` says that an identity provider vouches for them.
    """

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    proved_at: Mapped[datetime] = mapped_column(UtcTime)
    by_provider: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(200))
    user: Mapped[User] = relationship()


class SignInLink(Base):
    """A link that signs a user in once, within ten minutes."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    valid_until: Mapped[datetime] = mapped_column(UtcTime)
    user: Mapped[User] = relationship()


def new_token() -> str:
    """Make an unguessable token for a cookie or a link (256 bits)."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what a token is looked up by: comparing digests tells nothing about the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_digest(token: str, place: Place) -> str:
    """Return what a link's token is looked up by: a link into the dashboard opens nothing else."""
    return digest(f"{place}:{token}")


def user_named(session: Session, name: str) -> User | None:
    """Return the user who goes by a name, whatever the case of its letters."""
    return session.scalar(select(User).where(User.folded_name == folded(name)))


def folded(name: str) -> str:
    """Return a name whatever the case of its letters."""
    return name.strip().casefold()


def open_session(session: Session, token: str, moment: datetime) -> UserSession | None:
    """Return the session of a token, unless it has ended, lapsed, or its user is disabled."""
    row = select(UserSession).join(User).where(UserSession.digest == digest(token), ~User.disabled)
    return session.scalar(row.where(_is_open(moment)))


def sessions_of(session: Session, user_id: int, moment: datetime) -> Sequence[UserSession]:
    """Return the open sessions of a user, the latest used first."""
    rows = select(UserSession).where(UserSession.user_id == user_id, _is_open(moment))
    return session.scalars(rows.order_by(UserSession.seen_at.desc())).all()


def remove_lapsed(session: Session, moment: datetime) -> None:
    """Delete sessions and links that are no longer valid."""
    session.execute(delete(UserSession).where(~_is_open(moment)))
    session.execute(delete(SignInLink).where(SignInLink.valid_until <= moment))


def end_sessions(session: Session, user_id: int, *, but: int | None = None) -> None:
    """End every session of a user, and every link; `but` is the id of a session that stays."""
    others = (
        UserSession.user_id == user_id if but is None else and_(UserSession.user_id == user_id, UserSession.id != but)
    )
    session.execute(delete(UserSession).where(others))
    session.execute(delete(SignInLink).where(SignInLink.user_id == user_id))


def _is_open(moment: datetime) -> ColumnElement[bool]:
    return and_(UserSession.seen_at > moment - IDLE, UserSession.created_at > moment - LONGEST)
