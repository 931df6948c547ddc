"""The accounting API: /v3/company/{realm}/... from the raw request to the answer."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request

from standins import wire
from standins.control import Control
from standins.faults import ITEM
from standins.faults import Fault as OrderedFault
from standins.quickbooks import (
    attachables,
    batch,
    changes,
    entitlements,
    errors,
    query,
    rates,
    tax_service,
    uploads,
    verbs,
    xml,
)
from standins.quickbooks.company import Company, now_text
from standins.quickbooks.draft import Caller
from standins.quickbooks.engine import Engine
from standins.quickbooks.entities import BY_KEY
from standins.quickbooks.entity import Entity
from standins.quickbooks.errors import Fault, GatewayFault
from standins.quickbooks.replay import Answer, Replay
from standins.quickbooks.settings import Settings
from standins.quickbooks.throttle import Throttle
from standins.quickbooks.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """What a request needs at hand."""

    control: Control[Settings]
    world: World
    throttle: Throttle
    replay: Replay

    def handle(self, realm: str, path: str) -> Response:
        """Answer one request to a company."""
        try:
            self._admit(realm, path)
            return self._answer(realm, path)
        except GatewayFault as fault:
            return gateway_response(fault)
        except Fault as fault:
            return fault_response(fault)

    def file(self, ticket: str) -> Response:
        """Answer with a file by its ticket, or with 403 when the ticket is too old."""
        found = attachables.opened(ticket, self.world.settings.download_seconds)
        company = self.world.companies.get(found[0]) if found else None
        if company is None or found is None or found[1] not in company.files:
            return Response("Request has expired", HTTPStatus.FORBIDDEN, mimetype="text/plain")
        content = base64.b64decode(company.files[found[1]])
        return Response(content, mimetype=company.tables["Attachable"][found[1]]["ContentType"])

    def entitlements(self, realm: str) -> Response:
        """Answer with what the plan of a company includes."""
        try:
            self._admit(realm, "entitlements")
        except GatewayFault as fault:
            return gateway_response(fault)
        except Fault as fault:
            return fault_response(fault)
        with self.control.lock:
            return text_response(entitlements.render(self.world.companies[realm]))

    def _admit(self, realm: str, path: str) -> None:
        self.world.tokens.check(request.headers.get("Authorization", ""), realm)
        if realm not in self.world.companies:
            raise errors.wrong_company()
        self.throttle.admit(realm, batch=path == "batch", metered=request.method == "GET" or path == "query")
        most = self.world.settings.upload_bytes if path == "upload" else self.world.settings.payload_bytes
        if (request.content_length or 0) > most:
            problem = errors.Problem(6030, "Request too large", "The request body is larger than supported")
            raise Fault(problem, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _answer(self, realm: str, path: str) -> Response:
        body = request.get_data()
        g.metered = request.method == "GET" or path == "query"
        with self.control.lock:
            company = self.world.companies[realm]
            if path.startswith("download/"):
                return text_response(attachables.address(company, path.partition("/")[2], request.host_url))
            if g.metered:
                return json_response(_read(company, path, body))
            return self._write_once(company, path, body)

    def _write_once(self, company: Company, path: str, body: bytes) -> Response:
        """Write, unless this requestid was answered before; the lock makes a repeat wait for the first."""
        requestid = request.args.get("requestid")
        fingerprint = hashlib.sha256(request.full_path.encode() + b"\n" + body).hexdigest()
        known = self.replay.find(company.realm, requestid, fingerprint, batch=path == "batch")
        if known:
            return text_response(known.body, known.status)
        self.world.by_api = True
        try:
            response = json_response(_write(company, path, body, self._strike_item))
        except Fault as fault:
            response = fault_response(fault)
        finally:
            self.world.by_api = False
        answer = Answer(response.status_code, response.get_data(as_text=True), fingerprint, time.monotonic())
        self.replay.keep(company.realm, requestid, answer)
        return response

    def _strike_item(self, path: str) -> OrderedFault | None:
        return self.control.faults.strike(ITEM, path)


def _read(company: Company, path: str, body: bytes) -> Json:
    name, _, rest = path.partition("/")
    if name == "query":
        statement = request.args.get("query") or body.decode(errors="replace")
        return {"QueryResponse": _with_addresses(company, query.answer(company, statement))}
    if name == "cdc":
        return changes.since(company, request.args.get("entities", ""), request.args.get("changedSince", ""))
    if name == "exchangerate":
        code = request.args.get("sourcecurrencycode", "").upper()
        return {"ExchangeRate": rates.on(company, code, request.args.get("asofdate"))}
    entity = _entity(name)
    identity = "1" if entity.name in {"CompanyInfo", "Preferences"} else rest
    if not identity.isdecimal():
        raise Fault(errors.invalid_id(identity))
    record = company.get(entity.name, identity)
    if record is None:
        raise errors.deleted_transaction() if entity.transaction else errors.not_found()
    return _with_addresses(company, {entity.name: record})


def _with_addresses(company: Company, answer: Json) -> Json:
    """Give the attachments of an answer addresses for their files."""
    found = answer.get("Attachable")
    if found is None:
        return answer
    base = request.host_url
    if isinstance(found, list):
        return {**answer, "Attachable": [attachables.shown(company, record, base) for record in found]}
    return {**answer, "Attachable": attachables.shown(company, found, base)}


def _write(company: Company, path: str, body: bytes, strike: batch.Strike) -> Json:
    if path == "upload":
        return uploads.upload(Engine(company), request.headers.get("Content-Type", ""), body)
    sent = _parsed(body)
    allow = "allowduplicatedocnum" in request.args.get("include", "").split(",")
    engine = Engine(company, Caller(allow_duplicates=allow))
    if path == "batch":
        items = batch.items_of(engine, sent, request.args.get("requestid"))
        g.metered = any("Query" in item for item in items)
        return batch.answer(engine, items, strike)
    if path == "exchangerate":
        return {"ExchangeRate": rates.put(company, sent)}
    if path.lower() == "taxservice/taxcode":
        return tax_service.create(company, sent)
    operation = verbs.named(request.args.get("operation", ""), request.args.get("include", ""))
    entity = _entity(path)
    return {entity.name: verbs.carry_out(engine, entity, operation, sent)}


def _entity(name: str) -> Entity:
    entity = BY_KEY.get(name.lower())
    if entity is None:
        raise errors.unsupported_operation(name)
    return entity


def _parsed(body: bytes) -> Json:
    media = (request.mimetype or "").lower()
    if media not in {"application/json", ""}:
        detail = f"Content type {media} is not supported"
        raise Fault(errors.Problem(1050, "Invalid content type", detail))
    try:
        sent = wire.loads(body)
    except ValueError as error:
        raise Fault(errors.unsupported_property("Can not read the request body")) from error
    if not isinstance(sent, dict):
        raise Fault(errors.unsupported_property("Can not read the request body"))
    return sent


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
    response.headers["intuit_tid"] = f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
    return response


def fault_response(fault: Fault) -> Response:
    """Answer with a fault in the shape of the API."""
    return json_response({"Fault": fault.as_json()}, fault.status)


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


def routes(api: Api) -> Blueprint:
    """Return the routes of the API."""
    blueprint = Blueprint("api", __name__)

    @blueprint.route("/v3/company/<realm>/<path:path>", methods=["GET", "POST"])
    def company(realm: str, path: str) -> Response:
        return api.handle(realm, path.rstrip("/"))

    @blueprint.get("/manage/entitlements/v3/<realm>")
    def entitlements(realm: str) -> Response:
        return api.entitlements(realm)

    @blueprint.get("/files/<ticket>")
    def file(ticket: str) -> Response:
        return api.file(ticket)

    return blueprint
