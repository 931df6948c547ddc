"""On made-up lists nothing wrong is paired by itself, and what is left over is suggested first."""

from __future__ import annotations

import pytest

from bench import supplier_lists
from bench.matching import MatchResult, match


@pytest.fixture(scope="module", params=[3, 5])
def matched(request: pytest.FixtureRequest) -> MatchResult:
    return match(supplier_lists.make(request.param, 400))


def test_nothing_wrong_is_ever_paired_by_itself(matched: MatchResult) -> None:
    assert matched.wrong == set()
    assert matched.precision == 1


def test_most_companies_are_paired_or_suggested_first(matched: MatchResult) -> None:
    assert matched.recall >= 0.5
    assert matched.first_recall >= 0.95
    assert matched.share_found >= 0.97


def test_the_lists_hold_other_companies_of_the_same_name() -> None:
    lists = supplier_lists.make(3, 400)
    left = {company.key: company.names[0].casefold() for company in lists.left}
    right = {company.key: company.names[0].casefold() for company in lists.right}
    same_name = {(a, b) for a, name in left.items() for b, other in right.items() if name == other}
    assert len(same_name - lists.same) >= 5


def test_a_seed_makes_the_same_lists_again() -> None:
    assert supplier_lists.make(3, 50) == supplier_lists.make(3, 50)
    assert supplier_lists.make(3, 50) != supplier_lists.make(4, 50)
