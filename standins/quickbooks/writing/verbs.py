"""The verbs of the API on one entity: create, update, delete, void."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.writing.engine import Engine

Json = dict[str, Any]


def named(operation: str, include: str) -> str:
    """Return the verb that `operation` and `include` (or `optionsData`) mean."""
    if operation == "void" or "void" in include.split(","):
        return "void"
    return operation.lower() or "write"


def carry_out(engine: Engine, entity: Entity, operation: str, sent: Json) -> Json:
    """Carry out a verb on an entity, or refuse an unknown one (500)."""
    acts: dict[str, Callable[[Entity, Json], Json]] = {
        "write": engine.write,
        "create": engine.write,
        "update": engine.write,
        "delete": engine.delete,
        "void": engine.void,
    }
    if operation not in acts:
        raise errors.unsupported_operation(operation)
    return acts[operation](entity, sent)
