"""Calls about the options of a custom field, which stand below their field in the path."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

from standins.precoro.http.desk import Desk, Route
from standins.precoro.http.forms import read_form
from standins.precoro.http.refusals import NoRecordError
from standins.precoro.lists import options

if TYPE_CHECKING:
    from standins.precoro.company import Record


def rows(desk: Desk, fields: str, field: str) -> Response:
    """Answer a page of the options of a custom field."""
    owner = desk.existing(fields, field)
    return desk.rows("options", [option for option in desk.company.all("options") if option["field"] == owner["id"]])


def single(desk: Desk, fields: str, field: str, key: str) -> Response:
    """Answer one option."""
    return desk.whole("options", _option(desk, fields, field, key))


def create(desk: Desk, fields: str, field: str) -> tuple[Response, int]:
    """Add an option to a custom field."""
    owner = desk.existing(fields, field)
    option = options.add(desk.company, owner, read_form(request), desk.settings)
    desk.pings.own(desk.company, fields, owner)
    return desk.whole("options", option), HTTPStatus.CREATED


def replace(desk: Desk, fields: str, field: str, key: str) -> Response:
    """Replace an option of a custom field."""
    option = _option(desk, fields, field, key)
    options.replace(desk.company, option, read_form(request), desk.settings)
    return _changed(desk, fields, option)


def change(desk: Desk, fields: str, field: str, key: str) -> Response:
    """Change an option of a custom field; what the form leaves out stays."""
    option = _option(desk, fields, field, key)
    options.change(desk.company, option, read_form(request), desk.settings)
    return _changed(desk, fields, option)


def depend(desk: Desk, fields: str, step: str) -> Response:
    """Let an option depend on legal entities (`depend_add`), or no longer (`depend_remove`)."""
    if step not in {"depend_add", "depend_remove"}:
        raise NoRecordError
    level = fields.removesuffix("customfields")
    option = options.depend(desk.company, level, read_form(request), add=step == "depend_add")
    return _changed(desk, fields, option)


def _changed(desk: Desk, fields: str, option: Record) -> Response:
    desk.pings.own(desk.company, fields, desk.existing(fields, str(option["field"])))
    return desk.whole("options", option)


def _option(desk: Desk, fields: str, field: str, key: str) -> Record:
    owner = desk.existing(fields, field)
    option = desk.existing("options", key)
    if option["field"] != owner["id"]:
        raise NoRecordError
    return option


def _routes_of(fields: str) -> Iterator[Route]:
    path, fixed = f"/{fields}/<field>/options", {"fields": fields}
    yield Route("GET", path, rows, fixed)
    yield Route("POST", path, create, fixed)
    yield Route("GET", f"{path}/<key>", single, fixed)
    yield Route("PUT", f"{path}/<key>", replace, fixed)
    yield Route("PATCH", f"{path}/<key>", change, fixed)
    yield Route("PATCH", f"/{fields}/options/<step>", depend, fixed)


ROUTES = (*_routes_of("itemcustomfields"), *_routes_of("documentcustomfields"))
