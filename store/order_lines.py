"""Which purchase order has a line: an invoice of Precoro names the lines that it bills, but not the order of each."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base


class OrderLine(Base):
    """A line of a purchase order, by its id in Precoro."""

    __tablename__ = "order_lines"

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)

    __table_args__ = (Index("order_lines_by_key", "key"),)


def keep(session: Session, record_id: int, keys: Iterable[str]) -> None:
    """Keep which lines an order has; those that it had stay, for they may have been billed."""
    kept = set(session.scalars(select(OrderLine.key).where(OrderLine.record_id == record_id)))
    session.add_all(OrderLine(record_id=record_id, key=key) for key in set(keys) - kept)


def orders_with(keys: Iterable[str]) -> Select[int]:
    """Return the statement for the ids of the records of the orders that have any of these lines."""
    return select(OrderLine.record_id).where(OrderLine.key.in_(list(keys)))
