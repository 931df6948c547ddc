"""Cached lists of both sides, the pairs between them, the bills QuickBooks is known to hold, and exchange rates.

Reads are metered at QuickBooks and scarce at Precoro, so every answer is kept. `entries` of Precoro belong to a Precoro
company, those of QuickBooks to a QuickBooks company; pairs belong to a connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    delete,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, EncryptedJson, ExactJson, Money, UtcTime, insert
from store.records import CHUNK

PRECORO, QUICKBOOKS = "precoro", "quickbooks"
OPEN, NOT_THE_SAME = "open", "refused"
"""The states of a suggestion."""


_DECODER = json.JSONDecoder(parse_float=Decimal)


class Entry(Base):
    """One supplier, vendor, account, option, item, tax ...: what the mapping needs to know of it.

    `details` is what may name people: address, phone, e-mail, tax number. `gone_at` says that its side no longer has it, and
    `merged_into` which entry QuickBooks merged it into.
    """

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(12))
    company_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(600))
    active: Mapped[bool] = mapped_column(default=True)
    data: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    details: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcTime)
    merged_into: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("side", "company_id", "kind", "key"),)


class Pair(Base):
    """A Precoro entry and its twin in QuickBooks, how they came together, and what both were before, to undo it."""

    __tablename__ = "pairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    kind: Mapped[str] = mapped_column(String(20))
    precoro_key: Mapped[str] = mapped_column(String(40))
    qbo_key: Mapped[str] = mapped_column(String(40))
    how: Mapped[str] = mapped_column(String(20))
    who: Mapped[str | None] = mapped_column(String(200))
    paired_at: Mapped[datetime] = mapped_column(UtcTime)
    before: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson, deferred=True)

    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "precoro_key"),
        Index("pairs_by_twin", "connection_id", "kind", "qbo_key"),
    )


class Suggestion(Base):
    """Two entries that may belong together: how likely and why; or that do not, because a person said so, for good."""

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    kind: Mapped[str] = mapped_column(String(20))
    precoro_key: Mapped[str] = mapped_column(String(40))
    qbo_key: Mapped[str] = mapped_column(String(40))
    score: Mapped[int] = mapped_column()
    evidence: Mapped[list[str]] = mapped_column(ExactJson, default=list)
    state: Mapped[str] = mapped_column(String(8))
    who: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("connection_id", "kind", "precoro_key", "qbo_key"),)


class KnownEntity(Base):
    """A bill, vendor credit, purchase order or expense that QuickBooks is known to hold: what duplicates are looked for among."""

    __tablename__ = "known_entities"

    id: Mapped[int] = mapped_column(primary_key=True)
    qbo_company_id: Mapped[int] = mapped_column(ForeignKey("qbo_companies.id"))
    type: Mapped[str] = mapped_column(String(40))
    qbo_id: Mapped[str] = mapped_column(String(40))
    vendor_id: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(60))
    total: Mapped[Decimal] = mapped_column(Money)
    dated: Mapped[date] = mapped_column(Date)
    marker: Mapped[str | None] = mapped_column(String(120))

    __table_args__ = (
        UniqueConstraint("qbo_company_id", "type", "qbo_id"),
        Index("known_entities_by_vendor", "qbo_company_id", "vendor_id", "type"),
    )


class Rate(Base):
    """An exchange rate: home units for one foreign unit on a day."""

    __tablename__ = "rates"

    id: Mapped[int] = mapped_column(primary_key=True)
    qbo_company_id: Mapped[int] = mapped_column(ForeignKey("qbo_companies.id"))
    currency: Mapped[str] = mapped_column(String(3))
    on: Mapped[date] = mapped_column(Date)
    rate: Mapped[Decimal] = mapped_column(Money)

    __table_args__ = (UniqueConstraint("qbo_company_id", "currency", "on"),)


def keep(session: Session, table: type[Base], rows: Sequence[dict[str, Any]], unique: Sequence[str]) -> None:
    """Insert rows, or bring those that are there up to date; `unique` names the columns that tell them apart."""
    if rows:
        new = insert(session, table)
        changed = {name: new.excluded[name] for name in rows[0] if name not in unique}
        session.execute(new.on_conflict_do_update(index_elements=list(unique), set_=changed), rows)


def keep_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        session.execute(insert(session, table).on_conflict_do_nothing(), rows)


def vanish(session: Session, side: str, company_id: int, kind: str, keys: Iterable[str], moment: datetime) -> None:
    """Note that entries are no longer there on their side: deleted, or merged into others."""
    gone = list(keys)
    if gone:
        of_list = Entry.side == side, Entry.company_id == company_id, Entry.kind == kind
        there = update(Entry).where(*of_list, Entry.key.in_(gone), Entry.gone_at.is_(None))
        session.execute(there.values(gone_at=moment, active=False))


def note_merged(session: Session, company_id: int, kind: str, key: str, stays: str, moment: datetime) -> None:
    """Note that QuickBooks merged an entry into another."""
    vanish(session, QUICKBOOKS, company_id, kind, [key], moment)
    of_list = Entry.side == QUICKBOOKS, Entry.company_id == company_id, Entry.kind == kind
    session.execute(update(Entry).where(*of_list, Entry.key == key).values(merged_into=stays))


def merged(session: Session, company_id: int, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return which entries of QuickBooks those of these (kind, key) that are gone were merged into."""
    gone = select(Entry.kind, Entry.key, Entry.merged_into).where(
        Entry.side == QUICKBOOKS,
        Entry.company_id == company_id,
        tuple_(Entry.kind, Entry.key).in_(list(wanted)),
        Entry.merged_into.isnot(None),
    )
    return {(kind, key): stays for kind, key, stays in session.execute(gone) if stays is not None}


