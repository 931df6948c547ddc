"""What people changed in QuickBooks of what Tieout sent: of each document the newest, field by field, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.documents import drift as rules
from mappers.documents.drift import DriftKind
from mappers.documents.fields import DriftField, FieldState
from store.base import Base, EncryptedJson, Money, UtcTime
from store.records import Record

OPEN: Final = rules.OPEN
"""Somebody has to decide, and the document is held."""
REPORTED: Final = rules.REPORTED
"""QuickBooks wins; nobody is held up."""
ACCEPTED: Final = rules.ACCEPTED
RESTORED: Final = rules.RESTORED
IGNORED: Final = rules.IGNORED
STATES = rules.STATES
DIFFERING: frozenset[FieldState] = frozenset({OPEN, REPORTED, ACCEPTED, IGNORED})
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
    state: Mapped[FieldState] = mapped_column(String(8))
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

    @property
    def changes(self) -> tuple[DriftField, ...]:
        """Return each field that people changed, with its state."""
        return tuple(DriftField.read(stored) for stored in self.fields)

    @property
    def undecided(self) -> tuple[DriftField, ...]:
        """Return the fields that somebody has to decide about."""
        return tuple(field for field in self.changes if field.state == OPEN)

    def take(self, changes: Sequence[DriftField]) -> None:
        """Take over what was decided about the fields."""
        self.fields, self.state = [field.as_json() for field in changes], rules.state_of(changes)


def drift_of(session: Session, record_id: int) -> Drift | None:
    """Return the newest drift of a record, whatever was decided about it."""
    return session.scalar(select(Drift).where(Drift.record_id == record_id))


def drifts_of(session: Session, record_ids: Sequence[int]) -> Mapping[int, Drift]:
    """Return the newest drift of each of these records that has one, by the record's id."""
    rows = session.scalars(select(Drift).where(Drift.record_id.in_(record_ids)))
    return {drift.record_id: drift for drift in rows}


def open_drifts(session: Session, connection_ids: Collection[int]) -> Sequence[Drift]:
    """Return the drifts of these connections that somebody has to decide about, the oldest first."""
    of_connections = Record.connection_id.in_(connection_ids)
    rows = select(Drift).join(Record, Record.id == Drift.record_id).where(of_connections, Drift.state == OPEN)
    return session.scalars(rows.order_by(Drift.found_at, Drift.record_id)).all()


class DriftTotal(NamedTuple):
    """How many drifts are in a state, of documents in a currency, and by how much their totals differ."""

    state: FieldState
    currency: str | None
    number: int
    difference: Decimal


def totals(session: Session, connection_ids: Collection[int]) -> Sequence[DriftTotal]:
    """Return what the drifts of these connections come to, in the order of the states."""
    by = Drift.state, Record.currency
    sums = func.money_sum(Drift.total_now), func.money_sum(Drift.total_sent)
    summed = select(*by, func.count(), *sums).join(Record, Record.id == Drift.record_id)
    rows = session.execute(summed.where(Record.connection_id.in_(connection_ids)).group_by(*by)).all()
    totals_of_states = [
        DriftTotal(state, currency, number, (now or Decimal(0)) - (sent or Decimal(0)))
        for state, currency, number, now, sent in rows
    ]
    return sorted(totals_of_states, key=lambda total: (STATES.index(total.state), total.currency or ""))


def decide(session: Session, record_id: int, state: FieldState, who: str, moment: datetime) -> bool:
    """Note that a person decided about all that people changed of a record; returns whether there is anything to decide."""
    drift = drift_of(session, record_id)
    if drift is None or drift.state == RESTORED:
        return False
    drift.take([replace(field, state=state) for field in drift.changes])
    drift.state, drift.decided_by, drift.decided_at = state, who, moment
    return True


def reopen(session: Session, record_id: int) -> None:
    """Let somebody decide again about a record that was left out."""
    drift = drift_of(session, record_id)
    if drift is not None and drift.state == IGNORED:
        drift.take([replace(field, state=OPEN if field.change.money else REPORTED) for field in drift.changes])
        drift.decided_by = drift.decided_at = None


def forget(session: Session, record_id: int) -> None:
    """Forget the drift of a record: QuickBooks holds again what was sent."""
    session.execute(delete(Drift).where(Drift.record_id == record_id))
