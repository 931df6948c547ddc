"""The control routes of every stand-in: reset, state, settings, faults, requests, webhooks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from standins import wire
from standins.control.body import WrongInputError, parsed_body
from standins.control.control import ControlPanel, S
from standins.control.delivery import WebhookSettings
from standins.control.faults import read_order
from standins.control.settings import merge


def routes(control: ControlPanel[S]) -> Blueprint:
    """Return the control routes."""
    blueprint = Blueprint("control", __name__, url_prefix="/_control")

    @blueprint.post("/reset")
    def reset() -> Response:
        try:
            control.reset(parsed_body().get("seed", control.seed))
        except ValueError as error:
            raise WrongInputError(str(error)) from error
        return jsonify(ok=True)

    @blueprint.get("/state")
    def state() -> Response:
        with control.lock:
            return Response(wire.dumps(control.world.state()), mimetype="application/json")

    @blueprint.get("/state/<company>/<collection>")
    def rows(company: str, collection: str) -> Response:
        with control.lock:
            try:
                held = control.world.rows(company, collection)
            except LookupError as error:
                raise WrongInputError(f"There is no {collection} of a company {company}") from error
        return Response(wire.dumps(held), mimetype="application/json")

    @blueprint.route("/settings", methods=["GET", "POST"])
    def settings() -> Response:
        with control.lock:
            if request.method == "POST":
                changes = parsed_body()
                merge(control.settings, changes)
                control.on_settings(changes)
                control.touch()
            return jsonify(asdict(control.settings))

    _fault_routes(blueprint, control)
    _log_routes(blueprint, control)
    _webhook_routes(blueprint, control)
    return blueprint


def _fault_routes(blueprint: Blueprint, control: ControlPanel[S]) -> None:
    @blueprint.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        if request.method == "POST":
            try:
                control.faults.add(read_order(parsed_body()))
                control.touch()
            except (TypeError, ValueError) as error:
                raise WrongInputError(str(error)) from error
        elif request.method == "DELETE":
            control.faults.clear()
            control.touch()
        return jsonify(control.faults.describe())


def _log_routes(blueprint: Blueprint, control: ControlPanel[S]) -> None:
    @blueprint.route("/requests", methods=["GET", "DELETE"])
    def requests() -> Response:
        if request.method == "DELETE":
            control.log.clear()
        since = request.args.get("since", "").replace(" ", "+")  # an unescaped + of an offset arrives as a space
        return jsonify([entry for entry in control.log.entries() if not since or entry["time"] > since])


def _webhook_routes(blueprint: Blueprint, control: ControlPanel[S]) -> None:
    @blueprint.route("/webhooks", methods=["GET", "POST", "DELETE"])
    def webhooks() -> Response:
        if request.method == "POST":
            _set_webhooks(control.outbox.settings, parsed_body())
            control.touch()
        elif request.method == "DELETE":
            control.outbox.clear()
        wait = request.args.get("wait", type=float)
        idle = control.outbox.wait_until_idle(wait) if wait else control.outbox.pending() == 0
        return jsonify(idle=idle, **control.outbox.describe())


def _set_webhooks(settings: WebhookSettings, changes: dict[str, Any]) -> None:
    """Merge {"url"} (all groups), {"company": 1, "urls": [...]} (one group) and the other settings."""
    changes = dict(changes)
    group = changes.pop("company", None)
    if group is not None:
        urls = changes.pop("urls", None)
        url = changes.pop("url", None)
        urls = urls if urls is not None else [url] if url else []
        changes["urls"] = {**settings.urls, str(group): list(urls)}
    most = settings.most_endpoints
    if most is not None and any(len(urls) > most for urls in changes.get("urls", {}).values()):
        raise WrongInputError(f"At most {most} endpoints for a company")
    merge(settings, changes)
