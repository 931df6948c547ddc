"""One list of parties, in which the few that are worth comparing with another party are found at once.

It can be brought up to date party by party, so that a process keeps it from one decision to the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

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
        self._not_parsed: dict[str, Party] = {}
        self._parsed: dict[str, ParsedParty] = {}
        self._by_clue: dict[str, set[str]] = defaultdict(set)
        self._by_edge: dict[str, set[int]] = defaultdict(set)
        self._spelled: dict[int, tuple[str, str]] = {}
        """The key of a party and one of its names, by a number: numbers are compared and sorted fastest."""
        self._numbers = count()
        for party in parties:
            self.put(party)

    def put(self, party: Party) -> None:
        """Add a party, or bring it up to date."""
        self.remove(party.key)
        self.parties[party.key] = party
        if party.active:
            self._not_parsed[party.key] = party
            for name in party.names:
                self._by_name[matching_name(name)].add(party.key)

    def remove(self, key: str) -> None:
        """Forget a party."""
        party, parsed = self.parties.pop(key, None), self._parsed.pop(key, None)
        self._not_parsed.pop(key, None)
        for name in party.names if party else ():
            self._by_name[matching_name(name)].discard(key)
        if parsed is not None:
            self._remove_clues(parsed)

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
        for party in self._not_parsed.values():
            self._add_clues(parse(party))
        self._not_parsed.clear()

    def _add_clues(self, parsed: ParsedParty) -> None:
        key = parsed.party.key
        self._parsed[key] = parsed
        for clue in _clues(parsed):
            self._by_clue[clue].add(key)
        for name in parsed.names:
            number = next(self._numbers)
            self._spelled[number] = (key, name.ordered)
            for edge in _edges(name):
                self._by_edge[edge].add(number)

    def _remove_clues(self, parsed: ParsedParty) -> None:
        key = parsed.party.key
        for clue in _clues(parsed):
            self._by_clue[clue].discard(key)
        edges = {edge for name in parsed.names for edge in _edges(name)}
        numbers = {number for edge in edges for number in self._by_edge[edge] if self._spelled[number][0] == key}
        for edge in edges:
            self._by_edge[edge] -= numbers
        for number in numbers:
            del self._spelled[number]

    def _alike(self, name: CompanyName, without: Collection[str]) -> Iterator[str]:
        """Yield the keys of the parties whose names look most alike.

        Only those with a word that begins or ends in the same way are compared.
        """
        numbers = set[int]().union(*(self._by_edge.get(edge, ()) for edge in _edges(name)))
        spelled = ((number, *self._spelled[number]) for number in sorted(numbers))
        choices = {number: text for number, key, text in spelled if key not in without}
        near = process.extract(
            name.ordered, choices, scorer=fuzz.ratio, processor=None, score_cutoff=_LEAST_ALIKE, limit=_NEAR
        )
        return (self._spelled[number][0] for _, _, number in near)


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
