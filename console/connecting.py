"""Connecting: a Precoro company, then Intuit's consent page, and back; connecting again, a new key, and the end."""

from __future__ import annotations

from http import HTTPStatus

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from console import limits
from console.limits import limiter
from console.runtime import console, runtime
from console.sections import DONE, Section
from console.session import user
from workers.connections import attempts, connect, first_look, views
from workers.connections.attempts import Attempt
from workers.connections.connect import SERVERS, PrecoroAccess
from workers.errors import AttemptLapsedError
from workers.users.roles import Permission

section = Section("connecting")
SEE, ADMINISTER, MANAGE = Permission.SEE, Permission.ADMINISTER, Permission.MANAGE
CONNECT = "/connect"
COMPANIES = "/c/<connection>/set-up/companies"
CALLBACK = f"{CONNECT}/callback"


@section.page(CONNECT, needs=MANAGE)
def page() -> ResponseReturnValue:
    """Ask how the Precoro company is reached."""
    return render_template("connecting/connect.html", servers=SERVERS, stand_in=console().settings.precoro_url)


@section.reading(f"{CONNECT}/begin", needs=MANAGE)
@limiter.limit(limits.EXPENSIVE)
def begin() -> ResponseReturnValue:
    """Try the key of Precoro, and send the person to Intuit's consent page."""
    form = {name: value.strip() for name, value in request.form.items()}
    entity = form.get("legal_entity") or None
    access = PrecoroAccess(_server(form), form.get("email", ""), form.get("key", ""), entity)
    return _to_consent(
        Attempt(session_id=user().session_id, redirect=_callback(), slug=form.get("name", ""), access=access)
    )


@section.page(CALLBACK, needs=ADMINISTER)
def callback() -> ResponseReturnValue:
    """Show what Intuit answered, with the button that connects: a page changes nothing."""
    answer = request.args
    try:
        attempt = attempts.find(runtime(), user().session_id, answer.get("state", ""))
    except AttemptLapsedError as error:
        abort(HTTPStatus.FORBIDDEN, f"{error.sentence} {error.remedy.words if error.remedy else ''}")
    has_consent = bool(answer.get("code") and answer.get("realmId"))
    return render_template("connecting/callback.html", attempt=attempt, answer=answer, has_consent=has_consent)


@section.reading(f"{CONNECT}/finish", needs=ADMINISTER)
@limiter.limit(limits.EXPENSIVE)
def finish() -> ResponseReturnValue:
    """Connect, and begin the first look at both companies; or connect again."""
    me, form = user(), request.form
    state, code, realm = (form.get(name, "") for name in ("state", "code", "realm"))
    connected = attempts.finish(runtime(), me.session_id, state, code, realm, me.name)
    if isinstance(connected, str):
        flash(f"{connected} is connected again, and what waited goes on.", DONE)
        return redirect(url_for("set_up.page", connection=connected), code=303)
    task = first_look.start(runtime(), connected.slug, me.name)
    return render_template("connecting/connected.html", connected=connected, task=task)


@section.page(f"{CONNECT}/again", needs=SEE)
def again() -> ResponseReturnValue:
    """Show the connections of a company, to those whom Intuit sends here once its permission has ended."""
    realm = request.args.get("realmId")
    rows = [row for row in views.connections(runtime()) if user().sees(row.name)]
    details = [views.connection(runtime(), row.name, most_causes=0) for row in rows]
    return render_template(
        "connecting/again.html", rows=[detail for detail in details if realm in {None, detail.realm}]
    )


@section.page(COMPANIES, needs=SEE)
def companies(connection: str) -> ResponseReturnValue:
    """Show the two companies of a connection, and how each is reached."""
    return render_template(
        "connecting/companies.html",
        connection=connection,
        detail=views.connection(runtime(), connection, most_causes=0),
    )


@section.reading(f"{COMPANIES}/reconnect", needs=ADMINISTER)
@limiter.limit(limits.EXPENSIVE)
def reconnect(connection: str) -> ResponseReturnValue:
    """Send the person to Intuit's consent page, to give a connection fresh permission."""
    return _to_consent(Attempt(session_id=user().session_id, redirect=_callback(), slug=connection))


@section.action(f"{COMPANIES}/disconnect", needs=ADMINISTER, needs_proof=True)
def disconnect(connection: str) -> str:
    """Give the permission back to Intuit and stop."""
    ended = connect.disconnect(runtime(), connection, user().name)
    return f"Disconnected: {', '.join(ended)}. Pairs, settings and history stay."


@section.action(f"{COMPANIES}/key", needs=ADMINISTER, needs_proof=True)
def key(connection: str) -> str:
    """Put a new key of Precoro in the place of the old one."""
    form = request.form
    connect.change_key(runtime(), connection, form.get("key", "").strip(), user().name, form.get("email", "").strip())
    return f"{connection} uses the new key."


def _to_consent(attempt: Attempt) -> ResponseReturnValue:
    return redirect(attempts.begin(runtime(), attempt), code=303)


def _callback() -> str:
    """Return the address to which Intuit sends people back: the very one that is registered there."""
    settings = console().settings
    return settings.qbo_redirect_url or f"{settings.console_address}{CALLBACK}"


def _server(form: dict[str, str]) -> str:
    """Return the address of Precoro: one of its servers, and another one only where companies are practice ones."""
    settings = console().settings
    if settings.uses_standins and form.get("address"):
        return form["address"]
    return SERVERS.get(form.get("server", ""), SERVERS["international"])
