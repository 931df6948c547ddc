"""A batch: up to thirty items, each succeeding or failing by itself.

A fault can be ordered for single items: they are matched as method ITEM and path `batch/{entity}/{bId}`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standins import wire
from standins.control.faults import AFTER, OrderedFault
from standins.quickbooks import errors
from standins.quickbooks.company.draft import Caller
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.reading import query
from standins.quickbooks.writing import verbs
from standins.quickbooks.writing.engine import Engine

Json = dict[str, Any]
LONGEST_ID = 10
Strike = Callable[[str, bytes], OrderedFault | None]
"""Returns the fault that was ordered for the item of a path and a body."""


def items_of(engine: Engine, sent: Json, requestid: str | None) -> list[Json]:
    """Return the items of a batch, or refuse too many (1040) and long ids (2130)."""
    items = sent.get("BatchItemRequest", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise QuickBooksFault(errors.unsupported_property("BatchItemRequest"))
    limit = engine.company.settings.batch_size
    if len(items) > limit:
        raise errors.batch_too_big(limit)
    too_long = next((item["bId"] for item in items if len(str(item.get("bId", ""))) > LONGEST_ID), None)
    if requestid and too_long is not None:
        raise QuickBooksFault(errors.wrong_value(2130, "Request Id Format", "bId", too_long))
    return items


def answer(engine: Engine, items: list[Json], strike: Strike) -> Json:
    """Carry out every item and return BatchItemResponse in their order."""
    return {"BatchItemResponse": [{**_one(engine, item, strike), "bId": item.get("bId", "")} for item in items]}


def _one(engine: Engine, item: Json, strike: Strike) -> Json:
    name = "Query" if "Query" in item else next((key for key in item if key in ENTITIES), "")
    ordered = strike(f"batch/{name.lower()}/{item.get('bId', '')}", wire.dumps(item).encode())
    try:
        if ordered is not None and ordered.fault not in AFTER:
            raise errors.on_order(ordered)
        done = _carry_out(engine, name, item)
        if ordered is not None:
            raise errors.on_order(ordered)
    except QuickBooksFault as fault:
        return {"Fault": fault.as_json()}
    return done


def _carry_out(engine: Engine, name: str, item: Json) -> Json:
    if name == "Query":
        return {"QueryResponse": query.answer(engine.company, str(item["Query"]))}
    if not name or not isinstance(item[name], dict):
        raise errors.unsupported_operation("batch item")
    options = str(item.get("optionsData", ""))
    allowed = Engine(engine.company, Caller(allow_duplicates="allowduplicatedocnum" in options))
    operation = verbs.named(str(item.get("operation", "create")), options)
    return {name: verbs.carry_out(allowed, ENTITIES[name], operation, item[name])}
