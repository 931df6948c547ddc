"""What changed in a company since a moment, from change data capture: one metered call when little changed.

QuickBooks' rules (docs/reference/quickbooks.md, Change data capture): 30 days back at most, 1,000 rows in one answer over all types and no
paging, deletions as bare ids at the end, and nothing at all about TaxCode, TaxRate, TaxAgency, JournalCode and TimeActivity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from outbound.wire import JsonObject
from qbo_client.query import select
from qbo_client.readers import rows_by_kind

if TYPE_CHECKING:
    from qbo_client.client import QboClient

FULL_ANSWER = 1000
REACH = timedelta(days=30)
MARGIN = timedelta(minutes=5)
"""So that a slow request does not cross the 30 days under way."""
OVERLAP = timedelta(minutes=1)
"""Taken off the time of an answer: what was written while it was put together must be in the next one."""
NAME_LISTS = frozenset(
    {"Account", "Class", "Customer", "Department", "Employee", "Item", "PaymentMethod", "Term", "Vendor"}
)
UNSUPPORTED = frozenset({"JournalCode", "TaxAgency", "TaxCode", "TaxRate", "TimeActivity"})


@dataclass
class Changes:
    """Rows and deletions by type.

    `until` is the next `since`: QuickBooks' own time of the first answer, less an overlap. `gap` says that `since` was longer ago than QuickBooks
    remembers, so everything must be read and compared once. `uncertain` are types with so many changes that some deletions may
    be missing.
    """

    rows: dict[str, list[JsonObject]] = field(default_factory=dict)
    deleted: dict[str, list[str]] = field(default_factory=dict)
    until: datetime | None = None
    gap: bool = False
    uncertain: set[str] = field(default_factory=set)
    calls: int = 0

    def add(self, kind: str, rows: Sequence[JsonObject]) -> None:
        """File the rows of a type, deletions apart."""
        for row in rows:
            if row.get("status") == "Deleted":
                self.deleted.setdefault(kind, []).append(str(row.get("Id", "")))
            else:
                self.rows.setdefault(kind, []).append(row)


def collect(client: QboClient, kinds: Sequence[str], since: datetime, *, now: datetime | None = None) -> Changes:
    """Return every change of `kinds` since an aware moment, splitting the types while an answer is full."""
    refused = UNSUPPORTED.intersection(kinds)
    if refused:
        raise ValueError(f"QuickBooks tells no changes of {', '.join(sorted(refused))}")
    floor = (now or datetime.now(UTC)) - REACH + MARGIN
    found = Changes(gap=since < floor)
    _collect(client, tuple(kinds), max(since, floor), found)
    return found


def _collect(client: QboClient, kinds: tuple[str, ...], since: datetime, found: Changes) -> None:
    answer = client.changed_since(kinds, since)
    found.calls += 1
    if found.until is None and (moment := _moment(answer.get("time"))) is not None:
        found.until = moment - OVERLAP
    rows = rows_by_kind(answer)
    if sum(len(of_kind) for of_kind in rows.values()) < FULL_ANSWER:
        for kind, of_kind in rows.items():
            found.add(kind, of_kind)
    elif len(kinds) > 1:
        middle = len(kinds) // 2
        _collect(client, kinds[:middle], since, found)
        _collect(client, kinds[middle:], since, found)
    else:
        _collect_many(client, kinds[0], since, rows.get(kinds[0], []), found)


def _collect_many(client: QboClient, kind: str, since: datetime, told: list[JsonObject], found: Changes) -> None:
    """Read a type of which more changed than one answer holds: the living by query; its deletions only as far as told."""
    living = select(kind).where("MetaData.LastUpdatedTime", ">=", since)
    found.add(kind, list(client.query_all(living.with_inactive() if kind in NAME_LISTS else living)))
    found.add(kind, [row for row in told if row.get("status") == "Deleted"])
    found.uncertain.add(kind)


def _moment(value: object) -> datetime | None:
    """Return QuickBooks' time, which carries the offset of the Pacific, as UTC; None when it is no time."""
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
