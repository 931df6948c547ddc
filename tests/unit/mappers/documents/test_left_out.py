"""What is never sent says why: parts, documents from before go-live, kinds that are not chosen."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from mappers.documents.outcomes import Nothing
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, invoice, made, order, us_books
from tests.unit.mappers.documents.plans import ORDERS


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"parentData": {"idn": "199"}}, "199"),
        ({"approvalDate": "2026-08-31T23:59:59+00:00"}, "Historical"),
    ],
)
def test_what_is_never_sent_says_why(more: dict[str, object], word: str) -> None:
    policy = dataclasses.replace(POLICY, go_live=datetime(2026, 9, 1, tzinfo=UTC))
    planned = plan(invoice(**more), None, us_books(), policy)
    assert isinstance(planned, Nothing)
    assert planned.state == "never"
    assert word in planned.reason


def test_only_the_kind_that_is_chosen_is_sent() -> None:
    for document, policy in ((order(), POLICY), (invoice(), ORDERS)):
        planned = plan(document, None, us_books(), policy)
        assert isinstance(planned, Nothing)
        assert planned.state == "never"


def test_a_draft_from_before_go_live_is_not_historical_and_waits_for_its_approval() -> None:
    policy = dataclasses.replace(POLICY, go_live=datetime(2026, 10, 6, tzinfo=UTC), send="purchase_orders")
    draft = plan(invoice(status=1, approvalDate=None), None, us_books(), policy)
    assert isinstance(draft, Nothing)
    assert draft.state == "open"
    assert made(invoice(), policy=dataclasses.replace(policy, send="invoices"))


def test_a_historical_document_stays_so_while_it_is_revised() -> None:
    policy = dataclasses.replace(POLICY, go_live=datetime(2026, 11, 1, tzinfo=UTC))
    planned = plan(invoice(status=7), None, us_books(), policy)
    assert isinstance(planned, Nothing)
    assert planned.state == "never"
