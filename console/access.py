"""Who may use which page: what no section declares is refused, and what a person may not see does not exist for them."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Flask, abort, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from console.inputs import refuse_unreadable
from console.runtime import console, runtime
from console.sections import ACCESS, WRONG, Access, back_to_page, with_filters
from console.session import NEXT, current_user
from settings import HERE
from workers.connections import views
from workers.origins import from_console
from workers.users.roles import Permission
from workers.users.sign_in import SignedIn

ENROLMENT = "account"
"""The only section that is open to users without a password and authenticator."""
log = structlog.get_logger()


def guard(app: Flask, access: Mapping[str, Access], address: str) -> None:
    """Check every request before its page is made."""
    origins = origins_of(address)
    trust(app, origins)
    app.extensions[ACCESS] = access

    app.before_request(refuse_unreadable)

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        runtime().origin = from_console(request.remote_addr)
        if request.method == "POST" and not is_from_us(origins):
            log.warning("a form of another site was refused", **where())
            abort(HTTPStatus.FORBIDDEN, "This form was not sent by a page of Tieout. Open the page again.")
        declared = access.get(request.endpoint)
        if declared is None:
            abort(HTTPStatus.FORBIDDEN)
        if declared.needs is None:
            return None
        g.by_person = declared.by_person
        signed_in = current_user()
        if signed_in is None:
            return _sign_in()
        runtime().origin = from_console(request.remote_addr, signed_in.session_id)
        return _refusal(declared, signed_in)


def need_operator_of_all(signed_in: SignedIn) -> None:
    """Refuse jobs to everybody else: those of all connections stand in one queue."""
    if not signed_in.may(Permission.OPERATE) or signed_in.connections is not None:
        log.warning("refused", user=signed_in.name, **where())
        abort(HTTPStatus.FORBIDDEN, "The jobs of all connections stand here, so it takes an operator of all of them.")


def where() -> dict[str, str | None]:
    """Return who asks for what, for the log; an address may hold a token, so only its pattern is written."""
    return {"address": request.remote_addr, "route": request.url_rule.rule if request.url_rule else None}


def note_failure(error: Exception) -> str:
    """Log an error that nobody expected, and return the number under which it is found there."""
    number = secrets.token_hex(4)
    trace = "".join(traceback.format_exception(error))
    log.error("the console failed", number=number, traceback=trace, **where())
    return number


def _sign_in() -> ResponseReturnValue:
    """Send somebody to sign in, and remember which page they wanted."""
    if request.method == "GET":
        session[NEXT] = with_filters(request.path)
    if request.headers.get("HX-Request"):
        return "", HTTPStatus.UNAUTHORIZED
    return redirect(url_for("sign_in.sign_in_page"), code=303)


def _refusal(declared: Access, signed_in: SignedIn) -> ResponseReturnValue | None:
    """Return the answer to somebody who may not use the page now; None when they may."""
    _enter_connection(signed_in)
    if declared.needs is not None and not signed_in.may(declared.needs):
        log.warning("refused", user=signed_in.name, **where())
        role = signed_in.role if signed_in.connections is None else f"{signed_in.role} of some connections"
        abort(HTTPStatus.FORBIDDEN, f"Your role, {role}, does not allow this.")
    if declared.needs == Permission.ADMINISTER and "connection" in g:
        _need_all_of_company(signed_in)
    is_practice = console().settings.uses_standins
    if not signed_in.enrolled and not is_practice and request.blueprint != ENROLMENT:
        return redirect(url_for("account.page"), code=303)
    if declared.needs_proof and signed_in.enrolled and not signed_in.proved:
        return _proof()
    return None


def _enter_connection(signed_in: SignedIn) -> None:
    """Remember the connection in the address; one that the user may not see answers 404, as an unknown one does."""
    name = (request.view_args or {}).get("connection")
    if name is None:
        return
    if not signed_in.sees(name) or not views.is_connection(runtime(), name):
        abort(HTTPStatus.NOT_FOUND)
    g.connection = name


def _need_all_of_company(signed_in: SignedIn) -> None:
    """Refuse what concerns a whole company, such as its key, to those who may not see all connections with it."""
    if signed_in.connections is not None and not signed_in.connections.issuperset(
        views.sharing(runtime(), g.connection)
    ):
        sentence = "Other connections have a company in common with this one, so it takes an administrator of them too."
        abort(HTTPStatus.FORBIDDEN, sentence)


def _proof() -> ResponseReturnValue:
    """Send somebody to prove who they are, and then back to the page, where they click again."""
    session[NEXT] = back_to_page().location
    flash("This needs your password and a code again. Then click once more.", WRONG)
    return redirect(url_for("account.prove_page"), code=303)


def origins_of(address: str) -> frozenset[str]:
    """Return the origins under which the pages at an address are opened: on this machine by both of its names."""
    parts = urlsplit(address)
    if parts.hostname not in HERE:
        return frozenset({address})
    return frozenset(f"{parts.scheme}://{host}:{parts.port}" for host in HERE[:2])


def is_from_us(origins: frozenset[str]) -> bool:
    """Say whether the browser tells that a page of ours sends this form. A browser that tells nothing is refused."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site else request.headers.get("Origin") in origins


def trust(app: Flask, origins: frozenset[str]) -> None:
    """Answer only under our own names: a name that somebody else leads to this machine is refused."""
    app.config["TRUSTED_HOSTS"] = sorted({urlsplit(origin).hostname or "" for origin in origins})
