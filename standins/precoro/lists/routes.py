"""Calls about suppliers, items, taxes, terms and locations."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from standins.precoro.http.desk import Desk, Route, json_object
from standins.precoro.http.forms import NOT_VALID, InvalidError, read_form
from standins.precoro.http.refusals import NoRecordError
from standins.precoro.lists import rules, suppliers


def create(desk: Desk, collection: str) -> tuple[Response, int]:
    """Make a record of a form."""
    record = rules.make(desk.company, collection, read_form(request), desk.settings)
    desk.pings.own(desk.company, collection, record, created=True)
    return desk.whole(collection, record), HTTPStatus.CREATED


def replace(desk: Desk, collection: str, key: str) -> Response:
    """Replace a record by a form."""
    record = desk.existing(collection, key)
    rules.replace(desk.company, collection, record, read_form(request), desk.settings)
    return desk.written(collection, record, moved=True)


def approve_supplier(desk: Desk, key: str, step: str) -> Response:
    """Approve or reject a supplier."""
    if step not in suppliers.STEPS:
        raise NoRecordError
    supplier = desk.existing("suppliers", key)
    suppliers.decide(supplier, step)
    return desk.written("suppliers", supplier, moved=True)


def set_custom_fields(desk: Desk, key: str) -> Response:
    """Replace the custom field values of a supplier (JSON)."""
    supplier = desk.existing("suppliers", key)
    values = json_object().get("dataSupplierCustomFields", [])
    if not isinstance(values, list):
        raise InvalidError({"dataSupplierCustomFields": NOT_VALID})
    supplier["dataSupplierCustomFields"] = values
    return desk.written("suppliers", supplier)


ROUTES = (
    *(Route("POST", f"/{collection}", create, {"collection": collection}) for collection in rules.WRITTEN),
    *(Route("PUT", f"/{collection}/<key>", replace, {"collection": collection}) for collection in rules.WRITTEN),
    Route("PATCH", "/suppliers/<key>/customfields", set_custom_fields),
    Route("POST", "/suppliers/<key>/<step>", approve_supplier),
)
