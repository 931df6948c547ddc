"""One Precoro company: its key, its records, and what people did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from standins.precoro.entities import ENTITIES

Record: TypeAlias = dict[str, Any]

FIRST_IDS: Mapping[str, int] = {
    "purchaseorders": 481001,
    "invoices": 956001,
    "payments": 7001,
    "expenses": 31001,
    "receipts": 5001,
    "lines": 77001,
    "values": 500001,
    "attachments": 601,
    "new": 50001,
}
FIRST_NUMBERS: Mapping[str, int] = {
    "purchaseorders": 57,
    "invoices": 201,
    "expenses": 31,
    "receipts": 12,
    "payments": 91,
}


class Ids:
    """The ids that come next: one series for each kind of record, shared by all companies."""

    def __init__(self, kept: Mapping[str, int] | None = None) -> None:
        self.upcoming = {**FIRST_IDS, **(kept or {})}

    def draw(self, series: str) -> int:
        """Return an id nobody has; a kind without a series of its own is "new"."""
        series = series if series in self.upcoming else "new"
        number = self.upcoming[series]
        self.upcoming[series] = number + 1
        return number


@dataclass
class CompanyRecords:
    """One Precoro company: who may ask for it, its records by collection and id, what people did with each document."""

    id: int
    name: str
    currency: str
    user: str
    key: str
    ids: Ids
    records: dict[str, dict[int, Record]] = field(default_factory=lambda: {name: {} for name in ENTITIES})
    numbers: dict[str, int] = field(default_factory=lambda: dict(FIRST_NUMBERS))
    by_number: dict[tuple[str, str], Record] = field(default_factory=dict)
    history: dict[str, list[str]] = field(default_factory=dict)

    def add(self, collection: str, record: Record) -> Record:
        """Keep a record and return it."""
        self.records[collection][record["id"]] = record
        if "idn" in record:
            self.by_number[collection, str(record["idn"])] = record
        return record

    def all(self, collection: str) -> Iterable[Record]:
        """Return the records of a collection, oldest first."""
        return self.records[collection].values()

    def find(self, collection: str, key: object) -> Record | None:
        """Return a record by what stands in paths: running number or id."""
        if ENTITIES[collection].key == "idn":
            return self.by_number.get((collection, str(key)))
        return self.by_id(collection, key)

    def by_id(self, collection: str, key: object) -> Record | None:
        """Return a record by its id."""
        text = str(key)
        return self.records[collection].get(int(text)) if text.isdecimal() else None

    def by_name(self, collection: str, name: object) -> Record | None:
        """Return a record by its id, name, SKU or code."""
        by_id = self.by_id(collection, name) if isinstance(name, int) else None
        return by_id or next((record for record in self.all(collection) if name in _names(record)), None)

    def remember(self, document: Record, act: str) -> None:
        """Note what somebody did with a document; only the state tells, the API does not."""
        self.history.setdefault(str(document["id"]), []).append(act)

    def rotate_key(self) -> None:
        """Replace the key; the old one opens nothing any more."""
        stem, _, turn = self.key.partition(".")
        self.key = f"{stem}.{int(turn or 0) + 1}"

    def next_id(self, series: str) -> int:
        """Return an id that no record of any company has."""
        return self.ids.draw(series)

    def next_number(self, collection: str) -> str:
        """Return the next running number of documents or payments."""
        number = self.numbers[collection]
        self.numbers[collection] = number + 1
        return str(number)


def _names(record: Record) -> tuple[object, ...]:
    return record.get("name"), record.get("sku"), record.get("uniqueCode")


def now() -> datetime:
    """Return the moment, to the second, as Precoro keeps time."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """Write a moment as Precoro does."""
    return moment.isoformat()
