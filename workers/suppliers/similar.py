"""Which vendor is a supplier's own by its name, and which may be: among those that are not paired yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mappers.matching.index import PartyIndex
from mappers.matching.namesakes import equal_name
from mappers.matching.parties import Party
from mappers.matching.rule import equal_names
from mappers.matching.suggestions import ScoredPair, suggest_for
from mappers.suppliers.vendor_creation import SIMILAR
from store.companies import Connection
from store.records import SUPPLIER
from workers.reference import pairs, suggestions
from workers.suppliers.party_lists import PartyLists


@dataclass(frozen=True, slots=True)
class Candidates:
    """Both lists of a connection as matching sees them, with what is paired and what a person refused.

    Args:
        supplier_index: without those that are gone; `vendor_index` likewise
        pairs: the vendor of each supplier that is paired
        refused: pairs of which a person said that they are not the same
    """

    supplier_index: PartyIndex
    vendor_index: PartyIndex
    pairs: Mapping[str, str]
    refused: Collection[tuple[str, str]]

    @property
    def suppliers(self) -> Mapping[str, Party]:
        """Return the suppliers by their ids."""
        return self.supplier_index.parties

    @property
    def vendors(self) -> Mapping[str, Party]:
        """Return the vendors by their ids."""
        return self.vendor_index.parties

    def is_unpaired_vendor(self, key: str) -> bool:
        """Say whether there is this vendor, and no supplier is paired with it."""
        return key in self.vendors and key not in self.pairs.values()

    def same_name(self) -> dict[str, str]:
        """Return the vendor of each unpaired supplier that surely is its own by the name."""
        return equal_names(self.suppliers.values(), self.vendors.values(), paired=self.pairs, refused=self.refused)

    def same_name_as(self, supplier_id: str) -> str | None:
        """Return the vendor that surely is this supplier's own by the name."""
        lists = self.supplier_index, self.vendor_index
        return equal_name(supplier_id, *lists, paired=self.pairs, refused=self.refused)

    def suggestions(self, supplier_ids: Iterable[str] | None = None) -> list[ScoredPair]:
        """Return which unpaired vendors the unpaired suppliers may be, all or these, the likeliest first."""
        paired = frozenset(self.pairs.values())
        ids = self.suppliers if supplier_ids is None else supplier_ids
        unpaired = [self.suppliers[key] for key in ids if key in self.suppliers and key not in self.pairs]
        likely = [
            pair
            for supplier in unpaired
            for pair in suggest_for(supplier, self.vendor_index, self.refused, without=paired)
        ]
        return sorted(likely, key=lambda pair: (-pair.score, pair.left, pair.right))

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
        likely = filter(_is_similar, self.suggestions([supplier_id]))
        return [_described(self.vendors[pair.right], pair.score) for pair in likely]


def load(session: Session, connection: Connection, lists: PartyLists | None = None) -> Candidates:
    """Return the candidates of a connection from our copies; `lists` are those that a process keeps."""
    suppliers, vendors = (lists or PartyLists()).both(session, connection)
    return Candidates(
        supplier_index=suppliers,
        vendor_index=vendors,
        pairs=pairs.paired(session, connection, SUPPLIER),
        refused=suggestions.refused(session, connection, SUPPLIER),
    )


def _is_similar(suggestion: ScoredPair) -> bool:
    return suggestion.score >= SIMILAR


def _described(party: Party, score: int) -> str:
    return f"{party.names[0]} (id {party.key}, {score} %)"
