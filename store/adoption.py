"""Documents whose twin in QuickBooks Precoro names, as both sides list them while a company is adopted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, EncryptedJson, insert

AT_ONCE = 500


class NamedTwin(Base):
    """A row of a document in Precoro, and what QuickBooks lists of the entity that it names.

    `entity` is None where nothing stands there; `is_looked_up` says that QuickBooks was asked.
    """

    __tablename__ = "named_twins"

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id"))
    kind: Mapped[str] = mapped_column(String(20))
    precoro_id: Mapped[str] = mapped_column(String(100))
    qbo_type: Mapped[str] = mapped_column(String(40))
    qbo_id: Mapped[str] = mapped_column(String(40))
    row: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    entity: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    is_looked_up: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("named_twins_each", "connection_id", "kind", "precoro_id", unique=True),
        {"sqlite_autoincrement": True},  # a plan names its rows by id: that of a forgotten row is never given again
    )


def start(session: Session, connection_id: int) -> None:
    """Forget what was listed before."""
    session.execute(delete(NamedTwin).where(NamedTwin.connection_id == connection_id))


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows of documents; one that a page shows once more is kept once."""
    if rows:
        new = insert(session, NamedTwin).on_conflict_do_nothing(index_elements=["connection_id", "kind", "precoro_id"])
        session.execute(new, rows)


def unread(session: Session, connection_id: int, limit: int) -> Sequence[NamedTwin]:
    """Return some twins of one type that QuickBooks was not asked for yet."""
    first = (
        select(NamedTwin.qbo_type)
        .where(NamedTwin.connection_id == connection_id, ~NamedTwin.is_looked_up)
        .order_by(NamedTwin.id)
        .limit(1)
        .scalar_subquery()
    )
    waiting = select(NamedTwin).where(
        NamedTwin.connection_id == connection_id, ~NamedTwin.is_looked_up, NamedTwin.qbo_type == first
    )
    return session.scalars(waiting.order_by(NamedTwin.id).limit(limit)).all()


def keep_entities(session: Session, twins: Sequence[NamedTwin], entities: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep what QuickBooks lists of these twins, by their ids."""
    for twin in twins:
        entity = entities.get(twin.qbo_id)
        values = {"entity": None if entity is None else dict(entity), "is_looked_up": True}
        session.execute(update(NamedTwin).where(NamedTwin.id == twin.id).values(values))


def pages(session: Session, connection_id: int) -> Iterator[Sequence[NamedTwin]]:
    """Yield all that were listed, in their order, a page at a time."""
    last = 0
    while True:
        of_connection = NamedTwin.connection_id == connection_id
        page = session.scalars(
            select(NamedTwin).where(of_connection, NamedTwin.id > last).order_by(NamedTwin.id).limit(AT_ONCE)
        ).all()
        for twin in page:
            session.expunge(twin)
        yield page
        if len(page) < AT_ONCE:
            return
        last = page[-1].id


def of_ids(session: Session, ids: Sequence[int]) -> Mapping[int, NamedTwin]:
    """Return these twins by their ids, as far as they are still listed."""
    return {twin.id: twin for twin in session.scalars(select(NamedTwin).where(NamedTwin.id.in_(ids)))}


def named_twice(session: Session, connection_id: int) -> set[tuple[str, str]]:
    """Return type and id of each entity that several documents name."""
    twin = NamedTwin.qbo_type, NamedTwin.qbo_id
    several = select(*twin).where(NamedTwin.connection_id == connection_id).group_by(*twin).having(func.count() > 1)
    return {(type_, id_) for type_, id_ in session.execute(several)}
