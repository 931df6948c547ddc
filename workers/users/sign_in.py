"""How people sign in, and what a session lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from store import history, users
from store.users import CONSOLE, Place, SignInLink, User, UserSession
from workers.errors import LinkUsedError, UnknownPersonError, WrongSignInError
from workers.runtime import Runtime
from workers.users import passwords
from workers.users.roles import MAY, OF_ALL, Permission

PROOF_LASTS = timedelta(minutes=5)
"""How long a proof of identity allows what is dangerous."""
NOTED_EVERY = timedelta(minutes=1)
"""How often at most the use of a session is written down."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from: an address, and what the browser says of itself."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user in a session.

    Args:
        connections: the slugs of those that the user may see, None for all
        enrolled: whether a password and an authenticator are set, or an identity provider vouches for the user
        by_provider: whether one does in this session
        proved: whether the user proved within the last minutes who they are
    """

    user_id: int
    session_id: int
    name: str
    role: users.Role
    connections: frozenset[str] | None
    enrolled: bool
    by_provider: bool
    proved: bool

    def may(self, permission: Permission) -> bool:
        """Say whether the user's role allows something, and their connections do."""
        return permission in MAY[self.role] and (self.connections is None or permission not in OF_ALL)

    def sees(self, slug: str) -> bool:
        """Say whether the user may see a connection."""
        return self.connections is None or slug in self.connections


def by_password(runtime: Runtime, name: str, password: str, code: str, browser: Browser) -> str:
    """Sign a user in and return the token of the session.

    Raises WrongSignInError, the same and after the same time whichever of the three is wrong.
    """
    with runtime.read() as (session, _):
        user = _active_user(session, name)
        kept = user.password_hash if user else None
    is_right = passwords.matches(password, kept)
    with runtime.write() as (session, moment):
        user = _active_user(session, name)
        if not is_right or user is None or not _takes_code(session, user, code, moment):
            raise WrongSignInError
        return _begin(session, user, browser, moment, "sign in", moment)


def by_link(runtime: Runtime, token: str, browser: Browser, place: Place = CONSOLE) -> str:
    """Sign a user in by a link, which then ends, and return the token of the session.

    A link into the console proves who somebody is, since another person made it; one into the dashboard they made themselves.
    Raises LinkUsedError.
    """
    with runtime.write() as (session, moment):
        valid = (SignInLink.digest == users.link_digest(token, place), SignInLink.valid_until > moment)
        user_id = session.scalar(delete(SignInLink).where(*valid).returning(SignInLink.user_id))
        user = session.get(User, user_id) if user_id is not None else None
        if user is None or user.disabled:
            raise LinkUsedError
        proved_at = moment if place == CONSOLE else moment - PROOF_LASTS
        return _begin(session, user, browser, moment, "sign in by link", proved_at)


def by_provider(runtime: Runtime, email: str, proved_at: object, browser: Browser) -> str:
    """Sign the user in whose name is the e-mail address that an identity provider vouches for; returns the session's token.

    `proved_at` is when the person proved there who they are, in seconds since 1970. Raises UnknownPersonError.
    """
    with runtime.write() as (session, moment):
        user = _active_user(session, email)
        if user is None:
            raise UnknownPersonError
        proved = datetime.fromtimestamp(proved_at, UTC) if isinstance(proved_at, int) else moment - PROOF_LASTS
        return _begin(session, user, browser, moment, "sign in by provider", min(proved, moment), by_provider=True)


def link_is_valid(runtime: Runtime, token: str, place: Place = CONSOLE) -> bool:
    """Say whether a link would sign somebody in now."""
    with runtime.read() as (session, moment):
        valid = (SignInLink.digest == users.link_digest(token, place), SignInLink.valid_until > moment)
        return session.scalar(select(SignInLink.id).where(*valid)) is not None


def signed_in(runtime: Runtime, token: str, *, by_person: bool = True) -> SignedIn | None:
    """Return who is signed in by a session's token; None when the session has ended.

    Only what a person does keeps it from ending, not what an open page asks for by itself.
    """
    with runtime.read() as (session, moment):
        row = users.open_session(session, token, moment)
        if row is None:
            return None
        user, is_noted = row.user, moment - row.seen_at < NOTED_EVERY
        visible = None if user.sees_all else frozenset(connection.slug for connection in user.connections)
        shown = SignedIn(
            user_id=user.id, session_id=row.id, name=user.name, role=user.role, connections=visible,
            enrolled=row.by_provider or bool(user.password_hash and user.totp_secret), by_provider=row.by_provider,
            proved=moment - row.proved_at < PROOF_LASTS,
        )  # fmt: skip
    if by_person and not is_noted:
        with runtime.write() as (session, moment):
            session.execute(update(UserSession).where(UserSession.id == shown.session_id).values(seen_at=moment))
    return shown


def prove(runtime: Runtime, signed_in: SignedIn, password: str, code: str) -> None:
    """Let a user who is signed in prove again who they are. Raises WrongSignInError."""
    with runtime.read() as (session, _):
        kept = session.get_one(User, signed_in.user_id).password_hash
    is_right = passwords.matches(password, kept)
    with runtime.write() as (session, moment):
        user = session.get_one(User, signed_in.user_id)
        if not is_right or not _takes_code(session, user, code, moment):
            raise WrongSignInError
        session.execute(update(UserSession).where(UserSession.id == signed_in.session_id).values(proved_at=moment))


def sign_out(runtime: Runtime, signed_in: SignedIn) -> None:
    """End this session."""
    with runtime.write() as (session, moment):
        session.execute(delete(UserSession).where(UserSession.id == signed_in.session_id))
        history.note(session, moment, signed_in.name, "sign out", signed_in.name)


def _active_user(session: Session, name: str) -> User | None:
    """Return the user of a name who may sign in."""
    user = users.user_named(session, name)
    return None if user is None or user.disabled else user


def _takes_code(session: Session, user: User, code: str, moment: datetime) -> bool:
    """Use up a code of the user's authenticator; one that was used, or is older than one that was, is refused.

    The database compares as it writes, so of two tries at once with one code only one succeeds.
    """
    if user.totp_secret is None:
        return False
    counter = passwords.counter_of(code, user.totp_secret, moment.timestamp())
    if counter is None:
        return False
    is_newer = (User.id == user.id, User.totp_counter < counter)
    taken = update(User).where(*is_newer).values(totp_counter=counter).returning(User.id)
    return session.execute(taken).first() is not None


def _begin(
    session: Session, user: User, browser: Browser, moment: datetime, action: str, proved_at: datetime, *,
    by_provider: bool = False,
) -> str:  # fmt: skip
    """Begin a session of a user and return its token."""
    users.remove_lapsed(session, moment)
    token = users.new_token()
    session.add(
        UserSession(
            digest=users.digest(token), user_id=user.id, created_at=moment, seen_at=moment, proved_at=proved_at,
            by_provider=by_provider,
            address=browser.address[:60], browser=browser.agent[:200],
        )
    )  # fmt: skip
    history.note(session, moment, user.name, action, user.name, address=browser.address)
    return token
