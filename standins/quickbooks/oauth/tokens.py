"""Tokens of the stand-in: codes, access and refresh tokens, rotation, revocation."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.oauth.identity import PERSON, IdentityProvider
from standins.quickbooks.settings import QuickBooksSettings

Json = dict[str, Any]

DAY = 86_400
CODE_SECONDS = 600
SHORTEST_TOKEN = 16
OPENID = "openid"


class TokenError(Exception):
    """A refusal of the token endpoint: {"error": ...} with 400, or 401 for wrong keys; some with a description."""

    def __init__(self, error: str, status: int = 400, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.description = description


@dataclass
class Authorisation:
    """One authorised company: what is good now, and since when. Times are seconds since the epoch."""

    realm: str
    refresh_token: str
    refresh_issued: float
    refresh_expires: float
    authorised: float
    scope: str = ""


class GrantedTokens:
    """Everything the token endpoint knows."""

    def __init__(self, settings: QuickBooksSettings) -> None:
        self._settings = settings
        self.identity = IdentityProvider()
        self.clear()

    def clear(self) -> None:
        """Forget every token."""
        self._codes: dict[str, tuple[str, str, str, float]] = {}
        self._spent: list[str] = []
        self._access: dict[str, tuple[str, float, str]] = {}
        self._connections: dict[str, Authorisation] = {}

    def dump(self) -> Json:
        """Return what must survive a restart."""
        return {
            "codes": {code: list(value) for code, value in self._codes.items()},
            "spent": self._spent,
            "identity": self.identity.dump(),
            "access": {token: list(value) for token, value in self._access.items()},
            "connections": {key: asdict(connection) for key, connection in self._connections.items()},
        }

    def load(self, dumped: Json) -> None:
        """Restore what `dump` returned."""
        self.clear()
        for code, (realm, redirect_uri, scope, expires) in dumped.get("codes", {}).items():
            self._codes[code] = (realm, redirect_uri, scope, float(expires))
        self._spent = list(dumped.get("spent", []))
        self.identity.load(dumped.get("identity"))
        for token, (realm, expires, key) in dumped.get("access", {}).items():
            self._access[token] = (realm, float(expires), key)
        for key, kept in dumped.get("connections", {}).items():
            issued, expires, authorised = (
                float(kept[name]) for name in ("refresh_issued", "refresh_expires", "authorised")
            )
            scope = kept.get("scope", "")
            self._connections[key] = Authorisation(
                kept["realm"], kept["refresh_token"], issued, expires, authorised, scope
            )

    def new_code(self, realm: str, redirect_uri: str, scope: str = "") -> str:
        """Hand out a code that can be exchanged once, within ten minutes."""
        code = f"XAB{secrets.token_hex(20)}"
        self._codes[code] = (realm, redirect_uri, scope, time.time() + CODE_SECONDS)
        return code

    def exchange(self, code: str, redirect_uri: str, *, hard: bool) -> Json:
        """Exchange a code for tokens."""
        realm, expected, scope, expires = self._codes.pop(code, ("", "", "", 0.0))
        if not realm or expires < time.time() or redirect_uri != expected:
            raise TokenError("invalid_grant")
        answer = self.issue(realm, hard=hard, scope=scope)
        if OPENID in scope.split():
            answer["id_token"] = self.identity.token(realm, self._settings.client_id)
        return answer

    def issue(self, realm: str, *, hard: bool = False, scope: str = "") -> Json:
        """Authorise a company: a first access and refresh token."""
        now = time.time()
        ends = now + self._settings.refresh_token_seconds
        connection = Authorisation(realm, _refresh_token(), now, ends, now, scope)
        key = secrets.token_hex(8)
        self._connections[key] = connection
        return self._answer(key, connection, hard=hard)

    def refresh(self, token: str, *, hard: bool) -> Json:
        """Answer a refresh; the value of the refresh token changes as the rotation setting says."""
        now = time.time()
        key = next((key for key, connection in self._connections.items() if connection.refresh_token == token), None)
        if key is None:
            raise self._unknown(token)
        if self._connections[key].refresh_expires <= now:
            raise TokenError("invalid_grant")
        connection = self._connections[key]
        rotation = self._settings.rotation
        if rotation == "always" or (rotation == "daily" and now - connection.refresh_issued >= DAY):
            self._spent.append(connection.refresh_token)
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
            connection = self._connections.pop(gone, None)
            self._spent += [connection.refresh_token] if connection else []
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

    def person_of(self, header: str) -> Json | None:
        """Return who connected, for a token that was given with the scope `openid`; else None."""
        token = header.partition(" ")[2]
        _, expires, key = self._access.get(token, ("", 0.0, ""))
        connection = self._connections.get(key)
        if connection is None or expires <= time.time() or OPENID not in connection.scope.split():
            return None
        return PERSON

    def _unknown(self, token: str) -> TokenError:
        """Return the refusal of a refresh token: of an access token, of a spent one, of one that never was."""
        if token in self._access:
            return TokenError("invalid_grant", description="Incorrect Token type or clientID")
        return TokenError(
            "invalid_grant", description="" if token in self._spent else "Incorrect or invalid refresh token"
        )

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
