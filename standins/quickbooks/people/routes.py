"""What people do, as control calls: POST /_control/{entity}[/{id}], and POST /_control/tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from standins.control.body import WrongInputError, parsed_body
from standins.control.control import ControlPanel
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import BY_KEY
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.people.acts import act, create
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.world import QuickBooksWorld

Json = dict[str, Any]


def routes(control: ControlPanel[QuickBooksSettings], world: QuickBooksWorld) -> Blueprint:
    """Return the control routes that only this stand-in has."""
    blueprint = Blueprint("people", __name__, url_prefix="/_control")
    blueprint.register_error_handler(QuickBooksFault, _fault)

    @blueprint.post("/tokens")
    def tokens() -> Response:
        order = parsed_body()
        realm = str(order.get("realm") or next(iter(world.companies)))
        with control.lock:
            control.touch()
            return jsonify(_token_order(world, realm, str(order.get("do", "issue"))))

    @blueprint.post("/<collection>")
    def create_record(collection: str) -> Response:
        with control.lock:
            control.touch()
            return jsonify(create(_company(world), _entity(collection), parsed_body()))

    @blueprint.post("/<collection>/<identity>")
    def act_on_record(collection: str, identity: str) -> Response:
        with control.lock:
            control.touch()
            return jsonify(act(_company(world), _entity(collection), identity, parsed_body()))

    return blueprint


def _token_order(world: QuickBooksWorld, realm: str, order: str) -> Json:
    if realm not in world.companies:
        raise WrongInputError(f"Unknown realm {realm!r}. Known: {', '.join(world.companies)}")
    match order:
        case "issue":
            return {**world.tokens.issue(realm), "realm": realm}
        case "revoke":
            world.tokens.revoke_realm(realm)
        case "expire":
            world.tokens.expire_access(realm)
        case _:
            raise WrongInputError(f"Unknown act {order!r}. Known: issue, revoke, expire")
    return {"realm": realm, "done": order}


def _company(world: QuickBooksWorld) -> CompanyBooks:
    realm = request.args.get("realm") or next(iter(world.companies))
    if realm not in world.companies:
        raise WrongInputError(f"Unknown realm {realm!r}. Known: {', '.join(world.companies)}")
    return world.companies[realm]


def _entity(name: str) -> Entity:
    if name not in BY_KEY:
        raise WrongInputError(f"Unknown collection {name!r}. Known: {', '.join(sorted(BY_KEY))}")
    return BY_KEY[name]


def _fault(fault: QuickBooksFault) -> tuple[Response, int]:
    return jsonify(Fault=fault.as_json()), HTTPStatus.BAD_REQUEST
