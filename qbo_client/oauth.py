"""Permission to work in a company: consent, tokens, their refresh and their end.

Nothing here locks or stores: one refresher at a time, and the new refresh token committed before use, is the caller's duty
(docs/reference/quickbooks.md, OAuth; docs/explanation/safety.md, One refresher of tokens).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.auth import HTTPBasicAuth, _basic_auth_str
from requests_oauthlib import OAuth2Session

from outbound.errors import (
    ClientRejected,
    Dropped,
    InvalidGrant,
    NotSent,
    ServerTrouble,
    Throttled,
    TimedOut,
    TokenEndpointTrouble,
)
from outbound.response import Response
from outbound.session import OnCall, Request, Session, ignore_call
from outbound.wire import JsonObject, to_json

SERVICE = "Intuit's sign-in service"
SCOPE = "com.intuit.quickbooks.accounting"
TIMEOUT_SECONDS = 30.0
DISCOVERY_PRODUCTION = "https://developer.api.intuit.com/.well-known/openid_configuration/"
DISCOVERY_SANDBOX = "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration/"
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 8_640_000
"""What Intuit documents (100 days), should an answer leave it out."""
HARD_EXPIRY = ("x_refresh_token_hard_expires_in", "x_refresh_token_lifetime_expires_in")
"""The documented name of the field, and the one that a sample of Intuit reads."""
OK = 200
TOO_MANY = 429

T = TypeVar("T")

# At its debug level this logger writes codes and tokens.
logging.getLogger("requests_oauthlib").setLevel(logging.INFO)


@dataclass(frozen=True)
class Endpoints:
    """Where Intuit's OAuth lives."""

    authorise: str
    token: str
    revoke: str

    @classmethod
    def at(cls, base_url: str) -> Endpoints:
        """Return the endpoints of a stand-in."""
        base = base_url.rstrip("/")
        return cls(f"{base}/connect/oauth2", f"{base}/oauth2/v1/tokens/bearer", f"{base}/v2/oauth2/tokens/revoke")


INTUIT = Endpoints(
    authorise="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
    revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
)


@dataclass(frozen=True)
class IssuedTokens:
    """Both tokens that Intuit issued, and for how many seconds each is valid.

    `hard_expires_in` is the end of the permission whatever is refreshed (five years at most), when Intuit says it.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int
    hard_expires_in: int | None = None


class OAuth:
    """The app at Intuit.

    Args:
        client_id, client_secret: of the app; sandbox and production have different ones
        redirect_uri: exactly as entered at Intuit
        endpoints: INTUIT, what `discover` found, or `Endpoints.at` a stand-in
        on_call: told of every request
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        endpoints: Endpoints = INTUIT,
        on_call: OnCall = ignore_call,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.endpoints = endpoints
        self._secret = client_secret
        self._on_call = on_call
        self._timeout = timeout

    def authorise_url(self, state: str) -> str:
        """Return the address of the consent page; `state` comes back with the code, to be compared."""
        secure = _with_tls(self.endpoints.authorise)
        url: str = self._oauthlib().authorization_url(secure, state=state)[0]
        return self.endpoints.authorise + url.removeprefix(secure)

    def exchange(self, code: str) -> IssuedTokens:
        """Return the first tokens for the code of a callback; InvalidGrant for a used or old one."""
        url = _with_tls(self.endpoints.token)
        oauth = self._oauthlib()
        oauth.mount(
            url, _SessionAdapter(lambda headers, body: self._post(self.endpoints.token, headers, body, read_tokens))
        )
        body = oauth.fetch_token(
            url,
            code=code,
            auth=HTTPBasicAuth(self.client_id, self._secret),
            include_client_id=False,
            headers=_token_headers(),
        )
        return tokens_in(body)

    def refresh_token(self, refresh_token: str) -> IssuedTokens:
        """Return fresh tokens; store the refresh token before anything else, because the old one ends.

        InvalidGrant may be a race or a real end: only a second one, a minute later and on an unchanged token, means the end.
        TokenEndpointTrouble says nothing about the permission.
        """
        form = urlencode({"grant_type": "refresh_token", "refresh_token": refresh_token})
        return tokens_in(self._post(self.endpoints.token, self._headers(), form.encode(), read_tokens))

    def revoke(self, token: str) -> None:
        """Revoke a token, which ends the connection at Intuit; an unknown one counts as revoked."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        self._post(self.endpoints.revoke, headers, to_json({"token": token}).encode(), _read_revocation)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes, read: Callable[[Response], T]) -> T:
        request = Request(method="POST", path=urlsplit(url).path, headers=headers, body=body, writes=True)
        return _send(url, request, read, self._on_call, self._timeout)

    def _oauthlib(self) -> OAuth2Session:
        return OAuth2Session(self.client_id, redirect_uri=self.redirect_uri, scope=[SCOPE])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": _basic_auth_str(self.client_id, self._secret), **_token_headers()}


def discover(url: str, *, on_call: OnCall = ignore_call, timeout: float = TIMEOUT_SECONDS) -> Endpoints:
    """Return the endpoints that Intuit's discovery document names; TokenEndpointTrouble when it cannot be read."""
    request = Request(method="GET", path=urlsplit(url).path, headers={"Accept": "application/json"})
    return _send(url, request, _read_discovery, on_call, timeout)


