"""One list of parties, in which the few that are worth comparing with another party are found at once.

It can be brought up to date party by party, so that a process keeps it from one decision to the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from mappers.matching.company_names import CompanyName, take_apart, weight
from mappers.matching.parties import ComparableDetails, Party, comparable_details
from mappers.matching.rule import matching_name

_COMMON = 60
"""A word or number that more entries than this have leads to none of them."""
_NEAR = 20
"""How many entries are looked at only because their names look alike."""
_LEAST_ALIKE = 70
_SHORTEST = 3
_EDGE = 3
"""How many letters at the beginning and the end of a word lead to others like it."""


@dataclass(frozen=True, slots=True)
class ParsedParty:
    """A party with its names taken apart."""

    party: Party
    details: ComparableDetails
    names: tuple[CompanyName, ...]


def parse(party: Party) -> ParsedParty:
    """Take a party apart."""
    names = tuple(dict.fromkeys(take_apart(name) for name in names_of(party)))
    return ParsedParty(party, comparable_details(party), names)


def names_of(party: Party) -> list[str]:
    """Return every name of a party, the most trusted first."""
    return [name for name in (*party.names, *party.other_names) if name.strip()]


def domain_labels(parsed: ParsedParty) -> frozenset[str]:
    """Return the first parts of the domains of a party."""
    return frozenset(domain.partition(".")[0].replace("-", "") for domain in parsed.details.domain)


class PartyIndex:
    """A list of parties by their keys, by what they are called, and by what two that belong together are likely to share.

    What is likely shared takes by far the most work: it is noted when it is first asked for.
    """

    def __init__(self, parties: Iterable[Party] = ()) -> None:
        self.parties: dict[str, Party] = {}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._not_parsed: set[str] = set()
        self._parsed: dict[str, ParsedParty] = {}
        self._by_clue: dict[str, set[str]] = defaultdict(set)
        self._by_edge: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for party in parties:
            self.put(party)

    def put(self, party: Party) -> None:
        """Add a party, or bring it up to date."""
        self.remove(party.key)
        self.parties[party.key] = party
        if party.active:
            self._not_parsed.add(party.key)
            for name in party.names:
                self._by_name[matching_name(name)].add(party.key)

    def remove(self, key: str) -> None:
        """Forget a party."""
        party, parsed = self.parties.pop(key, None), self._parsed.pop(key, None)
        self._not_parsed.discard(key)
        for name in party.names if party else ():
            self._by_name[matching_name(name)].discard(key)
        for places, place, entry in _places(parsed, self._by_clue, self._by_edge) if parsed else ():
            places[place].discard(entry)

    def called(self, names: Iterable[str]) -> set[str]:
        """Return the keys of the active parties that have one of these names, in the form that is compared."""
        return {key for name in names for key in self._by_name.get(name, ())}

    def near(self, left: ParsedParty, without: Collection[str] = frozenset()) -> list[ParsedParty]:
        """Return the active parties worth a closer look, without those with these keys.

        They share a telling word or a number, or have a name that looks alike.
        """
        self._parse_all()
        keys: set[str] = set()
        for clue in _clues(left):
            sharing = self._by_clue.get(clue, set()).difference(without)
            if len(sharing) <= _COMMON:
                keys |= sharing
        for name in left.names:
            keys.update(self._alike(name, without))
        return [self._parsed[key] for key in sorted(keys)]

    def _parse_all(self) -> None:
        """Note of every active party what it is likely to share."""
        while self._not_parsed:
            key = self._not_parsed.pop()
            self._parsed[key] = parsed = parse(self.parties[key])
            for places, place, entry in _places(parsed, self._by_clue, self._by_edge):
                places[place].add(entry)

    def _alike(self, name: CompanyName, without: Collection[str]) -> Iterator[str]:
        """Yield the keys of the parties whose names look most alike.

        Only those with a word that begins or ends in the same way are compared.
        """
        places = {place for edge in _edges(name) for place in self._by_edge.get(edge, ()) if place[0] not in without}
        choices = {(key, number): self._parsed[key].names[number].ordered for key, number in sorted(places)}
        near = process.extract(
            name.ordered, choices, scorer=fuzz.ratio, processor=None, score_cutoff=_LEAST_ALIKE, limit=_NEAR
        )
        return (key for _, _, (key, _) in near)


def _places(
    parsed: ParsedParty, by_clue: dict[str, set[str]], by_edge: dict[str, set[tuple[str, int]]]
) -> Iterator[tuple[dict[str, set[Any]], str, Any]]:
    """Yield where a party stands: the table, the place in it, and how it stands there."""
    key = parsed.party.key
    for clue in _clues(parsed):
        yield by_clue, clue, key
    for number, name in enumerate(parsed.names):
        for edge in _edges(name):
            yield by_edge, edge, (key, number)


def _edges(name: CompanyName) -> frozenset[str]:
    """Return the first and the last letters of the telling words.

    A typing error leaves one of them as it was.
    """
    telling = [word for word in name.words if weight(word) >= 1] or name.words
    return frozenset((*(f"{word[:_EDGE]}-" for word in telling), *(f"-{word[-_EDGE:]}" for word in telling)))


def _clues(parsed: ParsedParty) -> frozenset[str]:
    """Return what two entries that belong together are likely to share."""
    fields = ("tax_end", "phone", "mail", "domain", "account")
    details = (f"{field} {value}" for field in fields for value in getattr(parsed.details, field))
    words = (word for name in parsed.names for word in name.words if weight(word) >= 1)
    wholes = (whole for name in parsed.names for whole in (name.joined, name.initials) if len(whole) >= _SHORTEST)
    return frozenset((*details, *words, *wholes, *domain_labels(parsed)))
