"""Which vendor is a supplier's own, and which may be, among those that are not paired yet."""

from __future__ import annotations

from mappers.matching.index import PartyIndex
from mappers.matching.parties import Party
from workers.suppliers.similar import Candidates

SUPPLIERS = Party("1", ("Acme Supply",)), Party("2", ("Harbor Rents LLC",))
VENDORS = Party("56", ("ACME  Supply",)), Party("88", ("Harbor Rents",))


def candidates(*, pairs: dict[str, str] | None = None, refused: frozenset[tuple[str, str]] = frozenset()) -> Candidates:
    return Candidates(PartyIndex(SUPPLIERS), PartyIndex(VENDORS), pairs or {}, refused)


def test_the_vendor_of_the_same_name_is_the_suppliers_own() -> None:
    assert candidates().same_name() == {"1": "56"}


def test_a_similar_name_is_described_for_people_from_either_side() -> None:
    unpaired = candidates(pairs={"1": "56"})
    assert unpaired.similar_vendors() == {"2": ["Harbor Rents (id 88, 95 %)"]}
    assert unpaired.similar_suppliers() == {"88": ["Harbor Rents LLC (id 2, 95 %)"]}
    assert unpaired.similar_to("2") == ["Harbor Rents (id 88, 95 %)"]


def test_a_supplier_without_a_copy_has_no_similar_vendor() -> None:
    assert candidates().similar_to("3") == []


def test_what_is_paired_or_refused_is_no_candidate() -> None:
    paired = candidates(pairs={"1": "56", "2": "88"})
    assert (paired.same_name(), paired.suggestions(), paired.is_unpaired_vendor("88")) == ({}, [], False)
    assert candidates().is_unpaired_vendor("88")
    refused = candidates(pairs={"1": "56"}, refused=frozenset({("2", "88")}))
    assert (refused.same_name(), refused.similar_vendors(), refused.similar_to("2")) == ({}, {}, [])
