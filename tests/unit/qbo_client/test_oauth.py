"""What is sent to Intuit's sign-in service, and that an outage of it never looks like a lost permission."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from outbound.errors import ClientRejected, InvalidGrant, Landed, TokenEndpointTrouble, Verdict
from outbound.session import Call
from qbo_client.oauth import INTUIT, Endpoints, IssuedTokens, OAuth, discover
from tests.conftest import free_port
from tests.scripted_server import CLOSE, HANG, RESET, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
GIVEN = {
    "access_token": "acc",
    "refresh_token": "ref",
    "token_type": "bearer",
    "expires_in": 3600,
    "x_refresh_token_expires_in": 8726400,
}
BASIC = "Basic " + b64encode(b"sandbox-client:sandbox-secret").decode()


def _app(url: str, **overrides: object) -> OAuth:
    options: dict[str, object] = {"endpoints": Endpoints.at(url), "timeout": 5.0, **overrides}
    return OAuth(
        client_id="sandbox-client",
        client_secret="sandbox-secret",
        redirect_uri="http://localhost:8701/quickbooks/callback",
        **options,  # type: ignore[arg-type]
    )


def _form(body: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def test_the_consent_page_is_asked_for_the_accounting_scope() -> None:
    url = urlsplit(_app("http://127.0.0.1:8703").authorise_url("st4te"))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.scheme, url.netloc, url.path) == ("http", "127.0.0.1:8703", "/connect/oauth2")
    assert query == {
        "client_id": "sandbox-client",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": "http://localhost:8701/quickbooks/callback",
        "state": "st4te",
    }


def test_the_real_consent_page_is_intuits() -> None:
    assert _app("", endpoints=INTUIT).authorise_url("s").startswith("https://appcenter.intuit.com/connect/oauth2?")


def test_a_code_becomes_tokens(serve: Serve) -> None:
    calls: list[Call] = []
    server = serve(answer(200, GIVEN))
    tokens = _app(server.url, on_call=calls.append).exchange("c0de")
    request = server.requests[0]
    assert tokens == IssuedTokens("acc", "ref", 3600, 8726400, None)
    assert request.headers["authorization"] == BASIC
    assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert _form(request.body) == {
        "grant_type": "authorization_code",
        "code": "c0de",
        "redirect_uri": "http://localhost:8701/quickbooks/callback",
    }
    assert [(call.method, call.path, call.outcome) for call in calls] == [("POST", "/oauth2/v1/tokens/bearer", "ok")]


def test_a_refresh_token_becomes_fresh_tokens(serve: Serve) -> None:
    server = serve(answer(200, {**GIVEN, "x_refresh_token_hard_expires_in": 157680000}))
    tokens = _app(server.url).refresh_token("0ld")
    assert tokens.hard_expires_in == 157680000
    assert server.requests[0].headers["authorization"] == BASIC
    assert _form(server.requests[0].body) == {"grant_type": "refresh_token", "refresh_token": "0ld"}


def test_the_other_name_of_the_hard_expiry_is_read_too(serve: Serve) -> None:
    server = serve(answer(200, {**GIVEN, "x_refresh_token_lifetime_expires_in": 99}))
    assert _app(server.url).refresh_token("0ld").hard_expires_in == 99


def test_tokens_do_not_show_themselves(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    calls: list[Call] = []
    tokens = _app(serve(answer(200, {**GIVEN, "access_token": "s3cret"})).url, on_call=calls.append).exchange("c0de")
    assert "s3cret" not in repr(tokens) + repr(calls)
    assert "c0de" not in repr(calls)
    assert "s3cret" not in caplog.text
    assert "c0de" not in caplog.text


@pytest.mark.parametrize("use", ["exchange", "refresh_token"])
def test_only_intuits_own_word_ends_a_permission(serve: Serve, use: str) -> None:
    server = serve(answer(400, {"error": "invalid_grant", "error_description": "Token revoked"}))
    with pytest.raises(InvalidGrant) as caught:
        getattr(_app(server.url), use)("x")
    assert (caught.value.verdict, caught.value.retry_after) == (Verdict.RECONNECT, 60)
    assert "Token revoked" in caught.value.sentence


@pytest.mark.parametrize("use", ["exchange", "refresh_token"])
@pytest.mark.parametrize(
    "step",
    [
        RESET,
        CLOSE,
        HANG,
        answer(500, {"error": "server_error"}),
        answer(503, b"<html>down</html>"),
        answer(429, b""),
        answer(200, b""),
        answer(200, b"<html>Sign in</html>"),
        answer(200, {}),
        answer(200, {"access_token": "a", "refresh_token": ""}),
        answer(400, {"error": "invalid_request"}),
        answer(302, b"", headers={"Location": "https://elsewhere.example/"}),
        answer(200, b'{"access_token": "a", "ref', length=500),
    ],
)
def test_an_outage_never_disconnects(serve: Serve, use: str, step: bytes) -> None:
    with pytest.raises(TokenEndpointTrouble) as caught:
        getattr(_app(serve(step).url, timeout=0.3), use)("x")
    assert (caught.value.verdict, caught.value.landed) == (Verdict.REST, Landed.NO)


def test_a_service_that_is_not_there_never_disconnects() -> None:
    with pytest.raises(TokenEndpointTrouble):
        _app(f"http://127.0.0.1:{free_port()}").refresh_token("x")


def test_wrong_keys_of_the_app_are_not_the_customers_fault(serve: Serve) -> None:
    with pytest.raises(ClientRejected) as caught:
        _app(serve(answer(401, {"error": "invalid_client"})).url).refresh_token("x")
    assert caught.value.verdict is Verdict.REST
    assert "client secret" in caught.value.remedy


def test_a_token_is_given_back(serve: Serve) -> None:
    server = serve(answer(200, b""), answer(400, {"error": "invalid_token"}), answer(503, b""))
    app = _app(server.url)
    app.revoke("ref")
    app.revoke("unknown there")
    with pytest.raises(TokenEndpointTrouble):
        app.revoke("ref")
    assert (server.requests[0].target, server.requests[0].body) == ("/v2/oauth2/tokens/revoke", b'{"token":"ref"}')


def test_endpoints_are_discovered(serve: Serve) -> None:
    document = {
        "issuer": "https://oauth.platform.intuit.com/op/v1",
        "authorization_endpoint": INTUIT.authorise,
        "token_endpoint": INTUIT.token,
        "revocation_endpoint": INTUIT.revoke,
    }
    server = serve(answer(200, document), answer(200, {}), answer(502, b"<html/>"))
    url = f"{server.url}/.well-known/openid_sandbox_configuration/"
    assert discover(url) == INTUIT
    for _ in range(2):
        with pytest.raises(TokenEndpointTrouble):
            discover(url)
