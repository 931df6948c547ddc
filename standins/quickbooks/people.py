"""What people do in QuickBooks, as control calls: create, change, pay, void, delete, make inactive; and tokens."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from standins.control import Control, WrongInputError, parsed_body
from standins.quickbooks import merging, payments, preferences
from standins.quickbooks.company import FIRST_TRANSACTION, Company
from standins.quickbooks.draft import Caller
from standins.quickbooks.engine import Engine
from standins.quickbooks.entities import BY_KEY, ENTITIES
from standins.quickbooks.entity import Entity
from standins.quickbooks.errors import Fault
from standins.quickbooks.settings import Settings
from standins.quickbooks.world import World

Json = dict[str, Any]

PERSON = Caller(person=True, allow_duplicates=True)


def create(company: Company, entity: Entity, described: Json) -> Json:
    """Create a record as a person would; only a person makes a customer a project ("IsProject": true)."""
    made = Engine(company, PERSON).write(entity, described)
    if entity.name == "Customer" and described.get("IsProject"):
        if not described.get("ParentRef") or company.preference("OtherPrefs", "ProjectsEnabled") is not True:
            raise WrongInputError("A project needs its customer (ParentRef), and projects switched on")
        return company.put(entity, {**made, "IsProject": True}, "")
    return made


def act(company: Company, entity: Entity, identity: str, order: Json) -> Json:
    """Carry out {"set": {...}} or {"do": ...} on a record; return what it has become."""
    if company.get(entity.name, identity) is None:
        raise WrongInputError(f"There is no {entity.name} {identity}")
    if "set" in order:
        if not isinstance(order["set"], dict):
            raise WrongInputError("set takes a JSON object")
        return _set(company, entity, identity, order["set"])
    acts = {
        "pay": _pay,
        "invoice": _invoice,
        "void": _void,
        "delete": _delete,
        "deactivate": _deactivate,
        "activate": _activate,
        "merge": _merge,
        "flatten": _flatten,
    }
    if order.get("do") not in acts:
        raise WrongInputError(f"Unknown act {order.get('do')!r}. Known: {', '.join(acts)}, or set")
    return acts[order["do"]](company, entity, identity, order)


def _set(company: Company, entity: Entity, identity: str, values: Json) -> Json:
    if entity.name == "Preferences" and "OtherPrefs" not in values:
        return company.put(entity, preferences.changed(company.preferences, values))
    return Engine(company, PERSON).write(entity, {**values, "Id": identity, "sparse": True})


def _pay(company: Company, entity: Entity, identity: str, order: Json) -> Json:
    bill = company.tables[entity.name][identity]
    if entity.name != "Bill":
        raise WrongInputError(f"Only a bill can be paid, not a {entity.name}")
    try:
        amount = Decimal(str(order.get("amount", bill["Balance"])))
    except InvalidOperation as error:
        raise WrongInputError(f"{order.get('amount')!r} is no amount") from error
    if not any(row["AccountType"] == "Bank" for row in company.rows("Account")):
        raise WrongInputError("The company has no bank account to pay from")
    payment = payments.pay(company, bill, amount, order.get("date"))
    return Engine(company, PERSON).write(ENTITIES["BillPayment"], payment)


def _invoice(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    """Bill the customers for the billable lines: those lines are billed, and linked to a charge."""
    bill = company.tables[entity.name][identity]
    lines: list[Json] = []
    links = list(bill.get("LinkedTxn", []))
    for line in bill.get("Line", []):
        kind = line["DetailType"]
        if line.get(kind, {}).get("BillableStatus") == "Billable":
            link = {"TxnId": company.next_id("transactions", FIRST_TRANSACTION), "TxnType": "ReimburseCharge"}
            line = {**line, kind: {**line[kind], "BillableStatus": "HasBeenBilled"}}  # noqa: PLW2901
            line["LinkedTxn"] = [*line.get("LinkedTxn", []), link]
            links.append(link)
        lines.append(line)
    company.touch(entity, identity, Line=lines, LinkedTxn=links or None)
    return company.tables[entity.name][identity]


def _void(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    return Engine(company, PERSON).void(entity, {"Id": identity})


def _delete(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    return Engine(company, PERSON).delete(entity, {"Id": identity})


def _deactivate(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    return _set(company, entity, identity, {"Active": False})


def _activate(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    return _set(company, entity, identity, {"Active": True})


def _merge(company: Company, entity: Entity, identity: str, order: Json) -> Json:
    return merging.merge(company, entity, identity, str(order.get("into", "")))


def _flatten(company: Company, entity: Entity, identity: str, _: Json) -> Json:
    """Save the address of an entry from a transaction: it comes back as lines, without city and postal code (docs/reference/quickbooks.md, Vendors)."""
    record = company.tables[entity.name][identity]
    address = record.get("BillAddr")
    if not address:
        raise WrongInputError(f"{entity.name} {identity} has no address")
    place = " ".join(str(address[name]) for name in ("CountrySubDivisionCode", "PostalCode") if address.get(name))
    city = ", ".join(part for part in (str(address.get("City", "")), place) if part)
    street = [str(address[f"Line{number}"]) for number in range(1, 6) if address.get(f"Line{number}")]
    names = [record["DisplayName"], *street, city, str(address.get("Country", ""))]
    lines = {f"Line{number}": text for number, text in enumerate(list(filter(None, names))[:5], 1)}
    flat = {"Id": company.next_id("addresses", 9001), **lines}
    return company.put(entity, {**record, "BillAddr": flat})


def routes(control: Control[Settings], world: World) -> Blueprint:
    """Return the control routes that only this stand-in has."""
    blueprint = Blueprint("people", __name__, url_prefix="/_control")
    blueprint.register_error_handler(Fault, _fault)

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


def _token_order(world: World, realm: str, order: str) -> Json:
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


def _company(world: World) -> Company:
    realm = request.args.get("realm") or next(iter(world.companies))
    if realm not in world.companies:
        raise WrongInputError(f"Unknown realm {realm!r}. Known: {', '.join(world.companies)}")
    return world.companies[realm]


def _entity(name: str) -> Entity:
    if name not in BY_KEY:
        raise WrongInputError(f"Unknown collection {name!r}. Known: {', '.join(sorted(BY_KEY))}")
    return BY_KEY[name]


def _fault(fault: Fault) -> tuple[Response, int]:
    return jsonify(Fault=fault.as_json()), HTTPStatus.BAD_REQUEST
