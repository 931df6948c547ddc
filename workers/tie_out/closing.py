"""Puts a report together from what was read: every document and entity into one bucket, and the equations that must close.

Both readings are walked through a page at a time, so that the memory does not grow with the company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from mappers.text import plural, visible
from mappers.tie_out.buckets import BREAKS
from store import tie_out
from store.tie_out import ReadDocument, ReadEntity, Report, ReportAccount, ReportRow, ReportState
from workers.tasks.action import Step
from workers.tie_out import documents, entities
from workers.tie_out.draft import ReportDraft
from workers.tie_out.reading import Cursor
from workers.tie_out.scope import report_of, types_of
from workers.tie_out.views import NIGHTLY

Read = TypeVar("Read", ReadDocument, ReadEntity)


def close(step: Step, cursor: Cursor) -> None:
    """Put the report together and end it; what was read for it is forgotten.

    One that has ended is as it is: a worker died after it, and nothing is left to put together. Raises TakenOverError.
    """
    with step.write_as_owner() as (session, _):
        report = report_of(session, cursor["report"])
        if report.state != tie_out.READING:
            return
        tie_out.forget_rows(session, report.id)
        draft = ReportDraft.of(session, report, cursor)
    _walk(step, draft, ReadEntity, entities.note_unlinked)
    _walk(step, draft, ReadDocument, documents.compare_page)
    _walk(step, draft, ReadEntity, entities.compare_page)
    with step.write_as_owner() as (session, moment):
        report = report_of(session, cursor["report"])
        tie_out.add_rows(session, ReportAccount, report.id, draft.account_rows())
        gaps = [*_gaps(session, report, cursor), *draft.gaps]
        report.state, report.ended_at = _state(draft, gaps), moment
        report.reason = visible(" ".join(gaps))[:1000] or None
        report.readings, report.digest = cursor["readings"], draft.digest()
        report.equations, report.counts = draft.totals(), dict(draft.counts)
        tie_out.forget_readings(session, report.id)
        if report.who == NIGHTLY:
            tie_out.trim(session, report)


def _walk(
    step: Step,
    draft: ReportDraft,
    table: type[Read],
    compare_page: Callable[[Session, ReportDraft, Sequence[Read]], list[dict[str, Any]]],
) -> None:
    """Compare a reading page by page, and keep the rows of each page before the next one."""
    last = 0
    while True:
        with step.read() as (session, _):
            page = tie_out.page(session, table, draft.report_id, last)
            rows = compare_page(session, draft, page)
        if not page:
            return
        last = page[-1].id
        with step.write_as_owner() as (session, _):
            tie_out.add_rows(session, ReportRow, draft.report_id, rows)
        step.report(now="comparing both sides")


def _gaps(session: Session, report: Report, cursor: Cursor) -> Iterator[str]:
    """Yield where fewer or other rows were read than a service counts."""
    for kind in cursor["kinds"]:
        total, read = cursor["readings"][kind]["total"], tie_out.documents_read(session, report.id, kind)
        if total is not None and read < total:
            yield f"Precoro counts {plural(total, kind.replace('_', ' '))}, and {read} were read."
    for type_ in types_of(cursor["kinds"]):
        total, read = cursor["readings"][type_]["total"], tie_out.entities_read(session, report, type_)
        if read != total:
            yield f"QuickBooks counts {plural(total, type_)} in the period, and {read} were read."
    if cursor.get("may_lack"):
        yield "More changed in QuickBooks while it was read than it tells of."


def _state(draft: ReportDraft, gaps: Sequence[str]) -> ReportState:
    """Return what the report comes to: it never ties when anything was not read."""
    if gaps:
        return tie_out.INCOMPLETE
    is_broken = any(draft.counts[bucket] for bucket in BREAKS)
    return tie_out.TIES if draft.closes and not is_broken else tie_out.DIFFERS
