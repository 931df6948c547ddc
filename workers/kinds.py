"""The table: for each kind of record, how it is read, planned, applied and written back. The newcomer's map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mappers.documents.outcomes import Hold
from mappers.problems import Problem
from outbound.errors import RemoteError
from store import records
from store.intents import Intent
from store.records import INVOICE, PURCHASE_ORDER
from workers.documents import kind as documents
from workers.records import write_back, writes
from workers.records.work import Work
from workers.suppliers import kind as suppliers
from workers.suppliers import vendors


@dataclass(frozen=True)
class Kind:
    """What the pipeline calls; `read` returns None when there is nothing more to do.

    `made_by` finds what an unanswered create has made, and `landed` records a write that landed, whoever saw it.
    """

    read: Callable[[Work], Any]
    plan: Callable[[Work, Any], Any]
    apply: Callable[[Work, Any, Any], None]
    hold: Callable[[Work, Hold], None]
    problem: Callable[[RemoteError], Problem]
    write_back: Callable[[Work], None]
    made_by: Callable[[Work, Intent], Mapping[str, Any] | None]
    landed: Callable[[Work, Session, datetime, Intent, Mapping[str, Any]], None]


DOCUMENT = Kind(
    read=documents.read,
    plan=documents.plan,
    apply=documents.apply,
    hold=documents.hold,
    problem=documents.problem,
    write_back=write_back.write_back,
    made_by=writes.made_by,
    landed=writes.landed,
)

SUPPLIER = Kind(
    read=suppliers.read,
    plan=suppliers.plan,
    apply=suppliers.apply,
    hold=suppliers.hold,
    problem=suppliers.problem,
    write_back=suppliers.write_back,
    made_by=vendors.made_by,
    landed=vendors.landed,
)

KINDS: Mapping[str, Kind] = {
    PURCHASE_ORDER: DOCUMENT,
    INVOICE: DOCUMENT,
    records.SUPPLIER: SUPPLIER,
}
