"""Which tax code of QuickBooks carries one or several taxes of a line.

It is certain, suggested, or none. A line in QuickBooks has one tax code, so the *set* of a line's taxes is matched with the
code whose purchase rates are exactly theirs (docs/explanation/accounting.md, Tax). What is certain is kept as tax -> rate,
so that every document checks the rate of its own day; only what a person has to choose is kept as set -> code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mappers.books import TaxCode, TaxRate, tax_set
from mappers.matching.rule import matching_name

ORDINARY = frozenset({"", "NONE", "ZERO_RATE"})
"""Values of SpecialTaxType that are plain tax; REVERSE_CHARGE, ADJUSTMENT_RATE and the like are not."""
MATCHED, SUGGESTED, NONE = "matched", "suggested", "none"

_SPECIAL_WORDS = frozenset({"rc", "rcs", "reverse", "ec", "ecg", "ecs", "pva", "postponed", "import", "imports", "cis"})
"""Words in the name of a code that is only right for special purchases: it is never chosen without asking."""
_COMMON_WORDS = frozenset({"vat", "gst", "hst", "pst", "qst", "tax", "rate", "rated", "s", "standard", "the", "of"})
"""Words that tell nothing about which of several codes of one rate is meant."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+")

PairKey = tuple[str, str]
"""Kind and Precoro id of a pair, as `Books.pairs` has them."""


