"""What Precoro has no list of and is learnt on the way: its legal entities, sets of taxes on lines, currencies at par."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mappers.documents.home_currency import Parity
from store import reference
from store.base import Base, UtcTime


class LegalEntity(Base):
    """A legal entity of a company, as its key sees them: by these a company is recognised."""

    __tablename__ = "legal_entities"

    precoro_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(600))
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class TaxSet(Base):
    """Several taxes seen together on a line, by their ids as in `5+7`."""

    __tablename__ = "tax_sets"

    precoro_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(600))
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


class CurrencyParity(Base):
    """That documents of a currency were at par with the home currency, or off it; both may have been seen."""

    __tablename__ = "currency_parities"

    precoro_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    parity: Mapped[Parity] = mapped_column(String(8), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)


def keep_legal_entities(session: Session, precoro_id: int, names: Mapping[str, str], moment: datetime) -> None:
    """Keep the entities of a company, names by id, in place of those that it had."""
    session.execute(delete(LegalEntity).where(LegalEntity.precoro_id == precoro_id))
    session.add_all(
        LegalEntity(precoro_id=precoro_id, key=key, name=name[:600], seen_at=moment) for key, name in names.items()
    )


def legal_entity_keys(session: Session, precoro_id: int) -> set[str]:
    """Return the ids of the entities that a company is known to have."""
    return set(session.scalars(select(LegalEntity.key).where(LegalEntity.precoro_id == precoro_id)))


def add_tax_sets(session: Session, precoro_id: int, names: Mapping[str, str], moment: datetime) -> None:
    """Keep sets of taxes, names by key."""
    rows = [
        {"precoro_id": precoro_id, "key": key, "name": name[:600], "seen_at": moment} for key, name in names.items()
    ]
    reference.keep(session, TaxSet, rows, ("precoro_id", "key"))


def tax_sets(session: Session, precoro_id: int) -> Sequence[str]:
    """Return the keys of the sets of taxes that were seen on lines of a company, in their order."""
    return session.scalars(select(TaxSet.key).where(TaxSet.precoro_id == precoro_id).order_by(TaxSet.key)).all()


def add_parity(session: Session, precoro_id: int, currency: str, parity: Parity, moment: datetime) -> None:
    """Keep what one more document showed of its currency."""
    row = {"precoro_id": precoro_id, "currency": currency, "parity": parity, "seen_at": moment}
    reference.keep(session, CurrencyParity, [row], ("precoro_id", "currency", "parity"))


def parities(session: Session, precoro_id: int) -> dict[str, set[Parity]]:
    """Return what the documents of a company showed of each currency."""
    by_currency: dict[str, set[Parity]] = defaultdict(set)
    for row in session.scalars(select(CurrencyParity).where(CurrencyParity.precoro_id == precoro_id)):
        by_currency[row.currency].add(row.parity)
    return by_currency
