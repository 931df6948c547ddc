"""The receiver's Flask application: two routes for events, /healthz and /readyz.

Answers: 200 the event is kept; 400 it is not one, with the reason; 401 the secret or signature is wrong, nothing is kept;
413 it is too large; 503 the database cannot keep it now, send it again. Senders do not notice when Redis is down: the clock
queues later.
"""

from __future__ import annotations

import traceback
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType

import structlog
from flask import Flask, Response, current_app, jsonify, request
from redis import Redis
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

import settings as settings_module
from settings import Settings
from store import queue
from store.base import Store, now
from webhooks import health, precoro, quickbooks
from webhooks.errors import RefusedError
from webhooks.senders import Senders

ExcInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the receiver; without settings it reads them from the environment."""
    settings = settings or settings_module.load()
    app = QuietFlask("webhooks", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body + 1
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.extensions["tieout"] = Receiver(settings)
    app.add_url_rule("/webhooks/precoro/<secret>", view_func=from_precoro, methods=["POST"])
    app.add_url_rule("/webhooks/quickbooks", view_func=from_quickbooks, methods=["POST"])
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.register_error_handler(RefusedError, refused)
    app.register_error_handler(SQLAlchemyError, database_down)
    app.register_error_handler(HTTPException, plain)
    return app


class QuietFlask(Flask):
    """Flask, except that an unexpected error is logged without the address, which may hold a secret."""

    def log_exception(self, exc_info: ExcInfo) -> None:
        """Log the error and where it was raised."""
        log.error("the receiver failed", traceback="".join(traceback.format_exception(*exc_info)))


class Receiver:
    """What the routes share: settings, database and queue, opened once in each process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database, ())  # it reads no secret, so it has no key
        self.senders = Senders(self.store)
        self.redis: Redis = queue.connect(settings)
        self.queue = queue.queue(self.redis, settings)
        self.verifier_tokens = [token.strip() for token in settings.qbo_verifier_tokens.split(",") if token.strip()]

    def enqueue(self, picked: list[queue.Queued]) -> None:
        """Hand records to RQ; when Redis fails, leave them to the clock."""
        try:
            queue.push(self.queue, picked)
        except queue.QueueError as error:
            log.warning("redis failed, the clock will queue it", error=str(error), records=len(picked))
            with self.store.write() as session:
                queue.unpick(session, picked)

    def close(self) -> None:
        """Give everything back."""
        self.store.close()
        self.redis.close()


def receiver() -> Receiver:
    """Return what the routes share."""
    shared: Receiver = current_app.extensions["tieout"]
    return shared


def read_body(longest: int) -> bytes:
    """Return the body, or answer 413.

    Werkzeug cuts a body without a length off at its limit, without an error.
    """
    body = request.get_data()
    if len(body) > longest:
        raise RequestEntityTooLarge
    return body


def from_precoro(secret: str) -> Response:
    """Keep a ping of Precoro and queue the document it is about."""
    shared = receiver()
    sender = shared.senders.find(secret)
    # Received and read before the transaction begins: a slow sender must not hold the one writer's place of SQLite.
    ping = precoro.read(read_body(precoro.LONGEST_BODY))
    with shared.store.begin() as connection:
        moment = now(connection)
        record = precoro.keep(connection, sender, ping, moment)
        picked = queue.pick_one(connection, moment, shared.settings, record) if record else []
    shared.enqueue(picked)
    return Response(status=200)


def from_quickbooks() -> Response:
    """Keep a notification of QuickBooks and make the changes of its companies due."""
    shared = receiver()
    body = read_body(shared.settings.max_body)
    quickbooks.verify(body, request.headers.get("intuit-signature", ""), shared.verifier_tokens)
    for part in quickbooks.parts(quickbooks.read(body)):
        with shared.store.begin() as connection:
            quickbooks.keep(connection, part, now(connection))
    return Response(status=200)


def healthz() -> Response:
    """Say that this process runs."""
    return jsonify(alive=True)


def readyz() -> tuple[Response, int]:
    """Say whether events are received, queued and worked on, and on this machine what is missing otherwise."""
    shared = receiver()
    report = health.report(shared.store, shared.redis, shared.settings)
    shown = report if _is_from_here() else {"ready": report["ready"]}
    return jsonify(shown), 200 if report["ready"] else 503


def refused(error: RefusedError) -> tuple[Response, int]:
    """Answer an event that cannot be taken."""
    log.warning("event refused", status=error.status.value, reason=str(error), **_sender())
    return jsonify(error=str(error)), error.status


def database_down(error: SQLAlchemyError) -> tuple[Response, int]:
    """Ask the sender to try again: an event that is not committed is not acknowledged."""
    log.error("database failed, the sender is asked to try again", error=type(error).__name__)
    return jsonify(error="The database cannot keep the event now. Please send it again."), 503


def plain(error: HTTPException) -> Response:
    """Answer other errors of HTTP without echoing the address, which may hold a secret."""
    if error.code is not None and error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request refused", status=error.code, reason=error.name, **_sender())
    answer = jsonify(error=error.description)
    answer.status_code = error.code or 500
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _sender() -> dict[str, str | None]:
    """Return who asked for what; of a path only its pattern, because it may hold a secret."""
    return {"address": request.remote_addr, "route": request.url_rule.rule if request.url_rule else None}


def _is_from_here() -> bool:
    """Say whether a request comes from this machine."""
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
