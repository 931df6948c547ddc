"""Scored suggestions of what belongs together, for a person to decide.

The score starts with how alike the names are. Each detail that both sides know and agree on closes a share of the gap
to 100, each that differs takes points off. Suggestions of one list are comparable; the score is no probability. 95 and
more always means that both names consist of the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from mappers.matching.company_names import CompanyName, Likeness, likeness
from mappers.matching.index import ParsedParty, PartyIndex, domain_labels, names_of, parse
from mappers.matching.parties import Party, is_same_detail, may_be_paired
from mappers.matching.rule import matching_name

LOWEST_SCORE = 50
"""The lowest score that is suggested."""
AT_MOST = 3
"""How many suggestions one entry gets."""
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
    index = PartyIndex(right)
    pairs = [pair for party in left for pair in suggest_for(party, index, refused, at_most=at_most)]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right))


def suggest_for(
    left: Party,
    rights: PartyIndex,
    refused: Collection[tuple[str, str]] = frozenset(),
    *,
    without: Collection[str] = frozenset(),
    at_most: int = AT_MOST,
) -> list[ScoredPair]:
    """Return what might belong to one party, best first; `without` are the keys of right ones that are paired already."""
    if not left.active:
        return []
    parsed = parse(left)
    scored = [
        _compare(parsed, right)
        for right in rights.near(parsed, without)
        if may_be_paired(left, right.party) and (left.key, right.party.key) not in refused
    ]
    likely = [pair for pair in scored if pair.score >= LOWEST_SCORE]
    return sorted(likely, key=lambda pair: (-pair.score, pair.right))[:at_most]


def compare(left: Party, right: Party) -> ScoredPair:
    """Score one pair."""
    return _compare(parse(left), parse(right))


def _compare(left: ParsedParty, right: ParsedParty) -> ScoredPair:
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


def _is_in_domain(named: ParsedParty, mailed: ParsedParty) -> bool:
    """Tell whether a mailbox of one party is at the other's name.

    Such as acmesupply.com for Acme Supply trading as something else.
    """
    return not {name.joined for name in named.names}.isdisjoint(domain_labels(mailed))


def _are_written_alike(left: ParsedParty, right: ParsedParty) -> bool:
    ours, theirs = ({matching_name(name) for name in names_of(profile.party)} for profile in (left, right))
    return not ours.isdisjoint(theirs)


def _beside(profile: ParsedParty, other: ParsedParty) -> Sequence[CompanyName]:
    """Return the names to compare.

    One that ends with the city of either also counts without it.
    """
    towns = profile.details.city | other.details.city
    return [
        *profile.names,
        *(rest for name in profile.names for town in towns if (rest := name.without(town)) is not None),
    ]
