"""The console's Flask application: its sections, and what holds for all of them.

Answers: 303 to sign in, or back to the page of an action, which says what came of it or why it is not possible; 403 the role
does not allow it, or the form is not ours; 404 it does not exist, or not for this person; 429 too often; 502 the identity
provider does not answer; 503 Redis does not. Every one is a page.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, SecurityError

from console import (
    access,
    account,
    alerts,
    attention,
    connecting,
    currencies,
    documents,
    drift,
    headers,
    home,
    limits,
    lists,
    operations,
    payments,
    products,
    provider,
    session,
    set_up,
    settings,
    shown,
    sign_in,
    suppliers,
    tasks,
    taxes,
    tie_out,
    users,
)
from console.inputs import MOST_FIELDS
from console.runtime import Console
from console.sections import WRONG, back_to_page
from outbound.errors import RemoteError
from settings import Settings, load
from workers.errors import DoesNotExistError, NotPossibleError
from workers.users import commands

SECTIONS = (
    sign_in.section,
    provider.section,
    account.section,
    users.section,
    home.section,
    alerts.section,
    attention.section,
    documents.section,
    drift.section,
    payments.section,
    suppliers.section,
    lists.section,
    products.section,
    taxes.section,
    currencies.section,
    connecting.section,
    set_up.section,
    settings.section,
    operations.section,
    tasks.section,
    tie_out.section,
)
LONGEST_FORM = 64 * 1024
log = structlog.get_logger()


def create_app(configuration: Settings | None = None) -> Flask:
    """Build the console; without settings it reads them from the environment."""
    configuration = configuration or load()
    app = Flask("console", static_folder="static", template_folder="templates")
    app.config.update(
        MAX_CONTENT_LENGTH=LONGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our pages do not send; `access` looks at the origin
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
    )
    app.extensions["tieout"] = Console(configuration)
    session.configure(app, configuration, "tieout", configuration.console_address)
    provider.install(app, configuration)
    limits.install(app, configuration)
    declared = {endpoint: who for section in SECTIONS for endpoint, who in section.access.items()}
    access.guard(app, declared, configuration.console_address)
    CSRFProtect(app)
    headers.install(app, configuration)
    shown.install(app)
    for section in SECTIONS:
        app.register_blueprint(section)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(NotPossibleError, not_possible)
    app.register_error_handler(RemoteError, service_failed)
    app.register_error_handler(RedisError, redis_away)
    app.register_error_handler(Exception, failed)
    commands.end_links(app.extensions["tieout"].runtime)
    return app


def refused(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP with a page."""
    if isinstance(error, SecurityError):  # without a host of ours no address can be written into a page
        return "Tieout is not reached under this name.", HTTPStatus.BAD_REQUEST
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status == HTTPStatus.NOT_FOUND:
        return _missing()
    log.warning("request refused", status=status.value, **access.where())
    page = render_template("error.html", title=status.phrase, sentence=error.description or status.phrase)
    return page, status, {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}


def not_possible(error: NotPossibleError) -> ResponseReturnValue:
    """Return to the page of an action and say there why it is not possible; a page of what does not exist is 404."""
    if isinstance(error, DoesNotExistError) and request.method == "GET":
        return _missing()
    flash(f"{error.sentence} {error.remedy.words}" if error.remedy else error.sentence, WRONG)
    return back_to_page()


def _missing() -> ResponseReturnValue:
    """Answer the same for what does not exist and what a person may not see."""
    sentence = "There is no such page, or it is not for you."
    return render_template("error.html", title="Not found", sentence=sentence), HTTPStatus.NOT_FOUND


def service_failed(error: RemoteError) -> ResponseReturnValue:
    """Return to the page of an action and say there what a service answered."""
    flash(f"{error.sentence} {error.remedy}", WRONG)
    return back_to_page()


def redis_away(error: RedisError) -> ResponseReturnValue:
    """Answer what needs Redis while it is away with what helps."""
    log.warning("redis does not answer", error=type(error).__name__, **access.where())
    sentence = (
        "Redis does not answer, and this needs it. Nothing was changed. Whoever runs Tieout starts Redis, or sets "
        "REDIS_URL to where it is. Then try again."
    )
    page = render_template("error.html", title="Redis is away", sentence=sentence)
    return page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "60"}


def failed(error: Exception) -> ResponseReturnValue:
    """Answer an unexpected error with a sentence and a number to look for in the log."""
    number = access.note_failure(error)
    sentence = (
        f"Something went wrong here, and it is in the log under {number}. Nothing was done that is not in the history."
    )
    return render_template("error.html", title="Error", sentence=sentence), HTTPStatus.INTERNAL_SERVER_ERROR
