"""How alike two company names are, and what differs, in words for people.

A legal form, an accent, the article, the order of words and an abbreviation are small differences; a number, or a word
that tells two companies apart, is a large one. Words that half of all companies have (Supply, Services) say little.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cleanco import basename
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from mappers.matching.details import unaccented
from mappers.matching.rule import matching_name

_GENERAL = frozenset(
    "and und et y e of the de la le les du des der die das fur for "  # noqa: SIM905 - a line of words reads best
    "associates associe bau brothers bros business center "
    "centre co company conseil construction consulting corporation design distribution distributor electric electrical "
    "electronic engineering enterprise equipment finance food general global group gruppe handel holding import export "
    "industrial industry international logistics management manufacturing marketing material media office partner "
    "product service shop sohn son solution store supply sy system technik technology tool trade trading transport "
    "wholesale works world ag bv co corp gmbh inc kg limited llc llp ltd nv plc sa sarl sas sl srl".split()
)
_WEIGHT_OF_GENERAL, _WEIGHT_OF_JOINING, _WEIGHT_OF_NUMBER = 0.35, 0.1, 1.5
_JOINING = frozenset("and und et y e of the de la".split())  # noqa: SIM905 - a line of words
_SAME_FORM = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "company": "co",
    "gmbh and co kg": "gmbh co kg",
}
_LOOK_ALIKES = str.maketrans("авсеһіјкмнорԛѕтԝхуɡαβεικνορτυχ", "abcehijkmhopqstwxygabeikvoptux")
_APOSTROPHES = re.compile(r"['`]")
_POINTS_IN_LETTERS = re.compile(r"\b(\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_WORD, _SHORTEST_INITIALS = 4, 3
_LEAST_WHOLE = 85
"""How alike two names as a whole must be to count as more than the sum of their words."""
_MOST_ALIKE = 96
"""The most that names get which are not the same words: 98 and 100 say more."""
_AND = re.compile(r"[&+]")


@dataclass(frozen=True)
class CompanyName:
    """A name taken apart: its words, and its legal form (empty: none).

    Disguised: it has Latin letters and, among them, others that only look like Latin ones.
    """

    written: str
    words: tuple[str, ...]
    form: str
    disguised: bool = False

    @cached_property
    def joined(self) -> str:
        """The words without spaces."""
        return "".join(self.words)

    @cached_property
    def ordered(self) -> str:
        """The words in an order that does not depend on how they were written."""
        return " ".join(sorted(self.words))

    @cached_property
    def weight(self) -> float:
        """How much all its words say."""
        return sum(map(weight, self.words))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Those of its words that are numbers."""
        return frozenset(word for word in self.words if word.isdigit())

    @cached_property
    def initials(self) -> str:
        """The first letters of its words."""
        return "".join(word[0] for word in self.words if word not in _JOINING)

    def without(self, end: str) -> CompanyName | None:
        """Return the name without this text at its end, if something telling remains."""
        for count in range(1, len(self.words)) if self.joined.endswith(end) else ():
            rest = self.words[:-count]
            if "".join(self.words[-count:]) == end and max(map(weight, rest)) >= 1:
                return CompanyName(" ".join(rest), rest, self.form, self.disguised)
        return None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are, 0 to 100, and why."""

    score: float
    evidence: str


@lru_cache(maxsize=100_000)
def take_apart(name: str) -> CompanyName:
    """Take a name apart."""
    shown = matching_name(_visible(name))
    written = shown.translate(_LOOK_ALIKES)
    spaced = " ".join(written.replace(",", " , ").split())
    core = basename(spaced) or spaced
    words = tuple(_words(core)) or tuple(_words(written)) or (written or name,)
    form = " ".join(_words(spaced.removeprefix(core))) if spaced.startswith(core) else ""
    disguised = written != shown and any("a" <= c <= "z" for c in shown)
    return CompanyName(written, words, _SAME_FORM.get(form, form), disguised)


def weight(word: str) -> float:
    """Return how much a word tells one company from another."""
    if word in _JOINING:
        return _WEIGHT_OF_JOINING
    if word.isdigit():
        return _WEIGHT_OF_NUMBER
    return _WEIGHT_OF_GENERAL if singular(word) in _GENERAL else 1.0


def singular(word: str) -> str:
    """Return a word without the s of its plural."""
    if word.endswith("ies") and len(word) > _SHORTEST_WORD:
        return f"{word[:-3]}y"
    return word[:-1] if len(word) >= _SHORTEST_WORD and word.endswith("s") and not word.endswith("ss") else word


def likeness(left: CompanyName, right: CompanyName) -> Likeness:
    """Compare two names; one that imitates Latin letters is suspicious, however alike it looks."""
    alike = _likeness(left, right)
    if left.disguised == right.disguised:
        return alike
    return Likeness(alike.score - 30, "looks alike, but one has letters of another alphabet: " + alike.evidence)


def _likeness(left: CompanyName, right: CompanyName) -> Likeness:
    """Compare two names by what they look like."""
    if left.written == right.written:
        return Likeness(100, "the same name")
    if left.words == right.words:
        return _same_words(left, right)
    if left.ordered == right.ordered:
        return Likeness(94, "the same words in another order")
    if left.joined == right.joined:
        return Likeness(93, "only spaces and marks differ")
    if _are_initials(left, right) or _are_initials(right, left):
        return Likeness(72, "one name is the initials of the other")
    return _alike(left, right)


def _same_words(left: CompanyName, right: CompanyName) -> Likeness:
    """Compare names that differ in the legal form, in accents or in marks."""
    if left.form == right.form:
        return Likeness(98, "the same name but for accents and marks")
    if left.form and right.form:
        return Likeness(86, f"the legal form differs: {left.form}, {right.form}")
    return Likeness(95, f"the same name; only one has a legal form: {left.form or right.form}")


def _alike(left: CompanyName, right: CompanyName) -> Likeness:
    """Compare names word by word and as a whole.

    Another number or legal form costs points.
    """
    score, telling = _by_words(left, right), ["similar names"]
    if left.numbers != right.numbers:
        score = min(score - 25, 70) if left.numbers and right.numbers else min(score - 8, 90)
        telling.append(f"a number differs: {', '.join(sorted(left.numbers ^ right.numbers))}")
    elif OSA.distance(left.joined, right.joined, score_cutoff=1) == 1:
        score, telling = max(score, 88), ["one letter differs"]
    else:
        whole = fuzz.ratio(left.joined, right.joined)
        score = max(score, whole - 3 if whole >= _LEAST_WHOLE else 0)
    if left.form and right.form and left.form != right.form:
        score -= 8
        telling.append(f"the legal form differs: {left.form}, {right.form}")
    return Likeness(min(max(score, 0.0), _MOST_ALIKE), "; ".join(telling))


def _by_words(left: CompanyName, right: CompanyName) -> float:
    """Return the share of both names' words that have a counterpart, 0 to 100.

    When each has words that the other has not, these speak against it; when only one has, it may just be longer.
    """
    ours, theirs = _found(left.words, right.words), _found(right.words, left.words)
    share = (ours + theirs) / (left.weight + right.weight)
    missing = min(left.weight - ours, right.weight - theirs)
    return 100 * share * (1 - 0.4 * min(missing, 1))


def _found(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Return the weight of the words that have a counterpart among the others."""
    return sum(weight(word) * max(_same_word(*sorted((word, other))) for other in others) for word in words)


