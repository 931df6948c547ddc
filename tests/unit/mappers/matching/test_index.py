"""An index that is brought up to date party by party is the one that is built at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mappers.matching.index import PartyIndex, parse
from mappers.matching.parties import Party

WORDS = st.sampled_from(["Acme", "Supply", "Harbor", "Rents", "LLC", "Baxter", "Sons", "Paper"])
PARTIES = st.builds(
    Party,
    key=st.sampled_from(["1", "2", "3", "4", "5"]),
    names=st.tuples(st.lists(WORDS, min_size=1, max_size=3).map(" ".join)),
    active=st.booleans(),
    phone=st.sampled_from(["", "512 555 0100", "512 555 0199"]),
)


def near(index: PartyIndex, party: Party) -> list[Party]:
    """Return who is worth a closer look."""
    return [parsed.party for parsed in index.near(parse(party))]


@given(steps=st.lists(st.one_of(PARTIES, st.sampled_from(["1", "2", "3"]))), wanted=PARTIES)
def test_changes_one_by_one_lead_to_the_same_answers(steps: list[Party | str], wanted: Party) -> None:
    index, parties = PartyIndex(), dict[str, Party]()
    for step in steps:
        if isinstance(step, Party):
            index.put(step)
            parties[step.key] = step
        else:
            index.remove(step)
            parties.pop(step, None)
    whole = PartyIndex(parties.values())
    assert index.parties == parties
    assert near(index, wanted) == near(whole, wanted)
    assert index.called(["acme", "harbor rents"]) == whole.called(["acme", "harbor rents"])


def test_what_is_left_out_makes_room_for_others() -> None:
    index = PartyIndex([Party(str(number), (f"Branch {number} Sunrise",)) for number in range(80)])
    sunrise = Party("x", ("Sunrise",))
    everyone = {str(number) for number in range(80)}
    assert len(near(index, sunrise)) < len(everyone)
    alone = [parsed.party.key for parsed in index.near(parse(sunrise), everyone - {"7"})]
    assert alone == ["7"]
