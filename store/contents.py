"""What Precoro said of a document that waits, as it was last read: what would be sent is worked out from it without a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, EncryptedJson


class Contents(Base):
    """A document that waits, in Precoro's own words."""

    __tablename__ = "contents"

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"), primary_key=True)
    payload: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)


def keep(session: Session, record_id: int, payload: Mapping[str, Any]) -> None:
    """Keep what a document that waits was read as."""
    session.merge(Contents(record_id=record_id, payload=dict(payload)))


def forget(session: Session, record_id: int) -> None:
    """Forget the contents of a document that does not wait any more."""
    session.execute(delete(Contents).where(Contents.record_id == record_id))
