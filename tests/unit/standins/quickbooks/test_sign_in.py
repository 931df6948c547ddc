"""The sign-in service answers in Intuit's words: who connected, why a token is refused, where an app may be sent back."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from flask.testing import FlaskClient

from standins import wire
from tests.unit.standins.quickbooks.books import US, Books

BASIC = {"Authorization": "Basic " + base64.b64encode(b"sandbox-client:sandbox-secret").decode()}
TARGET = "https://tieout.example/connect/callback"
BEARER = "/oauth2/v1/tokens/bearer"


def consented(client: FlaskClient, scope: str, target: str = TARGET) -> str:
    query = {"client_id": "sandbox-client", "redirect_uri": target, "response_type": "code", "scope": scope}
    answer = client.post("/connect/oauth2", query_string=query, data={"realm": US, "decision": "connect"})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchanged(client: FlaskClient, scope: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": consented(client, scope), "redirect_uri": TARGET}
    tokens: dict[str, Any] = wire.loads(client.post(BEARER, data=form, headers=BASIC).data)
    return tokens


def refused(client: FlaskClient, token: str) -> dict[str, Any]:
    answer = client.post(BEARER, data={"grant_type": "refresh_token", "refresh_token": token}, headers=BASIC)
    assert answer.status_code == 400
    body: dict[str, Any] = wire.loads(answer.data)
    return body


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_every_answer_of_the_sign_in_service_has_a_trace_id_and_intuits_content_type(client: FlaskClient) -> None:
    tokens = exchanged(client, "com.intuit.quickbooks.accounting")
    answers = [
        client.get("/.well-known/openid_sandbox_configuration/"),
        client.post(BEARER, data={"grant_type": "refresh_token", "refresh_token": "no"}, headers=BASIC),
        client.post("/v2/oauth2/tokens/revoke", json={"token": "no"}, headers=BASIC),
    ]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json;charset=utf-8"}
    revoked = client.post("/v2/oauth2/tokens/revoke", json={"token": tokens["refresh_token"]}, headers=BASIC)
    assert len({answer.headers["intuit_tid"] for answer in [*answers, revoked]}) == 4


def test_a_refusal_describes_an_unknown_token_and_a_wrong_kind_but_not_a_spent_one(client: FlaskClient) -> None:
    tokens = exchanged(client, "com.intuit.quickbooks.accounting")
    assert refused(client, "AB1unknown") == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert refused(client, tokens["access_token"]) == {
        "error": "invalid_grant",
        "error_description": "Incorrect Token type or clientID",
    }
    client.post("/v2/oauth2/tokens/revoke", json={"token": tokens["refresh_token"]}, headers=BASIC)
    assert refused(client, tokens["refresh_token"]) == {"error": "invalid_grant"}


def test_a_token_that_was_rotated_is_spent(client: FlaskClient) -> None:
    client.post("/_control/settings", json={"rotation": "always"})
    first = exchanged(client, "com.intuit.quickbooks.accounting")["refresh_token"]
    client.post(BEARER, data={"grant_type": "refresh_token", "refresh_token": first}, headers=BASIC)
    assert refused(client, first) == {"error": "invalid_grant"}


def test_openid_brings_a_signed_id_token_and_the_person(client: FlaskClient) -> None:
    tokens = exchanged(client, "com.intuit.quickbooks.accounting openid")
    head, claims, signature = tokens["id_token"].split(".")
    [key] = wire.loads(client.get("/op/v1/jwks").data)["keys"]
    assert wire.loads(decoded(head)) == {"kid": key["kid"], "typ": "JWT", "alg": "RS256"}
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(decoded(key[name])) for name in ("e", "n")))
    signed = f"{head}.{claims}".encode()
    numbers.public_key().verify(decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
    said = wire.loads(decoded(claims))
    assert (said["aud"], said["realmid"], said["iss"]) == (
        ["sandbox-client"], US, "https://oauth.platform.intuit.com/op/v1"
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = wire.loads(client.get("/v1/openid_connect/userinfo", headers=bearer).data)
    assert (person["sub"], person["emailVerified"]) == (said["sub"], True)


def test_without_openid_there_is_neither_id_token_nor_person(client: FlaskClient) -> None:
    tokens = exchanged(client, "com.intuit.quickbooks.accounting")
    assert "id_token" not in tokens
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/v1/openid_connect/userinfo", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("registered", "target", "taken"),
    [
        ([], "http://127.0.0.1:8701/connect/callback", True),
        ([TARGET], TARGET, True),
        ([TARGET], f"{TARGET}/", False),
        ([TARGET], "https://elsewhere.example/callback", False),
        (["http://localhost:8701/callback"], "http://localhost:8701/callback", True),
        (["http://tieout.example/callback"], "http://tieout.example/callback", False),
        (["https://203.0.113.7/callback"], "https://203.0.113.7/callback", False),
    ],
)
def test_an_app_is_sent_back_only_to_an_address_that_is_registered_for_it(
    client: FlaskClient, registered: list[str], target: str, taken: bool
) -> None:
    client.post("/_control/settings", json={"redirect_uris": registered})
    query = {"client_id": "sandbox-client", "redirect_uri": target, "response_type": "code"}
    assert (client.get("/connect/oauth2", query_string=query).status_code == 200) is taken


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [f"/v3/company/{US}/bill/1", BEARER, "/v2/oauth2/tokens/revoke", "/nowhere"])
def test_a_method_that_is_not_known_is_never_answered_with_a_page(us: Books, method: str, path: str) -> None:
    answer = us.client.open(path, method=method, headers={"Accept": "application/json"})
    assert answer.status_code in {404, 405}
    assert wire.loads(answer.data)["Fault"]["Error"][0]["code"] == "500"
    assert answer.headers["intuit_tid"]
