"""The companies on both sides, and the connections between them: credentials, settings, back-off."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ForeignKey, String, UniqueConstraint, case, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from store.base import Base, Encrypted, ExactJson, UtcTime

ConnectionState: TypeAlias = Literal["connected", "disconnected", "paused"]
CONNECTED: Final = "connected"
DISCONNECTED: Final = "disconnected"
PAUSED: Final = "paused"


class PrecoroCompany(Base):
    """A company in Precoro: its key, the secret in its webhook address, and how far catch-up has read.

    `unannounced_at` is when the catch-up last found a document of which no event had told.
    After the address was changed, `old_webhook_digest` is that of the one before, which is valid until a person retires it.
    """

    __tablename__ = "precoro_companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(200))
    api_key: Mapped[str] = mapped_column(Encrypted)
    webhook_secret: Mapped[str] = mapped_column(Encrypted)
    webhook_digest: Mapped[str] = mapped_column(String(64), unique=True)
    webhook_made_at: Mapped[datetime | None] = mapped_column(UtcTime)
    old_webhook_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    modified_read_until: Mapped[dict[str, str]] = mapped_column(ExactJson, default=dict)
    last_event_at: Mapped[datetime | None] = mapped_column(UtcTime)
    unannounced_at: Mapped[datetime | None] = mapped_column(UtcTime)
    connections: Mapped[list[Connection]] = relationship(back_populates="precoro", order_by="Connection.id")

    __table_args__ = (UniqueConstraint("host", "email"),)


class QboCompany(Base):
    """A company in QuickBooks: its tokens, what it allows (as of `checked_at`), and how far its changes have been read."""

    __tablename__ = "qbo_companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[str] = mapped_column(String(30))
    environment: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(500))
    country: Mapped[str] = mapped_column(String(3))
    home_currency: Mapped[str] = mapped_column(String(3))
    plan: Mapped[str] = mapped_column(String(100))
    subscription: Mapped[str | None] = mapped_column(String(20))
    checked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    preferences: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    access_token: Mapped[str] = mapped_column(Encrypted)
    refresh_token: Mapped[str] = mapped_column(Encrypted)
    access_until: Mapped[datetime] = mapped_column(UtcTime)
    refresh_from: Mapped[datetime] = mapped_column(UtcTime)
    refresh_until: Mapped[datetime | None] = mapped_column(UtcTime)
    hard_until: Mapped[datetime | None] = mapped_column(UtcTime)
    refreshing_until: Mapped[datetime | None] = mapped_column(UtcTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcTime)
    changes_due: Mapped[bool] = mapped_column(default=True)
    changes_since: Mapped[datetime | None] = mapped_column(UtcTime)
    changes_read_at: Mapped[datetime | None] = mapped_column(UtcTime)
    connections: Mapped[list[Connection]] = relationship(back_populates="qbo", order_by="Connection.id")

    __table_args__ = (UniqueConstraint("realm", "environment"),)


class Connection(Base):
    """A Precoro company, or one legal entity of it, paired with a QuickBooks company.

    `pages_read_until` says for each kind of record until when a page of what was modified has been read, `backfilled_from`
    from when on everything approved was looked for, `payments_since` when the import of payments was last switched on or off,
    `fields` what a custom field of Precoro means, `lists` what is chosen about each list. While `backoff_until` lies ahead nothing is done, unless `backoff_service` answers somebody before. Before `live_at`
    nothing is sent by itself.
    """

    __tablename__ = "connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    precoro_id: Mapped[int] = mapped_column(ForeignKey("precoro_companies.id"))
    legal_entity: Mapped[str | None] = mapped_column(String(40))
    qbo_id: Mapped[int] = mapped_column(ForeignKey("qbo_companies.id"))
    state: Mapped[ConnectionState] = mapped_column(String(12), default=CONNECTED)
    backoff_until: Mapped[datetime | None] = mapped_column(UtcTime)
    backoffs: Mapped[int] = mapped_column(default=0)
    backoff_reason: Mapped[str | None] = mapped_column(String(1000))
    backoff_service: Mapped[str | None] = mapped_column(String(12))
    reference_version: Mapped[int] = mapped_column(default=1)
    pages_read_until: Mapped[dict[str, str]] = mapped_column(ExactJson, default=dict)
    backfilled_from: Mapped[datetime | None] = mapped_column(UtcTime)
    policy: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    fields: Mapped[dict[str, str]] = mapped_column(ExactJson, default=dict)
    lists: Mapped[dict[str, Any]] = mapped_column(ExactJson, default=dict)
    live_at: Mapped[datetime | None] = mapped_column(UtcTime)
    payments_since: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    precoro: Mapped[PrecoroCompany] = relationship(back_populates="connections")
    qbo: Mapped[QboCompany] = relationship(back_populates="connections")

    __table_args__ = (UniqueConstraint("precoro_id", "legal_entity", "qbo_id"),)


def new_secret() -> str:
    """Make the unguessable part of a webhook address (192 bits)."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """Return what a webhook secret is looked up by: comparing digests tells nothing about the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def connections_of(session: Session, precoro_id: int) -> Sequence[Connection]:
    """Return the connections of a Precoro company, the oldest first."""
    return session.scalars(select(Connection).where(Connection.precoro_id == precoro_id).order_by(Connection.id)).all()


def connection_for_entity(session: Session, precoro_id: int, entity: str | None) -> Connection | None:
    """Return the connection for documents of a legal entity, with both companies: its own, else that of all others."""
    both = (joinedload(Connection.precoro), joinedload(Connection.qbo))
    rows = select(Connection).where(Connection.precoro_id == precoro_id).order_by(Connection.id.desc()).options(*both)
    by_entity = {connection.legal_entity: connection for connection in session.scalars(rows)}
    return by_entity.get(entity) or by_entity.get(None)


def is_working(connection: Connection, now: datetime) -> bool:
    """Say whether a connection is connected and not in back-off."""
    return connection.state == CONNECTED and (connection.backoff_until is None or connection.backoff_until <= now)


def connection_named(session: Session, slug: str) -> Connection | None:
    """Return the connection of this name."""
    return session.scalar(select(Connection).where(Connection.slug == slug))


def extend_backoff(
    session: Session,
    connection_id: int,
    now: datetime,
    *,
    first: float,
    most: float,
    after: float | None,
    service: str | None = None,
    reason: str,
) -> None:
    """Stop the work of a connection for `first` seconds, doubled each time up to `most`, or for `after` seconds.

    During a back-off the trouble is the same: calls that were under way when it began do not double it. A clear answer of
    `service` ends it early; when none is named, its time has to pass first.
    """
    connection = session.get_one(Connection, connection_id, with_for_update=True)
    is_backing_off = connection.backoff_until is not None and connection.backoff_until > now
    doubled = 0.0 if is_backing_off else min(first * 2 ** min(connection.backoffs, 20), most)
    until = now + timedelta(seconds=doubled if after is None else after)
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id)
        .values(
            backoffs=Connection.backoffs + (0 if is_backing_off else 1),
            backoff_reason=reason[:1000],
            backoff_service=service,
            backoff_until=case((Connection.backoff_until > until, Connection.backoff_until), else_=until),
        )
    )


def clear_backoff(session: Session, connection_id: int) -> None:
    """End the back-off of a connection."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.backoffs > 0)
        .values(backoffs=0, backoff_reason=None, backoff_service=None, backoff_until=None)
    )


def bump_reference(session: Session, connection_id: int) -> None:
    """Say that what documents are planned with has changed: what is being planned now must not be held for it."""
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id)
        .values(reference_version=Connection.reference_version + 1)
    )
