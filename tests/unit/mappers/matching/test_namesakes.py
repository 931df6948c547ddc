"""One party decided alone is decided as in both whole lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mappers.matching.index import PartyIndex
from mappers.matching.namesakes import equal_name
from mappers.matching.parties import Party
from mappers.matching.rule import equal_names

NAMES = st.sampled_from(["Acme", "ACME ", "Acme Ltd", "Baxter", "Harbor", "Harbor Rents", "", "北京 Paper"])


@st.composite
def parties(draw: st.DrawFn, letter: str) -> list[Party]:
    """Draw a list in which names repeat, come second, and belong to inactive entries."""
    names = draw(st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=8))
    return [
        Party(f"{letter}{number}", tuple(of_party), active=draw(st.integers(0, 5)) > 0, currencies=frozenset({"USD"}))
        for number, of_party in enumerate(names)
    ]


@given(left=parties("s"), right=parties("v"), data=st.data())
def test_one_party_is_paired_with_whom_the_whole_lists_pair_it(
    left: list[Party], right: list[Party], data: st.DataObject
) -> None:
    keys, twins = [party.key for party in left], [party.key for party in right]
    both = st.tuples(st.sampled_from(keys), st.sampled_from(twins))
    refused = frozenset(data.draw(st.lists(both, max_size=3)))
    paired = dict(data.draw(st.lists(both, max_size=2)))
    whole = equal_names(left, right, paired=paired, refused=refused)
    lefts, rights = PartyIndex(left), PartyIndex(right)
    alone = {key: equal_name(key, lefts, rights, paired=paired, refused=refused) for key in keys if key not in paired}
    assert {key: twin for key, twin in alone.items() if twin} == whole


def test_who_is_not_in_the_list_has_no_namesake() -> None:
    assert equal_name("9001", PartyIndex(), PartyIndex([Party("56", ("Acme",))]), paired={}) is None
