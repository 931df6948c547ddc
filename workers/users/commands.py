"""What administrators do with users, and users with their own account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store import history, users
from store.companies import Connection
from store.users import ADMIN, CONSOLE, DASHBOARD, Place, Role, SignInLink, User, UserSession
from workers.errors import LastAdminError, NoSuchUserError, UserExistsError, UserNameError, WrongCodeError
from workers.lookup import connection_named
from workers.runtime import Runtime
from workers.users import passwords

LONGEST_NAME = 100


def add(runtime: Runtime, name: str, role: Role, who: str, connections: Sequence[str] = ()) -> None:
    """Add a user who may see these connections, or all of them when none is named.

    Raises UserNameError, UserExistsError, NoSuchConnectionError and AmbiguousNameError.
    """
    if not name.isprintable() or name != name.strip() or not 0 < len(name) <= LONGEST_NAME:
        raise UserNameError
    try:
        with runtime.write() as (session, moment):
            if users.user_named(session, name) is not None:
                raise UserExistsError(name)
            visible = _connections(session, connections)
            session.add(_new_user(name, role, moment, visible))
            history.note(session, moment, who, "add user", name, after={"role": role, "connections": _names(visible)})
    except IntegrityError as error:  # somebody added the name meanwhile
        raise UserExistsError(name) from error


def change(runtime: Runtime, name: str, role: Role, who: str, connections: Sequence[str] = ()) -> None:
    """Give a user another role and other connections; their sessions end. Raises LastAdminError and what `add` does."""
    with runtime.write() as (session, moment):
        user = user_named(session, name)
        before = {"role": user.role, "connections": _names(user.connections)}
        visible = _connections(session, connections)
        if role != ADMIN or visible:
            _keep_an_admin(session, user)
        user.role, user.sees_all, user.connections = role, not visible, visible
        users.end_sessions(session, user.id)
        after = {"role": role, "connections": _names(visible)}
        history.note(session, moment, who, "change user", user.name, before=before, after=after)


def disable(runtime: Runtime, name: str, who: str) -> None:
    """Let a user sign in no more, and end all their sessions. Raises NoSuchUserError and LastAdminError."""
    with runtime.write() as (session, moment):
        user = user_named(session, name)
        _keep_an_admin(session, user)
        user.disabled = True
        users.end_sessions(session, user.id)
        history.note(session, moment, who, "disable user", user.name)


def enable(runtime: Runtime, name: str, who: str) -> None:
    """Let a disabled user sign in again. Raises NoSuchUserError."""
    with runtime.write() as (session, moment):
        user = user_named(session, name)
        user.disabled = False
        history.note(session, moment, who, "enable user", user.name)


def new_link(runtime: Runtime, name: str, who: str, place: Place = CONSOLE) -> str:
    """Make a link's token that signs a user in once within ten minutes; the ones before it end. Raises NoSuchUserError."""
    with runtime.write() as (session, moment):
        user = user_named(session, name)
        token = users.new_token()
        session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
        digest = users.link_digest(token, place)
        session.add(SignInLink(digest=digest, user_id=user.id, valid_until=moment + users.LINK_LASTS))
        history.note(session, moment, who, "make sign-in link", user.name)
    return token


def address_of(runtime: Runtime, link: str) -> str:
    """Return the address at which a link's token signs a user in to the console."""
    return f"{runtime.settings.console_address}/start/{link}"


def dashboard_link(runtime: Runtime, who: str) -> str:
    """Make a link's token that signs a user in to the RQ dashboard, and nowhere else. Raises NoSuchUserError."""
    return new_link(runtime, who, who, DASHBOARD)


def end_links(runtime: Runtime) -> None:
    """End every link that was not used, as a console that starts does."""
    with runtime.write() as (session, _):
        session.execute(delete(SignInLink))


def end_sessions(runtime: Runtime, name: str, who: str) -> None:
    """End every session and link of a user. Raises NoSuchUserError."""
    with runtime.write() as (session, moment):
        user = user_named(session, name)
        users.end_sessions(session, user.id)
        history.note(session, moment, who, "end sessions", user.name)


def end_session(runtime: Runtime, user_id: int, session_id: int, who: str) -> None:
    """End one session of a user; one that has ended, or is somebody else's, is left alone."""
    with runtime.write() as (session, moment):
        own = (UserSession.id == session_id, UserSession.user_id == user_id)
        ended = session.execute(delete(UserSession).where(*own).returning(UserSession.id)).first()
        if ended is not None:
            history.note(session, moment, who, "end session", who)


def set_password(runtime: Runtime, user_id: int, password: str, *, session_id: int) -> None:
    """Give a user a new password; their other sessions end. Raises WeakPasswordError."""
    with runtime.write() as (session, moment):
        user = session.get_one(User, user_id)
        user.password_hash = passwords.hashed(password, user=user.name)
        users.end_sessions(session, user_id, but=session_id)
        history.note(session, moment, user.name, "set password", user.name)


def set_authenticator(runtime: Runtime, user_id: int, secret: str, code: str, *, session_id: int) -> None:
    """Tie a user's authenticator to Tieout when its code is right; other sessions end. Raises WrongCodeError."""
    with runtime.write() as (session, moment):
        user = session.get_one(User, user_id)
        counter = passwords.counter_of(code, secret, moment.timestamp())
        if counter is None:
            raise WrongCodeError
        user.totp_secret, user.totp_counter = secret, counter
        users.end_sessions(session, user_id, but=session_id)
        history.note(session, moment, user.name, "set authenticator", user.name)


def first_admin_link(runtime: Runtime, name: str, who: str) -> str:
    """Return the token of a link for the user of this name, who is added as an administrator if there is none."""
    with runtime.read() as (session, _):
        is_new = users.user_named(session, name) is None
    if is_new:
        add(runtime, name, ADMIN, who)
    return new_link(runtime, name, who)


def user_named(session: Session, name: str) -> User:
    """Return the user of this name, whatever the case. Raises NoSuchUserError."""
    user = users.user_named(session, name)
    if user is None:
        raise NoSuchUserError(name)
    return user


def _new_user(name: str, role: Role, moment: datetime, visible: list[Connection]) -> User:
    """Return a user who may see these connections, or all of them when there are none."""
    return User(
        name=name,
        folded_name=users.folded(name),
        role=role,
        created_at=moment,
        sees_all=not visible,
        connections=visible,
    )


def _connections(session: Session, names: Sequence[str]) -> list[Connection]:
    return [connection_named(session, name) for name in dict.fromkeys(names)]


def _names(connections: Sequence[Connection]) -> list[str] | str:
    return [connection.slug for connection in connections] or "all"


def _keep_an_admin(session: Session, user: User) -> None:
    """Refuse to take the last administrator of all connections away. Raises LastAdminError."""
    others = select(func.count()).where(User.role == ADMIN, User.sees_all, ~User.disabled, User.id != user.id)
    if user.role == ADMIN and user.sees_all and not user.disabled and not session.scalar(others):
        raise LastAdminError(user.name)
