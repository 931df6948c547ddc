"""What waits for a person: disconnected companies, changed payment details, what failed, and what is held for too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from sqlalchemy import func, literal, select, union_all

from mappers.alerts.cause import DISCONNECTED, FAILED, HELD, PAYMENT_DETAILS, AlertCause, Kind
from mappers.problems import CODES
from store import companies, history
from store.base import MoneySum
from store.companies import Connection
from store.drift import OPEN, Drift
from store.records import ProblemRow, Record
from workers.alerts.look import Look, page_of, policy_of
from workers.attention import subjects
from workers.attention.causes import has_failed, is_held, waits_since
from workers.attention.views import Weight

PAYMENT_DETAILS_CHANGED = "payment_details_changed"
"""The code of the problem with an account number or e-mail address that was changed: that is how payment fraud looks."""
Weights = Mapping[tuple[int, str], Weight]
"""How much waits, by the id of a connection and the code of a cause."""


def disconnected(look: Look) -> Iterator[AlertCause]:
    """Yield the connections that QuickBooks no longer accepts; what a person disconnected needs no alert."""
    for connection in look.connections:
        if connection.state == companies.DISCONNECTED and not history.last_disconnected(look.session, connection.slug):
            yield AlertCause(
                key=f"{DISCONNECTED}:{connection.slug}",
                kind=DISCONNECTED,
                connection=connection.slug,
                sentence="QuickBooks no longer accepts the connection. Connect it again.",
                page=page_of(connection, "operations"),
            )


def payment_details(look: Look) -> Iterator[AlertCause]:
    """Yield every supplier whose payment details were changed: each is a cause of its own."""
    by_id = {connection.id: connection for connection in look.connections}
    changed = (
        select(Record.connection_id, ProblemRow.subject, func.min(ProblemRow.sentence), func.min(waits_since()))
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(is_held(by_id), ProblemRow.code == PAYMENT_DETAILS_CHANGED)
        .group_by(Record.connection_id, ProblemRow.subject)
    )
    rows = look.session.execute(changed).all()
    names = subjects.names(look.session, [(by_id[id_].precoro_id, subject or "") for id_, subject, _, _ in rows])
    for id_, subject, sentence, since in rows:
        connection = by_id[id_]
        name = names.get((connection.precoro_id, subject or ""), subject)
        yield AlertCause(
            key=f"{PAYMENT_DETAILS}:{connection.slug}:{subject}",
            kind=PAYMENT_DETAILS,
            connection=connection.slug,
            sentence=f"{name}: {sentence}",
            page=_page(connection, PAYMENT_DETAILS_CHANGED, subject),
            since=since,
        )


def held_and_failed(look: Look) -> Iterator[AlertCause]:
    """Yield for each connection what failed, and each problem that has held something up for too long."""
    by_id = {connection.id: connection for connection in look.connections}
    weights = _weights(look, by_id)
    problems = _problems(look, by_id)
    for (connection_id, code), weight in sorted(weights.items()):
        connection = by_id[connection_id]
        if code == FAILED:
            sentence = "Records failed for a technical reason. Look at what they failed with."
            yield _cause(FAILED, connection, code, sentence, page_of(connection, "attention"), weight)
        elif weight.since and weight.since <= look.moment - look.hours(policy_of(connection).alert_held_hours):
            sentence, page = problems[connection_id, code]
            yield _cause(HELD, connection, code, f"Held: {sentence}", page, weight)


def _weights(look: Look, by_id: Mapping[int, Connection]) -> Weights:
    """Return how many records fail, or are held by each problem, how much money that is, and since when.

    What is held because it was changed in QuickBooks is a cause of its own.
    """
    changed = select(Drift.record_id).where(Drift.state == OPEN)
    held = (
        select(Record.connection_id, Record.id.label("record_id"), ProblemRow.code.label("code"))
        .join(ProblemRow, ProblemRow.record_id == Record.id)
        .where(is_held(by_id), ProblemRow.code != PAYMENT_DETAILS_CHANGED, Record.id.not_in(changed))
        .distinct()
    )
    failed = select(Record.connection_id, Record.id, literal(FAILED)).where(has_failed(by_id))
    table = union_all(held, failed).subquery()
    key = (table.c.connection_id, table.c.code)
    parts = (
        select(*key, Record.kind, Record.currency, func.count(), MoneySum(Record.amount), func.min(waits_since()))
        .join(Record, Record.id == table.c.record_id)
        .group_by(*key, Record.kind, Record.currency)
    )
    weights: dict[tuple[int, str], Weight] = defaultdict(Weight)
    for connection_id, code, *part in look.session.execute(parts):
        weights[connection_id, code].add(*part)
    return weights


def _problems(look: Look, by_id: Mapping[int, Connection]) -> Mapping[tuple[int, str], tuple[str, str]]:
    """Return for each problem of a connection the sentence that all share, or what its code means, and its page."""
    key = (Record.connection_id, ProblemRow.code)
    sentences = (func.min(ProblemRow.sentence), func.max(ProblemRow.sentence))
    of_subject = (func.min(ProblemRow.subject), func.max(ProblemRow.subject))
    problems = select(*key, *sentences, *of_subject).join(ProblemRow, ProblemRow.record_id == Record.id)
    return {
        (id_, code): (
            sentence if sentence == last else CODES.get(code, sentence),
            _page(by_id[id_], code, subject) if subject == last_subject else page_of(by_id[id_], "attention"),
        )
        for id_, code, sentence, last, subject, last_subject in look.session.execute(
            problems.where(is_held(by_id)).group_by(*key)
        )
    }


def _cause(kind: Kind, connection: Connection, code: str, sentence: str, page: str, weight: Weight) -> AlertCause:
    return AlertCause(
        key=f"{kind}:{connection.slug}:{code}",
        kind=kind,
        connection=connection.slug,
        sentence=sentence,
        page=page,
        records=sum(weight.records.values()),
        amounts=weight.amounts,
        since=weight.since,
    )


def _page(connection: Connection, code: str, subject: str | None) -> str:
    """Return the path of the page of one cause."""
    query = f"?{urlencode({'subject': subject})}" if subject else ""
    return f"{page_of(connection, 'attention')}/{quote(code)}{query}"
