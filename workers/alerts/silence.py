"""Which companies used to send events and have fallen silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from mappers.alerts import silence as rule
from mappers.alerts.cause import SILENCE, AlertCause
from store import companies, events
from store.companies import Connection
from store.events import PRECORO, QUICKBOOKS, Source
from workers.alerts.look import Look, page_of, policy_of

NAMES = {PRECORO: "Precoro", QUICKBOOKS: "QuickBooks"}


def silent(look: Look) -> Iterator[AlertCause]:
    """Yield each company on either side that is silent against its habit, with the first of its connections."""
    working = [connection for connection in look.connections if connection.state == companies.CONNECTED]
    for connection in {connection.precoro_id: connection for connection in reversed(working)}.values():
        precoro = connection.precoro
        yield from _silent(look, connection, PRECORO, str(precoro.id), precoro.last_event_at, precoro.unannounced_at)
    for connection in {connection.qbo_id: connection for connection in reversed(working)}.values():
        realm = connection.qbo.realm
        last_event = events.last_received(look.session, QUICKBOOKS, realm)
        yield from _silent(look, connection, QUICKBOOKS, realm, last_event, None)


def _silent(
    look: Look,
    connection: Connection,
    source: Source,
    company: str,
    last_event: datetime | None,
    unannounced: datetime | None,
) -> Iterator[AlertCause]:
    """Yield that a company is silent."""
    after = look.hours(policy_of(connection).alert_silence_hours)
    if last_event is None or look.moment - last_event < after:
        return
    begin = datetime.combine(rule.looked_at(last_event.date())[-1], time(), UTC)
    days = events.days_with_events(look.session, source, company, begin)
    if rule.is_silent(last_event, days, look.moment, unannounced=unannounced, after=after):
        yield AlertCause(
            key=f"{SILENCE}:{source}:{company}",
            kind=SILENCE,
            connection=connection.slug,
            sentence=f"{NAMES[source]} used to send events on most days and sends none any more. Check its webhook.",
            page=page_of(connection, "events"),
            since=last_event,
        )
