"""Suppliers and vendors as matching sees them, kept in a process and brought up to date by what changed since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mappers.counterparts import COUNTERPARTS
from mappers.matching.index import PartyIndex
from store.base import now
from store.companies import Connection
from store.records import CHUNK, SUPPLIER
from store.reference import PRECORO, QUICKBOOKS, Entry
from workers.reference.pairs import party

Version: TypeAlias = tuple[datetime, datetime | None]
OVERLAP = timedelta(minutes=1)
"""How long a transaction may last that keeps entries: its time is that of its beginning."""


class PartyList:
    """One list of one company: its parties, and which version of each entry they were made of."""

    def __init__(self, side: str, company_id: int, kind: str, home_currency: str) -> None:
        self._of_list = (Entry.side == side, Entry.company_id == company_id, Entry.kind == kind)
        self._home_currency = home_currency
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.index = PartyIndex()
        self._versions: dict[str, Version] = {}
        self._read_until = datetime(2000, 1, 1, tzinfo=UTC)

    def update(self, session: Session) -> PartyIndex:
        """Return the list as it is now; it is read as a whole when entries are missing, as after a company was forgotten."""
        self._read_changes(session)
        if len(self._versions) != session.scalar(select(func.count()).where(*self._of_list)):
            self._begin_anew()
            self._read_changes(session)
        return self.index

    def _read_changes(self, session: Session) -> None:
        """Read the entries that were kept or left since the last time."""
        moment = now(session)
        versions = self._changed_versions(session)
        for start in range(0, len(versions), CHUNK):
            keys = list(versions)[start : start + CHUNK]
            for entry in session.scalars(select(Entry).where(*self._of_list, Entry.key.in_(keys))):
                self._put(entry)
        self._versions.update(versions)
        self._read_until = moment

    def _changed_versions(self, session: Session) -> dict[str, Version]:
        """Return the versions that differ from those known; what was being written then may have come since."""
        since = self._read_until - OVERLAP
        rows = session.execute(
            select(Entry.key, Entry.seen_at, Entry.gone_at).where(
                *self._of_list, or_(Entry.seen_at >= since, Entry.gone_at >= since)
            )
        )
        versions = {key: (seen_at, gone_at) for key, seen_at, gone_at in rows}
        return {key: version for key, version in versions.items() if self._versions.get(key) != version}

    def _put(self, entry: Entry) -> None:
        if entry.gone_at is None:
            self.index.put(party(entry, self._home_currency))
        else:
            self.index.remove(entry.key)


class PartyLists:
    """The lists of all companies that a process has decided about."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, int, str], PartyList] = {}

    def both(self, session: Session, connection: Connection) -> tuple[PartyIndex, PartyIndex]:
        """Return the suppliers and the vendors of a connection as they are now."""
        counterpart, home = COUNTERPARTS[SUPPLIER], connection.qbo.home_currency
        return (
            self._list(PRECORO, connection.precoro_id, counterpart.precoro, home).update(session),
            self._list(QUICKBOOKS, connection.qbo_id, counterpart.quickbooks, home).update(session),
        )

    def _list(self, side: str, company_id: int, kind: str, home_currency: str) -> PartyList:
        key = (side, company_id, home_currency)
        if key not in self._lists:
            self._lists[key] = PartyList(side, company_id, kind, home_currency)
        return self._lists[key]
