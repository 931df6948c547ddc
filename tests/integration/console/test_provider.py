"""Signing in with the company's own identity provider, played by a small one that signs its tokens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from redis import Redis

from console.app import create_app
from settings import Settings
from tests.integration.console.conftest import Visitor, open_console, prepared
from tests.stage import serve
from workers.users import commands

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """An identity provider, and what it says of the person who comes."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)

    def app(self) -> Flask:
        """Return its pages."""
        app = Flask("provider")
        app.add_url_rule("/.well-known/openid-configuration", view_func=self.discovery)
        app.add_url_rule("/keys", view_func=self.keys)
        app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        return app

    def discovery(self) -> Any:
        """Say where everything is."""
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return jsonify(issuer=self.url, **{name: f"{self.url}/{path}" for name, path in paths.items()})

    def keys(self) -> Any:
        """Publish the key."""
        return jsonify(keys=[KEY.as_dict(private=False)])

    def token(self) -> Any:
        """Exchange a code for a signed statement."""
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": "tieout", "sub": "7", "iat": now, "exp": now + 60, "auth_time": now,
            "nonce": self.nonces[request.form["code"]], "email_verified": True, **self.claims,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
        return jsonify(access_token="x", token_type="Bearer", id_token=signed)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Return a provider that runs."""
    with ExitStack() as stack:
        provider = Provider()
        provider.url = serve(stack, provider.app())
        yield provider


@pytest.fixture
def console(tmp_path: Path, redis: Redis, redis_url: str, provider: Provider) -> Iterator[Flask]:  # noqa: ARG001 - an empty Redis
    """Return a console of real companies that knows the provider."""
    named = {
        "TIEOUT_OIDC_ISSUER": provider.url,
        "TIEOUT_OIDC_CLIENT_ID": "tieout",
        "TIEOUT_OIDC_CLIENT_SECRET": "secret",
    }
    app = open_console(prepared(tmp_path, redis_url, **named))
    yield app
    app.extensions["tieout"].close()


def come(visitor: Visitor, provider: Provider, **claims: Any) -> Any:
    """Go to the provider, be who it says, and come back; returns the answer."""
    visitor.get("/sign-in")
    address = visitor.post("/sign-in/provider").location
    assert address.startswith(f"{provider.url}/authorize")
    query = parse_qs(urlsplit(address).query)
    assert (query["prompt"], query["max_age"], query["code_challenge_method"]) == (["login"], ["0"], ["S256"])
    provider.nonces["code-1"], provider.claims = query["nonce"][0], claims
    visitor.get(f"/sign-in/provider/answer?code=code-1&state={query['state'][0]}")
    return visitor.post("/sign-in/provider/answer", code="code-1", state=query["state"][0])


@pytest.fixture
def ann(visitor: Visitor) -> Visitor:
    """Return the browser of somebody who is a user."""
    commands.add(visitor.runtime, "ann@widgets.example", "admin", "test")
    return visitor


def test_a_user_whom_the_provider_vouches_for_needs_no_password_of_ours(ann: Visitor, provider: Provider) -> None:
    ann.get("/users")
    assert come(ann, provider, email="Ann@widgets.example").location == "/users"
    assert ann.get("/users").status_code == 200
    assert "bob signs in once" in ann.follow("/users/add", name="bob", role="viewer")  # just proved


def test_a_proof_that_is_old_at_the_provider_is_old_here(ann: Visitor, provider: Provider) -> None:
    come(ann, provider, email="ann@widgets.example", auth_time=int(time.time()) - 400)
    ann.get("/users")
    assert ann.post("/users/add", name="bob", role="viewer").location == "/account/prove"
    assert "Prove it with your company" in ann.get("/account/prove").text


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@elsewhere.example"}, {"email": ""}, {}, {"email": "ann@widgets.example", "email_verified": False},
        {"email": "ann@widgets.example", "aud": "another"}, {"email": "ann@widgets.example", "iss": "https://evil.example"},
        {"email": "ann@widgets.example", "exp": 1}, {"email": "ann@widgets.example", "nonce": "another"},
    ],
)  # fmt: skip
def test_nobody_else_comes_in(ann: Visitor, provider: Provider, claims: dict[str, Any]) -> None:
    assert come(ann, provider, **claims).status_code == 403
    assert ann.get("/users").location == "/sign-in"


def test_a_disabled_user_does_not_come_in(ann: Visitor, provider: Provider) -> None:
    commands.add(ann.runtime, "bob@widgets.example", "viewer", "test")
    commands.disable(ann.runtime, "bob@widgets.example", "test")
    assert come(ann, provider, email="bob@widgets.example").status_code == 403


def test_an_answer_to_the_attempt_of_another_browser_is_refused(
    console: Flask, ann: Visitor, provider: Provider
) -> None:
    ann.get("/sign-in")
    query = parse_qs(urlsplit(ann.post("/sign-in/provider").location).query)
    provider.nonces["code-1"], provider.claims = query["nonce"][0], {"email": "ann@widgets.example"}
    other = Visitor(console, ann.runtime)
    other.get(f"/sign-in/provider/answer?code=code-1&state={query['state'][0]}")
    assert other.post("/sign-in/provider/answer", code="code-1", state=query["state"][0]).status_code == 403


def test_a_provider_that_does_not_answer_is_said_so(
    tmp_path: Path, redis: Redis, redis_url: str, visitor: Visitor
) -> None:
    redis.flushdb()
    (tmp_path / "away").mkdir()
    app = open_console(prepared(tmp_path / "away", redis_url, TIEOUT_OIDC_ISSUER="http://127.0.0.1:9"))
    stranger = Visitor(app, visitor.runtime)
    stranger.get("/sign-in")
    answer = stranger.post("/sign-in/provider")
    assert answer.status_code == 502
    assert "does not answer" in answer.text
    app.extensions["tieout"].close()


def test_without_a_provider_nothing_leads_to_one(visitor: Visitor, settings_without: Callable[[], Settings]) -> None:
    app = create_app(settings_without())
    stranger = Visitor(app, visitor.runtime)
    assert "Sign in with your company" not in stranger.get("/sign-in").text
    assert stranger.post("/sign-in/provider").status_code == 404
    app.extensions["tieout"].close()


@pytest.fixture
def settings_without(tmp_path: Path, redis_url: str) -> Callable[[], Settings]:
    """Return what makes the settings of a console that knows no provider."""
    (tmp_path / "other").mkdir()
    return lambda: prepared(tmp_path / "other", redis_url)
