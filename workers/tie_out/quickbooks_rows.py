"""Pages of entities in QuickBooks, as a report reads and keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mappers.documents.document import BILL, PURCHASE_ORDER, VENDOR_CREDIT
from mappers.tie_out.period import Period
from qbo_client.changes import Changes
from qbo_client.query import MAX_ROWS, Select
from store import tie_out
from store.tie_out import Report
from workers.rows import id_of, with_ids
from workers.tasks.action import Step
from workers.tie_out.fields import day_in
from workers.tie_out.scope import period_of

OF_ALL = (
    "Id",
    "DocNumber",
    "TxnDate",
    "TotalAmt",
    "VendorRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "MetaData",
)
SHOWN = {
    PURCHASE_ORDER: (*OF_ALL, "POStatus"),
    BILL: (*OF_ALL, "Balance", "DueDate"),
    VENDOR_CREDIT: (*OF_ALL, "Balance"),
}
"""What QuickBooks is asked for of each type: its rows are wide."""


@dataclass(frozen=True, slots=True)
class EntitiesPage:
    """A page that was read and kept: how many entities, how many of them in the period, and the last id when there may be more."""

    rows: int
    in_period: int
    last: str | None


def read_page(step: Step, report: Report, statement: Select, after: str | None) -> EntitiesPage:
    """Read the next 1,000 entities of a statement, and keep them. One metered call."""
    narrow = replace(statement, fields=SHOWN[statement.entity])
    following = narrow.where("Id", ">", after) if after else narrow
    rows = step.quickbooks.query(following.order_by("Id").limit(MAX_ROWS))
    _keep(step, report, statement.entity, rows)
    period = period_of(report)
    in_period = sum(day_in(row, "TxnDate") in period for row in rows)
    return EntitiesPage(len(rows), in_period, str(rows[-1]["Id"]) if len(rows) == MAX_ROWS else None)


def keep_changes(step: Step, report: Report, changes: Changes) -> bool:
    """Keep what changed since it was read; returns whether anything did that the report is about."""
    is_changed = False
    for type_, rows in changes.rows.items():
        shown = [{name: row[name] for name in SHOWN[type_] if name in row} for row in rows]
        is_changed |= _keep(step, report, type_, shown)
    for type_, ids in changes.deleted.items():
        with step.write() as (session, _):
            is_changed |= tie_out.forget_entities(session, report.id, type_, ids)
    return is_changed


def _keep(step: Step, report: Report, type_: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Keep entities; returns whether one is there that was not, or is another than before."""
    period = period_of(report)
    kept = [_kept(type_, row, period) for row in with_ids(type_, rows, "Id")]
    with step.write() as (session, _):
        before = tie_out.entities(session, report.id, type_, [row["qbo_id"] for row in kept])
        changed = [row for row in kept if before.get(row["qbo_id"]) != row["shown"]]
        tie_out.keep_entities(session, report.id, changed)
    return any(row["qbo_id"] in before or row["dated"] in period for row in changed)


def _kept(type_: str, row: Mapping[str, Any], period: Period) -> dict[str, Any]:
    """Return what is kept of an entity; one without a day belongs to every period, since nothing can be said of it."""
    return {
        "type": type_,
        "qbo_id": id_of(row, "Id"),
        "dated": day_in(row, "TxnDate") or period.first,
        "shown": {name: value for name, value in row.items() if name in SHOWN[type_]},
    }
