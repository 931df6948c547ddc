"""Attempts to connect by way of Intuit's consent page: what was given before it, kept until the person comes back.

An attempt belongs to one session, works once, and lapses after ten minutes. It is kept encrypted in Redis, since it holds a
key of Precoro.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import cast

from workers import clients
from workers.connections import commands, connect
from workers.connections.connect import LinkedCompanies, PrecoroAccess
from workers.errors import AttemptLapsedError, NoAppKeysError
from workers.runtime import Runtime
from workers.tokens import vault

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What is to be connected, and who began it.

    Args:
        session_id: the session that alone may finish it
        redirect: the address to which Intuit sends the person back
        slug: the name of the connection, empty to make one from the company's
        access: how Precoro is reached; None to connect again what was connected before
    """

    session_id: int
    redirect: str
    slug: str = ""
    access: PrecoroAccess | None = None


def begin(runtime: Runtime, attempt: Attempt) -> str:
    """Keep an attempt and return the address of the consent page. Raises NoAppKeysError, and RemoteError for a wrong key."""
    settings = runtime.settings
    if not settings.qbo_client_id or not settings.qbo_client_secret:
        raise NoAppKeysError
    if attempt.access:
        connect.ask_precoro(runtime, attempt.access)
    state = secrets.token_urlsafe(32)
    kept = vault(runtime).encrypt(json.dumps(asdict(attempt)).encode())
    runtime.redis.set(_name(runtime, state), kept, ex=LASTS)
    return clients.oauth(runtime, attempt.redirect).authorise_url(state)


def find(runtime: Runtime, session_id: int, state: str) -> Attempt:
    """Return the attempt that a `state` belongs to, which stays. Raises AttemptLapsedError."""
    kept = cast("bytes | None", runtime.redis.get(_name(runtime, state)))
    attempt = _read(runtime, kept) if kept else None
    if attempt is None or attempt.session_id != session_id:
        raise AttemptLapsedError
    return attempt


def finish(runtime: Runtime, session_id: int, state: str, code: str, realm: str, who: str) -> LinkedCompanies | str:
    """Connect with what Intuit answered; returns the companies, or the name of a connection that has permission again.

    The lists of new companies are not read yet: that is the first look. Raises AttemptLapsedError, ConnectError and RemoteError.
    """
    attempt = find(runtime, session_id, state)
    if not runtime.redis.delete(_name(runtime, state)):
        raise AttemptLapsedError
    if attempt.access is None:
        commands.reconnect(runtime, attempt.slug, code, realm, redirect=attempt.redirect, who=who)
        return attempt.slug
    return connect.link(runtime, attempt.access, code, realm, redirect=attempt.redirect, slug=attempt.slug, who=who)


def _read(runtime: Runtime, kept: bytes) -> Attempt:
    stored = json.loads(vault(runtime).decrypt(kept))
    access = stored.pop("access")
    return Attempt(**stored, access=PrecoroAccess(**access) if access else None)


def _name(runtime: Runtime, state: str) -> str:
    """Return the name of an attempt in Redis: a digest, so that whoever reads it there cannot finish the attempt."""
    return f"{runtime.settings.queue}:connecting:{hashlib.sha256(state.encode()).hexdigest()}"
