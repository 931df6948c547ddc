"""Who may send Precoro's pings: the company of each secret, remembered for a few seconds.

An unknown secret costs one read and no write; a known one mostly costs nothing. A secret that is replaced is refused
everywhere at most `REMEMBERED` seconds later.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass

from sqlalchemy import String, bindparam, or_, select

from store import companies
from store.base import Store
from store.companies import Connection, PrecoroCompany
from webhooks.errors import UnknownSenderError

REMEMBERED = 5.0
STORED_EVERY = 10.0


@dataclass
class Sender:
    """A Precoro company and the connections it serves, the oldest first."""

    company_id: int
    connection_ids: tuple[int, ...]
    valid_until: float
    stored_at: float = float("-inf")

    def claim_last_event_update(self) -> bool:
        """Return whether to store when the last event came: every few seconds, not at each event."""
        moment = time.monotonic()
        if moment - self.stored_at < STORED_EVERY:
            return False
        self.stored_at = moment
        return True


class Senders:
    """The senders of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: dict[str, Sender] = {}

    def find(self, secret: str) -> Sender:
        """Return the sender that has this secret. Raises UnknownSenderError."""
        digest = companies.digest(secret)
        cached = self._cache.get(digest)
        if cached is not None and time.monotonic() < cached.valid_until:
            return cached
        self._cache.pop(digest, None)
        with self._store.engine.connect() as connection:
            rows = connection.execute(_SENDER, {"digest": digest}).all()
        row = rows[0] if rows else None
        if row is None or not _is_one_of(digest, row.webhook_digest, row.old_webhook_digest):
            raise UnknownSenderError("secret in the address")
        stored_at = cached.stored_at if cached else float("-inf")
        connection_ids = tuple(joined.connection_id for joined in rows if joined.connection_id is not None)
        sender = Sender(row.id, connection_ids, time.monotonic() + REMEMBERED, stored_at)
        self._cache[digest] = sender
        return sender


def _is_one_of(digest: str, *valid: str | None) -> bool:
    """Say whether a digest is one of the valid ones; each is compared, in the same time."""
    return any([hmac.compare_digest(expected or "", digest) for expected in valid])  # noqa: C419 - all are compared, always


_DIGEST = bindparam("digest", type_=String)
_SENDER = (
    select(
        PrecoroCompany.id,
        PrecoroCompany.webhook_digest,
        PrecoroCompany.old_webhook_digest,
        Connection.id.label("connection_id"),
    )
    .outerjoin(Connection, Connection.precoro_id == PrecoroCompany.id)
    .where(or_(PrecoroCompany.webhook_digest == _DIGEST, PrecoroCompany.old_webhook_digest == _DIGEST))
    .order_by(Connection.id)
)
