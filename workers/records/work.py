"""One claimed record and everything its steps share; and the ways to stop early.

PostponedError   it goes on later, nothing went wrong
GaveUpError      the record's own attempts are used up: the job fails, for the on-call engineer
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from mappers.attachments import Attachment
from outbound.errors import RemoteError
from outbound.wire import JsonObject
from precoro_client.client import PrecoroClient
from qbo_client.client import QboClient
from settings import Settings
from store import records
from store.base import now
from store.companies import Connection
from store.records import Record
from workers import clients
from workers.runtime import Runtime


class PostponedError(Exception):
    """The record goes on later, at `until`, because of `reason`; it uses up no attempt."""

    def __init__(self, reason: str, until: datetime | None) -> None:
        self.reason = reason
        self.until = until
        super().__init__(reason)


class GaveUpError(Exception):
    """A record failed as often as it may; `last` is what it failed with the last time."""

    def __init__(self, title: str, attempts: int, last: RemoteError) -> None:
        self.last = last
        super().__init__(
            f"{title} failed {attempts} times; the last time: {last} {last.remedy} "
            f"Requeue this job, or send the document again, once the cause is gone."
        )


@dataclass
class Work:
    """A record under a claim, as it was when it was claimed, and what the steps find out.

    `values` are columns that are written when the record is given back. `contents` is what a document was read as, `attachments` are the files that a document was read
    with, which others may have sent if `files_may_stand`. A suspect got no clear answer before, and nobody knows yet
    whether others do.
    """

    runtime: Runtime
    claim: records.Claim
    record: Record
    claimed_at: datetime
    is_requested: bool
    read_at: datetime | None = None
    is_suspect: bool = False
    outcome: str = "up to date"
    contents: JsonObject | None = None
    attachments: Sequence[Attachment] | None = None
    files_may_stand: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.runtime.settings

    @property
    def connection(self) -> Connection:
        """The connection the record belongs to, as it was when the record was claimed."""
        return self.record.connection

    @property
    def title(self) -> str:
        """The record's name for people."""
        return f"{self.record.kind.replace('_', ' ').capitalize()} {self.record.number or self.record.idn or self.record.precoro_id}"

    @cached_property
    def qbo(self) -> QboClient:
        """QuickBooks, as this connection's company."""
        return clients.quickbooks(self.runtime, self.connection.qbo, urgent=self.record.requested_by_person)

    @cached_property
    def precoro(self) -> PrecoroClient:
        """Precoro, as this connection's company."""
        return clients.precoro(self.runtime, self.connection.precoro, urgent=self.record.requested_by_person)

    def after(self, seconds: float) -> datetime:
        """Return the moment so many seconds from now, by the database's clock."""
        with self.runtime.read() as (_, moment):
            return moment + timedelta(seconds=seconds)

    def need_lease(self, session: Session, seconds: float) -> None:
        """Stop unless enough of the lease is left for a call that takes so long (docs/explanation/safety.md, One job at a time)."""
        moment = now(session)
        if records.lease_left(session, self.claim, moment) < seconds:
            raise PostponedError("too little of the lease is left for a write", moment)


def load(runtime: Runtime, session: Session, claim: records.Claim) -> Work:
    """Read the claimed record with its connection and both companies."""
    both = joinedload(Record.connection)
    claimed = select(Record).where(Record.id == claim.record_id)
    record = session.scalars(
        claimed.options(
            both.joinedload(Connection.precoro), both.joinedload(Connection.qbo), selectinload(Record.problems)
        )
    ).one()
    is_requested = claim.requested_version > record.handled_version
    is_suspect = record.unanswered_since is not None
    return Work(runtime, claim, record, now(session), is_requested=is_requested, is_suspect=is_suspect)
