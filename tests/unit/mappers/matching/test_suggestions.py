"""What might belong together is suggested with its reasons, the likeliest first, and never what a person refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.matching.parties import Party
from mappers.matching.suggestions import LOWEST_SCORE, ScoredPair, compare, suggest

USD = frozenset({"USD"})


def party(key: str, name: str, **values: Any) -> Party:
    return Party(key, (name,), **{"currencies": USD, **values})


def between(
    left: str, right: str, ours: dict[str, Any] | None = None, theirs: dict[str, Any] | None = None
) -> ScoredPair:
    return compare(party("9001", left, **(ours or {})), party("56", right, **(theirs or {})))


@pytest.mark.parametrize(
    ("left", "right", "least", "evidence"),
    [
        ("Smith Plumbing Ltd", "Smith Plumbing", 95, "the same name; only one has a legal form: ltd"),
        ("Smith Plumbing Ltd", "Smith Plumbing Limited", 98, "the same name but for accents and marks"),
        ("Smith Plumbing, Inc.", "Smith Plumbing Incorporated", 98, "the same name but for accents and marks"),
        ("Müller Maschinenbau GmbH", "Mueller Maschinenbau GmbH", 98, "the same name but for accents and marks"),
        ("Lefèvre Transports", "Lefevre Transports", 98, "the same name but for accents and marks"),
        ("Baker & Walsh", "Baker and Walsh", 98, "the same name but for accents and marks"),
        ("The Summit Printing Company", "Summit Printing Co.", 98, "the same name but for accents and marks"),
        ("Maria Gonzalez", "Gonzalez, Maria", 94, "the same words in another order"),
        ("Home Depot", "HomeDepot", 93, "only spaces and marks differ"),
        ("Norvexa Supply", "Norvxea Supply", 88, "one letter differs"),
        ("Pacific Rim International Mfg", "Pacific Rim Intl Manufacturing", 85, "similar names"),
        ("Henderson Building Materials", "Henderson Bldg Materials", 85, "similar names"),
        ("Acme Supply", "Acme Supplies", 90, "similar names"),
        ("Dell Technologies", "Dell Tech", 90, "similar names"),
        ("Tri State Steel", "TSS", 72, "one name is the initials of the other"),
        ("Acme\u200b Supply", "Acme Supply", 97, "the same name, but one has invisible characters"),
    ],
)
def test_a_name_spelled_otherwise_is_suggested_and_says_how(left: str, right: str, least: int, evidence: str) -> None:
    suggestion = between(left, right)
    assert suggestion.score >= least
    assert suggestion.evidence[0].startswith(evidence)


@pytest.mark.parametrize(
    ("left", "right", "most", "evidence"),
    [
        ("Smith Ltd", "Smith LLP", 86, "the legal form differs: ltd, llp"),
        ("Store 101", "Store 102", 70, "similar names; a number differs: 101, 102"),
        ("Acme Supply", "\u0410cme Supply", 70, "looks alike, but one has letters of another alphabet"),
        ("Henderson Plumbing", "Henderson Roofing", 60, "similar names"),
        ("Acme Supply", "Bolt Supply", LOWEST_SCORE - 1, "similar names"),
    ],
)
def test_what_tells_companies_apart_costs_points_and_is_said(left: str, right: str, most: int, evidence: str) -> None:
    suggestion = between(left, right)
    assert suggestion.score <= most
    assert suggestion.evidence[0].startswith(evidence)


def test_details_that_agree_find_a_company_that_trades_under_another_name() -> None:
    details = {"phone": "(212) 555-0100", "emails": ("ar@redwood.com",), "postal_code": "73301"}
    there = {"phone": "+1 212 555 0100", "emails": ("info@redwood.com",), "postal_code": "73301"}
    suggestion = between("Redwood Associates", "Elena Gallagher", {"country": "US", **details}, there)
    assert suggestion.score >= 80
    assert suggestion.evidence[1:] == ("same e-mail domain", "same phone", "same postal code")


def test_a_mail_domain_that_is_the_others_name_is_a_hint() -> None:
    suggestion = between("Omar Reeves", "Perzelex Cleaning", theirs={"emails": ("ar@omar-reeves.com",)})
    assert suggestion.evidence[-1] == "the e-mail domain is the name"


def test_a_subsidiary_that_shares_everything_but_a_word_stays_below_what_has_the_same_words() -> None:
    shared = {"phone": "(212) 555-0100", "emails": ("ar@acme.com",), "postal_code": "73301", "country": "US"}
    assert between("Acme Steel", "Acme Steel Finance", shared, shared).score < 95
    assert between("Acme Steel", "Acme Steel Inc", shared, shared).score > 95


def test_a_mailbox_at_a_free_provider_says_nothing() -> None:
    suggestion = between("Acme", "Acme Ltd", {"emails": ("acme@gmail.com",)}, {"emails": ("bolt@gmail.com",)})
    assert "same e-mail domain" not in suggestion.evidence


@pytest.mark.parametrize(
    ("ours", "theirs", "evidence"),
    [
        ({"country": "US"}, {"country": "Canada"}, "other country"),
        ({"tax_number": "12-3456789"}, {"tax_number": "XXXXX1111"}, "other end of the tax number"),
        ({"tax_number": "12-3456789"}, {"tax_number": "XXXXX6789"}, "same end of the tax number"),
        ({"city": "Köln"}, {"city": "KOELN"}, "same city"),
        ({"account_number": "C-0042"}, {"account_number": "c0042"}, "same account number"),
        ({"postal_code": "73301-1234"}, {"postal_code": "73301"}, "same postal code"),
    ],
)
def test_each_detail_is_named(ours: dict[str, Any], theirs: dict[str, Any], evidence: str) -> None:
    plain, suggestion = between("Acme Works", "Acme Tools"), between("Acme Works", "Acme Tools", ours, theirs)
    assert evidence in suggestion.evidence
    assert suggestion.score > plain.score if evidence.startswith("same") else suggestion.score < plain.score


def test_currencies_decide_what_is_possible_at_all() -> None:
    dollars, euros = party("56", "Acme Ltd"), party("57", "Acme Inc", currencies=frozenset({"EUR"}))
    assert [suggestion.right for suggestion in suggest([party("9001", "Acme")], [dollars, euros])] == ["56"]
    assert suggest([party("9001", "Acme", currencies=frozenset({"EUR", "USD"}))], [dollars, euros]) == []


def test_what_is_inactive_is_not_suggested() -> None:
    assert suggest([party("9001", "Acme")], [party("56", "Acme Ltd", active=False)]) == []
    assert suggest([party("9001", "Acme", active=False)], [party("56", "Acme Ltd")]) == []


def test_what_a_person_refused_never_comes_back() -> None:
    left, right = [party("9001", "Acme")], [party("56", "Acme Ltd"), party("57", "Acme Corp")]
    assert [suggestion.right for suggestion in suggest(left, right, {("9001", "56")})] == ["57"]


def test_a_few_are_suggested_the_best_first() -> None:
    forms = ["Ltd", "LLP", "PLC", "Limited", "Group"]
    right = [party(str(number), f"Acme Steel {form}") for number, form in enumerate(forms)]
    suggestions = suggest([party("9001", "Acme Steel Ltd.", phone="0161 496 0000", country="GB")], right)
    assert [suggestion.right for suggestion in suggestions][:2] == ["0", "3"]
    assert len(suggestions) == 3
    assert [suggestion.score for suggestion in suggestions] == sorted(
        (suggestion.score for suggestion in suggestions), reverse=True
    )


def test_a_city_behind_the_name_is_no_other_company_when_it_is_its_city() -> None:
    plain = between("Acme Steel", "Acme Steel - El Paso")
    assert between("Acme Steel", "Acme Steel - El Paso", {"city": "El Paso"}).score > plain.score
    assert between("Acme Steel", "Acme Steel - El Paso", {}, {"city": "EL PASO"}).score > plain.score


def test_an_entry_is_surely_itself() -> None:
    entry = party(
        "9001", "Baker & Walsh Ltd", country="GB", city="Bath", phone="01225 555 0100", tax_number="123456789"
    )
    comparison = compare(entry, entry)
    assert (comparison.score, comparison.evidence[0]) == (100, "the same name")


WORDS = st.sampled_from(
    ["Acme", "Bolt", "Norvexa", "Henderson", "Supply", "Ltd", "Inc", "&", "and", "101", "102", "The", "Müller"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
KNOWN = st.fixed_dictionaries(
    {
        "country": st.sampled_from(["", "US", "Canada"]),
        "city": st.sampled_from(["", "Austin", "Reno"]),
        "phone": st.sampled_from(["", "(212) 555-0100", "305 555 0199"]),
        "emails": st.sampled_from([(), ("ar@acme.com",), ("ar@gmail.com",)]),
        "tax_number": st.sampled_from(["", "12-3456789", "XXXXX6789"]),
    }
)


@st.composite
def lists(draw: st.DrawFn) -> list[Party]:
    drawn = draw(st.lists(st.tuples(NAMES, KNOWN), max_size=5))
    return [party(str(number), name, **values) for number, (name, values) in enumerate(drawn)]


@given(NAMES, KNOWN, NAMES, KNOWN)
def test_a_score_does_not_depend_on_the_side(a: str, ours: dict[str, Any], b: str, theirs: dict[str, Any]) -> None:
    there, back = between(a, b, ours, theirs), between(b, a, theirs, ours)
    assert there.score == back.score
    assert 0 <= there.score <= 100


@given(lists(), lists(), st.randoms())
def test_suggestions_do_not_depend_on_the_order_of_the_lists(
    left: list[Party], right: list[Party], chance: Any
) -> None:
    suggestions = suggest(left, right)
    chance.shuffle(left)
    chance.shuffle(right)
    assert suggest(left, right) == suggestions


@given(lists(), lists())
def test_an_unrelated_entry_changes_nothing(left: list[Party], right: list[Party]) -> None:
    stranger = party("stranger", "Zephyr Kite Workshop", country="NZ", phone="+64 4 555 0100")
    assert suggest(left, [*right, stranger]) == suggest(left, right)
    assert suggest([*left, stranger], right) == suggest(left, right)


@given(lists(), lists())
def test_every_suggestion_is_named_once_and_has_reasons(left: list[Party], right: list[Party]) -> None:
    suggestions = suggest(left, right)
    assert len({(suggestion.left, suggestion.right) for suggestion in suggestions}) == len(suggestions)
    assert all(suggestion.score >= LOWEST_SCORE and suggestion.evidence for suggestion in suggestions)


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_people_type_is_scored(a: str, b: str) -> None:
    suggestions = suggest([party("9001", a, phone=a, country=b, emails=(b,), tax_number=a)], [party("56", b, city=a)])
    assert all(LOWEST_SCORE <= suggestion.score <= 100 for suggestion in suggestions)
