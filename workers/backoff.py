"""Back-off: when a service fails for a company its connections rest, until the service has answered anybody.

A record that gets no clear answer may meet an outage, or have trouble of its own: a size, a character, one broken document
in Precoro. Only others can tell. So the record becomes a suspect (`unanswered_since`), everybody else is tried before it,
and the first clear answer of the service to anybody else ends the rest and charges each suspect one attempt. A record that
was charged before, and fails again while the others work, is charged at once and lets nobody rest.

Why: docs/decisions/0014-what-others-cannot-do-either.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from outbound.errors import NoClearAnswer, NotSent, RemoteError
from settings import Settings
from store import companies
from store.base import UtcTime
from store.companies import Connection, QboCompany
from store.records import Record
from store.reference import PRECORO, QUICKBOOKS
from workers.retry import Schedule
from workers.runtime import ClearAnswer


def back_off_company(
    session: Session,
    settings: Settings,
    moment: datetime,
    error: RemoteError,
    *,
    precoro_id: int | None = None,
    qbo_id: int | None = None,
    suspected_before: bool = False,
) -> None:
    """Let every connection of one company wait as long as the service asks, else longer each time in a row.

    A failure of a record that was `suspected_before` tells nothing new: the rest does not grow because of it.
    """
    same = Connection.precoro_id == precoro_id if precoro_id is not None else Connection.qbo_id == qbo_id
    for connection_id in session.scalars(select(Connection.id).where(same).order_by(Connection.id)).all():
        companies.extend_backoff(
            session,
            connection_id,
            moment,
            first=settings.backoff_min,
            most=settings.backoff_min if suspected_before else settings.backoff_max,
            after=error.retry_after,
            service=error.service.lower() if isinstance(error, NoClearAnswer | NotSent) else None,
            reason=f"{error.sentence} {error.remedy}",
        )


def is_own_trouble(session: Session, record: Record, error: RemoteError) -> bool:
    """Say whether a failure is the record's own: it was charged before, and no outage is known now."""
    if not isinstance(error, NoClearAnswer) or not record.attempts:
        return False
    return session.get_one(Connection, record.connection_id).backoffs == 0


def record_outage(
    session: Session, settings: Settings, moment: datetime, error: RemoteError, record: Record
) -> dict[str, Any]:
    """Back off from a company that did not answer a record; returns the columns that make the record a suspect, if any."""
    connection, since = record.connection, record.unanswered_since
    company = {"precoro_id": connection.precoro_id} if error.service == "Precoro" else {"qbo_id": connection.qbo_id}
    back_off_company(session, settings, moment, error, suspected_before=since is not None, **company)
    if not isinstance(error, NoClearAnswer):
        return {}
    columns = {"unanswered_since": since or moment, "reason": error.sentence[:1000]}
    return columns if since is None else {**columns, "not_before": moment + _as_long_again(settings, moment - since)}


def _as_long_again(settings: Settings, lasted: timedelta) -> timedelta:
    """Return how long a suspect waits, after the others were tried: as long as it has waited so far, within bounds."""
    shortest, longest = timedelta(seconds=settings.backoff_min), timedelta(seconds=settings.backoff_max)
    return min(max(lasted, shortest), longest)


def note_answers(
    session: Session,
    settings: Settings,
    moment: datetime,
    answers: Collection[ClearAnswer],
    *,
    record_id: int | None = None,
) -> None:
    """End the back-offs of the companies whose service answered, and charge the suspects, but for this record itself."""
    if not answers:
        return
    precoro_ids = [int(answer.company) for answer in answers if answer.service == PRECORO]
    realms = [answer.company for answer in answers if answer.service == QUICKBOOKS]
    parameters = {"precoro_ids": precoro_ids, "realms": realms, "now": moment}
    ended = session.scalars(_ended_statement(), parameters).all()
    if ended:
        for connection_id in ended:
            companies.clear_backoff(session, connection_id)
        _charge(session, settings, moment, ended, record_id)


@cache
def _ended_statement() -> Select[int]:
    """Build the statement that finds the back-offs that answers end: it runs after every job."""
    by_precoro = Connection.precoro_id.in_(bindparam("precoro_ids", expanding=True))
    by_quickbooks = Connection.qbo.has(QboCompany.realm.in_(bindparam("realms", expanding=True)))
    by_either = or_(by_precoro, by_quickbooks)
    is_over = Connection.backoff_until <= bindparam("now", type_=UtcTime)
    answered = or_(
        and_(Connection.backoff_service == PRECORO, by_precoro),
        and_(Connection.backoff_service == QUICKBOOKS, by_quickbooks),
        and_(Connection.backoff_service.is_(None), is_over, by_either),
    )
    return select(Connection.id).where(Connection.backoffs > 0, answered).order_by(Connection.id).with_for_update()


def _charge(
    session: Session, settings: Settings, moment: datetime, connection_ids: Sequence[int], record_id: int | None
) -> None:
    """Charge each suspect one attempt; one that has none left is tried a last time at once, and then fails by itself."""
    suspects = session.execute(
        select(Record.id, Record.attempts, Record.read_at)
        .where(
            Record.connection_id.in_(connection_ids), Record.unanswered_since.isnot(None), Record.id != (record_id or 0)
        )
        .with_for_update()
    ).all()
    schedule, reread_after = Schedule(settings.retries), timedelta(seconds=settings.reread_after)
    charged = []
    for suspect in suspects:
        attempts = suspect.attempts + 1
        later = moment + timedelta(seconds=schedule.wait(attempts) or 0)
        not_before = max(later, suspect.read_at + reread_after) if suspect.read_at else later
        charged.append(
            {
                "id": suspect.id,
                "attempts": attempts,
                "not_before": not_before,
                "queued_at": None,
                "unanswered_since": None,
            }
        )
    if charged:
        session.execute(update(Record), charged)


def end(session: Session, connection_id: int) -> None:
    """End a back-off because a person says so: everything is tried again now, and nothing is charged."""
    companies.clear_backoff(session, connection_id)
    session.execute(
        update(Record)
        .where(Record.connection_id == connection_id, Record.unanswered_since.isnot(None))
        .values(not_before=None, unanswered_since=None)
    )
