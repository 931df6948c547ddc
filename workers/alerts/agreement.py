"""Where both sides do not agree: what people changed in QuickBooks, and tie-out reports that do not tie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from mappers.alerts.cause import DRIFT, REPORT, AlertCause
from store import tie_out
from store.base import MoneySum
from store.companies import Connection
from store.drift import OPEN, Drift
from store.records import Record
from workers.alerts.look import Look, page_of
from workers.attention.views import Weight
from workers.runtime import Runtime
from workers.tie_out import views
from workers.tie_out.sentence import sentence
from workers.tie_out.views import NIGHTLY


def drifts(look: Look) -> Iterator[AlertCause]:
    """Yield the connections in which somebody has to decide about what was changed in QuickBooks."""
    by_id = {connection.id: connection for connection in look.connections}
    key = (Record.connection_id, Record.kind, Record.currency)
    changed = select(*key, func.count(), MoneySum(Record.amount), func.min(Drift.found_at))
    of_connections = changed.join(Drift, Drift.record_id == Record.id).where(
        Record.connection_id.in_(by_id), Drift.state == OPEN
    )
    weights: dict[int, Weight] = defaultdict(Weight)
    for connection_id, kind, currency, number, amount, since in look.session.execute(of_connections.group_by(*key)):
        weights[connection_id].add(kind, currency, number, amount, since)
    for connection_id, weight in sorted(weights.items()):
        connection = by_id[connection_id]
        yield AlertCause(
            key=f"{DRIFT}:{connection.slug}",
            kind=DRIFT,
            connection=connection.slug,
            sentence="What was sent has been changed in QuickBooks. Decide whether that stands.",
            page=page_of(connection, "changed-in-quickbooks"),
            records=sum(weight.records.values()),
            amounts=weight.amounts,
            since=weight.since,
        )


def reports(runtime: Runtime, connections: Sequence[Connection]) -> Iterator[AlertCause]:
    """Yield the connections whose nightly report does not tie, as long as no later one of its period does."""
    for connection in connections:
        with runtime.read() as (session, _):
            verdict = tie_out.newest_verdict(session, connection.id, NIGHTLY)
        if verdict is not None and verdict.state == tie_out.DIFFERS:
            yield AlertCause(
                key=f"{REPORT}:{connection.slug}",
                kind=REPORT,
                connection=connection.slug,
                sentence=sentence(views.report(runtime, verdict.id)),
                page=page_of(connection, "tie-out"),
                since=verdict.ended_at,
            )
