"""What people look at of connections: all of them, one with what is known of both companies, and which one is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import companies
from store.companies import CONNECTED, Connection
from store.records import ATTACHMENT, PAYMENT
from store.reference import Pair
from workers import lookup
from workers.attention.views import AttentionCause, causes_in
from workers.connections.connect import webhook_address
from workers.documents.views import counts_by_state
from workers.runtime import Runtime

FEW = 20
"""How many causes for which records are held are shown with a connection."""
RESTING = "resting"
"""The state people are shown of a connection that works, but waits for a service that is away or wants fewer calls."""

Shape = TypeVar("Shape", bound="ConnectionRow")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """One connection in a list.

    Args:
        name: the name people call it by, its slug
        precoro: e-mail address of the Precoro user whose key is used
        quickbooks: name of the QuickBooks company
        documents: how many documents are in each state
        backoff_until, backoff_reason: until when nothing is done, and why
    """

    name: str
    state: str
    precoro: str
    quickbooks: str
    documents: Mapping[str, int]
    backoff_until: datetime | None
    backoff_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDetail(ConnectionRow):
    """One connection with everything but its secrets; the webhook address is there to be pasted into Precoro.

    Args:
        plan, subscription, country, currency: what QuickBooks says of its company, as of `checked_at`
        permission_until: when QuickBooks' permission ends unless it is used before
        last_heard: when the last event of Precoro came
        pairs: how many pairs there are of each kind
        payments, files: how many payments that came back, and how many files, are in each state
        settings: the settings that were changed from their defaults
        causes: what waits for a person, what holds up the most first
    """

    live_since: datetime | None
    plan: str
    subscription: str | None
    checked_at: datetime | None
    country: str
    currency: str
    realm: str
    precoro_url: str
    legal_entity: str | None
    permission_until: datetime | None
    last_heard: datetime | None
    webhook_address: str = field(repr=False)
    pairs: Mapping[str, int]
    payments: Mapping[str, int]
    files: Mapping[str, int]
    settings: Mapping[str, Any]
    causes: tuple[AttentionCause, ...]


def connections(runtime: Runtime) -> list[ConnectionRow]:
    """Return every connection, by name."""
    with runtime.read() as (session, _):
        rows = lookup.connections(session)
        counts = counts_by_state(session, [row.id for row in rows])
        return [_shape(ConnectionRow, row, counts.get(row.id, {})) for row in rows]


def connection(runtime: Runtime, name: str, *, most_causes: int = FEW) -> ConnectionDetail:
    """Return everything about one connection, with so many causes at most.

    Raises NoSuchConnectionError and AmbiguousNameError.
    """
    with runtime.read() as (session, _):
        row = lookup.connection_named(session, name)
        return _shape(
            ConnectionDetail,
            row,
            counts_by_state(session, [row.id]).get(row.id, {}),
            live_since=row.live_at,
            plan=row.qbo.plan,
            subscription=row.qbo.subscription,
            checked_at=row.qbo.checked_at,
            country=row.qbo.country,
            currency=row.qbo.home_currency,
            realm=row.qbo.realm,
            precoro_url=row.precoro.host,
            legal_entity=row.legal_entity,
            permission_until=row.qbo.refresh_until,
            last_heard=row.precoro.last_event_at,
            webhook_address=webhook_address(runtime.settings, row.precoro.webhook_secret),
            pairs=_pair_counts(session, row.id),
            payments=counts_by_state(session, [row.id], [PAYMENT]).get(row.id, {}),
            files=counts_by_state(session, [row.id], [ATTACHMENT]).get(row.id, {}),
            settings=dict(row.policy),
            causes=tuple(causes_in(session, [row], limit=most_causes)) if most_causes else (),
        )


def sharing(runtime: Runtime, slug: str) -> list[str]:
    """Return the connections that have a company in common with this one, itself included. Raises NoSuchConnectionError."""
    with runtime.read() as (session, _):
        own = lookup.connection_named(session, slug)
        shares = (Connection.qbo_id == own.qbo_id) | (Connection.precoro_id == own.precoro_id)
        return list(session.scalars(select(Connection.slug).where(shares).order_by(Connection.slug)))


def is_connection(runtime: Runtime, slug: str) -> bool:
    """Say whether there is a connection with exactly this name."""
    with runtime.read() as (session, _):
        return companies.connection_named(session, slug) is not None


def slug_of(runtime: Runtime, name: str | None) -> str:
    """Return the slug of the connection of this name, or of its company, or without a name of the only one there is.

    Raises NoSuchConnectionError, AmbiguousNameError, NoConnectionError and SeveralConnectionsError.
    """
    with runtime.read() as (session, _):
        return lookup.chosen_connection(session, name).slug


def _shape(shape: type[Shape], row: Connection, documents: Mapping[str, int], **details: Any) -> Shape:
    """Return a connection as people see it, in a list or alone."""
    return shape(
        name=row.slug,
        state=RESTING if row.backoffs and row.state == CONNECTED else row.state,
        precoro=row.precoro.email,
        quickbooks=row.qbo.name,
        documents=documents,
        backoff_until=row.backoff_until,
        backoff_reason=row.backoff_reason,
        **details,
    )


def _pair_counts(session: Session, connection_id: int) -> dict[str, int]:
    """Return how many pairs of each kind a connection has."""
    counted = select(Pair.kind, func.count()).where(Pair.connection_id == connection_id).group_by(Pair.kind)
    return {kind: number for kind, number in session.execute(counted.order_by(Pair.kind))}  # noqa: C416 - rows are no pairs to mypy
