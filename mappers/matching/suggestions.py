"""Scored suggestions of what belongs together, for a person to decide.

The score starts with how alike the names are. Each detail that both sides know and agree on closes a share of the gap
to 100, each that differs takes points off. Suggestions of one list are comparable; the score is no probability. 95 and
more always means that both names consist of the same words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz, process

from mappers.matching.company_names import CompanyName, Likeness, likeness, take_apart, weight
from mappers.matching.parties import ComparableDetails, Party, comparable_details, is_same_detail, may_be_paired
from mappers.matching.rule import matching_name

LOWEST_SCORE = 50
"""The lowest score that is suggested."""
AT_MOST = 3
"""How many suggestions one entry gets."""
_COMMON = 60
"""A word or number that more entries than this have leads to none of them."""
_NEAR = 20
"""How many entries are looked at only because their names look alike."""
_LEAST_ALIKE = 70
_SHORTEST = 3
_EDGE = 3
"""How many letters at the beginning and the end of a word lead to others like it."""
_NAME_IN_DOMAIN = 0.4
_SAME_WORDS, _MOST_FOR_OTHER_WORDS = 93, 94
"""Names of other words never reach 95, whatever else agrees: a parent and its subsidiary share phone and mail domain."""
_NAMELESS = Likeness(0, "no name to compare")


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two keys that might belong together; the evidence is short sentences, the strongest first."""

    left: str
    right: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a detail says.

    `closes` is the share of the gap to 100, `costs` the points, `name` the word for people.
    """

    closes: float
    costs: float
    name: str


_DETAILS: Mapping[str, Detail] = {
    "tax": Detail(0.7, 0, "tax number"),
    "tax_end": Detail(0.6, 35, "end of the tax number"),
    "country": Detail(0, 30, "country"),
    "mail": Detail(0.6, 0, "e-mail"),
    "domain": Detail(0.5, 4, "e-mail domain"),
    "phone": Detail(0.5, 4, "phone"),
    "account": Detail(0.4, 3, "account number"),
    "postal": Detail(0.3, 4, "postal code"),
    "city": Detail(0.1, 3, "city"),
}


@dataclass(frozen=True, slots=True)
class _ParsedParty:
    """A party with its names taken apart."""

    party: Party
    details: ComparableDetails
    names: tuple[CompanyName, ...]


def suggest(
    left: Iterable[Party],
    right: Iterable[Party],
    refused: Collection[tuple[str, str]] = frozenset(),
    *,
    at_most: int = AT_MOST,
) -> list[ScoredPair]:
    """Return what might belong together, best first, a few for each left one.

    Give what is not paired yet. Inactive entries and pairs that currencies forbid are left out, and so is what was
    refused before.
    """
    rights = [_parse(party) for party in sorted(right, key=lambda party: party.key) if party.active]
    index = _Index(rights)
    pairs: list[ScoredPair] = []
    for party in left:
        if party.active:
            pairs += _best(_parse(party), index, refused, at_most)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right))


def compare(left: Party, right: Party) -> ScoredPair:
    """Score one pair."""
    return _compare(_parse(left), _parse(right))


def _best(left: _ParsedParty, index: _Index, refused: Collection[tuple[str, str]], at_most: int) -> list[ScoredPair]:
    """Return the best suggestions for one entry."""
    scored = [
        _compare(left, right)
        for right in index.near(left)
        if may_be_paired(left.party, right.party) and (left.party.key, right.party.key) not in refused
    ]
    scored = [pair for pair in scored if pair.score >= LOWEST_SCORE]
    return sorted(scored, key=lambda pair: (-pair.score, pair.right))[:at_most]


def _compare(left: _ParsedParty, right: _ParsedParty) -> ScoredPair:
    """Score one pair: names first, then details."""
    pairs = product(_beside(left, right), _beside(right, left))
    alike = max((likeness(a, b) for a, b in pairs), key=lambda result: result.score, default=_NAMELESS)
    score, evidence = alike.score, [alike.evidence]
    if alike.score == 100 and not _are_written_alike(left, right):  # noqa: PLR2004
        score, evidence = 97, ["the same name, but one has invisible characters"]
    for field, detail in _DETAILS.items():
        ours, theirs = getattr(left.details, field), getattr(right.details, field)
        same = is_same_detail(ours, theirs)
        if same:
            score += (100 - score) * detail.closes
            evidence.append(f"same {detail.name}")
        elif same is False and detail.costs:
            score -= detail.costs
            evidence.append(f"other {detail.name}")
    if _is_in_domain(left, right) or _is_in_domain(right, left):
        score += (100 - score) * _NAME_IN_DOMAIN
        evidence.append("the e-mail domain is the name")
    most = 100 if alike.score >= _SAME_WORDS else _MOST_FOR_OTHER_WORDS
    return ScoredPair(left.party.key, right.party.key, round(min(max(score, 0), most)), tuple(evidence))


def _is_in_domain(named: _ParsedParty, mailed: _ParsedParty) -> bool:
    """Tell whether a mailbox of one party is at the other's name.

    Such as acmesupply.com for Acme Supply trading as something else.
    """
    return not {name.joined for name in named.names}.isdisjoint(_labels(mailed))


def _labels(profile: _ParsedParty) -> frozenset[str]:
    """Return the first parts of the domains of a party."""
    return frozenset(domain.partition(".")[0].replace("-", "") for domain in profile.details.domain)


def _are_written_alike(left: _ParsedParty, right: _ParsedParty) -> bool:
    ours, theirs = ({matching_name(name) for name in _names(profile.party)} for profile in (left, right))
    return not ours.isdisjoint(theirs)


def _parse(party: Party) -> _ParsedParty:
    """Take a party apart."""
    return _ParsedParty(
        party, comparable_details(party), tuple(dict.fromkeys(take_apart(name) for name in _names(party)))
    )


def _beside(profile: _ParsedParty, other: _ParsedParty) -> Sequence[CompanyName]:
    """Return the names to compare.

    One that ends with the city of either also counts without it.
    """
    towns = profile.details.city | other.details.city
    return [
        *profile.names,
        *(rest for name in profile.names for town in towns if (rest := name.without(town)) is not None),
    ]


def _names(party: Party) -> Sequence[str]:
    return [name for name in (*party.names, *party.other_names) if name.strip()]


class _Index:
    """Finds the entries worth comparing.

    They share a telling word or a number, or have a name that looks alike.
    """

    def __init__(self, profiles: Sequence[_ParsedParty]) -> None:
        self.profiles = profiles
        self.by_key: dict[str, list[int]] = defaultdict(list)
        self.by_edge: dict[str, list[int]] = defaultdict(list)
        self.spelled: list[tuple[str, int]] = []
        for number, profile in enumerate(profiles):
            for key in _keys(profile):
                self.by_key[key].append(number)
            for name in profile.names:
                for edge in _edges(name):
                    self.by_edge[edge].append(len(self.spelled))
                self.spelled.append((name.ordered, number))

    def near(self, left: _ParsedParty) -> list[_ParsedParty]:
        """Return the entries worth a closer look."""
        candidates: set[int] = set()
        for key in _keys(left):
            numbers = self.by_key.get(key, [])
            if len(numbers) <= _COMMON:
                candidates.update(numbers)
        for name in left.names:
            candidates.update(self._alike(name))
        return [self.profiles[number] for number in sorted(candidates)]

    def _alike(self, name: CompanyName) -> Iterator[int]:
        """Yield the entries whose names look most alike.

        Only those with a word that begins or ends in the same way are compared.
        """
        places = {place for edge in _edges(name) for place in self.by_edge.get(edge, ())}
        choices = {place: self.spelled[place][0] for place in sorted(places)}
        near = process.extract(
            name.ordered, choices, scorer=fuzz.ratio, processor=None, score_cutoff=_LEAST_ALIKE, limit=_NEAR
        )
        return (self.spelled[place][1] for _, _, place in near)


def _edges(name: CompanyName) -> frozenset[str]:
    """Return the first and the last letters of the telling words.

    A typing error leaves one of them as it was.
    """
    telling = [word for word in name.words if weight(word) >= 1] or name.words
    return frozenset((*(f"{word[:_EDGE]}-" for word in telling), *(f"-{word[-_EDGE:]}" for word in telling)))


def _keys(profile: _ParsedParty) -> frozenset[str]:
    """Return what two entries that belong together are likely to share."""
    fields = ("tax_end", "phone", "mail", "domain", "account")
    details = (f"{field} {value}" for field in fields for value in getattr(profile.details, field))
    words = (word for name in profile.names for word in name.words if weight(word) >= 1)
    wholes = (whole for name in profile.names for whole in (name.joined, name.initials) if len(whole) >= _SHORTEST)
    return frozenset((*details, *words, *wholes, *_labels(profile)))
