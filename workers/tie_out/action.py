"""The report as a long action: it only reads, so that nothing is planned or applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import tie_out
from store.companies import Connection
from store.tasks import Change
from store.tie_out import Report
from workers.tasks.action import Action, Planned, Step
from workers.tie_out import closing, reading
from workers.tie_out.scope import kinds_of

NAME = "report run"


def read(step: Step) -> dict[str, Any] | None:
    """Make the next call of the report, or put it together when both sides have been read."""
    cursor = step.cursor if _has_report(step) else reading.begin(_new_report(step), kinds_of(step.connection))
    if cursor["phase"] == reading.FINISHED:
        closing.close(step, cursor)
        return None
    return reading.PHASES[cursor["phase"]](step, cursor)


def plan(
    _session: Session, _connection: Connection, _arguments: Mapping[str, Any], _moment: datetime
) -> Iterator[Planned]:
    """Plan nothing: a report changes neither side."""
    return iter(())


def apply(_step: Step, _changes: Sequence[Change]) -> None:
    """Apply nothing."""


ACTION = Action("Tie out both sides", read, plan, apply)


def _has_report(step: Step) -> bool:
    """Say whether the report of a task has begun, and no newer one has taken its place while the task was cancelled."""
    if step.cursor is None:
        return False
    with step.read() as (session, _):
        report = session.get(Report, step.cursor["report"])
    return report is not None and report.task_id == step.task.id


def _new_report(step: Step) -> Report:
    """Begin the report of a task, in place of those of the connection that were broken off."""
    first, last = (date.fromisoformat(step.arguments[name]) for name in ("first", "last"))
    with step.write() as (session, moment):
        broken_off = Report.connection_id == step.connection.id, Report.state == tie_out.READING
        for before in session.scalars(select(Report).where(*broken_off)).all():
            tie_out.remove(session, before)
        report = Report(
            connection_id=step.connection.id, task_id=step.task.id, first_day=first, last_day=last, who=step.task.who,
            state=tie_out.READING, began_at=moment, readings={}, equations={}, counts={}, is_trimmed=False,
        )  # fmt: skip
        session.add(report)
        session.flush()
        session.expunge(report)
    return report
