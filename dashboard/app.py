"""The RQ dashboard as an application of its own: another origin than the console, since it cannot do without inline scripts.

People come from Operations in the console, with a link that signs them in here once. Only those who may operate
every connection see anything: jobs of all of them stand in one queue.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException, SecurityError

import settings as settings_module
from console import limits
from console.access import is_from_us, need_operator_of_all, note_failure, origins_of, trust, where
from console.headers import HEADERS
from console.runtime import Console, console, runtime
from console.session import TOKEN, begin, browser, configure, current_user
from dashboard import mended
from settings import Settings
from store.users import DASHBOARD
from workers.errors import LinkUsedError
from workers.origins import from_dashboard
from workers.users import sign_in

PUBLIC = {"static", "start_page", "start"}
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TOKEN_COOKIE = "_csrf_token"  # noqa: S105 - the cookie in which the scripts of rq-dashboard look for it
log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the dashboard; without settings it reads them from the environment."""
    settings = settings or settings_module.load()
    app = Flask("dashboard", static_folder="../console/static", static_url_path="/tieout", template_folder="templates")
    app.config.update(
        MAX_CONTENT_LENGTH=4096, PROVIDE_AUTOMATIC_OPTIONS=False, WTF_CSRF_SSL_STRICT=False, WTF_CSRF_TIME_LIMIT=None
    )
    app.extensions["tieout"] = Console(settings)
    configure(app, settings, "tieout-rq", settings.dashboard_address)
    app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    limits.install(app, settings)
    origins = origins_of(settings.dashboard_address)
    trust(app, origins)
    app.before_request(lambda: check(origins))
    CSRFProtect(app)
    app.add_url_rule("/start/<token>", view_func=start_page)
    app.add_url_rule("/start/<token>", view_func=start, methods=["POST"])
    mended.install(app, app.extensions["tieout"].runtime.redis)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, failed)
    app.after_request(set_headers)
    return app


def check(origins: frozenset[str]) -> ResponseReturnValue | None:
    """Let only those in who may operate every connection."""
    if request.method == "POST" and not is_from_us(origins):
        log.warning("a form of another site was refused", **where())
        abort(HTTPStatus.FORBIDDEN)
    runtime().origin = from_dashboard(request.remote_addr)
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    signed_in = current_user()
    if signed_in is None:
        address = console().settings.console_address
        return render_template("closed.html", console=address), HTTPStatus.UNAUTHORIZED
    runtime().origin = from_dashboard(request.remote_addr, signed_in.session_id)
    need_operator_of_all(signed_in)
    return None


def start_page(token: str) -> ResponseReturnValue:
    """Show a button, as the console does: who only looks at the link does not use it up."""
    if not sign_in.link_is_valid(runtime(), token, DASHBOARD):
        abort(HTTPStatus.FORBIDDEN, str(LinkUsedError()))
    return render_template("start.html")


def start(token: str) -> ResponseReturnValue:
    """Sign somebody in by a link, which then is used."""
    try:
        new = sign_in.by_link(runtime(), token, browser(), DASHBOARD)
    except LinkUsedError as error:
        abort(HTTPStatus.FORBIDDEN, str(error))
    begin(new)
    return redirect(url_for("rq_dashboard.queues_overview"), code=303)


def refused(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP with its sentence."""
    if isinstance(error, SecurityError):  # without a host of ours no address can be written into a page
        return "Tieout is not reached under this name.", HTTPStatus.BAD_REQUEST
    log.warning("request refused", status=error.code, **where())
    return render_template("refused.html", sentence=error.description), error.code or 500


def failed(error: Exception) -> ResponseReturnValue:
    """Answer 404 for what rq-dashboard does not find, and anything else with a number to look for in the log."""
    if mended.is_missing(error):
        return jsonify(error="There is no such job or list."), HTTPStatus.NOT_FOUND
    sentence = f"Something went wrong here, and it is in the log under {note_failure(error)}."
    return render_template("refused.html", sentence=sentence), HTTPStatus.INTERNAL_SERVER_ERROR


def set_headers(response: Response) -> Response:
    """Set the headers of every answer; the policy is looser than the console's, and holds for this origin only."""
    response.headers.update({**HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": "no-store"})
    if response.mimetype == "text/html" and session.get(TOKEN):
        is_secure = console().settings.dashboard_address.startswith("https://")
        response.set_cookie(
            TOKEN_COOKIE, generate_csrf(), secure=is_secure, httponly=False, samesite="Strict", path="/"
        )
    return response