@lru_cache(maxsize=500_000)
def _same_word(word: str, other: str) -> float:
    """Return how surely two words are one, 0 to 1: equal, shortened or misspelled."""
    short, long = sorted((singular(word), singular(other)), key=lambda word: (len(word), word))
    if short == long:
        return 1.0
    if short.isdigit() or long.isdigit() or short[0] != long[0]:
        return _misspelled(short, long)
    if long.startswith(short):
        return 0.92 if len(short) >= _SHORTEST_INITIALS else 0.7
    return 0.85 if _is_short_for(short, long) else _misspelled(short, long)


def _misspelled(short: str, long: str) -> float:
    """Return how alike two different words are, 0 below a limit."""
    if short.isdigit() or long.isdigit() or len(short) < _SHORTEST_WORD:
        return 0.0
    alike = OSA.normalized_similarity(short, long)
    return alike if alike > 0.7 else 0.0  # noqa: PLR2004


def _is_short_for(short: str, long: str) -> bool:
    """Tell whether a word is an abbreviation of another: mgmt, bldg, intl.

    It lacks the vowels and some of the consonants.
    """
    if len(short) < _SHORTEST_INITIALS - 1 or any(c in "aeiou" for c in short[1:]):
        return False
    letters: Iterator[str] = iter(long)
    return all(letter in letters for letter in short)


def _are_initials(short: CompanyName, long: CompanyName) -> bool:
    """Say whether a name is made of the first letters of the other one."""
    return len(short.words) == 1 and len(short.joined) >= _SHORTEST_INITIALS and short.joined == long.initials


def _words(text: str) -> Iterator[str]:
    """Return the words of a name as they are compared.

    & is a word, points within initials are none.
    """
    text = _APOSTROPHES.sub("", _POINTS_IN_LETTERS.sub(r"\1", _AND.sub(" and ", text)))
    words = _WORD.findall(unaccented(text))
    return iter(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


def _visible(name: str) -> str:
    """Return the name without invisible characters."""
    return "".join(c for c in name if unicodedata.category(c) != "Cf")
