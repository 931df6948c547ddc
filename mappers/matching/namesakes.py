"""The strict rule for one party alone: its answer is that of the rule for both whole lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mappers.matching.index import PartyIndex
from mappers.matching.parties import Party
from mappers.matching.rule import equal_names, matching_name


def equal_name(
    key: str,
    lefts: PartyIndex,
    rights: PartyIndex,
    *,
    paired: Mapping[str, str],
    refused: Collection[tuple[str, str]] = frozenset(),
) -> str | None:
    """Return the key of the right party that surely is the left one with this key, or None."""
    party = lefts.parties.get(key)
    if party is None:
        return None
    ours, theirs = _namesakes(party, lefts, rights)
    left, right = [lefts.parties[name] for name in ours], [rights.parties[name] for name in theirs]
    concerned = {key: twin for key, twin in paired.items() if key in ours or twin in theirs}
    return equal_names(left, right, paired=concerned, refused=refused).get(key)


def _namesakes(party: Party, lefts: PartyIndex, rights: PartyIndex) -> tuple[list[str], list[str]]:
    """Return the keys of all that share a name with the party, or with one of these, on both sides.

    Whether a name is unique, or a twin is taken by another, depends on these and on nothing else.
    """
    names, more = set[str](), _names(party)
    while not more <= names:
        names |= more
        ours, theirs = lefts.called(names), rights.called(names)
        more = {name for key in ours for name in _names(lefts.parties[key])}
        more |= {name for key in theirs for name in _names(rights.parties[key])}
    return sorted(lefts.called(names)), sorted(rights.called(names))


def _names(party: Party) -> set[str]:
    return {matching_name(name) for name in party.names} - {""}
