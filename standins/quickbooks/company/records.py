"""The records of one QuickBooks company by entity and id.

A record is a dict in wire form that is replaced on every write and never changed in place, so that a reader may hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from standins.quickbooks import errors
from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.index import Index, name_space
from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.settings import QuickBooksSettings
from standins.wire import money

Json = dict[str, Any]


class Emit(Protocol):
    """Called with realm, entity, id, operation and time of every change; a merge also says which id is gone."""

    def __call__(
        self, realm: str, entity: str, identity: str, operation: str, moment: datetime, deleted_id: str | None = None
    ) -> None:
        """Tell of a change."""


FIRST_TRANSACTION = 101
FIRST_NAME = 5001
KEPT = ("tables", "stamps", "tombstones", "counters", "rates", "files", "journals")


class CompanyBooks:
    """Records, counters and indexes of one realm."""

    def __init__(self, realm: str, settings: QuickBooksSettings, emit: Emit) -> None:
        self.realm = realm
        self.settings = settings
        self.emit = emit
        self.tables: dict[str, dict[str, Json]] = {name: {} for name in ENTITIES}
        self.stamps: dict[str, dict[str, int]] = {name: {} for name in ENTITIES}
        self.tombstones: list[tuple[str, str, int]] = []
        self.counters: dict[str, int] = {}
        self.rates: dict[str, dict[str, Json]] = {}
        self.index = Index()
        self.files: dict[str, str] = {}
        self.journals: dict[str, Json] = {}

    # --- reading

    def get(self, entity: str, identity: str) -> Json | None:
        """Return a record, or None."""
        return self.tables[entity].get(identity)

    def rows(self, entity: str) -> Iterable[Json]:
        """Return all records of an entity."""
        return self.tables[entity].values()

    def missing(self, entity: Entity, identity: str) -> QuickBooksFault:
        """Return the refusal of a record that is not there: deleted by somebody, or never made."""
        gone = any((name, key) == (entity.name, identity) for name, key, _ in self.tombstones)
        return errors.deleted_transaction() if gone and entity.transaction else errors.not_found()

    @property
    def info(self) -> Json:
        """CompanyInfo."""
        return self.tables["CompanyInfo"]["1"]

    @property
    def preferences(self) -> Json:
        """Preferences."""
        return self.tables["Preferences"]["1"]

    @property
    def country(self) -> str:
        """The company's country, "US" for the United States."""
        return str(self.info.get("Country", "US"))

    @property
    def home_currency(self) -> str:
        """The code of the home currency."""
        return str(self.preferences["CurrencyPrefs"]["HomeCurrency"]["value"])

    def preference(self, group: str, name: str) -> Any:
        """Return one preference; those of OtherPrefs by their NameValue name, as booleans where they are."""
        if group != "OtherPrefs":
            return self.preferences.get(group, {}).get(name)
        for pair in self.preferences.get("OtherPrefs", {}).get("NameValue", []):
            if pair["Name"] == name:
                return {"true": True, "false": False}.get(str(pair["Value"]).lower(), pair["Value"])
        return None

    def info_value(self, name: str) -> str:
        """Return one NameValue of CompanyInfo ("OfferingSku", "SubscriptionStatus")."""
        return next((str(pair["Value"]) for pair in self.info.get("NameValue", []) if pair["Name"] == name), "")

    # --- writing

    def next_id(self, group: str, first: int = 1) -> str:
        """Draw the next number of a sequence."""
        self.counters[group] = self.counters.get(group, first - 1) + 1
        return str(self.counters[group])

    def new_id(self, entity: Entity) -> str:
        """Draw an id: transactions share one sequence, and so do vendors, customers and employees."""
        return self.next_id(sequence(entity), FIRST_TRANSACTION if entity.transaction else FIRST_NAME)

    def put(self, entity: Entity, record: Json, operation: str = "Update") -> Json:
        """Store a record as a write does: SyncToken, times, indexes, event."""
        moment = datetime.now(UTC)
        old = self.tables[entity.name].get(record["Id"])
        written = pacific(moment)
        created = old["MetaData"]["CreateTime"] if old else written
        record = {
            **record,
            "SyncToken": str(int(old["SyncToken"]) + 1) if old else "0",
            "MetaData": {"CreateTime": created, "LastUpdatedTime": written},
            "domain": "QBO",
            "sparse": False,
        }
        self.store(entity, record, int(moment.timestamp()))
        if operation and entity.event:
            self.emit(self.realm, entity.name, record["Id"], operation, moment)
        return record

    def touch(self, entity: Entity, identity: str, **changes: Any) -> None:
        """Change a record as QBO itself does when something linked to it changes; None removes a property."""
        old = self.tables[entity.name][identity]
        if all(old.get(key) == value for key, value in changes.items()):
            return
        merged = {key: value for key, value in {**old, **changes}.items() if value is not None}
        self.put(entity, merged, "Update" if self.settings.internal_events else "")

    def store(self, entity: Entity, record: Json, stamp: int) -> None:
        """Store a record as it is and index it."""
        identity = record["Id"]
        old = self.tables[entity.name].get(identity)
        if old is not None:
            self.index.drop(entity, old)
        self.tables[entity.name][identity] = record
        self.stamps[entity.name][identity] = stamp
        self.index.add(entity, record)

    def remove(self, entity: Entity, identity: str) -> None:
        """Delete a transaction and remember that for CDC."""
        moment = datetime.now(UTC)
        self.forget(entity, identity)
        self.tombstones.append((entity.name, identity, int(moment.timestamp())))
        if entity.event:
            self.emit(self.realm, entity.name, identity, "Delete", moment)

    def forget(self, entity: Entity, identity: str) -> None:
        """Drop a record, its file and its indexes without a trace."""
        record = self.tables[entity.name].pop(identity)
        self.stamps[entity.name].pop(identity, None)
        self.index.drop(entity, record)
        if entity.name == "Attachable":
            self.files.pop(identity, None)

    def add_to_vendor_balance(self, vendor: str, amount: Decimal) -> None:
        """Move the open balance of a vendor without a new SyncToken."""
        record = self.tables["Vendor"].get(vendor)
        if record is not None and amount:
            balance = Decimal(record.get("Balance", 0)) + amount
            self.tables["Vendor"][vendor] = {**record, "Balance": money(balance)}

    def dump(self) -> Json:
        """Return everything that survives a restart; indexes are worked out again."""
        return {name: getattr(self, name) for name in KEPT}

    def load(self, dumped: Json) -> None:
        """Restore what `dump` returned."""
        self.tables = {name: dumped["tables"].get(name, {}) for name in ENTITIES}
        self.stamps = {name: dumped["stamps"].get(name, {}) for name in ENTITIES}
        self.tombstones = [(name, identity, when) for name, identity, when in dumped["tombstones"]]
        self.counters = dumped["counters"]
        self.rates = dumped["rates"]
        self.files = dumped.get("files", {})
        self.journals = dumped.get("journals", {})
        self.rebuild()

    def rebuild(self) -> None:
        """Work out every index afresh, after loading."""
        self.index = Index()
        for name, table in self.tables.items():
            for record in table.values():
                self.index.add(ENTITIES[name], record)
        for identity, journal in self.journals.items():
            self.index.apply(identity, journal["bill"], Decimal(journal["amount"]))


def sequence(entity: Entity) -> str:
    """Return the name of the sequence that numbers an entity; those who share names share ids."""
    return "transactions" if entity.transaction else name_space(entity)
