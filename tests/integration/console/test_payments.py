"""Payments on their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.console.conftest import Visitor
from tests.integration.workers.payments.conftest import Till
from tests.stage import Stage
from workers.connections import settings
from workers.documents import views as documents
from workers.payments import views

People = Callable[..., Visitor]


@pytest.fixture
def till(stage: Stage) -> Till:
    """Return a house that imports payments, with one that was typed at both sides."""
    settings.change(stage.runtime, "widgets-inc", {"import_payments": True}, "ann")
    till = Till(stage)
    invoice = till.billed()
    till.stage.act(invoice, "pay", amount="100.00")
    till.settle()
    till.pay(invoice, "100.00")
    till.settle()
    return till


def test_a_payment_is_listed_shown_and_left_out(till: Till, people: People) -> None:
    ann = people("accountant")
    (row, *_) = views.payments(till.stage.runtime, limit=5)
    page = ann.get("/c/widgets-inc/payments?state=held").text
    assert "USD 100.00" in page
    assert f"/c/widgets-inc/payments/{row.payment}" in page
    page = ann.get(f"/c/widgets-inc/payments/{row.payment}").text
    assert row.problems[0].sentence.split('"')[0] in page
    page = ann.follow(f"/c/widgets-inc/payments/{row.payment}/ignore", why="the same")
    assert "is left out." in page
    assert "ignored by ann: the same" in page
    assert "goes on as soon as a worker is free." in ann.follow(f"/c/widgets-inc/payments/{row.payment}/retry")
    assert ann.get("/c/widgets-inc/payments/nothing").status_code == 404


def test_the_page_of_an_invoice_leads_to_its_payments(till: Till, people: People) -> None:
    (row, *_) = views.payments(till.stage.runtime, limit=5)
    (document, *_) = documents.documents(till.stage.runtime, documents.Wanted(), limit=1)
    page = people("viewer").get(f"/c/widgets-inc/documents/{document.document}").text
    assert "USD 100.00 paid on" in page
    assert f"/c/widgets-inc/payments/{row.payment}" in page


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ("text=inv-", True),
        ("text=nothing", False),
        ("amount=100", True),
        ("amount=100.01", False),
        ("from=2031-01-01", False),
    ],
)
def test_payments_are_found_as_documents_are(till: Till, people: People, query: str, is_listed: bool) -> None:
    (row, *_) = views.payments(till.stage.runtime, limit=5)
    page = people("viewer").get(f"/c/widgets-inc/payments?{query}").text
    assert (f"/c/widgets-inc/payments/{row.payment}" in page) == is_listed
    assert ("No payment matches." in page) != is_listed


@pytest.mark.usefixtures("till")
def test_an_amount_that_cannot_be_read_lists_nothing_and_says_so(people: People) -> None:
    page = people("viewer").get("/c/widgets-inc/payments?amount=hundred").text
    assert "Nothing is listed, because “hundred” cannot be read. Write an amount as 1284.37." in page
    assert "No payment is listed." in page
