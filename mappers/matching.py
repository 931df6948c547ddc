"""When two names are the same name: the only pairing that is done without asking (accounting rules 8)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_QUOTES = str.maketrans(dict.fromkeys('\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u201c\u201d\u201e\u2033"', "'"))
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_SPACES = re.compile(r"\s+")
_TRAILING = " .,;:!-"


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a list: its names in order of trust, and what must not contradict. Currencies: empty says any."""

    key: str
    names: tuple[str, ...]
    active: bool = True
    currencies: frozenset[str] = frozenset()


def matching_name(name: str) -> str:
    """Return what equal names have in common: NFKC, casefold, single spaces, plain quotes and hyphens, no trailing marks.

    Inner `&`, `.` and `,` stay: A & B is not AB.
    """
    plain = unicodedata.normalize("NFKC", name).translate(_QUOTES).translate(_HYPHENS).casefold()
    return _SPACES.sub(" ", plain).strip().rstrip(_TRAILING)


def equal_names(left: Iterable[Named], right: Iterable[Named]) -> dict[str, str]:
    """Return the pairs, left key -> right key, whose names are equal and belong to one active entry on either side.

    The first names are compared first, then the second ones of what is left, and so on.
    """
    open_left = {one.key: one for one in left if one.active}
    open_right = {one.key: one for one in right if one.active}
    pairs: dict[str, str] = {}
    depth = max((len(one.names) for one in (*open_left.values(), *open_right.values())), default=0)
    for position in range(depth):
        theirs = _unique(open_right, position)
        for name, key in _unique(open_left, 0).items():
            twin = theirs.get(name)
            if twin is not None and _compatible(open_left[key], open_right[twin]):
                pairs[key] = twin
                del open_left[key], open_right[twin]
                theirs.pop(name)
    return pairs


def _unique(entries: Mapping[str, Named], position: int) -> dict[str, str]:
    """Return name -> key for the names at a position that only one entry has."""
    named = {key: matching_name(one.names[position]) for key, one in entries.items() if position < len(one.names)}
    often = Counter(named.values())
    return {name: key for key, name in named.items() if name and often[name] == 1}


def _compatible(left: Named, right: Named) -> bool:
    """Say whether the currencies agree: a supplier with several cannot be paired by itself."""
    if not left.currencies or not right.currencies:
        return True
    return len(left.currencies) == 1 and left.currencies == right.currencies
