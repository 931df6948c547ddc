"""What every collection can do: list its records, show one, and take what PATCH may write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response, request

from standins.precoro.entities import ENTITIES
from standins.precoro.http.desk import Desk, Route
from standins.precoro.http.forms import read_form, read_values

if TYPE_CHECKING:
    from standins.precoro.entities import Collection


def rows(desk: Desk, collection: str) -> Response:
    """Answer a page of rows."""
    return desk.rows(collection, list(desk.company.all(collection)))


def single(desk: Desk, collection: str, key: str) -> Response:
    """Answer the whole record."""
    return desk.whole(collection, desk.existing(collection, key))


def patch(desk: Desk, collection: str, key: str) -> Response:
    """Write what PATCH may write, mostly `externalId`, and answer the whole record."""
    record = desk.existing(collection, key)
    entity = ENTITIES[collection]
    record.update(read_values(read_form(request), entity.patchable, entity.longest))
    return desk.written(collection, record)


def _routes_of(entity: Collection) -> Iterator[Route]:
    path, fixed = f"/{entity.collection}", {"collection": entity.collection}
    yield Route("GET", path, rows, fixed)
    yield Route("GET", f"{path}/<key>", single, fixed)
    if not entity.read_only and not entity.collection.endswith("customfields"):
        yield Route("PATCH", f"{path}/<key>", patch, fixed)


ROUTES = tuple(route for entity in ENTITIES.values() if entity.collection != "options" for route in _routes_of(entity))
"""Options stand below their field: see `lists.option_routes`."""
