"""What might belong together, kept for a person to decide; and what a person said does not, for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session

from mappers.matching.suggestions import ScoredPair
from store import reference
from store.companies import Connection
from store.reference import NOT_THE_SAME, OPEN, Suggestion

UNIQUE = ("connection_id", "kind", "precoro_key", "qbo_key")


def keep(
    session: Session,
    connection: Connection,
    kind: str,
    candidates: Iterable[ScoredPair],
    moment: datetime,
    *,
    precoro_key: str | None = None,
) -> None:
    """Put these in the place of the open suggestions of a list, or of one entry of it; none of them was ever refused."""
    replaced = delete(Suggestion).where(_of(connection, kind), Suggestion.state == OPEN)
    if precoro_key is not None:
        replaced = replaced.where(Suggestion.precoro_key == precoro_key)
    session.execute(replaced)
    add(session, connection, kind, candidates, moment)


def add(
    session: Session, connection: Connection, kind: str, candidates: Iterable[ScoredPair], moment: datetime
) -> None:
    """Keep these beside the other open suggestions of a list, in the place of those about the same two entries."""
    rows = [
        {
            "connection_id": connection.id,
            "kind": kind,
            "precoro_key": candidate.left,
            "qbo_key": candidate.right,
            "score": candidate.score,
            "evidence": list(candidate.evidence),
            "state": OPEN,
            "who": None,
            "at": moment,
        }
        for candidate in candidates
    ]
    reference.keep(session, Suggestion, rows, UNIQUE)


def refuse(
    session: Session, connection: Connection, kind: str, precoro_key: str, qbo_key: str, who: str, moment: datetime
) -> None:
    """Keep that two entries are not the same: nothing pairs or suggests them again."""
    row = {
        "connection_id": connection.id,
        "kind": kind,
        "precoro_key": precoro_key,
        "qbo_key": qbo_key,
        "score": 0,
        "evidence": [],
        "state": NOT_THE_SAME,
        "who": who[:200],
        "at": moment,
    }
    reference.keep(session, Suggestion, [row], UNIQUE)


def forget(
    session: Session, connection: Connection, kind: str, twins: Mapping[str, str], *, exclusive: bool = False
) -> None:
    """Forget what was suggested for entries that are paired now (Precoro key -> QuickBooks key), and that these were refused.

    `exclusive` says that an entry of QuickBooks has one twin only: what was suggested for it goes as well.
    """
    lefts, rights = Suggestion.precoro_key.in_(list(twins)), Suggestion.qbo_key.in_(list(twins.values()))
    still_open = Suggestion.state == OPEN, or_(lefts, rights) if exclusive else lefts
    of_both = tuple_(Suggestion.precoro_key, Suggestion.qbo_key).in_(list(twins.items()))
    session.execute(delete(Suggestion).where(_of(connection, kind), *still_open))
    session.execute(delete(Suggestion).where(_of(connection, kind), of_both))


def open_of(session: Session, connection: Connection, kind: str) -> Sequence[Suggestion]:
    """Return the open suggestions of a list, best first."""
    statement = select(Suggestion).where(_of(connection, kind), Suggestion.state == OPEN)
    return session.scalars(statement.order_by(Suggestion.score.desc(), Suggestion.id)).all()


def refused(session: Session, connection: Connection, kind: str) -> frozenset[tuple[str, str]]:
    """Return the pairs that a person marked as not the same."""
    rows = session.execute(
        select(Suggestion.precoro_key, Suggestion.qbo_key).where(
            _of(connection, kind), Suggestion.state == NOT_THE_SAME
        )
    )
    return frozenset((precoro_key, qbo_key) for precoro_key, qbo_key in rows)


def _of(connection: Connection, kind: str) -> Any:
    return (Suggestion.connection_id == connection.id) & (Suggestion.kind == kind)
