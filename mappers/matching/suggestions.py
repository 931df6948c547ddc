"""What might belong together, with a score and with what speaks for and against it: a person decides.

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
from mappers.matching.parties import Known, Party, agree, known, may_be_paired
from mappers.matching.rule import matching_name

LEAST = 50
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
class Suggestion:
    """Two keys that might belong together; the evidence is short sentences, the strongest first."""

    left: str
    right: str
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """How much a detail says: the share of the gap to 100 that it closes, the points it costs, and its words."""

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
class _Profile:
    """A party with its names taken apart."""

    party: Party
    known: Known
    names: tuple[CompanyName, ...]


def suggest(
    left: Iterable[Party],
    right: Iterable[Party],
    refused: Collection[tuple[str, str]] = frozenset(),
    *,
    at_most: int = AT_MOST,
) -> list[Suggestion]:
    """Return what might belong together, best first, at most a few for each left one.

    Give what is not paired yet. Inactive entries and pairs that currencies forbid are left out, and so is what was
    refused before.
    """
    rights = [_profile(one) for one in sorted(right, key=lambda one: one.key) if one.active]
    index = _Index(rights)
    found: list[Suggestion] = []
    for one in left:
        if one.active:
            found += _best(_profile(one), index, refused, at_most)
    return sorted(found, key=lambda one: (-one.score, one.left, one.right))


def compare(left: Party, right: Party) -> Suggestion:
    """Score one pair."""
    return _compare(_profile(left), _profile(right))


def _best(left: _Profile, index: _Index, refused: Collection[tuple[str, str]], at_most: int) -> list[Suggestion]:
    """Return the best suggestions for one entry."""
    scored = [
        _compare(left, right)
        for right in index.near(left)
        if may_be_paired(left.party, right.party) and (left.party.key, right.party.key) not in refused
    ]
    scored = [one for one in scored if one.score >= LEAST]
    return sorted(scored, key=lambda one: (-one.score, one.right))[:at_most]


def _compare(left: _Profile, right: _Profile) -> Suggestion:
    """Score one pair: names first, then details."""
    pairs = product(_beside(left, right), _beside(right, left))
    alike = max((likeness(a, b) for a, b in pairs), key=lambda one: one.score, default=_NAMELESS)
    score, evidence = alike.score, [alike.evidence]
    if alike.score == 100 and not _are_written_alike(left, right):  # noqa: PLR2004
        score, evidence = 97, ["the same name, but one has invisible characters"]
    for field, detail in _DETAILS.items():
        ours, theirs = getattr(left.known, field), getattr(right.known, field)
        same = agree(ours, theirs)
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
    return Suggestion(left.party.key, right.party.key, round(min(max(score, 0), most)), tuple(evidence))


def _is_in_domain(named: _Profile, mailed: _Profile) -> bool:
    """Say whether one has a mailbox at the other's name: acmesupply.com for Acme Supply trading as something else."""
    return not {name.joined for name in named.names}.isdisjoint(_labels(mailed))


def _labels(profile: _Profile) -> frozenset[str]:
    """Return the first parts of the domains of a party."""
    return frozenset(domain.partition(".")[0].replace("-", "") for domain in profile.known.domain)


def _are_written_alike(left: _Profile, right: _Profile) -> bool:
    ours, theirs = ({matching_name(name) for name in _names(one.party)} for one in (left, right))
    return not ours.isdisjoint(theirs)


def _profile(party: Party) -> _Profile:
    """Take a party apart."""
    return _Profile(party, known(party), tuple(dict.fromkeys(take_apart(name) for name in _names(party))))


def _beside(one: _Profile, other: _Profile) -> Sequence[CompanyName]:
    """Return the names to compare: one that ends with the city of either counts also without it."""
    towns = one.known.city | other.known.city
    return [*one.names, *(rest for name in one.names for town in towns if (rest := name.without(town)) is not None)]


def _names(party: Party) -> Sequence[str]:
    return [name for name in (*party.names, *party.other_names) if name.strip()]


class _Index:
    """Finds the entries worth a closer look: those that share a telling word or a number, and those with a near name."""

    def __init__(self, profiles: Sequence[_Profile]) -> None:
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

    def near(self, left: _Profile) -> list[_Profile]:
        """Return the entries worth a closer look."""
        found: set[int] = set()
        for key in _keys(left):
            numbers = self.by_key.get(key, [])
            if len(numbers) <= _COMMON:
                found.update(numbers)
        for name in left.names:
            found.update(self._alike(name))
        return [self.profiles[number] for number in sorted(found)]

    def _alike(self, name: CompanyName) -> Iterator[int]:
        """Yield the entries whose names look most alike, of those with a word that begins or ends in the same way."""
        places = {place for edge in _edges(name) for place in self.by_edge.get(edge, ())}
        choices = {place: self.spelled[place][0] for place in sorted(places)}
        near = process.extract(
            name.ordered, choices, scorer=fuzz.ratio, processor=None, score_cutoff=_LEAST_ALIKE, limit=_NEAR
        )
        return (self.spelled[place][1] for _, _, place in near)


def _edges(name: CompanyName) -> frozenset[str]:
    """Return the first and the last letters of its telling words: a slip of the pen leaves one of them as it was."""
    telling = [word for word in name.words if weight(word) >= 1] or name.words
    return frozenset((*(f"{word[:_EDGE]}-" for word in telling), *(f"-{word[-_EDGE:]}" for word in telling)))


def _keys(profile: _Profile) -> frozenset[str]:
    """Return what two entries that belong together are likely to share."""
    fields = ("tax_end", "phone", "mail", "domain", "account")
    details = (f"{field} {value}" for field in fields for value in getattr(profile.known, field))
    words = (word for name in profile.names for word in name.words if weight(word) >= 1)
    wholes = (whole for name in profile.names for whole in (name.joined, name.initials) if len(whole) >= _SHORTEST)
    return frozenset((*details, *words, *wholes, *_labels(profile)))
