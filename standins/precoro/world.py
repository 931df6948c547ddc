"""Everything the stand-in knows: companies with their records, by id and by running number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from standins.companies.growing import Document
from standins.precoro.entities import ENTITIES
from standins.precoro.rendering import CANONICAL, render
from standins.precoro.seeding import fill
from standins.seed import companies_of, is_state, past_of

Record: TypeAlias = dict[str, Any]

FIRST_IDS = {
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
FIRST_NUMBERS = {"purchaseorders": 57, "invoices": 201, "expenses": 31, "receipts": 12, "payments": 91}


@dataclass
class Company:
    """One Precoro company: who may ask for it, its records by collection and id, what people did with each document."""

    id: int
    name: str
    currency: str
    user: str
    key: str
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
        """Return a record by what addresses it in paths: the running number of documents and payments, else the id."""
        if ENTITIES[collection].key == "idn":
            return self.by_number.get((collection, str(key)))
        return self.by_id(collection, key)

    def by_id(self, collection: str, key: object) -> Record | None:
        """Return a record by its id."""
        text = str(key)
        return self.records[collection].get(int(text)) if text.isdecimal() else None

    def by_name(self, collection: str, name: object) -> Record | None:
        """Return a record by its id, name, SKU or code."""
        found = self.by_id(collection, name) if isinstance(name, int) else None
        return found or next(
            (one for one in self.all(collection) if name in (one.get("name"), one.get("sku"), one.get("uniqueCode"))),
            None,
        )

    def remember(self, document: Record, act: str) -> None:
        """Note what somebody did with a document; only the state tells, the API does not."""
        self.history.setdefault(str(document["id"]), []).append(act)

    def rotate_key(self) -> None:
        """Replace the key; the old one opens nothing any more."""
        stem, _, turn = self.key.partition(".")
        self.key = f"{stem}.{int(turn or 0) + 1}"

    def next_number(self, collection: str) -> str:
        """Return the next running number of documents or payments."""
        number = self.numbers[collection]
        self.numbers[collection] = number + 1
        return str(number)


Enter: TypeAlias = "Callable[[World, Company, Iterable[Document]], None]"


class World:
    """All companies, and the ids that come next; `enter` writes the documents that a grown company begins with."""

    def __init__(self, enter: Enter) -> None:
        self._enter = enter
        self.companies: dict[int, Company] = {}
        self._next = dict(FIRST_IDS)

    def reset(self, seed: Any) -> None:
        """Start afresh from a seed that is described (see `companies_of`; "empty" has no lists), or what `dump` returned."""
        if is_state(seed):
            self.load(seed)
            return
        seeded = companies_of(seed)
        self._next = dict(FIRST_IDS)
        self.companies = {}
        for described in (company.precoro for company in seeded):
            company = Company(described.id, described.name, described.currency, described.user, described.key)
            self.companies[company.id] = company
            for collection, record in fill(described, full=seed != "empty"):
                company.add(collection, record)
        for grown in seeded:
            self._enter(self, self.companies[grown.precoro.id], past_of(grown, seed))

    def next_id(self, series: str) -> int:
        """Return an id nobody has."""
        series = series if series in self._next else "new"
        number = self._next[series]
        self._next[series] = number + 1
        return number

    def company_of_key(self, key: str, user: str) -> Company | None:
        """Return the company of a key, if it belongs to the user."""
        return next((one for one in self.companies.values() if one.key == key and one.user == user), None)

    def state(self) -> dict[str, Any]:
        """Return every record as the single GET shows it, with arrays for collections and numbers for money.

        `history` of a company has the acts of each document by its id.
        """
        return {
            "companies": {
                str(company.id): {
                    "name": company.name,
                    "history": company.history,
                    **{
                        collection: [render(company, collection, record, CANONICAL) for record in records.values()]
                        for collection, records in company.records.items()
                    },
                }
                for company in self.companies.values()
            }
        }

    def dump(self) -> dict[str, Any]:
        """Return everything as it is stored."""
        return {
            "next": self._next,
            "companies": [
                {
                    **{
                        name: getattr(company, name)
                        for name in ("id", "name", "currency", "user", "key", "numbers", "history")
                    },
                    "records": {name: list(records.values()) for name, records in company.records.items()},
                }
                for company in self.companies.values()
            ],
        }

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned."""
        self._next = {**FIRST_IDS, **dumped["next"]}
        self.companies = {}
        for kept in dumped["companies"]:
            company = Company(kept["id"], kept["name"], kept["currency"], kept["user"], kept["key"])
            company.numbers = {**FIRST_NUMBERS, **kept["numbers"]}
            company.history = dict(kept["history"])
            for collection, records in kept["records"].items():
                for record in records:
                    company.add(collection, record)
            self.companies[company.id] = company


def now() -> datetime:
    """Return the moment, to the second, as Precoro keeps time."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    """Write a moment as Precoro does."""
    return moment.isoformat()
