"""Give an app its control routes, its faults and its request log."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, request

from standins import wire
from standins.control.body import WrongInputError
from standins.control.control import ControlPanel, S
from standins.control.faults import AFTER, OrderedFault
from standins.control.log import body_of
from standins.control.routes import routes
from standins.server import BREAK


def install(app: Flask, control: ControlPanel[S]) -> None:
    """Register the control routes, the faults and the request log with an app."""
    wire.speak_decimal(app)
    app.extensions["control"] = control
    app.register_blueprint(routes(control))
    app.register_error_handler(WrongInputError, lambda error: (jsonify(error=str(error)), HTTPStatus.BAD_REQUEST))
    app.before_request(lambda: _before(control))
    app.after_request(lambda response: _after(control, response))


def is_control(path: str) -> bool:
    """Tell control calls and the page from calls of the API."""
    return path.startswith(("/_control", "/_page")) or path in {"/", "/favicon.ico"}


def _before(control: ControlPanel[S]) -> Response | None:
    g.started = time.monotonic()
    body = request.get_data()
    if is_control(request.path):
        return None
    if control.settings.latency_ms:
        time.sleep(control.settings.latency_ms / 1000 / control.speed)
    fault = control.faults.strike(request.method, request.path, query=request.query_string.decode(), body=body)
    g.fault = fault
    if fault is None or fault.fault in AFTER:
        return None
    return _strike_before(control, fault)


def _strike_before(control: ControlPanel[S], fault: OrderedFault) -> Response | None:
    match fault.fault:
        case "delay":
            time.sleep(fault.delay_ms / 1000 / control.speed)
            return None
        case "timeout":
            time.sleep(fault.delay / control.speed)
            request.environ[BREAK] = "close"
        case "reset":
            request.environ[BREAK] = "reset"
        case "html_502":
            page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
            return Response(page, HTTPStatus.BAD_GATEWAY, mimetype="text/html")
        case "empty_500":
            return Response(b"", HTTPStatus.INTERNAL_SERVER_ERROR)
        case "empty_503":
            return Response(b"", HTTPStatus.SERVICE_UNAVAILABLE)
        case _:
            return control.render_fault(fault)
    return Response(b"", HTTPStatus.INTERNAL_SERVER_ERROR)


def _after(control: ControlPanel[S], response: Response) -> Response:
    if is_control(request.path):
        return response
    if request.method != "GET":
        control.touch()
    fault: OrderedFault | None = g.get("fault")
    if fault is not None and fault.fault in AFTER:
        response = _strike_after(control, fault, response)
    broken = request.environ.get(BREAK)
    control.log.add(
        {
            "time": datetime.now(UTC).isoformat(),
            "method": request.method,
            "path": request.path,
            "query": request.query_string.decode(),
            "status": None if broken in {"close", "reset"} else response.status_code,
            "requestid": request.args.get("requestid"),
            "metered": bool(g.get("metered", False)),
            "fault": fault.fault if fault else None,
            "duration_ms": round((time.monotonic() - g.started) * 1000, 1),
        },
        body_of(request),
    )
    return response


def _strike_after(control: ControlPanel[S], fault: OrderedFault, response: Response) -> Response:
    match fault.fault:
        case "timeout_after_commit":
            time.sleep(fault.delay / control.speed)
            request.environ[BREAK] = "close"
        case "drop_after_commit":
            request.environ[BREAK] = "close"
        case "reset_after_commit":
            request.environ[BREAK] = "reset"
        case "truncated":
            request.environ[BREAK] = "truncate"
        case _:
            return control.render_fault(replace(fault, fault="500"))
    return response
