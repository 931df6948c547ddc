"""Tokens of the stand-in: codes, access and refresh tokens, rotation, revocation."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.settings import QuickBooksSettings

Json = dict[str, Any]

DAY = 86_400
CODE_SECONDS = 600
SHORTEST_TOKEN = 16


class TokenError(Exception):
    """A refusal of the token endpoint: {"error": ...} with 400, or 401 for wrong keys."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


@dataclass
class Authorisation:
    """One authorised company: what is good now, and since when. Times are seconds since the epoch."""

    realm: str
    refresh_token: str
    refresh_issued: float
    refresh_expires: float
    authorised: float


class GrantedTokens:
    """Everything the token endpoint knows."""

    def __init__(self, settings: QuickBooksSettings) -> None:
        self._settings = settings
        self.clear()

    def clear(self) -> None:
        """Forget every token."""
        self._codes: dict[str, tuple[str, str, float]] = {}
        self._access: dict[str, tuple[str, float, str]] = {}
        self._connections: dict[str, Authorisation] = {}

    def dump(self) -> Json:
        """Return what must survive a restart."""
        return {
            "access": {token: list(value) for token, value in self._access.items()},
            "connections": {key: asdict(connection) for key, connection in self._connections.items()},
        }

    def load(self, dumped: Json) -> None:
        """Restore what `dump` returned."""
        self.clear()
        for token, (realm, expires, key) in dumped.get("access", {}).items():
            self._access[token] = (realm, float(expires), key)
        for key, kept in dumped.get("connections", {}).items():
            numbers = {name: float(value) for name, value in kept.items() if name not in {"realm", "refresh_token"}}
            self._connections[key] = Authorisation(kept["realm"], kept["refresh_token"], **numbers)

    def new_code(self, realm: str, redirect_uri: str) -> str:
        """Hand out a code that can be exchanged once, within ten minutes."""
        code = f"XAB{secrets.token_hex(20)}"
        self._codes[code] = (realm, redirect_uri, time.time() + CODE_SECONDS)
        return code

    def exchange(self, code: str, redirect_uri: str, *, hard: bool) -> Json:
        """Exchange a code for tokens."""
        realm, expected, expires = self._codes.pop(code, ("", "", 0.0))
        if not realm or expires < time.time() or redirect_uri != expected:
            raise TokenError("invalid_grant")
        return self.issue(realm, hard=hard)

    def issue(self, realm: str, *, hard: bool = False) -> Json:
        """Authorise a company: a first access and refresh token."""
        now = time.time()
        connection = Authorisation(realm, _refresh_token(), now, now + self._settings.refresh_token_seconds, now)
        key = secrets.token_hex(8)
        self._connections[key] = connection
        return self._answer(key, connection, hard=hard)

    def refresh(self, token: str, *, hard: bool) -> Json:
        """Answer a refresh; the value of the refresh token changes as the rotation setting says."""
        now = time.time()
        key = next((key for key, connection in self._connections.items() if connection.refresh_token == token), None)
        if key is None or self._connections[key].refresh_expires <= now:
            raise TokenError("invalid_grant")
        connection = self._connections[key]
        rotation = self._settings.rotation
        if rotation == "always" or (rotation == "daily" and now - connection.refresh_issued >= DAY):
            connection.refresh_token = _refresh_token()
            connection.refresh_issued = now
        hard_end = connection.authorised + self._settings.refresh_hard_seconds
        connection.refresh_expires = min(now + self._settings.refresh_token_seconds, hard_end)
        return self._answer(key, connection, hard=hard)

    def revoke(self, token: str) -> bool:
        """End the connection that an access or refresh token belongs to."""
        key = self._access.get(token, ("", 0.0, ""))[2]
        keys = [key] if key else [k for k, connection in self._connections.items() if connection.refresh_token == token]
        for gone in keys:
            self._connections.pop(gone, None)
            self._access = {name: value for name, value in self._access.items() if value[2] != gone}
        return bool(keys)

    def revoke_realm(self, realm: str) -> None:
        """End every connection of a company, as its administrator would."""
        for connection in [connection for connection in self._connections.values() if connection.realm == realm]:
            self.revoke(connection.refresh_token)

    def expire_access(self, realm: str | None) -> None:
        """Let the access tokens of a company (None: all) expire now."""
        for token, (owner, _, key) in self._access.items():
            if realm in (None, owner):
                self._access[token] = (owner, 0.0, key)

    def check(self, header: str, realm: str) -> None:
        """Refuse a request whose bearer token is missing, malformed, expired (3200), or another company's (3100)."""
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or len(token) < SHORTEST_TOKEN:
            raise errors.not_authenticated("Malformed bearer token: too short or too long")
        owner, expires, key = self._access.get(token, ("", 0.0, ""))
        if key not in self._connections:
            raise errors.not_authenticated("Token revoked" if owner else "Invalid token")
        if expires <= time.time():
            raise errors.not_authenticated(f"Token expired: {token[:8]}...")
        if owner != realm:
            raise errors.wrong_company()

    def _answer(self, key: str, connection: Authorisation, *, hard: bool) -> Json:
        token = f"eyJ{secrets.token_urlsafe(60)}"
        now = time.time()
        self._access = {name: value for name, value in self._access.items() if value[1] > now - DAY}
        self._access[token] = (connection.realm, now + self._settings.access_token_seconds, key)
        answer: Json = {
            "token_type": "bearer",
            "access_token": token,
            "expires_in": self._settings.access_token_seconds,
            "refresh_token": connection.refresh_token,
            "x_refresh_token_expires_in": round(connection.refresh_expires - now),
        }
        if hard:
            left = connection.authorised + self._settings.refresh_hard_seconds - now
            answer["x_refresh_token_hard_expires_in"] = round(left)
        return answer


def _refresh_token() -> str:
    return f"AB1{secrets.token_hex(24)}"