def read_tokens(response: Response) -> JsonObject:
    """Return the object of a token answer, else raise InvalidGrant, ClientRejected or TokenEndpointTrouble."""
    body = response.json()
    error = str(body.get("error") or "") if isinstance(body, dict) else ""
    if error == "invalid_grant":
        raise InvalidGrant(response.details(_description(body), code=error))
    if error == "invalid_client":
        raise ClientRejected(response.details(_description(body), code=error))
    if response.status != OK or not isinstance(body, dict):
        raise TokenEndpointTrouble(response.details(error, code=error or None), retry_after=response.retry_after())
    try:
        tokens_in(body)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise TokenEndpointTrouble(response.details("It gave no tokens")) from error
    return body


def tokens_in(body: Mapping[str, Any]) -> IssuedTokens:
    """Return the tokens of an answer, which `read_tokens` accepts if this raises nothing."""
    if not body["access_token"] or not body["refresh_token"]:
        raise LookupError("There are no tokens")
    hard = next((body[name] for name in HARD_EXPIRY if body.get(name) is not None), None)
    return IssuedTokens(
        access=str(body["access_token"]),
        refresh=str(body["refresh_token"]),
        expires_in=int(body.get("expires_in") or ACCESS_SECONDS),
        refresh_expires_in=int(body.get("x_refresh_token_expires_in") or REFRESH_SECONDS),
        hard_expires_in=None if hard is None else int(hard),
    )


class _SessionAdapter(BaseAdapter):
    """Lets requests-oauthlib send through our session, with its limits and its history."""

    def __init__(self, post: Callable[[Mapping[str, str], bytes], JsonObject]) -> None:
        super().__init__()
        self._post = post

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Send a request and return the answer in the shape of requests."""
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        answer = self._post(request.headers, body)
        response = requests.Response()
        response.status_code = OK
        response.request = request
        response.encoding = "utf-8"
        response._content = to_json(answer).encode()  # noqa: SLF001 - requests has no other way to build a response
        return response

    def close(self) -> None:
        """Nothing stays open."""


def _send(url: str, request: Request, read: Callable[[Response], T], on_call: OnCall, timeout: float) -> T:
    """Make one request; any outage becomes TokenEndpointTrouble, which never disconnects."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    try:
        with Session(base, service=SERVICE, timeout=timeout, on_call=on_call) as session:
            return session.send(request, read)
    except (NotSent, TimedOut, Dropped, ServerTrouble, Throttled) as error:
        raise TokenEndpointTrouble(error.details, retry_after=error.retry_after) from error


def _with_tls(url: str) -> str:
    """Return the address as https, because oauthlib refuses the plain http of a stand-in."""
    return "https://" + url.partition("://")[2]


def _token_headers() -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "x-include-refresh-token-hard-expires-in": "true",
    }


def _description(body: Mapping[str, object]) -> str:
    return str(body.get("error_description") or body.get("error") or "")


def _read_revocation(response: Response) -> None:
    """Accept the empty 200, and a 400 that says that the token is unknown."""
    if response.ok or (response.json() is not None and response.status == requests.codes.bad_request):
        return
    read_tokens(response)


def _read_discovery(response: Response) -> Endpoints:
    body = response.json_object() if response.ok else {}
    try:
        endpoints = Endpoints(body["authorization_endpoint"], body["token_endpoint"], body["revocation_endpoint"])
    except KeyError as error:
        raise TokenEndpointTrouble(response.details("Its discovery document cannot be read")) from error
    if not all(isinstance(url, str) and urlsplit(url).scheme in {"http", "https"} for url in vars(endpoints).values()):
        raise TokenEndpointTrouble(response.details("Its discovery document cannot be read"))
    return endpoints