@dataclass(frozen=True, slots=True)
class PrecoroTax:
    """A tax as Precoro lists it; `percent` is None when Precoro gives no rate."""

    id: int
    name: str
    percent: Decimal | None
    withholding: bool = False
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class TaxBooks:
    """QuickBooks' tax codes and rates, the pairs, and what a person refused.

    `day` is the one on which the rates have to be in force.
    """

    codes: Mapping[str, TaxCode]
    rates: Mapping[str, TaxRate]
    day: date
    pairs: Mapping[PairKey, str] = field(default_factory=dict)
    refused: Collection[tuple[str, str]] = frozenset()
    """Set of taxes and code that a person said do not belong together."""

    def percents(self, code: TaxCode) -> list[Decimal] | None:
        """Return the percentages of a code on the day, in order.

        Returns None when the code has none, or one is not in force.
        """
        rates = [self.rates.get(component.rate_id) for component in code.rates]
        in_force = [rate.percent(self.day) for rate in rates if rate is not None and rate.active]
        percentages = [percent for percent in in_force if percent is not None]
        return sorted(percentages) if percentages and len(percentages) == len(code.rates) else None

    def is_special(self, code: TaxCode) -> bool:
        """Tell whether the code is for special tax, such as reverse charge.

        A rate of it says so, or its name.
        """
        rates = [self.rates.get(component.rate_id) for component in code.rates]
        return bool(_words(code.name, code.description) & _SPECIAL_WORDS) or any(
            rate is not None and rate.special.upper() not in ORDINARY for rate in rates
        )

    def has_refusal(self, key: str) -> bool:
        """Tell whether a person refused any of these codes for the set."""
        return any((key, code_id) in self.refused for code_id in self.codes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that may be meant: how likely (0 to 100), and why."""

    code: TaxCode
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The code of one tax, or of several on one line, or its candidates.

    The likeliest candidate comes first.
    """

    taxes: tuple[PrecoroTax, ...]
    state: str
    code: TaxCode | None = None
    candidates: tuple[Candidate, ...] = ()
    sentence: str = ""

    @property
    def key(self) -> str:
        """Return the name of the set, as pairs have it: `5` or `5+7`."""
        return tax_set([tax.id for tax in self.taxes])

    @property
    def name(self) -> str:
        """Return what people call these taxes."""
        return " + ".join(tax.name for tax in self.taxes)

    @property
    def percents(self) -> list[Decimal] | None:
        """Return the percentages in order, or None when one is not known."""
        percentages = [tax.percent for tax in self.taxes if tax.percent is not None]
        return sorted(percentages) if len(percentages) == len(self.taxes) else None


def match_all(taxes: Iterable[PrecoroTax], sets: Iterable[Sequence[int]], books: TaxBooks) -> list[Match]:
    """Match every tax on its own, then every set seen on a document.

    Withholding taxes are left out.
    """
    by_id = {tax.id: tax for tax in taxes if not tax.withholding}
    groups = [[tax_id] for tax_id in by_id] + [sorted(tax_ids) for tax_ids in sets if len(tax_ids) > 1]
    return [
        match([by_id[tax_id] for tax_id in group], books)
        for group in groups
        if all(tax_id in by_id for tax_id in group)
    ]


def left(matches: Sequence[Match]) -> list[Match]:
    """Return what still needs a code.

    A tax that occurs only beside others, and is matched with them, needs none alone.
    """
    together = {tax.id for match in matches if len(match.taxes) > 1 and match.code for tax in match.taxes}
    return [
        match
        for match in matches
        if match.code is None and not (len(match.taxes) == 1 and match.state == NONE and match.taxes[0].id in together)
    ]


def match(taxes: Sequence[PrecoroTax], books: TaxBooks) -> Match:
    """Find the code of a set of taxes, else the candidates."""
    unmatched = Match(tuple(taxes), NONE)
    code = code_in_use(unmatched, books)
    if code is not None:
        return Match(unmatched.taxes, MATCHED, code)
    candidates = _candidates(unmatched, books)
    state = SUGGESTED if candidates else NONE
    return Match(unmatched.taxes, state, None, candidates, _why(unmatched, candidates, books))


def code_in_use(match: Match, books: TaxBooks) -> TaxCode | None:
    """Return the code that documents get today.

    It is the one chosen by hand, else the only one with the paired rates.
    """
    chosen = books.codes.get(books.pairs.get(("tax_set", match.key), ""))
    if chosen is not None and chosen.active:
        return chosen
    rates = [rate_in_use(tax, books) for tax in match.taxes]
    codes = codes_with({rate.id for rate in rates if rate}, books.codes.values())
    return codes[0] if all(rates) and len(codes) == 1 else None


def rate_in_use(tax: PrecoroTax, books: TaxBooks) -> TaxRate | None:
    """Return the rate paired with a tax, if documents of today can use it.

    It is plain, in force, and of the tax's percentage.
    """
    rate = books.rates.get(books.pairs.get(("tax", str(tax.id)), ""))
    return rate if rate is not None and _fits(tax, rate, books) else None


def codes_with(rate_ids: Collection[str], codes: Iterable[TaxCode]) -> list[TaxCode]:
    """Return the active codes whose purchase rates are exactly these."""
    wanted = set(rate_ids)
    return [
        code for code in codes if wanted and code.active and {component.rate_id for component in code.rates} == wanted
    ]


def certain(match: Match, books: TaxBooks) -> TaxCode | None:
    """Return the code that may be matched with a tax without asking.

    It is the only candidate, or the only one of the tax's name. A reverse charge on either side, and what a person refused,
    is never certain. A set needs no certainty: the rates of its taxes decide.
    """
    if match.state != SUGGESTED or len(match.taxes) > 1 or _words(match.name) & _SPECIAL_WORDS:
        return None
    plain = [candidate.code for candidate in match.candidates if not books.is_special(candidate.code)]
    named = [code for code in plain if _same_name(match.name, code)]
    if len(match.candidates) == len(plain) == 1 and not books.has_refusal(match.key):
        return plain[0]
    return named[0] if len(named) == 1 else None


def pairs_of(match: Match, code: TaxCode, books: TaxBooks) -> tuple[dict[PairKey, str], set[PairKey]]:
    """Return the pairs that keep a match, and those to drop.

    Those to drop would say something else. A single tax with one plain rate of its own percentage is kept as tax -> rate;
    all else as set -> code.
    """
    by_hand = ("tax_set", match.key)
    if len(match.taxes) > 1 or len(code.rates) != 1 or books.is_special(code) or books.percents(code) != match.percents:
        return {by_hand: code.id}, set()
    rate_id = code.rates[0].rate_id
    by_rate = {("tax", match.key): rate_id}
    if len(codes_with({rate_id}, books.codes.values())) > 1:
        return by_rate | {by_hand: code.id}, set()
    return by_rate, {by_hand}


def sure_pairs(match: Match, books: TaxBooks) -> dict[PairKey, str]:
    """Return the pairs that may be made without asking.

    They are of a certain code, or of the rate that codes use beside others. If a person refused a code for this tax, no pair
    is made by rate either: the rate would bring the code back.
    """
    code = certain(match, books)
    if code is not None:
        return pairs_of(match, code, books)[0]
    if match.state != NONE or len(match.taxes) > 1 or books.has_refusal(match.key):
        return {}
    rate = rate_alone(match.taxes[0], books)
    key = ("tax", match.key)
    return {key: rate.id} if rate is not None and books.pairs.get(key) != rate.id else {}


def decision_basis(tax_ids: Sequence[int], books: TaxBooks) -> object:
    """Return all that decides about a line with these taxes.

    Documents held for them are looked at again when it changes.
    """
    rates = [books.rates.get(books.pairs.get(("tax", str(tax_id)), "")) for tax_id in tax_ids]
    chosen = books.codes.get(books.pairs.get(("tax_set", tax_set(list(tax_ids))), ""))
    return chosen, rates, codes_with({rate.id for rate in rates if rate}, books.codes.values())


def rate_alone(tax: PrecoroTax, books: TaxBooks) -> TaxRate | None:
    """Return the only plain rate of a tax's percentage in active codes.

    The codes may have other rates as well.
    """
    used = {component.rate_id for code in books.codes.values() if code.active for component in code.rates}
    rates = [books.rates[rate_id] for rate_id in sorted(used) if rate_id in books.rates]
    fitting = [rate for rate in rates if _fits(tax, rate, books)]
    return fitting[0] if len(fitting) == 1 else None


def other_rates(match: Match, code: TaxCode, books: TaxBooks) -> str | None:
    """Return the rates of a code if they are not those of the taxes."""
    percents = books.percents(code)
    if percents is not None and percents == match.percents:
        return None
    return (
        "no rate today" if percents is None else " + ".join(f"{percent.normalize():f}" for percent in percents) + " %"
    )


def _fits(tax: PrecoroTax, rate: TaxRate, books: TaxBooks) -> bool:
    """Tell whether a rate is plain and has the tax's percentage."""
    plain = rate.active and rate.special.upper() in ORDINARY
    return plain and tax.percent is not None and rate.percent(books.day) == tax.percent


def percent_text(match: Match) -> str:
    """Return the rates as people read them: `20 %`, `5 + 9.975 %`."""
    rates = ["?" if tax.percent is None else f"{tax.percent.normalize():f}" for tax in match.taxes]
    return f"{' + '.join(rates)} %"


def _candidates(match: Match, books: TaxBooks) -> tuple[Candidate, ...]:
    """Return the codes that may be meant, the likeliest first.

    They have the same rates, or are special and come to the same tax.
    """
    candidates = []
    for code in books.codes.values():
        percents = books.percents(code)
        if not code.active or percents is None or (match.key, code.id) in books.refused:
            continue
        special = books.is_special(code)
        if percents == match.percents or (special and _comes_to(match, percents)):
            candidates.append(_scored(match, code, percents, special=special))
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.code.name)))


