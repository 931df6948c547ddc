"""The accounting API: /v3/company/{realm}/... from the raw request to the answer."""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request

from standins.control.control import ControlPanel
from standins.control.faults import ITEM, OrderedFault
from standins.quickbooks import errors
from standins.quickbooks.company import entitlements
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.errors import GatewayFault, QuickBooksFault
from standins.quickbooks.files import attachments
from standins.quickbooks.http.answers import fault_response, gateway_response, json_response, text_response
from standins.quickbooks.http.limits import Throttle
from standins.quickbooks.http.replay import FirstAnswer, Replay
from standins.quickbooks.reading.calls import read
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.world import QuickBooksWorld
from standins.quickbooks.writing.calls import write

Json = dict[str, Any]


@dataclass(frozen=True)
class QuickBooksApi:
    """What a request needs at hand."""

    control: ControlPanel[QuickBooksSettings]
    world: QuickBooksWorld
    throttle: Throttle
    replay: Replay

    def handle(self, realm: str, path: str) -> Response:
        """Answer one request to a company."""
        try:
            self._admit(realm, path)
            return self._answer(realm, path)
        except GatewayFault as fault:
            return gateway_response(fault)
        except QuickBooksFault as fault:
            return self._refusal(fault)

    def file(self, ticket: str) -> Response:
        """Answer with a file by its ticket, or with 403 when the ticket is too old."""
        opened = attachments.opened(ticket, self.world.settings.download_seconds)
        company = self.world.companies.get(opened[0]) if opened else None
        if company is None or opened is None or opened[1] not in company.files:
            return Response("Request has expired", HTTPStatus.FORBIDDEN, mimetype="text/plain")
        content = base64.b64decode(company.files[opened[1]])
        return Response(content, mimetype=company.tables["Attachable"][opened[1]]["ContentType"])

    def entitlements(self, realm: str) -> Response:
        """Answer with what the plan of a company includes."""
        try:
            self._admit(realm, "entitlements")
        except GatewayFault as fault:
            return gateway_response(fault)
        except QuickBooksFault as fault:
            return self._refusal(fault)
        with self.control.lock:
            return text_response(entitlements.render(self.world.companies[realm]))

    def _admit(self, realm: str, path: str) -> None:
        self.world.tokens.check(request.headers.get("Authorization", ""), realm)
        if realm not in self.world.companies:
            raise errors.wrong_company()
        self.throttle.admit(realm, batch=path == "batch", metered=request.method == "GET" or path == "query")
        most = self.world.settings.upload_bytes if path == "upload" else self.world.settings.payload_bytes
        if (request.content_length or 0) > most:
            problem = errors.FaultEntry(6030, "Request too large", "The request body is larger than supported")
            raise QuickBooksFault(problem, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _answer(self, realm: str, path: str) -> Response:
        body = request.get_data()
        g.metered = request.method == "GET" or path == "query"
        with self.control.lock:
            company = self.world.companies[realm]
            if path.startswith("download/"):
                return text_response(attachments.address(company, path.partition("/")[2], request.host_url))
            if g.metered:
                return json_response(read(company, path, body))
            return self._write_once(company, path, body)

    def _write_once(self, company: CompanyBooks, path: str, body: bytes) -> Response:
        """Write, unless this requestid was answered before; the lock makes a repeat wait for the first."""
        requestid = request.args.get("requestid")
        fingerprint = hashlib.sha256(request.full_path.encode() + b"\n" + body).hexdigest()
        first = self.replay.find(company.realm, requestid, fingerprint, batch=path == "batch")
        if first:
            return text_response(first.body, first.status)
        self.world.by_api = True
        try:
            response = json_response(write(company, path, body, self._strike_item))
        except QuickBooksFault as fault:
            response = self._refusal(fault)
        finally:
            self.world.by_api = False
        answer = FirstAnswer(response.status_code, response.get_data(as_text=True), fingerprint, time.time())
        self.replay.keep(company.realm, requestid, answer)
        return response

    def _refusal(self, fault: QuickBooksFault) -> Response:
        return fault_response(fault.ending(self.world.settings.detail_ending))

    def _strike_item(self, path: str, body: bytes) -> OrderedFault | None:
        return self.control.faults.strike(ITEM, path, body=body)


def routes(api: QuickBooksApi) -> Blueprint:
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
