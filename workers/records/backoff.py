"""Back-off: when a service fails for a company, every connection of the company waits, and people see why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from outbound.errors import RemoteError
from settings import Settings
from store import companies
from store.companies import Connection


def back_off(
    session: Session,
    settings: Settings,
    moment: datetime,
    error: RemoteError,
    *,
    precoro_id: int | None = None,
    qbo_id: int | None = None,
) -> None:
    """Let every connection of one company wait as long as the service asks, else longer each time in a row."""
    same = Connection.precoro_id == precoro_id if precoro_id is not None else Connection.qbo_id == qbo_id
    for connection_id in session.scalars(select(Connection.id).where(same).order_by(Connection.id)).all():
        companies.back_off(
            session,
            connection_id,
            moment,
            first=settings.backoff_min,
            most=settings.backoff_max,
            after=error.retry_after,
            reason=f"{error.sentence} {error.remedy}",
        )
