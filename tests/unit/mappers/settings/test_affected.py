"""A change of settings concerns exactly the documents that it may send."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations, product
from typing import Any

import pytest

from mappers.books import BookEntry, Books, PurchasePreferences, RecentEntity
from mappers.documents.document import Document
from mappers.documents.outcomes import Hold, Plan, RateLookup
from mappers.documents.plan import plan
from mappers.policy import Policy, PolicySchema
from mappers.problems import CODES
from mappers.settings.affected import PUT_RIGHT_BY, DocumentState, changed_settings, is_affected
from mappers.text import normalised_number
from tests.unit.mappers import cases

CLOSED = PurchasePreferences(class_per_line=True, track_departments=True, book_close_date=date(2026, 12, 31))
TWO_LOCATIONS = [cases.field_value(cases.LOCATION_FIELD, cases.option(991), cases.option(992), document=True)]
SECOND_PAYABLE = BookEntry("35", "Accounts Payable, freight", kind="Accounts Payable", currency="USD")
TYPED_BEFORE = RecentEntity("Bill", "77", "56", normalised_number("S-88123"), Decimal(7), date(2025, 10, 4))
TROUBLES: list[dict[str, Any]] = [
    {},
    {"supplier": {"id": 9999, "name": "Nobody"}},
    {"dataDocumentCustomFields": TWO_LOCATIONS},
    {"issueDate": None},
    {"currency": "EUR", "supplier": {"id": 9003, "name": "Acme Europe"}, "exchangeRate": {"GBP": "0.86"},
     "items": [cases.line(currency="EUR", taxes=[cases.tax(7, "0", "0.00")])]},
    {"currency": "GBP", "supplier": {"id": 9001, "name": "Acme"}, "items": [cases.line(currency="GBP")]},
    {"currency": "GBP", "items": [cases.line(currency="GBP", taxes=[cases.tax(9, "20", "100.00")])], "sum": "600.00"},
    {"sum": "501.00"},
    {"externalId": "somebody else's"},
]  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "send": ["invoices", "purchase_orders", "both"],
    "closed_period": ["hold", "first_open_day"],
    "line_without_tax": ["hold", "zero_code"],
    "zero_tax_code": [None, "4", "2"],
    "taxes": ["matched", "folded"],
    "several_locations": ["hold", "send_without"],
    "exchange_rate": ["quickbooks", "precoro"],
    "bill_number": ["supplier", "precoro"],
    "default_line_account": [None, "60", "61"],
    "payable_accounts": [{}, {"USD": "33", "GBP": "33"}, {"EUR": "33", "USD": "42"}],
    "billable": ["no", "yes"],
    "write_back": [True, False],
    "paid_bills": ["hold", "allow_recoding"],
    "unit_price_decimals": [2, 5],
}

COMPANIES = {
    "in Austin": cases.us_books(),
    "in London": cases.uk_books(),
    "in Austin, closed": cases.us_books(CLOSED),
    "in London, closed": cases.uk_books(CLOSED),
    "with a bill typed by hand": cases.us_books(recent_entities=(TYPED_BEFORE,)),
    "with two accounts payable": cases.us_books(accounts={**cases.us_books().accounts, "35": SECOND_PAYABLE}),
}
BASES: list[dict[str, Any]] = [
    {"send": "both", "default_line_account": "60"},
    {"send": "both", "default_line_account": "60", "line_without_tax": "zero_code"},
    {"send": "both", "default_line_account": "60", "closed_period": "first_open_day"},
]


def planned(document: Document, books: Books, policy: Policy) -> Plan:
    outcome = plan(document, None, books, policy)
    return plan(document, None, books, policy, answers={outcome: None}) if isinstance(outcome, RateLookup) else outcome


def alike(base: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return every two policies of which one is this one, or both differ from it, in the same one setting."""
    ways = {name: [{**base, name: value} for value in values] for name, values in VALUES.items()}
    return [
        (first, other) for same in ways.values() for first, other in permutations([base, *same], 2) if first != other
    ]


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("make", [cases.invoice, cases.order])
def test_what_a_change_does_not_concern_would_be_held_again(company: str, make: Callable[..., Document]) -> None:
    concerned: set[str] = set()
    for trouble, base in product(TROUBLES, BASES):
        document, books = make(**trouble), COMPANIES[company]
        for before, after in alike(base):
            held = planned(document, books, Policy(**before))
            if not isinstance(held, Hold):
                continue
            standing = DocumentState(document.kind, "held", cases.codes(held))
            if is_affected(Policy(**before), Policy(**after), standing):
                concerned |= cases.codes(held)
            else:
                assert isinstance(planned(document, books, Policy(**after)), Hold), (trouble, before, after, held)
    assert concerned


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("period_closed", {"closed_period": "first_open_day"}),
        ("account_missing", {"default_line_account": "60"}),
        ("several_locations", {"several_locations": "send_without"}),
        ("rate_missing", {"exchange_rate": "precoro"}),
        ("tax_missing", {"line_without_tax": "zero_code"}),
        ("bill_locked", {"paid_bills": "allow_recoding"}),
        ("supplier_not_paired", {"create_missing_vendors": True}),
    ],
)
def test_a_document_is_concerned_by_the_setting_that_its_remedy_names(code: str, change: dict[str, Any]) -> None:
    after = dataclasses.replace(Policy(), **change)
    assert is_affected(Policy(), after, DocumentState("invoice", "held", {code}))
    assert not is_affected(Policy(), after, DocumentState("invoice", "held", {"total_does_not_tie"}))


def test_every_problem_says_which_settings_put_it_right_and_every_setting_it_names_exists() -> None:
    assert set(PUT_RIGHT_BY) == set(CODES)
    assert {name for names in PUT_RIGHT_BY.values() for name in names} <= set(PolicySchema().fields)


def test_what_was_ready_goes_when_sending_becomes_automatic() -> None:
    by_hand = Policy(automatic=False)
    assert is_affected(by_hand, Policy(), DocumentState("invoice", "ready"))
    assert not is_affected(by_hand, Policy(automatic=False, bill_number="precoro"), DocumentState("invoice", "ready"))


def test_what_would_be_held_once_live_is_looked_at_again_like_what_is_held() -> None:
    after = Policy(closed_period="first_open_day")
    assert is_affected(Policy(), after, DocumentState("invoice", "ready", {"period_closed"}))
    assert not is_affected(Policy(), after, DocumentState("invoice", "ready"))


def test_pending_documents_are_looked_at_when_they_are_sent_too() -> None:
    after = Policy(pending_too=True)
    assert is_affected(Policy(), after, DocumentState("invoice", "open", is_pending=True))
    assert not is_affected(Policy(), after, DocumentState("invoice", "open"))
    assert not is_affected(Policy(), after, DocumentState("purchase_order", "open", is_pending=True))


def test_held_orders_are_settled_when_orders_are_no_longer_sent_but_sent_ones_stay() -> None:
    before, after = Policy(send="both"), Policy(send="invoices")
    assert is_affected(before, after, DocumentState("purchase_order", "held", {"purchase_orders_off"}))
    assert not is_affected(before, after, DocumentState("purchase_order", "held", {"order_billed"}, is_sent=True))
    assert not is_affected(before, after, DocumentState("invoice", "held", {"account_missing"}))


def test_a_change_is_told_from_what_to_what_in_plain_values() -> None:
    after = Policy(closed_period="first_open_day", go_live=datetime(2026, 11, 1, tzinfo=UTC))
    assert changed_settings(Policy(), after) == {
        "closed_period": ("hold", "first_open_day"),
        "go_live": (None, "2026-11-01T00:00:00+00:00"),
    }
