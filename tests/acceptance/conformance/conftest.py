"""Both stand-ins over real HTTP, and the clients of other people that are pointed at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from intuitlib.client import AuthClient  # type: ignore[import-untyped]
from precoro import PrecoroClient
from quickbooks.client import QuickBooks  # type: ignore[import-untyped]

from standins.precoro.app import create_app as create_precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks.app import create_app as create_quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from standins.server import Background

US, UK = "9130001", "9130002"
CALLBACK = "http://127.0.0.1:9/callback"

Connect = Callable[[str], Any]


@pytest.fixture
def books_url() -> Iterator[str]:
    """Return the address of a QuickBooks stand-in without limits."""
    with Background(create_quickbooks(QuickBooksSettings(limits=False))) as url:
        yield url


@pytest.fixture
def precoro_url() -> Iterator[str]:
    """Return the address of a Precoro stand-in without limits."""
    with Background(create_precoro(PrecoroSettings(limits=False))) as url:
        yield url


@pytest.fixture
def auth(books_url: str) -> Iterator[Any]:
    """Return intuit-oauth's client, pointed at the stand-in's discovery document."""
    discovery = f"{books_url}/.well-known/openid_sandbox_configuration/"
    with AuthClient("sandbox-client", "sandbox-secret", CALLBACK, discovery) as client:
        yield client


@pytest.fixture
def connect(books_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Return a function that gives python-quickbooks for a realm, signed in through intuit-oauth."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # oauthlib insists on TLS; the stand-in speaks plain HTTP
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{books_url}/v3")
    opened: list[Any] = []

    def sign_in(realm: str) -> Any:
        issued = requests.post(f"{books_url}/_control/tokens", json={"realm": realm}, timeout=5).json()
        discovery = f"{books_url}/.well-known/openid_sandbox_configuration/"
        auth = AuthClient("sandbox-client", "sandbox-secret", CALLBACK, discovery)
        client = QuickBooks(
            auth_client=auth,
            refresh_token=issued["refresh_token"],
            company_id=realm,
            minorversion=75,
            use_decimal=True,
            verifier_token="sandbox-verifier",
        )
        opened.extend((auth, client.session))
        return client

    yield sign_in
    for session in opened:
        session.close()


@pytest.fixture
def books(connect: Connect) -> Any:
    """Return python-quickbooks in the books of Widgets Inc."""
    return connect(US)


@pytest.fixture
def sdk(precoro_url: str) -> Iterator[PrecoroClient]:
    """Return precoro-sdk with the key of Widgets Inc."""
    with PrecoroClient("precoro-sandbox-key-1", "ann@widgets.example", base_url=precoro_url) as client:
        yield client


@pytest.fixture
def as_person(books_url: str, precoro_url: str) -> Callable[..., Any]:
    """Return a function that makes a control call: (side, path, body) -> JSON."""
    sides = {"quickbooks": books_url, "precoro": precoro_url}

    def call(side: str, path: str, body: object = None) -> Any:
        answer = requests.post(f"{sides[side]}/_control/{path}", json=body or {}, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    return call
