"""The table: for each kind of record, how it is read, planned, applied and written back. The newcomer's map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mappers.outcomes import Hold, Plan
from mappers.problems import Problem
from outbound.errors import RemoteError
from store.records import INVOICE, PURCHASE_ORDER
from workers import documents, write_back
from workers.work import Work


@dataclass(frozen=True)
class Kind:
    """What the pipeline calls, in this order; `read` returns None when there is nothing more to do."""

    read: Callable[[Work], Any]
    plan: Callable[[Work, Any], Plan]
    apply: Callable[[Work, Any, Plan], None]
    hold: Callable[[Work, Hold], None]
    problem: Callable[[RemoteError], Problem]
    write_back: Callable[[Work], None]


DOCUMENT = Kind(
    read=documents.read,
    plan=documents.plan,
    apply=documents.apply,
    hold=documents.hold,
    problem=documents.problem,
    write_back=write_back.write_back,
)

KINDS: Mapping[str, Kind] = {
    PURCHASE_ORDER: DOCUMENT,
    INVOICE: DOCUMENT,
}