def gone(session: Session, company_id: int, wanted: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of these (kind, key) of QuickBooks that are gone while nobody told what became of them."""
    rows = select(Entry.kind, Entry.key).where(
        Entry.side == QUICKBOOKS,
        Entry.company_id == company_id,
        tuple_(Entry.kind, Entry.key).in_(list(wanted)),
        Entry.gone_at.isnot(None),
        Entry.merged_into.is_(None),
    )
    return {(kind, key) for kind, key in session.execute(rows)}


def entries(
    session: Session, side: str, company_id: int, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Entry]:
    """Return the cached entries with these (kind, key)."""
    keys = list(wanted)
    rows = session.scalars(
        select(Entry).where(Entry.side == side, Entry.company_id == company_id, tuple_(Entry.kind, Entry.key).in_(keys))
    )
    return {(entry.kind, entry.key): entry for entry in rows} if keys else {}


class ListedEntry(NamedTuple):
    """An entry of a list of which there may be thousands: a plain value, without what may name people.

    Its data are read out of their text whenever they are asked for, so that lists can be compared without reading them.
    """

    key: str
    name: str
    active: bool
    data_text: str
    is_gone: bool

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what the mapping needs to know of it."""
        data: Mapping[str, Any] = _DECODER.decode(self.data_text)
        return data


def listed(
    session: Session, side: str, company_id: int, kind: str, *narrowed: ColumnElement[bool], with_gone: bool = False
) -> list[ListedEntry]:
    """Return the entries of a whole list, the oldest first, in a fifth of the time that rows of the session take."""
    is_gone = Entry.gone_at.is_not(None)
    of_list = select(Entry.key, Entry.name, Entry.active, type_coerce(Entry.data, Text), is_gone).where(
        Entry.side == side, Entry.company_id == company_id, Entry.kind == kind, *narrowed
    )
    if not with_gone:
        of_list = of_list.where(Entry.gone_at.is_(None))
    return [ListedEntry(*row) for row in session.execute(of_list.order_by(Entry.id))]


def pairs(session: Session, connection_id: int, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the QuickBooks ids paired with these (kind, Precoro id)."""
    keys = list(wanted)
    if not keys:
        return {}
    rows = session.scalars(
        select(Pair).where(Pair.connection_id == connection_id, tuple_(Pair.kind, Pair.precoro_key).in_(keys))
    )
    return {(pair.kind, pair.precoro_key): pair.qbo_key for pair in rows}


def paired_with(session: Session, connection_id: int, qbo_keys: Iterable[str]) -> Sequence[Pair]:
    """Return the pairs of any kind that have one of these QuickBooks ids."""
    paired = select(Pair).where(Pair.connection_id == connection_id, Pair.qbo_key.in_(list(qbo_keys)))
    return session.scalars(paired).all()


class ListedEntity(NamedTuple):
    """A transaction of a vendor, of which there may be thousands: a plain value."""

    type: str
    qbo_id: str
    vendor_id: str
    number: str | None
    total: Decimal
    dated: date
    marker: str | None


def of_vendor(
    session: Session, qbo_company_id: int, vendor_id: str, types: Sequence[str], *narrowed: ColumnElement[bool]
) -> list[ListedEntity]:
    """Return the transactions of a vendor that QuickBooks is known to have, in a fifth of the time that rows of the session take."""
    entity = KnownEntity
    columns = entity.type, entity.qbo_id, entity.vendor_id, entity.number, entity.total, entity.dated, entity.marker
    of_types = entity.qbo_company_id == qbo_company_id, entity.vendor_id == vendor_id, entity.type.in_(types)
    rows = session.execute(select(*columns).where(*of_types, *narrowed).order_by(entity.id))
    return [ListedEntity(*row) for row in rows]


def forget_before(session: Session, type_: str, day: date) -> None:
    """Forget the transactions of a type that are dated before a day."""
    session.execute(delete(KnownEntity).where(KnownEntity.type == type_, KnownEntity.dated < day))


def known_entity(session: Session, qbo_company_id: int, type_: str, qbo_id: str) -> KnownEntity | None:
    """Return what QuickBooks is known to hold of one entity, or None."""
    entity = (KnownEntity.qbo_company_id == qbo_company_id, KnownEntity.type == type_, KnownEntity.qbo_id == qbo_id)
    return session.scalar(select(KnownEntity).where(*entity))


def known_entities(session: Session, qbo_company_id: int, type_: str, qbo_ids: Sequence[str]) -> list[KnownEntity]:
    """Return what QuickBooks is known to hold of these entities."""
    of_type = select(KnownEntity).where(KnownEntity.qbo_company_id == qbo_company_id, KnownEntity.type == type_)
    chunks = [qbo_ids[start : start + CHUNK] for start in range(0, len(qbo_ids), CHUNK)]
    return [row for chunk in chunks for row in session.scalars(of_type.where(KnownEntity.qbo_id.in_(chunk)))]


def rate(session: Session, qbo_company_id: int, currency: str, on: date) -> Decimal | None:
    """Return a cached exchange rate."""
    return session.scalar(
        select(Rate.rate).where(Rate.qbo_company_id == qbo_company_id, Rate.currency == currency, Rate.on == on)
    )
