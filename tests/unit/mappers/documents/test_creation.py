"""A new entity is made only of what posts something, and never beside what may be the same."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from mappers.documents.decisions import Decisions
from mappers.documents.outcomes import Adopt, Body, Need, Nothing, Read
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, amounts, codes, invoice, line, made, us_books
from tests.unit.mappers.documents.plans import AGAIN, BILL, MARK, TYPED, held_now, standing_bill

D = Decimal


def test_an_invoice_of_nothing_is_not_sent_and_one_below_zero_is_held() -> None:
    nothing = plan(invoice(items=[line(freeOfCharge=True)], sum="0.00"), None, us_books(), POLICY)
    assert isinstance(nothing, Nothing)
    assert nothing.state == "open"
    assert codes(plan(invoice(items=[line(quantity="-1")], sum="-50"), None, us_books(), POLICY)) == {"total_negative"}


def test_lines_that_cancel_out_are_a_recoding_that_a_person_may_send() -> None:
    rows = [line(1, "1", "50"), line(2, "-1", "50")]
    planned = plan(invoice(items=rows, sum="0.00"), None, us_books(), POLICY)
    assert isinstance(planned, Nothing)
    assert (planned.state, "moves amounts" in planned.reason or "move amounts" in planned.reason) == ("ready", True)
    assert amounts(made(invoice(items=rows, sum="0.00"), requested_by_person=True)) == [D("50.00"), D("-50.00")]


@pytest.mark.parametrize("by", ["policy", "person"])
def test_a_deleted_bill_is_not_created_again_beside_one_that_somebody_typed(by: str) -> None:
    sent, books = standing_bill(), us_books(recent_entities=(TYPED,))
    policy = dataclasses.replace(POLICY, deleted_in_quickbooks="create_again") if by == "policy" else POLICY
    decisions = Decisions.read(["deleted_in_quickbooks"] if by == "person" else [])
    planned = plan(invoice(**AGAIN), sent, books, policy, answers={BILL: None}, decisions=decisions)
    assert codes(planned) == {"possible_duplicate"}


def test_a_deleted_bill_whose_copy_carries_our_marker_is_adopted_and_nothing_is_said_to_be_created() -> None:
    sent = standing_bill()
    copied = dataclasses.replace(TYPED, id="778", marker=MARK)
    policy = dataclasses.replace(POLICY, deleted_in_quickbooks="create_again")
    answers: dict[Need, Body | None] = {BILL: None, Read("Bill", "778"): {**held_now(sent), "Id": "778"}}
    planned = plan(invoice(**AGAIN), sent, us_books(recent_entities=(copied,)), policy, answers=answers)
    assert isinstance(planned, Adopt)
    assert codes(planned) == {"adopted"}
