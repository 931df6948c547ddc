"""All Precoro companies of the stand-in, seeded, shown and kept."""

from __future__ import annotations

from typing import Any

from standins.companies.seeds import companies_of, is_state, past_of
from standins.precoro.company import FIRST_NUMBERS, CompanyRecords, Ids
from standins.precoro.documents import seed as documents
from standins.precoro.http.rendering import CANONICAL, render
from standins.precoro.lists import seed as lists
from standins.wire import typed

KEPT = ("id", "name", "currency", "user", "key", "numbers", "history")


class PrecoroWorld:
    """Companies by id, and the ids that come next."""

    def __init__(self) -> None:
        self.ids = Ids()
        self.companies: dict[int, CompanyRecords] = {}

    def reset(self, seed: Any) -> None:
        """Start afresh from a described seed (see `companies_of`) or from what `dump` returned."""
        if is_state(seed):
            self.load(seed)
            return
        seeded = companies_of(seed)
        self.ids, self.companies = Ids(), {}
        for company in (pair.precoro for pair in seeded):
            self._add(company.id, company.name, company.currency, company.user, company.key)
            lists.fill(self.companies[company.id], company, full=seed != "empty")
        for pair in seeded:
            documents.enter(self.companies[pair.precoro.id], past_of(pair, seed))

    def company_of_key(self, key: str, user: str) -> CompanyRecords | None:
        """Return the company of a key, if it belongs to the user."""
        return next(
            (company for company in self.companies.values() if (company.key, company.user) == (key, user)), None
        )

    def state(self) -> dict[str, Any]:
        """Return every record as the single GET shows it, in canonical style.

        `history` of a company has the acts of each document by its id.
        """
        return {"companies": {str(company.id): _state_of(company) for company in self.companies.values()}}

    def rows(self, company: str, collection: str) -> list[dict[str, Any]]:
        """Return the records of a collection as `state` shows them, of the company with an id. Raises LookupError."""
        return _shown({str(id_): held for id_, held in self.companies.items()}[company], collection)

    def dump(self) -> dict[str, Any]:
        """Return everything as it is stored."""
        return {
            "next": self.ids.upcoming,
            "companies": [
                {
                    **{name: getattr(company, name) for name in KEPT},
                    "records": {name: typed(list(records.values())) for name, records in company.records.items()},
                }
                for company in self.companies.values()
            ],
        }

    def load(self, dumped: dict[str, Any]) -> None:
        """Restore what `dump` returned."""
        self.ids, self.companies = Ids(dumped["next"]), {}
        for kept in dumped["companies"]:
            company = self._add(kept["id"], kept["name"], kept["currency"], kept["user"], kept["key"])
            company.numbers = {**FIRST_NUMBERS, **kept["numbers"]}
            company.history = dict(kept["history"])
            for collection, records in kept["records"].items():
                for record in records:
                    company.add(collection, record)

    def _add(self, identity: int, name: str, currency: str, user: str, key: str) -> CompanyRecords:
        company = self.companies[identity] = CompanyRecords(identity, name, currency, user, key, self.ids)
        return company


def _state_of(company: CompanyRecords) -> dict[str, Any]:
    return {
        "name": company.name,
        "history": company.history,
        **{name: _shown(company, name) for name in company.records},
    }


def _shown(company: CompanyRecords, collection: str) -> list[dict[str, Any]]:
    """Return the records of a collection as the single GET shows them."""
    return [render(company, collection, record, CANONICAL) for record in company.records[collection].values()]
