"""The strict rule for entries that are the same without asking a person.

The rule for people: docs/explanation/accounting.md, Suppliers.
Money goes to whom a pair names, so a wrong pair is far worse than a missing one. Letters that only look alike (a
Cyrillic A) and invisible characters are differences.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from mappers.matching.parties import Party, comparable_details, is_same_detail, same_place

_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u0060", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)
_SPACES = re.compile(r"\s+")
_TRAILING = " .,;:!-"
_DOUBTS = 2


@lru_cache(maxsize=20_000)
def matching_name(name: str) -> str:
    """Return the form of a name in which equal names are the same text.

    That is NFKC, casefold, single spaces, plain quotes and hyphens, no trailing marks. Inner `&`, `.` and `,` stay: A & B is
    not AB. Feet are not inches: single and double quotes stay apart.
    """
    plain = unicodedata.normalize("NFKC", name.translate(_MARKS)).translate(_MARKS).casefold()
    plain = unicodedata.normalize("NFKC", plain)
    return _SPACES.sub(" ", plain).strip().rstrip(_TRAILING)


def equal_names(
    left: Iterable[Party],
    right: Iterable[Party],
    *,
    paired: Mapping[str, str] | None = None,
    refused: Collection[tuple[str, str]] = frozenset(),
) -> dict[str, str]:
    """Return the new pairs of equal names, left key -> right key.

    Each name belongs to one active entry on either side. The first names are compared first, then each first name of the
    left with the second ones of the right, and so on. What is paired already is not paired again, but still counts when a
    name has to be unique. Refused pairs, which a person marked as not the same, are never made.
    """
    lefts = {party.key: party for party in left if party.active}
    rights = {party.key: party for party in right if party.active}
    before = paired or {}
    pairs, taken = dict(before), set(before.values())
    ours = _unique(lefts, 0)
    for position in range(max((len(party.names) for party in rights.values()), default=0)):
        for name, twin in _unique(rights, position).items():
            key = ours.get(name)
            if key is None or key in pairs or twin in taken or (key, twin) in refused:
                continue
            if not contradicts(lefts[key], rights[twin]):
                pairs[key] = twin
                taken.add(twin)
    return {key: twin for key, twin in pairs.items() if key not in before}


def contradicts(left: Party, right: Party) -> bool:
    """Tell whether a detail speaks against these being one entry.

    One hard fact does, or two doubts with nothing in favour. Hard facts are the currency, the country and the end of the tax
    number; doubts another phone number, mail domain, address or account number: two offices of one name are often two
    companies.
    """
    if len(left.currencies) > 1 or left.currencies != right.currencies:
        return True
    ours, theirs = comparable_details(left), comparable_details(right)
    if is_same_detail(ours.country, theirs.country) is False or is_same_detail(ours.tax_end, theirs.tax_end) is False:
        return True
    comparisons = [
        is_same_detail(ours.phone, theirs.phone),
        is_same_detail(ours.domain, theirs.domain),
        same_place(ours, theirs),
        is_same_detail(ours.account, theirs.account),
    ]
    return comparisons.count(False) >= _DOUBTS and True not in comparisons


def _unique(entries: Mapping[str, Party], position: int) -> dict[str, str]:
    """Return name -> key for the names at a position that one entry has.

    No other entry has it there, or at a position that is trusted more.
    """
    named = {key: [matching_name(name) for name in party.names[: position + 1]] for key, party in entries.items()}
    often = Counter(name for names in named.values() for name in set(names))
    return {
        names[position]: key
        for key, names in named.items()
        if len(names) > position and names[position] and often[names[position]] == 1
    }
