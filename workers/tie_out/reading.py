"""Reads both sides for a report, one call a step, in phases that follow one another.

    documents -> receipts -> entities -> open -> twins -> changes -> counts

How far it is stands in a cursor: the phase and the place in it, and in `readings` what each reading cost and showed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeAlias

from mappers.documents.document import BILL, VENDOR_CREDIT, DocumentKind
from qbo_client.changes import OVERLAP, read_changes
from qbo_client.query import count, select
from store import records, tie_out
from store.tie_out import Report
from workers.tasks.action import Step
from workers.tie_out import precoro_rows, quickbooks_rows
from workers.tie_out.scope import period_of, report_of, types_of

Cursor: TypeAlias = dict[str, Any]

FINISHED: Final = "finished"
"""The phase in which nothing is left to read."""
TWINS_AT_ONCE = 200
ROUNDS = 3
"""How often what changed meanwhile is read again; what changes even then is in flight."""
WITH_BALANCE = (BILL, VENDOR_CREDIT)


def begin(report: Report, kinds: Sequence[DocumentKind]) -> Cursor:
    """Return where reading begins; it is about these kinds to its end, whatever becomes of the settings meanwhile."""
    return {
        "report": report.id,
        "kinds": list(kinds),
        "readings": {},
        "since": report.began_at.isoformat(),
        "round": 0,
        **_start("documents"),
    }


def read_documents(step: Step, cursor: Cursor) -> Cursor:
    """Read the next page of documents: all that were modified since long before the period."""
    kinds = cursor["kinds"]
    if cursor["place"] >= len(kinds):
        return cursor | _start("receipts" if records.PURCHASE_ORDER in kinds else "entities")
    kind, number = kinds[cursor["place"]], cursor["at"] or 1
    report = _report(step, cursor)
    page = precoro_rows.read_page(step, report, kind, _listed_from(report), number)
    _note(step, cursor, kind, calls=1, rows=len(page.rows), total=page.total)
    return cursor | ({"at": number + 1} if page.more else {"place": cursor["place"] + 1, "at": None})


def read_receipts(step: Step, cursor: Cursor) -> Cursor:
    """Read the next page of receipts, where orders are sent: what was received and not billed is accrued."""
    report, number = _report(step, cursor), cursor["at"] or 1
    page = precoro_rows.read_receipts(step, report, _listed_from(report), number)
    _note(step, cursor, tie_out.RECEIPT, calls=1, rows=len(page.rows), total=page.total)
    return cursor | ({"at": number + 1} if page.more else _start("entities"))


def read_entities(step: Step, cursor: Cursor) -> Cursor:
    """Read the next page of entities that are dated in the period, or a few days before or after it."""
    types = types_of(cursor["kinds"])
    if cursor["place"] >= len(types):
        return cursor | _start("open")
    report = _report(step, cursor)
    type_, period = types[cursor["place"]], period_of(report)
    dated = select(type_).where("TxnDate", ">=", period.booked_from).where("TxnDate", "<=", period.booked_until)
    page = quickbooks_rows.read_page(step, report, dated, cursor["at"])
    _note(step, cursor, type_, calls=1, rows=page.in_period)
    return cursor | ({"at": page.last} if page.last else {"place": cursor["place"] + 1, "at": None})


def read_open(step: Step, cursor: Cursor) -> Cursor:
    """Read the next page of what is not paid yet and dated long before or after the period: for the open balances."""
    report = _report(step, cursor)
    outside = [
        (type_, *day) for type_ in types_of(cursor["kinds"]) if type_ in WITH_BALANCE for day in _outside(report)
    ]
    if cursor["place"] >= len(outside):
        return cursor | _start("twins")
    type_, comparison, day = outside[cursor["place"]]
    unpaid = select(type_).where("Balance", ">", "0").where("TxnDate", comparison, day)
    page = quickbooks_rows.read_page(step, report, unpaid, cursor["at"])
    _note(step, cursor, f"{type_}, unpaid", calls=1, rows=page.rows)
    return cursor | ({"at": page.last} if page.last else {"place": cursor["place"] + 1, "at": None})


def _outside(report: Report) -> tuple[tuple[str, date], tuple[str, date]]:
    """Return what the dates before and after those that are read have in common."""
    period = period_of(report)
    return ("<", period.booked_from), (">", period.booked_until)


def read_twins(step: Step, cursor: Cursor) -> Cursor:
    """Read the next entities that stand for documents of the period and are dated outside it, or are gone."""
    types = types_of(cursor["kinds"])
    if cursor["place"] >= len(types):
        return cursor | _start("changes")
    report, type_ = _report(step, cursor), types[cursor["place"]]
    with step.read() as (session, _):
        twins = tie_out.unread_twins(session, report, type_, cursor["at"] or 0, TWINS_AT_ONCE)
    if not twins:
        return cursor | {"place": cursor["place"] + 1, "at": None}
    named = select(type_).where("Id", "IN", [qbo_id for _, qbo_id in twins])
    page = quickbooks_rows.read_page(step, report, named, None)
    _note(step, cursor, f"{type_}, by id", calls=1, rows=page.rows)
    return cursor | {"at": twins[-1][0]}


def read_changes_meanwhile(step: Step, cursor: Cursor) -> Cursor:
    """Read again what changed since the reading began, until nothing does, but not for ever."""
    report, since = _report(step, cursor), datetime.fromisoformat(cursor["since"])
    with step.read() as (_, moment):
        begun = moment
    types = types_of(cursor["kinds"])
    changes = read_changes(step.quickbooks, types, since)
    is_changed = quickbooks_rows.keep_changes(step, report, changes)
    _note(step, cursor, "changes", calls=changes.calls, rows=sum(map(len, changes.rows.values())))
    for kind in cursor["kinds"]:
        number, more = 1, True
        while more:
            page = precoro_rows.read_page(step, report, kind, since, number)
            is_changed, number, more = is_changed or page.is_changed, number + 1, page.more
            _note(step, cursor, kind, calls=1, rows=0, total=None)
    until = {"since": (begun - OVERLAP).isoformat(), "last_look": begun.isoformat(), "round": cursor["round"] + 1}
    again = cursor | until | {"may_lack": cursor.get("may_lack", False) or changes.gap or bool(changes.uncertain)}
    return again | (_start("twins") if is_changed and again["round"] < ROUNDS else _start("counts"))


def read_counts(step: Step, cursor: Cursor) -> Cursor:
    """Ask QuickBooks how many entities of each type it has in the period."""
    report = _report(step, cursor)
    for type_ in types_of(cursor["kinds"]):
        dated = count(type_).where("TxnDate", ">=", report.first_day).where("TxnDate", "<=", report.last_day)
        _note(step, cursor, type_, calls=1, rows=0, total=step.quickbooks.count(dated))
    return cursor | _start(FINISHED)


PHASES: Mapping[str, Callable[[Step, Cursor], Cursor]] = {
    "documents": read_documents,
    "receipts": read_receipts,
    "entities": read_entities,
    "open": read_open,
    "twins": read_twins,
    "changes": read_changes_meanwhile,
    "counts": read_counts,
}


def _listed_from(report: Report) -> datetime:
    """Return since when documents have to be modified to be listed."""
    return datetime.combine(period_of(report).listed_from, time(), UTC)


def _start(phase: str) -> Cursor:
    return {"phase": phase, "place": 0, "at": None}


def _report(step: Step, cursor: Cursor) -> Report:
    with step.read() as (session, _):
        report = report_of(session, cursor["report"])
        session.expunge(report)
    return report


def _note(step: Step, cursor: Cursor, what: str, *, calls: int, rows: int, total: int | None = None) -> None:
    """Note what a call of a reading cost and showed, and how far the reading has come."""
    with step.read() as (_, moment):
        now = moment.isoformat()
    before = cursor["readings"].get(what, {"began": now, "calls": 0, "rows": 0, "total": None})
    cursor["readings"][what] = {
        **before,
        "ended": now,
        "calls": before["calls"] + calls,
        "rows": before["rows"] + rows,
        "total": before["total"] if total is None else total,
    }
    step.report(done=sum(reading["rows"] for reading in cursor["readings"].values()), now=what.replace("_", " "))
