"""The remedies of a revision that waits name the bill of the earlier version, whatever it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from mappers.documents.outcomes import Hold
from tests.stage import REALM, Stage
from workers.documents.dry_run import dry_run

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
ADOPTED = "; before another one is adopted, delete it there"

Break = Callable[[Stage, dict[str, Any]], object]


def in_precoro(**values: Any) -> Break:
    return lambda stage, document: stage.change(document, **values)


def refused_as_duplicate(stage: Stage, _: dict[str, Any]) -> None:
    """Let QuickBooks refuse the number of a revision in its own words."""
    words, match = "This number has already been used.", {"method": "POST", "path": "/bill$"}
    stage.quickbooks.post("faults", match=match, fault="refuse", code=6140, detail=words)


def standing(stage: Stage) -> dict[str, Any]:
    """Return an invoice that stands in QuickBooks."""
    invoice = stage.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
    stage.until_state(invoice, "synced")
    return invoice


def revise(stage: Stage, invoice: dict[str, Any]) -> None:
    """Approve another version."""
    stage.act(invoice, "revise")
    stage.change(invoice, lines=[{**PAPER, "quantity": 11}])
    stage.act(invoice, "approve")


@pytest.mark.parametrize(
    ("break_it", "code", "more"),
    [
        (in_precoro(sum=Decimal("499.00")), "total_does_not_tie", ""),
        (in_precoro(issueDate="soon"), "unreadable_document", ""),
        (in_precoro(status=99), "status_unknown", ""),
        (refused_as_duplicate, "possible_duplicate", ADOPTED),
    ],
)
def test_who_ignores_a_revision_is_told_of_the_bill_of_the_earlier_version(
    stage: Stage, break_it: Break, code: str, more: str
) -> None:
    invoice = standing(stage)
    bill = stage.record(invoice).qbo_id
    revise(stage, invoice)
    break_it(stage, invoice)
    stage.until_state(invoice, "held")
    [problem] = stage.record(invoice).problems
    warning = (
        f"Before it is ignored, change or delete Bill {bill} in QuickBooks, which holds the earlier version{more}."
    )
    assert (problem.code, problem.remedy.words.endswith(warning)) == (code, True)


def test_a_first_bill_is_ignored_without_a_word_about_an_earlier_version(stage: Stage) -> None:
    invoice = stage.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
    stage.change(invoice, sum=Decimal("499.00"))
    stage.until_state(invoice, "held")
    [problem] = stage.record(invoice).problems
    assert "earlier version" not in problem.remedy.words


def test_nobody_is_sent_to_a_bill_that_was_deleted_in_quickbooks(stage: Stage) -> None:
    invoice = standing(stage)
    stage.quickbooks.post("webhooks", drop=1.0)
    stage.quickbooks.post(f"bill/{stage.record(invoice).qbo_id}?realm={REALM}", do="delete")
    revise(stage, invoice)
    stage.until_state(invoice, "held")
    [problem] = stage.record(invoice).problems
    assert (problem.code, "earlier version" in problem.remedy.words) == ("deleted_in_quickbooks", False)


def test_the_dry_run_of_a_revision_shows_the_words_that_are_recorded(stage: Stage) -> None:
    invoice = standing(stage)
    revise(stage, invoice)
    stage.change(invoice, sum=Decimal("499.00"))
    stage.until_state(invoice, "held")
    time.sleep(1.1)  # Precoro gives the same document once a minute
    planned = dry_run(stage.runtime, "INV-1").plan
    assert isinstance(planned, Hold)
    assert [problem.remedy for problem in planned.problems] == [
        problem.remedy for problem in stage.record(invoice).problems
    ]