def _comes_to(match: Match, percents: Sequence[Decimal]) -> bool:
    """Tell whether special rates, such as 20 % and -20 %, come to the tax.

    The taxes must be meant for special purchases.
    """
    meant = bool(_words(match.name) & _SPECIAL_WORDS) and match.percents is not None
    return meant and sum(match.percents or []) in {sum(percents), max(percents)}


def _scored(match: Match, code: TaxCode, percents: Sequence[Decimal], *, special: bool) -> Candidate:
    """Say how likely a code of the right rates is meant, by its name."""
    evidence = [f"The same rates: {', '.join(f'{percent:f} %' for percent in percents)}"]
    score = 50
    ours, theirs = _telling(match.name), _telling(code.name, code.description)
    if _same_name(match.name, code):
        score, evidence = score + 40, [*evidence, "The same name"]
    elif ours == theirs:
        score += 20
    elif ours & theirs:
        score, evidence = score + 20, [*evidence, f"Both names say {', '.join(sorted(ours & theirs))}"]
    else:
        score -= 20
    if {Decimal(number.replace(",", ".")) for number in _NUMBER.findall(code.name)} & set(percents):
        score, evidence = score + 10, [*evidence, "The code's name says the rate"]
    if special and not _words(match.name) & _SPECIAL_WORDS:
        score, evidence = score - 30, [*evidence, "It is for special purchases, such as reverse charge"]
    return Candidate(code, max(0, min(100, score)), tuple(evidence))


def _why(match: Match, candidates: Sequence[Candidate], books: TaxBooks) -> str:
    """Say why a set of taxes is not matched."""
    if match.percents is None:
        return "Precoro gives no rate for it; choose a code by hand."
    if len(candidates) > 1:
        return "Several codes have these rates; choose one."
    if candidates:
        return "One code has these rates; confirm it."
    if books.has_refusal(match.key):
        return "Each code with these rates was refused; choose one by hand, or create one."
    if len(match.taxes) == 1 and rate_alone(match.taxes[0], books) is not None:
        return "No code has this rate alone, only together with others."
    return "No active code has exactly these rates today."


def _same_name(name: str, code: TaxCode) -> bool:
    return matching_name(name) in {matching_name(code.name), matching_name(code.description)}


def _words(*names: str) -> set[str]:
    return {word for name in names for word in _WORD.findall(name.casefold())}


def _telling(*names: str) -> set[str]:
    """Return the words that tell codes of one rate apart.

    z and e are how British codes write zero and exempt.
    """
    return {{"z": "zero", "e": "exempt", "r": "reduced"}.get(word, word) for word in _words(*names)} - _COMMON_WORDS
