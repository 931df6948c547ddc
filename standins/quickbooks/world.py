"""All companies of the stand-in, tokens, and the way to the webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from standins.companies import seeds
from standins.control.body import WrongInputError
from standins.control.delivery import Outbox
from standins.quickbooks.company import preferences
from standins.quickbooks.company import seed as company_seed
from standins.quickbooks.company.records import CompanyBooks, sequence
from standins.quickbooks.documents import seed as document_seed
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.events import new_event
from standins.quickbooks.lists import seed as list_seed
from standins.quickbooks.oauth.tokens import GrantedTokens
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.taxes import seed as tax_seed

Json = dict[str, Any]

FOR_COMPANIES = ("plan", "subscription", "preferences", "book_close_date")
"""Settings that are carried out on the companies."""


class QuickBooksWorld:
    """Companies by realm, and tokens."""

    def __init__(self, settings: QuickBooksSettings, outbox: Outbox) -> None:
        self.settings = settings
        self.outbox = outbox
        self.tokens = GrantedTokens(settings)
        self.companies: dict[str, CompanyBooks] = {}
        self.by_api = False

    def reset(self, seed: Any) -> None:
        """Start afresh from a described seed (see `companies_of`) or from a state."""
        if seeds.is_state(seed):
            self._from_state(seed)
            return
        described = seeds.companies_of(seed)
        self.tokens.clear()
        self.companies = {}
        for pair in described:
            company = self.companies[pair.quickbooks.realm] = self._new(pair.quickbooks.realm)
            company_seed.fill(company, pair.quickbooks)
            list_seed.fill(company, pair.quickbooks, full=seed != "empty")
            if seed != "empty":
                tax_seed.fill(company, pair.quickbooks)
            document_seed.enter(company, seeds.past_of(pair, seed))

    def names(self) -> dict[str, str]:
        """Return the name of each company, by realm."""
        return {realm: str(company.info["CompanyName"]) for realm, company in self.companies.items()}

    def state(self) -> Json:
        """Return {"companies": {realm: {entity: [records]}}}, entities in lower case."""
        return {
            "companies": {
                realm: {entity.lower(): list(table.values()) for entity, table in company.tables.items()}
                for realm, company in self.companies.items()
            }
        }

    def rows(self, company: str, collection: str) -> list[Json]:
        """Return the records of an entity in lower case, of the company of a realm. Raises LookupError."""
        tables = {entity.lower(): table for entity, table in self.companies[company].tables.items()}
        return list(tables[collection].values())

    def dump(self) -> Json:
        """Return everything that survives a restart."""
        return {
            "tokens": self.tokens.dump(),
            "companies": {realm: company.dump() for realm, company in self.companies.items()},
        }

    def load(self, dumped: Json) -> None:
        """Restore what `dump` returned."""
        self.tokens.load(dumped["tokens"])
        self.companies = {}
        for realm, kept in dumped["companies"].items():
            company = self._new(realm)
            company.load(kept)
            self.companies[realm] = company

    def apply(self, changes: dict[str, Any]) -> None:
        """Carry out the settings that change companies, for all or by realm."""
        for name in FOR_COMPANIES:
            if name not in changes:
                continue
            by_realm = changes[name] if _is_by_realm(changes[name]) else dict.fromkeys(self.companies, changes[name])
            for realm, value in by_realm.items():
                if realm not in self.companies:
                    raise WrongInputError(f"Unknown realm {realm!r}. Known: {', '.join(self.companies)}")
                self._apply_one(self.companies[realm], name, value)

    def _apply_one(self, company: CompanyBooks, name: str, value: Any) -> None:
        if name in {"plan", "subscription"}:
            if value is None:
                return
            key = "OfferingSku" if name == "plan" else "SubscriptionStatus"
            plan = value if name != "plan" or "quickbooks" in value.lower() else f"QuickBooks Online {value}"
            company.put(ENTITIES["CompanyInfo"], preferences.with_info_value(company.info, key, plan))
            return
        if name == "book_close_date":
            value = {"AccountingInfoPrefs.BookCloseDate": value or None}
        if value:
            company.put(ENTITIES["Preferences"], preferences.changed(company.preferences, value))

    def _from_state(self, state: Json) -> None:
        self.companies = {}
        for realm, lists in state.get("companies", {}).items():
            company = self.companies[realm] = self._new(realm)
            for entity in ENTITIES.values():
                for record in lists.get(entity.key, []):
                    stamp = int(datetime.fromisoformat(record["MetaData"]["LastUpdatedTime"]).timestamp())
                    company.store(entity, record, stamp)
                    group = sequence(entity)
                    company.counters[group] = max(company.counters.get(group, 0), int(record["Id"]))

    def _new(self, realm: str) -> CompanyBooks:
        return CompanyBooks(realm, self.settings, self._emit)

    def _emit(
        self, realm: str, entity: str, identity: str, operation: str, moment: datetime, deleted_id: str | None = None
    ) -> None:
        if self.by_api and not self.settings.own_write_events:
            return
        self.outbox.send(new_event(realm, entity, identity, operation, moment, deleted_id))


def _is_by_realm(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(str(key).isdecimal() for key in value)
