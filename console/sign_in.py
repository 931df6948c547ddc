"""Signing in: with password and code, or once with a link."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Response, abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from console import limits
from console.limits import limiter
from console.runtime import runtime
from console.sections import Section
from console.session import begin, browser, current_user
from mappers.text import visible
from workers.errors import LinkUsedError, WrongSignInError
from workers.users import sign_in
from workers.users.roles import Permission

section = Section("sign_in")
log = structlog.get_logger()


@section.page("/sign-in", needs=None)
def sign_in_page() -> ResponseReturnValue:
    """Ask for user, password and code."""
    if current_user() is not None:
        return redirect(url_for("home.overview"), code=303)
    return render_template("sign_in/sign_in.html")


@section.form("/sign-in")
@limiter.limit(limits.TRIES_OF_USER, key_func=limits.user_named, deduct_when=limits.is_refused)
@limiter.limit(limits.TRIES_OF_ADDRESS, key_func=limits.address, deduct_when=limits.is_refused)
def enter() -> ResponseReturnValue:
    """Sign somebody in."""
    user = request.form.get("user", "")
    try:
        token = sign_in.by_password(
            runtime(), user, request.form.get("password", ""), request.form.get("code", ""), browser()
        )
    except WrongSignInError as error:
        log.warning("sign-in failed", user=visible(user[:100]), **_from())
        return render_template("sign_in/sign_in.html", error=error, user_name=user[:100]), HTTPStatus.UNAUTHORIZED
    log.info("signed in", user=visible(user[:100]), **_from())
    return redirect(begin(token), code=303)


@section.page("/start/<token>", needs=None)
def start_page(token: str) -> ResponseReturnValue:
    """Show a button: whoever only looks at the link, such as a chat program, does not use it up."""
    if not sign_in.link_is_valid(runtime(), token):
        abort(HTTPStatus.FORBIDDEN, str(LinkUsedError()))
    return render_template("sign_in/start.html")


@section.form("/start/<token>")
@limiter.limit(limits.TRIES_OF_ADDRESS, key_func=limits.address, deduct_when=limits.is_refused)
def start(token: str) -> ResponseReturnValue:
    """Sign somebody in by a link, which then is used."""
    try:
        new = sign_in.by_link(runtime(), token, browser())
    except LinkUsedError as error:
        log.warning("sign-in link refused", **_from())
        abort(HTTPStatus.FORBIDDEN, str(error))
    log.info("signed in by link", **_from())
    return redirect(begin(new), code=303)


def sign_out() -> Response:
    """End the session and let the browser forget what it has of us."""
    signed_in = current_user()
    if signed_in is not None:
        sign_in.sign_out(runtime(), signed_in)
    session.clear()
    response = make_response(redirect(url_for("sign_in.sign_in_page"), code=303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


section.reading("/sign-out", needs=Permission.SEE)(sign_out)


def _from() -> dict[str, str]:
    """Return where a try comes from, for the log."""
    here = browser()
    return {"address": here.address, "browser": visible(here.agent[:200])}
