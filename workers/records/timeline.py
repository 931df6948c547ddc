"""Everything that happened to a record, in one list: events about it, decisions, calls, and what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from mappers.payments.key import PaymentKey
from store.events import KEPT, KIND_OF_SUBJECT, PRECORO, QUICKBOOKS, Event
from store.history import ActionRow, CallRow, PlanRow
from store.records import PAYMENT, Record
from workers.records import happenings

HappeningKind: TypeAlias = Literal["event", "decision", "call", "write-back", "act"]
Happened = TypeVar("Happened", Event, ActionRow, PlanRow, CallRow)

SUBJECTS = {kind: subject for subject, kind in KIND_OF_SUBJECT.items()}
"""What Precoro's events call each kind of record."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a record.

    Args:
        kind: a service told of it, Tieout decided, called a service or wrote to Precoro, or a person acted
        title: what happened, in the words of programs
        sentence: what happened, in the words of those who do the books
        details: what else there is to know, by name
    """

    at: datetime
    kind: HappeningKind
    title: str
    sentence: str
    details: Mapping[str, Any]


def timeline_of(session: Session, record: Record, limit: int = 100) -> tuple[Happening, ...]:
    """Return the last things that happened to a record, the oldest of them first."""
    newest = chain(
        map(_of_event, _newest(session, Event, _is_about(record), limit)),
        map(_of_action, _newest(session, ActionRow, _is_on(record), limit)),
        map(_of_plan, _newest(session, PlanRow, PlanRow.record_id == record.id, limit)),
        map(_of_call, _newest(session, CallRow, CallRow.record_id == record.id, limit)),
    )
    return tuple(sorted(newest, key=attrgetter("at"))[-limit:])


def _newest(session: Session, table: type[Happened], condition: ColumnElement[bool], limit: int) -> Sequence[Happened]:
    """Return the newest rows, the oldest of them first."""
    return session.scalars(select(table).where(condition).order_by(table.id.desc()).limit(limit)).all()[::-1]


def _is_about(record: Record) -> ColumnElement[bool]:
    """Say that an event is about the record, in Precoro or as its twin in QuickBooks."""
    connection = record.connection
    in_precoro = and_(
        Event.subject == f"{SUBJECTS.get(record.kind)}:{record.precoro_id}",
        Event.source == PRECORO,
        Event.company == str(connection.precoro_id),
    )
    in_quickbooks = and_(
        Event.subject == _twin(record), Event.source == QUICKBOOKS, Event.company == connection.qbo.realm
    )
    return or_(in_precoro, in_quickbooks)


def _twin(record: Record) -> str:
    """Return how events of QuickBooks name what stands there for the record."""
    if record.kind == PAYMENT:
        key = PaymentKey.read(record.precoro_id)
        return f"{key.type}:{key.id}"
    return f"{record.qbo_type or ''}:{record.qbo_id or ''}".lower()


def _is_on(record: Record) -> ColumnElement[bool]:
    """Say that a person did something to the record."""
    return and_(ActionRow.connection == record.connection.slug, ActionRow.subject == record.name)


def _of_event(event: Event) -> Happening:
    details = {"event": event.id, "status": None if event.status == KEPT else event.status, "reason": event.reason}
    title = f"{event.source}: {event.subject} {event.operation}"
    sentence = happenings.event(event.source, event.subject, event.operation)
    return Happening(event.received_at, "event", title, sentence, _stated(details))


def _of_action(action: ActionRow) -> Happening:
    details = {name: _frozen(value) for name, value in (action.details or {}).items()}
    sentence = happenings.act(action.who, action.action, details)
    who = {"who": action.who, "place": action.place}
    return Happening(action.at, "act", action.action, sentence, {**_stated(who), **details})


def _of_plan(plan: PlanRow) -> Happening:
    sentence = happenings.decision(plan.decision, plan.summary)
    return Happening(plan.at, "decision", plan.decision, sentence, {"summary": plan.summary})


def _of_call(call: CallRow) -> Happening:
    """Return a call; what is not read from Precoro is written back to it."""
    details = {
        "service": call.service,
        "status": call.status,
        "fault": call.fault,
        "milliseconds": call.milliseconds,
        "metered": call.metered or None,
        "trace": call.trace,
        "request_id": call.request_id,
    }
    is_write_back = call.service == PRECORO and call.method != "GET"
    kind: HappeningKind = "write-back" if is_write_back else "call"
    sentence = happenings.call(call.service, call.method, call.path, is_refused=call.fault is not None)
    return Happening(call.at, kind, f"{call.method} {call.path}", sentence, _stated(details))


def _stated(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what is empty."""
    return {name: value for name, value in details.items() if value is not None}


def _frozen(value: Any) -> Any:
    """Return a value of JSON with tuples in place of its lists."""
    if isinstance(value, Mapping):
        return {name: _frozen(item) for name, item in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
