"""The session of a browser: a signed cookie that carries a token, whose digest the database knows.

So a session ends everywhere as soon as its row is gone. The signing keys are the console's own: they guard forms and messages,
and a stolen one opens no session.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request, session

from console.runtime import runtime
from settings import Settings
from workers.users import sign_in
from workers.users.sign_in import Browser, SignedIn

TOKEN, NEXT = "token", "next"
KEYS = "console-keys"


def configure(app: Flask, settings: Settings, name: str, address: str) -> None:
    """Set the cookie's name, its keys and who may read it; `address` is where the pages are opened."""
    is_https = address.startswith("https://")
    newest, *older = _keys(settings)
    app.config.update(
        SECRET_KEY=newest,
        SECRET_KEY_FALLBACKS=older,
        # Cookies are not bound to a port, so two consoles on one machine must not share a name.
        SESSION_COOKIE_NAME=f"__Host-{name}" if is_https else f"{name}-{urlsplit(address).port}",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def user() -> SignedIn:
    """Return who is signed in; only for pages that need it."""
    signed_in = current_user()
    if signed_in is None:
        raise LookupError("Nobody is signed in.")
    return signed_in


def current_user() -> SignedIn | None:
    """Return who is signed in, if anybody is; asked of the database once a request."""
    if "signed_in" not in g:
        token = session.get(TOKEN)
        by_person = g.get("by_person", True)
        g.signed_in = sign_in.signed_in(runtime(), token, by_person=by_person) if isinstance(token, str) else None
    signed_in: SignedIn | None = g.signed_in
    return signed_in


def begin(token: str) -> str:
    """Begin a session with a fresh cookie; returns the page that the person wanted."""
    wanted: Any = session.get(NEXT)
    session.clear()
    session[TOKEN] = token
    g.pop("signed_in", None)
    return wanted if isinstance(wanted, str) else "/"


def browser() -> Browser:
    """Return where the request comes from."""
    return Browser(request.remote_addr or "", request.headers.get("User-Agent", ""))


def _keys(settings: Settings) -> list[str]:
    """Return the signing keys, newest first; the first one is made in the home folder, for its owner only."""
    if settings.console_keys:
        return [key.strip() for key in settings.console_keys.split(",") if key.strip()]
    path = settings.home / KEYS
    if not path.exists():
        _write(path, secrets.token_urlsafe(48))
    return path.read_text().split()


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{text}\n")
    fresh.replace(path)
