"""The plan of a month: repeatable, whole, and possible in its order."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from bench import month_plan
from bench.month_plan import BACKUP, CLOSED_DAYS, CLOSING, STORIES, MonthPlan, PlannedRow
from mappers.tie_out.buckets import BREAKS

FIRST_ACTS = {"approve", "attach and approve", "poison and approve", "order", "type"}


@pytest.fixture
def plan() -> MonthPlan:
    return month_plan.plan(300, 5)


def acts_of(plan: MonthPlan) -> dict[int, list[str]]:
    """Return what happens to each document, in its order."""
    acts = defaultdict(list)
    for act in plan.acts:
        acts[act.document].append(act.name)
    return acts


def test_one_seed_always_decides_the_same_and_another_something_else() -> None:
    assert month_plan.plan(40, 3) == month_plan.plan(40, 3)
    assert month_plan.plan(40, 3).acts != month_plan.plan(40, 4).acts


def test_even_a_short_month_has_every_story() -> None:
    assert set(month_plan.plan(30, 1).stories) == set(STORIES)


def test_everything_happens_to_a_document_in_the_order_of_its_story(plan: MonthPlan) -> None:
    acts = acts_of(plan)
    for number, name in enumerate(plan.stories):
        assert tuple(acts[number]) == (STORIES[name].acts if name in STORIES else ("approve",))
        assert acts[number][0] in FIRST_ACTS


def test_what_happens_to_the_installation_happens_in_its_order(plan: MonthPlan) -> None:
    around = acts_of(plan)[-1]
    once = [name for name in around if not name.startswith("kill")]
    assert once == ["back up", "restore", "merge vendors", "close the books"]
    assert Counter(around)["kill a worker"] == 12


def test_nothing_is_decided_or_changed_that_nobody_can_tell_a_restored_database(plan: MonthPlan) -> None:
    names = [act.name for act in plan.acts]
    assert not {"ignore", "edit", "void", "delete"} & set(names[: names.index("restore")])
    assert 0 < BACKUP < CLOSING


def test_what_is_approved_once_the_books_are_closed_goes_out_unless_it_is_dated_before(plan: MonthPlan) -> None:
    closing = [act.name for act in plan.acts].index("close the books")
    for act in plan.acts[closing:]:
        if act.name == "approve" and plan.rows[month_plan.document_name(act.document)].bucket == "agrees":
            assert act.day >= CLOSED_DAYS


def test_no_two_documents_have_one_amount(plan: MonthPlan) -> None:
    amounts = defaultdict(set)
    for act in plan.acts:
        if act.document >= 0:
            amounts[act.amount].add(act.document)
    assert all(len(documents) == 1 for documents in amounts.values())


@pytest.mark.parametrize(
    ("story", "bucket", "difference"),
    [
        ("paid", "agrees", "0"),
        ("revised", "agrees", "0"),
        ("revised once paid", "held", "first - second"),
        ("cancelled once paid", "held", "first"),
        ("of no vendor", "held", "-first"),
        ("poisoned", "failed", "-first"),
        ("edited", "different", "second - first"),
        ("bill voided", "different", "-first"),
        ("bill deleted", "missing", "-first"),
    ],
)
def test_the_report_shows_what_came_of_a_story(plan: MonthPlan, story: str, bucket: str, difference: str) -> None:
    number = plan.stories.index(story)
    amounts = [act.amount for act in plan.acts if act.document == number]
    first, second = min(amounts), max(amounts)
    expected = {
        "0": Decimal(0),
        "first": first,
        "-first": -first,
        "first - second": first - second,
        "second - first": second - first,
    }
    assert plan.rows[month_plan.document_name(number)] == PlannedRow(bucket, expected[difference])


def test_what_is_cancelled_has_no_row_and_what_is_typed_has_one_of_its_own(plan: MonthPlan) -> None:
    assert month_plan.document_name(plan.stories.index("cancelled")) not in plan.rows
    beside = {plan.rows[month_plan.entry_name(plan.stories.index(story))].bucket for story in ("typed again", "copied")}
    assert beside == {"suspected_duplicate", "stray"} <= set(BREAKS)


def test_a_row_that_is_missing_another_or_too_much_is_said() -> None:
    planned = {"M-1": PlannedRow("agrees", Decimal(0)), "M-2": PlannedRow("held", Decimal(5))}
    reported = {"M-2": PlannedRow("held", Decimal(6)), "T-3": PlannedRow("stray", Decimal(7))}
    assert month_plan.differences(planned, planned) == {}
    assert month_plan.differences(planned, reported) == {
        "M-1": "nothing in place of agrees 0",
        "M-2": "held 6 in place of held 5",
        "T-3": "stray 7 in place of nothing",
    }
