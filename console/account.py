"""One's own account: password, authenticator, and the browsers in which one is signed in."""

from __future__ import annotations

from http import HTTPStatus

import segno
from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from console import limits
from console.inputs import whole_number
from console.limits import limiter
from console.runtime import runtime
from console.sections import Section
from console.session import NEXT, TOKEN, user
from workers.errors import WrongSignInError
from workers.users import authenticators, commands, passwords, sign_in, views
from workers.users.roles import Permission

section = Section("account")
SEE = Permission.SEE


@section.page("/account", needs=SEE)
def page() -> ResponseReturnValue:
    """Show how one signs in and where one is signed in."""
    me = user()
    may = [permission for permission in Permission if me.may(permission)]
    return render_template("account/account.html", me=me, sessions=views.sessions(runtime(), me.user_id), may=may)


@section.page("/account/authenticator", needs=SEE)
def authenticator() -> ResponseReturnValue:
    """Show the QR code that an authenticator reads."""
    secret = _secret()
    code = segno.make(passwords.enrolment_address(secret, user().name))
    return render_template("account/authenticator.html", secret=secret, image=code.svg_data_uri(scale=5, border=3))


@section.action("/account/authenticator/set", needs=SEE, needs_proof=True)
def set_authenticator() -> str:
    """Tie the authenticator to the account when its code is right."""
    me, code = user(), request.form.get("code", "")
    commands.set_authenticator(runtime(), me.user_id, _secret(), code, session_id=me.session_id)
    return "Your authenticator is set. Your other sessions have ended."


@section.action("/account/password", needs=SEE, needs_proof=True)
def set_password() -> str:
    """Set a new password; whoever is enrolled proves the old one first."""
    me = user()
    commands.set_password(runtime(), me.user_id, request.form.get("password", ""), session_id=me.session_id)
    return "Your password is set. Your other sessions have ended."


@section.action("/account/end", needs=SEE)
def end_session() -> str:
    """End one of one's own sessions."""
    me = user()
    commands.end_session(runtime(), me.user_id, request.form.get("session", 0, whole_number), me.name)
    return "That session has ended."


@section.page("/account/prove", needs=SEE)
def prove_page() -> ResponseReturnValue:
    """Ask for password and code again."""
    return render_template("account/prove.html")


@section.reading("/account/prove", needs=SEE)
@limiter.limit(limits.TRIES_OF_USER, key_func=limits.asker, deduct_when=limits.is_refused)
def prove() -> ResponseReturnValue:
    """Let a person prove who they are, and return to where they were."""
    try:
        sign_in.prove(runtime(), user(), request.form.get("password", ""), request.form.get("code", ""))
    except WrongSignInError as error:
        return render_template("account/prove.html", error=error), HTTPStatus.UNAUTHORIZED
    return redirect(session.pop(NEXT, url_for("home.overview")), code=303)


def _secret() -> str:
    """Return the secret of the authenticator that the person may set next: no cookie carries it."""
    return authenticators.next_secret(runtime(), user().user_id, session[TOKEN], str(current_app.secret_key))
