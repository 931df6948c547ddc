"""OAuth over HTTP: discovery, the consent page, the token endpoint, revocation."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from standins import wire
from standins.control.control import ControlPanel
from standins.quickbooks.oauth.identity import ISSUER
from standins.quickbooks.oauth.redirects import is_taken
from standins.quickbooks.oauth.tokens import GrantedTokens, TokenError
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.trace import trace_id

HARD_EXPIRY = "x-include-refresh-token-hard-expires-in"
CONSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Connect to QuickBooks</title>
<style>body{font:16px/1.5 system-ui,sans-serif;background:#eef1f0;margin:0}
main{max-width:26rem;margin:12vh auto;background:#fff;border-radius:8px;padding:2rem;box-shadow:0 1px 6px #0002}
h1{font-size:1.25rem;margin-top:0}select,button{font:inherit;padding:.5rem .9rem;border-radius:4px;border:1px solid #999}
select{width:100%;margin:.4rem 0 1.2rem}.go{background:#2c7a2c;color:#fff;border-color:#2c7a2c}
small{color:#555}</style>
<main><h1>An app wants to connect to QuickBooks</h1>
<form method="post"><label for="realm">Company</label>
<select id="realm" name="realm">{% for realm, name in companies %}<option value="{{ realm }}">{{ name }}</option>{% endfor %}</select>
<button class="go" name="decision" value="connect">Connect</button> <button name="decision" value="cancel">Cancel</button></form>
<p><small>This is a stand-in: no account is needed. It answers to {{ redirect_uri }}</small></p></main></html>"""


def routes(
    control: ControlPanel[QuickBooksSettings], tokens: GrantedTokens, companies: Callable[[], Mapping[str, str]]
) -> Blueprint:
    """Return the routes of OAuth; `companies` gives names by realm."""
    blueprint = Blueprint("oauth", __name__)
    blueprint.after_request(_finish)
    blueprint.add_url_rule(
        "/connect/oauth2", "consent", lambda: _consent(control.settings, tokens, companies()), methods=["GET", "POST"]
    )

    for name in ("openid_sandbox_configuration", "openid_configuration"):
        blueprint.add_url_rule(f"/.well-known/{name}/", name, _discovery)

    @blueprint.post("/oauth2/v1/tokens/bearer")
    def bearer() -> Response:
        try:
            with control.lock:
                _check_client(control.settings, request.form.to_dict())
                answer = _grant(tokens, request.form.to_dict())
        except TokenError as error:
            return _refused(error)
        response = jsonify(answer)
        response.headers["Cache-Control"] = "no-cache, no-store"
        return response

    @blueprint.post("/v2/oauth2/tokens/revoke")
    def revoke() -> Response:
        try:
            body = _revocation()
            with control.lock:
                _check_client(control.settings, body)
                revoked = tokens.revoke(str(body.get("token", "")))
        except TokenError as error:
            return _refused(error)
        return Response(b"", HTTPStatus.OK) if revoked else _refused(TokenError("invalid_request"))

    @blueprint.get("/v1/openid_connect/userinfo")
    def userinfo() -> Response:
        with control.lock:
            person = tokens.person_of(request.headers.get("Authorization", ""))
        return jsonify(person) if person else _refused(TokenError("invalid_token", HTTPStatus.UNAUTHORIZED))

    @blueprint.get("/op/v1/jwks")
    def jwks() -> Response:
        with control.lock:
            return jsonify(tokens.identity.keys())

    return blueprint


def _finish(response: Response) -> Response:
    """Give an answer the trace id that Intuit's support asks for, and Intuit's way of writing its type."""
    response.headers["intuit_tid"] = trace_id()
    if response.is_json:
        response.headers["Content-Type"] = "application/json;charset=utf-8"
    return response


def _discovery() -> Response:
    base = request.host_url.rstrip("/")
    return jsonify(
        issuer=ISSUER,
        authorization_endpoint=f"{base}/connect/oauth2",
        token_endpoint=f"{base}/oauth2/v1/tokens/bearer",
        revocation_endpoint=f"{base}/v2/oauth2/tokens/revoke",
        userinfo_endpoint=f"{base}/v1/openid_connect/userinfo",
        jwks_uri=f"{base}/op/v1/jwks",
        response_types_supported=["code"],
        scopes_supported=["openid", "profile", "email", "com.intuit.quickbooks.accounting"],
        token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
        id_token_signing_alg_values_supported=["RS256"],
    )


def _revocation() -> dict[str, Any]:
    """Return what should be revoked, from JSON or a form."""
    if not request.is_json:
        return request.form.to_dict()
    try:
        body = wire.loads(request.get_data())
    except ValueError as error:
        raise TokenError("invalid_request") from error
    if not isinstance(body, dict):
        raise TokenError("invalid_request")
    return body


def _refused(error: TokenError) -> Response:
    described = {"error_description": error.description} if error.description else {}
    response = jsonify(error=error.error, **described)
    response.status_code = error.status
    return response


def _check_client(settings: QuickBooksSettings, form: dict[str, Any]) -> None:
    identity, secret = str(form.get("client_id", "")), str(form.get("client_secret", ""))
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            identity, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise TokenError("invalid_client", HTTPStatus.UNAUTHORIZED) from error
    client_fits = hmac.compare_digest(identity.encode(), settings.client_id.encode())
    if not client_fits or not hmac.compare_digest(secret.encode(), settings.client_secret.encode()):
        raise TokenError("invalid_client", HTTPStatus.UNAUTHORIZED)


def _grant(tokens: GrantedTokens, form: dict[str, str]) -> dict[str, Any]:
    hard = request.headers.get(HARD_EXPIRY, "").lower() == "true"
    match form.get("grant_type"):
        case "authorization_code":
            if not form.get("code"):
                raise TokenError("invalid_request")
            return tokens.exchange(form["code"], form.get("redirect_uri", ""), hard=hard)
        case "refresh_token":
            if not form.get("refresh_token"):
                raise TokenError("invalid_request")
            return tokens.refresh(form["refresh_token"], hard=hard)
        case None | "":
            raise TokenError("invalid_request")
        case _:
            raise TokenError("unsupported_grant_type")


def _consent(settings: QuickBooksSettings, tokens: GrantedTokens, companies: Mapping[str, str]) -> AnyResponse:
    target = request.args.get("redirect_uri", "")
    client_fits = request.args.get("client_id") == settings.client_id
    taken = is_taken(target, settings.redirect_uris)
    if not client_fits or not taken or request.args.get("response_type", "code") != "code":
        text = "Sorry, but the app did not connect: its client_id, redirect_uri or response_type is wrong."
        return Response(text, HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    if request.method == "GET":
        return Response(render_template_string(CONSENT, companies=list(companies.items()), redirect_uri=target))
    state = request.args.get("state", "")
    if request.form.get("decision") != "connect":
        return redirect(f"{target}?{urlencode({'error': 'access_denied', 'state': state})}")
    realm = request.form.get("realm", "")
    if realm not in companies:
        return Response("There is no such company.", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    code = tokens.new_code(realm, target, request.args.get("scope", ""))
    return redirect(f"{target}?{urlencode({'code': code, 'state': state, 'realmId': realm})}")
