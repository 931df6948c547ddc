"""Which vendor is a supplier's own by its name, and which may be: among those that are not paired yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mappers.matching.parties import Party
from mappers.matching.rule import equal_names
from mappers.matching.suggestions import ScoredPair, suggest
from mappers.suppliers.vendor_creation import SIMILAR
from store.companies import Connection
from store.records import SUPPLIER
from workers.reference import pairs, suggestions


@dataclass(frozen=True, slots=True)
class Candidates:
    """Both lists of a connection as matching sees them, with what is paired and what a person refused.

    Args:
        suppliers: by their ids, without those that are gone; `vendors` likewise
        pairs: the vendor of each supplier that is paired
        refused: pairs of which a person said that they are not the same
    """

    suppliers: Mapping[str, Party]
    vendors: Mapping[str, Party]
    pairs: Mapping[str, str]
    refused: Collection[tuple[str, str]]

    def unpaired_vendors(self) -> dict[str, Party]:
        """Return the vendors that no supplier is paired with."""
        paired = set(self.pairs.values())
        return {key: vendor for key, vendor in self.vendors.items() if key not in paired}

    def same_name(self) -> dict[str, str]:
        """Return the vendor of each unpaired supplier that surely is its own by the name."""
        return equal_names(self.suppliers.values(), self.vendors.values(), paired=self.pairs, refused=self.refused)

    def suggestions(self) -> list[ScoredPair]:
        """Return which unpaired vendors each unpaired supplier may be, the likeliest first."""
        unpaired = [supplier for key, supplier in self.suppliers.items() if key not in self.pairs]
        return suggest(unpaired, self.unpaired_vendors().values(), self.refused)

    def similar_vendors(self) -> dict[str, list[str]]:
        """Describe, by supplier, the vendors that are so similar that no other one is created."""
        similar: dict[str, list[str]] = defaultdict(list)
        for likely in filter(_is_similar, self.suggestions()):
            similar[likely.left].append(_described(self.vendors[likely.right], likely.score))
        return similar

    def similar_suppliers(self) -> dict[str, list[str]]:
        """Describe, by vendor, the suppliers that are so similar that no other one is created."""
        similar: dict[str, list[str]] = defaultdict(list)
        for likely in filter(_is_similar, self.suggestions()):
            similar[likely.right].append(_described(self.suppliers[likely.left], likely.score))
        return similar

    def similar_to(self, supplier_id: str) -> list[str]:
        """Describe the vendors that are so similar to one supplier that no other one is created."""
        supplier = self.suppliers.get(supplier_id)
        suggestions_for_it = suggest([supplier], self.unpaired_vendors().values(), self.refused) if supplier else []
        return [_described(self.vendors[each.right], each.score) for each in suggestions_for_it if _is_similar(each)]


def load(session: Session, connection: Connection) -> Candidates:
    """Return the candidates of a connection from our copies."""
    suppliers, vendors = pairs.parties(session, connection, SUPPLIER)
    return Candidates(
        suppliers={supplier.key: supplier for supplier in suppliers},
        vendors={vendor.key: vendor for vendor in vendors},
        pairs=pairs.paired(session, connection, SUPPLIER),
        refused=suggestions.refused(session, connection, SUPPLIER),
    )


def _is_similar(suggestion: ScoredPair) -> bool:
    return suggestion.score >= SIMILAR


def _described(party: Party, score: int) -> str:
    return f"{party.names[0]} (id {party.key}, {score} %)"
