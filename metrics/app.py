"""One route for Prometheus, on a port that no proxy passes on."""

from __future__ import annotations

import hmac
from http import HTTPStatus

import structlog
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.wrappers import Response as RawResponse

import settings as settings_module
from metrics.collector import InstallationCollector
from settings import Settings
from store.base import described
from workers.runtime import Runtime

HOSTS = ["127.0.0.1", "localhost"]
"""The names under which it is reached: a page of somebody else that leads its own name here gets nothing."""

log = structlog.get_logger()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without settings it reads them from the environment."""
    settings = settings or settings_module.load()
    app = Flask("metrics", static_folder=None)
    app.config.update(PROVIDE_AUTOMATIC_OPTIONS=False, MAX_CONTENT_LENGTH=0, TRUSTED_HOSTS=HOSTS)
    runtime = app.extensions["tieout"] = Runtime(settings)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(InstallationCollector(runtime))

    def show() -> Response:
        """Answer with all metrics, in the format that Prometheus asks for."""
        check_token(settings.metrics_token)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return Response(encode(registry), content_type=content_type)

    app.add_url_rule("/metrics", view_func=show)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(SQLAlchemyError, database_down)
    return app


def check_token(token: str) -> None:
    """Raise Unauthorized when a token is set and the request does not carry it."""
    carried = request.headers.get("Authorization", "").encode()
    if token and not hmac.compare_digest(carried, f"Bearer {token}".encode()):
        raise Unauthorized("Send the token that is set as TIEOUT_METRICS_TOKEN: Authorization: Bearer ...")


def refused(error: HTTPException) -> RawResponse | ResponseReturnValue:
    """Answer an error of HTTP with its sentence."""
    return jsonify(error=error.description), error.code or HTTPStatus.INTERNAL_SERVER_ERROR


def database_down(error: SQLAlchemyError) -> ResponseReturnValue:
    """Say that there are no figures: Prometheus then takes the installation for down."""
    log.warning("no metrics, the database does not answer", error=described(error))
    return jsonify(error="The database does not answer. See DATABASE_URL."), HTTPStatus.SERVICE_UNAVAILABLE
