"""Intuit's own OAuth client connects, refreshes and disconnects as it does with Intuit."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.enums import Scopes  # type: ignore[import-untyped]
from intuitlib.exceptions import AuthClientError  # type: ignore[import-untyped]

from tests.acceptance.conformance.conftest import CALLBACK, US


def consent(auth: Any, decision: str = "connect", realm: str = US, scopes: tuple[Any, ...] = ()) -> dict[str, str]:
    """Press a button of the consent page and return what the callback gets."""
    address = auth.get_authorization_url([Scopes.ACCOUNTING, *scopes], state_token="state-1")
    assert "Widgets Inc" in requests.get(address, timeout=5).text
    answer = requests.post(address, data={"realm": realm, "decision": decision}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def company_name(books_url: str, token: str, realm: str = US) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    return requests.get(f"{books_url}/v3/company/{realm}/companyinfo/{realm}", headers=headers, timeout=5)


def test_a_company_is_connected_through_the_consent_page(books_url: str, auth: Any) -> None:
    callback = consent(auth)
    assert (callback["state"], callback["realmId"]) == ("state-1", US)
    auth.get_bearer_token(callback["code"], realm_id=callback["realmId"])
    assert (auth.realm_id, auth.expires_in, auth.x_refresh_token_expires_in) == (US, 3600, 8_726_400)
    assert company_name(books_url, auth.access_token).json()["CompanyInfo"]["CompanyName"] == "Widgets Inc"


def test_a_person_who_declines_comes_back_with_an_error_and_the_state(auth: Any) -> None:
    assert consent(auth, "cancel") == {"error": "access_denied", "state": "state-1"}


def test_a_code_is_good_for_one_exchange(auth: Any) -> None:
    code = consent(auth)["code"]
    auth.get_bearer_token(code)
    with pytest.raises(AuthClientError) as refused:
        auth.get_bearer_token(code)
    assert refused.value.status_code == 400
    assert "invalid_grant" in str(refused.value.content)


def test_every_refresh_gives_a_new_access_token_and_within_a_day_the_same_refresh_token(
    books_url: str, auth: Any
) -> None:
    auth.get_bearer_token(consent(auth)["code"])
    first, kept = auth.access_token, auth.refresh_token
    auth.refresh()
    assert auth.access_token != first
    assert auth.refresh_token == kept
    assert company_name(books_url, auth.access_token).status_code == 200


def test_a_rotated_refresh_token_is_dead(books_url: str, auth: Any) -> None:
    requests.post(f"{books_url}/_control/settings", json={"rotation": "always"}, timeout=5).raise_for_status()
    auth.get_bearer_token(consent(auth)["code"])
    old = auth.refresh_token
    auth.refresh()
    assert auth.refresh_token != old
    with pytest.raises(AuthClientError, match="invalid_grant"):
        auth.refresh(refresh_token=old)


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_the_connection(books_url: str, auth: Any, which: str) -> None:
    auth.get_bearer_token(consent(auth)["code"])
    assert auth.revoke(getattr(auth, which)) is True
    assert company_name(books_url, auth.access_token).status_code == 401
    with pytest.raises(AuthClientError, match="invalid_grant"):
        auth.refresh()


def test_the_wrong_secret_is_refused_with_401(auth: Any) -> None:
    auth.get_bearer_token(consent(auth)["code"])
    auth.client_secret = "production-secret"
    with pytest.raises(AuthClientError) as refused:
        auth.refresh()
    assert refused.value.status_code == 401
    assert "invalid_client" in str(refused.value.content)


def test_who_connected_is_signed_so_that_the_client_believes_it(auth: Any) -> None:
    auth.get_bearer_token(consent(auth, scopes=(Scopes.OPENID,))["code"])
    assert auth.id_token is not None
    person = auth.get_user_info().json()
    assert (person["email"], person["emailVerified"]) == ("dana@widgets.example", True)


def test_without_openid_nobody_is_named(auth: Any) -> None:
    auth.get_bearer_token(consent(auth)["code"])
    assert auth.id_token is None
    with pytest.raises(AuthClientError) as refused:
        auth.get_user_info()
    assert refused.value.status_code == 401


def test_a_refusal_says_what_is_wrong_with_a_token_and_under_which_trace_id(auth: Any) -> None:
    auth.get_bearer_token(consent(auth)["code"])
    with pytest.raises(AuthClientError, match="Incorrect or invalid refresh token") as refused:
        auth.refresh(refresh_token="AB1nothing")
    assert refused.value.intuit_tid
