"""What people do, as control calls: POST /_control/{collection}[/{id or running number or name}].

`company` stands in the body or the query (1 when neither says). Creating takes a short description (see
`documents.descriptions` and `lists.descriptions`) and may carry "do", one act or several; changing takes {"set": {...}} or
{"do": ..., ...}. Both answer the whole record. POST /_control/keys makes a new API key and forgets the old one.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from standins.control.body import parsed_body
from standins.precoro.entities import ENTITIES
from standins.precoro.http.rendering import CANONICAL, render

if TYPE_CHECKING:
    from standins.control.control import ControlPanel
    from standins.precoro.company import Record
    from standins.precoro.people.acts import People
    from standins.precoro.settings import PrecoroSettings

COLLECTION = "<any({}):collection>".format(",".join(ENTITIES))


def routes(control: ControlPanel[PrecoroSettings], people: People) -> Blueprint:
    """Return the control routes of the collections."""
    blueprint = Blueprint("people", __name__, url_prefix="/_control")

    @blueprint.post("/keys")
    def keys() -> Response:
        body = parsed_body()
        with control.lock:
            company = people.company(_company_named(body))
            company.rotate_key()
            control.touch()
            return jsonify(company=company.id, key=company.key, user=company.user)

    @blueprint.post(f"/{COLLECTION}")
    def create(collection: str) -> tuple[Response, int]:
        body = parsed_body()
        with control.lock:
            company = people.company(_company_named(body))
            record = people.create(company, collection, body)
            control.touch()
            return jsonify(render(company, collection, record, CANONICAL)), HTTPStatus.CREATED

    @blueprint.post(f"/{COLLECTION}/<key>")
    def change(collection: str, key: str) -> Response:
        body = parsed_body()
        with control.lock:
            company = people.company(_company_named(body))
            record = people.change(company, collection, people.find(company, collection, key), body)
            control.touch()
            return jsonify(render(company, collection, record, CANONICAL))

    return blueprint


def _company_named(body: Record) -> Any:
    named = request.args.get("company", 1)
    return body.pop("company", named)
