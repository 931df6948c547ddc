"""Put the QuickBooks stand-in together.

app = create_app()                       # two companies, real limits
client = app.test_client()
control = app.extensions["control"]
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask

from standins.control.control import ControlPanel
from standins.control.delivery import Outbox
from standins.control.install import install
from standins.quickbooks import api, events
from standins.quickbooks.http import answers
from standins.quickbooks.http.limits import Throttle
from standins.quickbooks.http.replay import Replay
from standins.quickbooks.oauth import routes as oauth
from standins.quickbooks.people import page
from standins.quickbooks.people import routes as people
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.world import QuickBooksWorld

VERIFIER_TOKEN = "sandbox-verifier"


def create_app(
    settings: QuickBooksSettings | None = None,
    *,
    seed: Any = "small",
    speed: float = 1.0,
    snapshot: Path | None = None,
) -> Flask:
    """Return the stand-in as a Flask app; its `Control` is `app.extensions["control"]`."""
    settings = settings or QuickBooksSettings()
    outbox = Outbox(events.encode, _webhooks(), speed=speed, form=(events.as_json, events.from_json))
    world = QuickBooksWorld(settings, outbox)
    control = ControlPanel(
        settings=settings,
        world=world,
        outbox=outbox,
        render_fault=answers.render_fault,
        speed=speed,
        seed=seed,
        snapshot=snapshot,
        on_settings=world.apply,
    )
    throttle, replay = Throttle(settings, speed), Replay(settings, speed)
    control.remember("limits", throttle)
    control.remember("requestids", replay)
    control.start()
    app = Flask("standins.quickbooks")
    install(app, control)
    app.register_blueprint(people.routes(control, world))
    app.register_blueprint(oauth.routes(control, world.tokens, world.names))
    app.register_blueprint(api.routes(api.QuickBooksApi(control, world, throttle, replay)))
    app.register_blueprint(page.routes(control, world))
    for status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        app.register_error_handler(status, answers.no_page)
    return app


def _webhooks() -> events.NotificationSettings:
    return events.NotificationSettings(
        format="cloudevents",
        verifier_token=VERIFIER_TOKEN,
        retry=[float(seconds) for seconds in events.RETRY_SECONDS],
        retry_forever=True,
        head_of_line=True,
        batch=100,
    )
