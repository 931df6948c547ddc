"""Put the stand-in together: one Flask app with its world, settings, quotas and webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify

from standins.control.control import ControlPanel
from standins.control.delivery import Outbox
from standins.control.install import install
from standins.precoro.api import PrecoroApi
from standins.precoro.events import Pings, encode
from standins.precoro.http.limits import Exceeded, Quotas
from standins.precoro.http.refusals import limited, unauthorised
from standins.precoro.people import page, routes
from standins.precoro.people.acts import People
from standins.precoro.settings import PingSettings, PrecoroSettings
from standins.precoro.world import PrecoroWorld

if TYPE_CHECKING:
    from standins.control.faults import OrderedFault

USUAL_WAIT = 60


def create_app(
    settings: PrecoroSettings | None = None, *, seed: Any = "small", speed: float = 1.0, snapshot: Path | None = None
) -> Flask:
    """Return the app; `seed` is "small", "empty" or a whole world, `speed` divides every window and delay."""
    settings = settings or PrecoroSettings()
    app = Flask("standins.precoro")
    app.url_map.strict_slashes = False
    world, quotas = PrecoroWorld(), Quotas(speed)
    outbox = Outbox(encode, PingSettings(), speed=speed)
    control = ControlPanel(
        settings=settings,
        world=world,
        outbox=outbox,
        render_fault=lambda fault: _draw(fault, settings),
        speed=speed,
        seed=seed,
        snapshot=snapshot,
    )
    pings = Pings(outbox, settings)
    people = People(settings, world, pings)
    install(app, control)
    app.register_blueprint(routes.routes(control, people))
    app.register_blueprint(page.routes(control, world, people))
    app.register_blueprint(PrecoroApi(control, world, quotas, pings).blueprint())
    app.register_error_handler(HTTPStatus.NOT_FOUND, lambda _: _no_such_route("Not Found", HTTPStatus.NOT_FOUND))
    app.register_error_handler(
        HTTPStatus.METHOD_NOT_ALLOWED, lambda _: _no_such_route("Method Not Allowed", HTTPStatus.METHOD_NOT_ALLOWED)
    )
    control.remember("quotas", quotas)
    control.start()
    return app


def _no_such_route(message: str, status: int) -> tuple[Response, int]:
    return jsonify(message=message), status


def _draw(fault: OrderedFault, settings: PrecoroSettings) -> Response:
    """Draw the answer of a fault as Precoro would."""
    match fault.fault:
        case "429":
            wait = USUAL_WAIT if fault.retry_after is None else fault.retry_after
            until = (datetime.now(UTC) + timedelta(seconds=wait)).replace(microsecond=0)
            return _with_status(*limited(Exceeded("Hourly limiter", until, wait), settings.limit_shape))
        case "401":
            return _with_status(*unauthorised())
        case "403":
            return _with_status(jsonify(message="Access Denied."), HTTPStatus.FORBIDDEN)
        case "503":
            return _with_status(jsonify(message="Service Unavailable"), HTTPStatus.SERVICE_UNAVAILABLE)
        case "stale":
            return _with_status(jsonify(message="Conflict"), HTTPStatus.CONFLICT)
    return _with_status(jsonify(message="Internal Server Error"), HTTPStatus.INTERNAL_SERVER_ERROR)


def _with_status(answer: Response, status: int) -> Response:
    answer.status_code = status
    return answer
