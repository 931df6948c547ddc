"""What the status of a document requires: it waits, is sent, or is held, and by hand nothing moves."""

from __future__ import annotations

import dataclasses

import pytest

from mappers.documents.outcomes import Nothing
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, made, us_books
from tests.unit.mappers.documents.plans import AGAIN, standing_bill


@pytest.mark.parametrize(
    ("status", "linked", "state"),
    [
        (7, True, "synced"),
        (10, True, "synced"),
        (9, True, "stand"),
        (1, False, "open"),
        (3, False, "open"),
        (8, False, "removed"),
    ],
)
def test_what_is_not_approved_waits(status: int, linked: bool, state: str) -> None:
    document = invoice(status=status)
    planned = plan(document, standing_bill() if linked else None, us_books(), POLICY)
    assert isinstance(planned, Nothing)
    assert planned.state == ("synced" if state == "stand" else state)
    assert planned.settled is (state == "stand")


def test_pending_documents_are_sent_by_policy_or_by_a_click() -> None:
    pending = invoice(status=1, approvalDate=None)
    assert isinstance(plan(pending, None, us_books(), POLICY), Nothing)
    assert made(pending, policy=dataclasses.replace(POLICY, pending_too=True))
    assert made(pending, requested_by_person=True)


def test_a_pending_receipt_is_approved_once_it_has_an_approval_date() -> None:
    assert made(invoice(status=9))
    waiting = plan(invoice(status=9, approvalDate=None), None, us_books(), POLICY)
    assert isinstance(waiting, Nothing)
    assert waiting.state == "open"


def test_an_unknown_status_is_held() -> None:
    planned = plan(invoice(status=42, statusString="odd"), None, us_books(), POLICY)
    assert codes(planned) == {"status_unknown"}


def test_by_hand_nothing_moves_without_a_click() -> None:
    policy = dataclasses.replace(POLICY, automatic=False)
    for document, sent in (
        (invoice(), None),
        (invoice(**AGAIN), standing_bill()),
        (invoice(status=8), standing_bill()),
    ):
        planned = plan(document, sent, us_books(), policy)
        assert isinstance(planned, Nothing)
        assert planned.state == "ready"
    assert made(invoice(), policy=policy, requested_by_person=True)
