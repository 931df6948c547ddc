"""Answers as JSON or XML, and faults, ordered ones included."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import MethodNotAllowed

from standins import wire
from standins.control.faults import OrderedFault
from standins.quickbooks import errors
from standins.quickbooks.company.clock import now_text
from standins.quickbooks.errors import GatewayFault, QuickBooksFault
from standins.quickbooks.http import xml
from standins.quickbooks.trace import trace_id

Json = dict[str, Any]


def json_response(body: Json, status: int = HTTPStatus.OK) -> Response:
    """Answer with JSON, or with XML when JSON was not asked for."""
    body = {**body, "time": now_text()}
    if "json" in request.headers.get("Accept", ""):
        return text_response(wire.dumps(body), status)
    return text_response(xml.render(body), status)


def text_response(text: str, status: int = HTTPStatus.OK) -> Response:
    """Answer with a finished text and the trace id every answer carries."""
    kind = {"{": "application/json", "<": "application/xml"}.get(text[:1], "text/plain")
    response = Response(text, status, content_type=f"{kind};charset=UTF-8")
    response.headers["intuit_tid"] = trace_id()
    return response


def fault_response(fault: QuickBooksFault) -> Response:
    """Answer with a fault in the shape of the API."""
    return json_response({"Fault": fault.as_json()}, fault.status)


def no_page(error: Exception) -> Response:
    """Answer what no route takes with a fault: QuickBooks shows programs no HTML page."""
    if isinstance(error, MethodNotAllowed):
        return json_response({"Fault": errors.unsupported_operation(request.method).as_json()}, error.code)
    fault = errors.no_resource(request.path, request.base_url)
    return json_response({"Fault": fault.as_json()}, HTTPStatus.NOT_FOUND)


def gateway_response(fault: GatewayFault) -> Response:
    """Answer with a fault in the shape of the gateway."""
    response = text_response(wire.dumps(fault.body), fault.status)
    if fault.status == HTTPStatus.UNAUTHORIZED:
        response.headers["www-authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return response


def render_fault(fault: OrderedFault) -> Response:
    """Draw a fault that was ordered over the control API."""
    match fault.fault:
        case "429":
            response = fault_response(errors.on_order(fault))
            if fault.retry_after is not None:
                response.headers["Retry-After"] = str(fault.retry_after)
            return response
        case "401":
            return gateway_response(errors.not_authenticated("Token expired: AB01..."))
        case "403":
            return gateway_response(errors.wrong_company())
        case "invalid_grant":
            return Response('{"error":"invalid_grant"}', HTTPStatus.BAD_REQUEST, mimetype="application/json")
        case "503":
            text = "<html><body><h1>Service Temporarily Unavailable</h1></body></html>"
            return Response(text, HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/html")
        case _:
            return fault_response(errors.on_order(fault))
