"""What changed in a company since a moment, from change data capture.

QuickBooks' rules (docs/reference/quickbooks.md, Change data capture): 30 days back at most, 1,000 rows in one answer over all types and no
paging, deletions as bare ids at the end, and nothing at all about TaxCode, TaxRate, TaxAgency, JournalCode and TimeActivity.
One metered call when little changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from outbound.wire import JsonObject
from qbo_client.client import QboClient
from qbo_client.query import select
from qbo_client.readers import rows_by_kind

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
        """Add the rows of a type, deletions apart."""
        for row in rows:
            if row.get("status") == "Deleted":
                self.deleted.setdefault(kind, []).append(str(row.get("Id", "")))
            else:
                self.rows.setdefault(kind, []).append(row)


def read_changes(client: QboClient, kinds: Sequence[str], since: datetime, *, now: datetime | None = None) -> Changes:
    """Return every change of these types since an aware moment, splitting the types while an answer is full."""
    unsupported = UNSUPPORTED.intersection(kinds)
    if unsupported:
        raise ValueError(f"QuickBooks tells no changes of {', '.join(sorted(unsupported))}")
    floor = (now or datetime.now(UTC)) - REACH + MARGIN
    changes = Changes(gap=since < floor)
    _read(client, tuple(kinds), max(since, floor), changes)
    return changes


def _read(client: QboClient, kinds: tuple[str, ...], since: datetime, changes: Changes) -> None:
    answer = client.changed_since(kinds, since)
    changes.calls += 1
    if changes.until is None and (moment := _moment(answer.get("time"))) is not None:
        changes.until = moment - OVERLAP
    rows = rows_by_kind(answer)
    if sum(len(of_kind) for of_kind in rows.values()) < FULL_ANSWER:
        for kind, of_kind in rows.items():
            changes.add(kind, of_kind)
    elif len(kinds) > 1:
        middle = len(kinds) // 2
        _read(client, kinds[:middle], since, changes)
        _read(client, kinds[middle:], since, changes)
    else:
        _read_crowded_type(client, kinds[0], since, rows.get(kinds[0], []), changes)


def _read_crowded_type(
    client: QboClient, kind: str, since: datetime, rows: Sequence[JsonObject], changes: Changes
) -> None:
    """Read a type with more changes than fit into one answer: the living by query, deletions from `rows`."""
    living = select(kind).where("MetaData.LastUpdatedTime", ">=", since)
    changes.add(kind, list(client.query_all(living.with_inactive() if kind in NAME_LISTS else living)))
    changes.add(kind, [row for row in rows if row.get("status") == "Deleted"])
    changes.uncertain.add(kind)


def _moment(value: object) -> datetime | None:
    """Return QuickBooks' time, which has the offset of the Pacific, as UTC; None for anything else."""
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
