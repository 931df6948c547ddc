"""Signing in with the company's own identity provider, by OpenID Connect: it vouches for the person, with its own second factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from console import limits
from console.limits import limiter
from console.runtime import console, runtime
from console.sections import Section
from console.session import begin, browser
from settings import Settings
from workers.errors import UnknownPersonError
from workers.users import sign_in

section = Section("provider")
NAME = "provider"
DISCOVERY = "/.well-known/openid-configuration"
ANSWER = "/sign-in/provider/answer"
REFUSED = "The answer of your company's sign-in does not belong to this attempt. Start again."
log = structlog.get_logger()


def install(app: Flask, settings: Settings) -> None:
    """Know the provider, if the settings name one."""
    app.extensions[NAME] = OAuth(app).register(  # type: ignore[no-untyped-call]  # its stubs leave this one out
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}{DISCOVERY}",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": 10},
    )


@section.form("/sign-in/provider")
@limiter.limit(limits.TRIES_OF_ADDRESS, key_func=limits.address)
def leave() -> ResponseReturnValue:
    """Lead to the provider, which asks the person again even if they are signed in there."""
    settings = console().settings
    if not settings.oidc_issuer:
        abort(HTTPStatus.NOT_FOUND)
    with _answering():
        address: ResponseReturnValue = current_app.extensions[NAME].authorize_redirect(
            f"{settings.console_address}{ANSWER}", prompt="login", max_age=0
        )
    return address


@section.page(ANSWER, needs=None)
def answer_page() -> ResponseReturnValue:
    """Show a button with which the person comes in: a page that is only looked at changes nothing."""
    return render_template(
        "sign_in/answer.html", code=request.args.get("code", ""), state=request.args.get("state", "")
    )


@section.form(ANSWER)
@limiter.limit(limits.TRIES_OF_ADDRESS, key_func=limits.address, deduct_when=limits.is_refused)
def arrive() -> ResponseReturnValue:
    """Sign in whom the provider vouches for."""
    claims = _claims()
    try:
        token = sign_in.by_provider(runtime(), _email(claims), claims.get("auth_time"), browser())
    except UnknownPersonError as error:
        log.warning("sign-in failed", address=browser().address)
        abort(HTTPStatus.FORBIDDEN, str(error))
    log.info("signed in by the identity provider", address=browser().address)
    return redirect(begin(token), code=303)


def _claims() -> Mapping[str, Any]:
    """Return what the provider says of the person, its signature checked; anything else is answered with 403 or 502."""
    try:
        with _answering():
            answer = current_app.extensions[NAME].authorize_access_token()
    except (AuthlibBaseError, JoseError) as error:
        log.warning("the identity provider's answer was refused", error=error.error, address=browser().address)
        abort(HTTPStatus.FORBIDDEN, REFUSED)
    claims: Mapping[str, Any] = answer.get("userinfo") or {}
    return claims


@contextmanager
def _answering() -> Iterator[None]:
    """Answer with 502 when the provider does not answer us."""
    try:
        yield
    except RequestException as error:
        log.warning("the identity provider does not answer", error=type(error).__name__)
        abort(HTTPStatus.BAD_GATEWAY, "Your company's sign-in does not answer. Try again, or sign in with a password.")


def _email(claims: Mapping[str, Any]) -> str:
    """Return the e-mail address of the person, or nothing when the provider says that it has not verified it."""
    return str(claims.get("email", "")) if claims.get("email_verified", True) is True else ""
