"""Only what is certainly one and the same is paired without asking."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.matching.parties import Party
from mappers.matching.rule import contradicts, equal_names, matching_name

USD = frozenset({"USD"})


def party(key: str, *names: str, **values: Any) -> Party:
    return Party(key, names, **{"currencies": USD, **values})


def pair(left: Party | str, right: Party | str) -> dict[str, str]:
    ours = party("9001", left) if isinstance(left, str) else left
    theirs = party("56", right) if isinstance(right, str) else right
    return equal_names([ours], [theirs])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Acme Supply", "ACME  supply "),
        ("Smith Ltd", "Smith Ltd."),
        ("O'Brien & Sons", "O\u2019Brien & Sons"),
        ("O`Brien", "O\u00b4Brien"),
        ("Tri-State Freight", "Tri\u2013State Freight"),
        ("Acme", "Ａｃｍｅ"),
        ("Müller", "Mu\u0308ller"),
        ("Weiß Stahlhandel", "WEISS STAHLHANDEL"),
        ("Bolt 12\u2033", 'Bolt 12"'),
        ("Acme\u00a0Supply", "Acme Supply"),
    ],
)
def test_spelling_alone_does_not_keep_a_pair_apart(left: str, right: str) -> None:
    assert pair(left, right) == {"9001": "56"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("A & B", "AB"),
        ("A & B", "A and B"),
        ("A.B. Supply", "AB Supply"),
        ("Smith Ltd", "Smith LLP"),
        ("Smith Ltd", "Smith"),
        ("Acme Supply", "Acme Supply - Dallas"),
        ("Acme", "\u0410cme"),
        ("Acme", "Ac\u200bme"),
        ("Muller", "Müller"),
        ("Bolt 12'", 'Bolt 12"'),
        ("Store 101", "Store 102"),
        ("The Acme", "Acme"),
        ("...", "---"),
    ],
)
def test_a_name_that_only_looks_alike_is_never_paired_by_itself(left: str, right: str) -> None:
    assert pair(left, right) == {}


def test_a_name_that_two_active_entries_have_is_nobodys() -> None:
    twice = [party("9001", "Acme Supply"), party("9002", "ACME SUPPLY")]
    assert equal_names(twice, [party("56", "Acme Supply")]) == {}
    assert equal_names([party("9001", "Acme Supply")], [party("56", "Acme Supply"), party("57", "Acme supply.")]) == {}
    gone = dataclasses.replace(twice[1], active=False)
    assert equal_names([twice[0], gone], [party("56", "Acme Supply")]) == {"9001": "56"}


def test_a_name_stays_ambiguous_after_one_of_its_bearers_was_paired() -> None:
    twice = [party("9001", "Acme"), party("9002", "Acme")]
    assert equal_names(twice, [party("56", "Acme"), party("57", "Bolt")], paired={"9001": "57"}) == {}


def test_what_is_paired_is_not_paired_again() -> None:
    left, right = [party("9001", "Acme"), party("9002", "Bolt")], [party("56", "Acme"), party("57", "Bolt")]
    assert equal_names(left, right, paired={"9001": "57"}) == {}


def test_a_refused_pair_is_never_made() -> None:
    left, right = [party("9001", "Acme"), party("9002", "Bolt")], [party("56", "Acme"), party("57", "Bolt")]
    assert equal_names(left, right, refused={("9001", "56")}) == {"9002": "57"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"currencies": frozenset({"EUR"})}, {}),
        ({"currencies": frozenset({"EUR", "USD"})}, {}),
        ({"currencies": frozenset()}, {}),
        ({"country": "US"}, {"country": "Canada"}),
        ({"country": "Deutschland"}, {"country": "Nowhere"}),
        ({"tax_number": "12-3456789"}, {"tax_number": "XXXXX1111"}),
        ({"phone": "(212) 555-0100", "city": "Austin"}, {"phone": "(305) 555-0199", "city": "Miami"}),
        ({"emails": ("ar@acme.com",), "account_number": "17"}, {"emails": ("ar@acme.io",), "account_number": "18"}),
        ({"active": False}, {}),
    ],
)
def test_what_is_known_and_differs_keeps_equal_names_apart(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert pair(party("9001", "Acme Supply", **left), party("56", "Acme Supply", **right)) == {}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"country": "US"}, {"country": "U.S.A."}),
        ({"country": "DE"}, {"country": "Deutschland"}),
        ({"country": "US"}, {}),
        ({"tax_number": "12-3456789"}, {"tax_number": "XXXXX6789"}),
        ({"tax_number": "DE 136695976", "country": "DE"}, {"tax_number": "XXXXX5976"}),
        ({"phone": "(212) 555-0100"}, {"phone": "(305) 555-0199"}),
        ({"phone": "(212) 555-0100", "city": "Austin"}, {"phone": "+1 212 555 0100", "city": "Miami"}),
        ({"emails": ("acme@gmail.com",), "city": "Austin"}, {"emails": ("acme@yahoo.com",), "city": "Reno"}),
        ({"city": "Austin"}, {"postal_code": "73301", "phone": "(305) 555-0199"}),
    ],
)
def test_one_doubt_or_another_spelling_keeps_nothing_apart(left: dict[str, Any], right: dict[str, Any]) -> None:
    left = {"country": "US", **left}
    assert pair(party("9001", "Acme Supply", **left), party("56", "Acme Supply", **right)) == {"9001": "56"}


def test_full_names_come_before_short_ones() -> None:
    right = [Party("1", ("Sales:West", "West")), Party("2", ("West",))]
    assert equal_names([Party("9", ("West",))], right) == {"9": "2"}
    assert equal_names([Party("9", ("West",))], right[:1]) == {"9": "1"}


def test_a_short_name_that_is_anothers_full_name_is_not_taken() -> None:
    right = [Party("1", ("Sales:West", "West")), Party("2", ("West",))]
    assert equal_names([Party("9", ("West",))], right, refused={("9", "2")}) == {}


def test_another_name_of_a_company_never_pairs_by_itself() -> None:
    branch = party("56", "BigCorp - Dallas", other_names=("BigCorp",))
    assert pair(party("9001", "BigCorp"), branch) == {}


NAMES = st.sampled_from(["Acme", "ACME.", "Acme & Co", "AcmeCo", "Bolt", "bolt ", "Ｂｏｌｔ", "Corp", "\u0410cme"])
DETAILS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "active": st.booleans(),
        "currencies": st.sets(st.sampled_from(["USD", "EUR"]), max_size=2).map(frozenset),
        "country": st.sampled_from(["", "US", "USA", "Canada"]),
        "city": st.sampled_from(["", "Austin", "AUSTIN", "Reno"]),
        "phone": st.sampled_from(["", "(212) 555-0100", "+1 212 555 0100", "305 555 0199"]),
        "tax_number": st.sampled_from(["", "12-3456789", "XXXXX6789", "XXXXX1111"]),
    }
)


@st.composite
def lists(draw: st.DrawFn) -> list[Party]:
    drawn = draw(st.lists(st.tuples(NAMES, DETAILS), max_size=6))
    return [Party(str(number), (name,), **values) for number, (name, values) in enumerate(drawn)]


@given(st.text())
def test_a_matching_name_of_a_matching_name_is_itself(name: str) -> None:
    assert matching_name(matching_name(name)) == matching_name(name)


@given(lists(), lists())
def test_sides_may_be_swapped(left: list[Party], right: list[Party]) -> None:
    assert {(b, a) for a, b in equal_names(right, left).items()} == set(equal_names(left, right).items())


@given(lists(), lists())
def test_nothing_is_paired_twice_or_against_the_rule(left: list[Party], right: list[Party]) -> None:
    ours, theirs = {entry.key: entry for entry in left}, {entry.key: entry for entry in right}
    pairs = equal_names(left, right)
    assert len(set(pairs.values())) == len(pairs)
    for key, twin in pairs.items():
        entry, other = ours[key], theirs[twin]
        assert entry.active
        assert other.active
        assert matching_name(entry.names[0]) == matching_name(other.names[0])
        assert not contradicts(entry, other)


@given(lists(), lists(), st.randoms())
def test_the_order_of_the_lists_does_not_matter(left: list[Party], right: list[Party], chance: Any) -> None:
    pairs = equal_names(left, right)
    chance.shuffle(left)
    chance.shuffle(right)
    assert equal_names(left, right) == pairs


@given(lists(), lists())
def test_an_unrelated_entry_changes_nothing(left: list[Party], right: list[Party]) -> None:
    stranger = party("stranger", "Zephyr Kite Works", country="NZ")
    assert equal_names([*left, stranger], right) == equal_names(left, right)
    assert equal_names(left, [stranger, *right]) == equal_names(left, right)


@given(lists(), lists())
def test_pairing_again_finds_nothing_new(left: list[Party], right: list[Party]) -> None:
    assert equal_names(left, right, paired=equal_names(left, right)) == {}


@given(lists())
def test_a_list_with_unique_names_pairs_wholly_with_itself(entries: list[Party]) -> None:
    alone = {matching_name(entry.names[0]): entry for entry in entries if entry.active and len(entry.currencies) < 2}
    mine = list(alone.values())
    assert equal_names(mine, mine) == {entry.key: entry.key for entry in mine}
