"""Whether events are received, queued and worked on: what /readyz says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from settings import Settings
from store import duties
from store.base import Store, now
from store.records import Record, due


def report(store: Store, redis: Redis, settings: Settings) -> dict[str, Any]:
    """Return `ready`, the reasons when it is false, how many records are due, and the oldest wait."""
    reasons: list[str] = []
    facts: dict[str, Any] = {}
    try:
        facts = _work(store, settings, reasons)
    except SQLAlchemyError as error:
        reasons.append(f"The database does not answer ({type(error).__name__}). See DATABASE_URL.")
    try:
        redis.ping()
    except RedisError as error:
        reasons.append(f"Redis does not answer ({type(error).__name__}). Events are kept; see REDIS_URL.")
    return {"ready": not reasons, "reasons": reasons, **facts}


def _work(store: Store, settings: Settings, reasons: list[str]) -> dict[str, Any]:
    """Look at the clock and at what is due."""
    with store.read() as session:
        moment = now(session)
        ticked = duties.last_tick(session)
        waiting = select(func.count(), func.min(Record.requested_at)).where(due(moment, settings.queued_for))
        count, oldest = session.execute(waiting).one()
    if ticked is None or ticked < moment - timedelta(seconds=settings.clock_alarm):
        reasons.append(
            f"No clock has ticked for {settings.clock_alarm:.0f} seconds. Start one: python -m workers.clock"
        )
    return {"due": count, "oldest_due": oldest.isoformat() if oldest else None}
