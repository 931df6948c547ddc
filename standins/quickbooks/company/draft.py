"""A write on its way: what was sent, what is there, what it will be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.currencies import reference_to
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.entities.entity import Entity

Json = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Who writes: a program over the API, or a person in QuickBooks, who is asked and may go on."""

    person: bool = False
    allow_duplicates: bool = False


@dataclass
class EntityDraft:
    """One write, handed from rule to rule."""

    company: CompanyBooks
    entity: Entity
    caller: Caller
    clean: Json
    old: Json | None
    sparse: bool = False
    new: Json = field(default_factory=dict)
    record: Json = field(default_factory=dict)

    @property
    def multicurrency(self) -> bool:
        """Tell whether the company has several currencies."""
        return bool(self.company.preference("CurrencyPrefs", "MultiCurrencyEnabled"))

    def currency(self, code: str) -> Json:
        """Return the reference to a currency the company has, or refuse."""
        codes = {row["Code"] for row in self.company.rows("CompanyCurrency") if row.get("Active", True)}
        if code != self.company.home_currency and (not self.multicurrency or code not in codes):
            raise errors.business(f"The currency {code} is not available in this company.")
        return reference_to(code)
