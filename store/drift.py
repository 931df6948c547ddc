"""What people changed in QuickBooks of what Tieout sent: of each document the newest, field by field, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, get_args

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, EncryptedJson, Money, UtcTime
from store.records import Record

DriftKind: TypeAlias = Literal["edited", "voided", "closed", "deleted"]
DriftState: TypeAlias = Literal["open", "reported", "accepted", "restored", "ignored"]
KINDS: tuple[DriftKind, ...] = get_args(DriftKind)
STATES: tuple[DriftState, ...] = get_args(DriftState)
OPEN: Final = "open"
"""Somebody has to decide, and the document is held."""
REPORTED: Final = "reported"
"""QuickBooks wins; nobody is held up."""
ACCEPTED: Final = "accepted"
RESTORED: Final = "restored"
IGNORED: Final = "ignored"
DIFFERING: frozenset[DriftState] = frozenset({OPEN, REPORTED, ACCEPTED, IGNORED})
"""The states in which QuickBooks holds something else than was sent."""


class Drift(Base):
    """The newest change in QuickBooks of what stands for a document.

    Each of `fields` has what was sent and what stands there now, as shown and as it is, whether it is money or coding, and a
    state of its own; that of the drift is the most urgent of them. `entity` is all that QuickBooks showed, None of what was
    deleted; `changed_at` and `changed_by` are when and by whom, as far as QuickBooks tells.
    """

    __tablename__ = "drifts"

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    kind: Mapped[DriftKind] = mapped_column(String(8))
    state: Mapped[DriftState] = mapped_column(String(8))
    fields: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJson)
    entity: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson, deferred=True)
    sync_token: Mapped[str | None] = mapped_column(String(20))
    total_sent: Mapped[Decimal | None] = mapped_column(Money)
    total_now: Mapped[Decimal | None] = mapped_column(Money)
    changed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    changed_by: Mapped[str | None] = mapped_column(String(100))
    found_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decided_by: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("drifts_by_state", "state"),)


def drift_of(session: Session, record_id: int) -> Drift | None:
    """Return the newest drift of a record, whatever was decided about it."""
    return session.get(Drift, record_id)


def drifts_of(session: Session, record_ids: Sequence[int]) -> Mapping[int, Drift]:
    """Return the newest drift of each of these records that has one, by the record's id."""
    rows = session.scalars(select(Drift).where(Drift.record_id.in_(record_ids)))
    return {drift.record_id: drift for drift in rows}


def open_drifts(session: Session, connection_ids: Collection[int]) -> Sequence[Drift]:
    """Return the drifts of these connections that somebody has to decide about, the oldest first."""
    of_connections = Record.connection_id.in_(connection_ids)
    rows = select(Drift).join(Record, Record.id == Drift.record_id).where(of_connections, Drift.state == OPEN)
    return session.scalars(rows.order_by(Drift.found_at, Drift.record_id)).all()


def counts_by_state(session: Session, connection_ids: Collection[int]) -> Mapping[DriftState, int]:
    """Return how many drifts of these connections are in each state, in the order of the states."""
    counted = select(Drift.state, func.count().label("number")).join(Record, Record.id == Drift.record_id)
    rows = session.execute(counted.where(Record.connection_id.in_(connection_ids)).group_by(Drift.state)).all()
    counts: dict[DriftState, int] = {row.state: row.number for row in rows}
    return {state: counts[state] for state in STATES if state in counts}


def forget(session: Session, record_id: int) -> None:
    """Forget the drift of a record: QuickBooks holds again what was sent."""
    session.execute(delete(Drift).where(Drift.record_id == record_id))
