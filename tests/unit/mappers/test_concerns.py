"""A change of settings concerns exactly the documents that it may send."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.books import Books, KnownBill, Preferences
from mappers.concerns import PUT_RIGHT_BY, Standing, changed, concerns
from mappers.documents import Document
from mappers.outcomes import Hold, Plan, Rate
from mappers.plan import plan
from mappers.policy import Policy, PolicySchema
from mappers.problems import CODES
from tests.unit.mappers import cases

CLOSED = Preferences(class_per_line=True, track_departments=True, book_close_date=date(2026, 12, 31))
TWO_LOCATIONS = [cases.field_value(cases.LOCATION_FIELD, cases.option(991), cases.option(992), document=True)]
TYPED_BEFORE = KnownBill("Bill", "77", "56", "s-88123", cases.invoice().total, date(2026, 10, 4))
TROUBLES: list[dict[str, Any]] = [
    {},
    {"supplier": {"id": 9999, "name": "Nobody"}},
    {"dataDocumentCustomFields": TWO_LOCATIONS},
    {"issueDate": None},
    {"currency": "EUR", "exchangeRate": {"EUR": "1.08"}, "items": [cases.line(currency="EUR")]},
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

policies = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})
changes = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.sampled_from(VALUES[name]).map(lambda value: {name: value})
)
companies = st.sampled_from([
    cases.us_books(), cases.uk_books(), cases.us_books(CLOSED), cases.uk_books(CLOSED), cases.us_books(bills=(TYPED_BEFORE,)),
])  # fmt: skip
documents = st.tuples(st.sampled_from([cases.invoice, cases.order]), st.sampled_from(TROUBLES)).map(
    lambda made: made[0](**made[1])
)


def planned(document: Document, books: Books, policy: Policy) -> Plan:
    found = plan(document, None, books, policy)
    return plan(document, None, books, policy, answers={found: None}) if isinstance(found, Rate) else found


@given(documents, companies, policies, changes)
def test_what_a_change_does_not_concern_would_be_held_again(
    document: Document, books: Books, policy: dict[str, Any], change: dict[str, Any]
) -> None:
    before, after = Policy(**policy), Policy(**{**policy, **change})
    held = planned(document, books, before)
    if not isinstance(held, Hold):
        return
    standing = Standing(document.kind, "held", cases.codes(held))
    if not concerns(before, after, standing):
        assert isinstance(planned(document, books, after), Hold), (change, held)


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
    assert concerns(Policy(), after, Standing("invoice", "held", {code}))
    assert not concerns(Policy(), after, Standing("invoice", "held", {"total_does_not_tie"}))


def test_every_problem_says_which_settings_put_it_right_and_every_setting_it_names_exists() -> None:
    assert set(PUT_RIGHT_BY) == set(CODES)
    assert {name for names in PUT_RIGHT_BY.values() for name in names} <= set(PolicySchema().fields)


def test_what_was_ready_goes_when_sending_becomes_automatic() -> None:
    by_hand = Policy(automatic=False)
    assert concerns(by_hand, Policy(), Standing("invoice", "ready"))
    assert not concerns(by_hand, Policy(automatic=False, bill_number="precoro"), Standing("invoice", "ready"))


def test_what_would_be_held_once_live_is_looked_at_again_like_what_is_held() -> None:
    after = Policy(closed_period="first_open_day")
    assert concerns(Policy(), after, Standing("invoice", "ready", {"period_closed"}))
    assert not concerns(Policy(), after, Standing("invoice", "ready"))


def test_pending_documents_are_looked_at_when_they_are_sent_too() -> None:
    after = Policy(pending_too=True)
    assert concerns(Policy(), after, Standing("invoice", "open", is_pending=True))
    assert not concerns(Policy(), after, Standing("invoice", "open"))
    assert not concerns(Policy(), after, Standing("purchase_order", "open", is_pending=True))


def test_held_orders_are_settled_when_orders_are_no_longer_sent_but_sent_ones_stay() -> None:
    before, after = Policy(send="both"), Policy(send="invoices")
    assert concerns(before, after, Standing("purchase_order", "held", {"purchase_orders_off"}))
    assert not concerns(before, after, Standing("purchase_order", "held", {"order_billed"}, is_sent=True))
    assert not concerns(before, after, Standing("invoice", "held", {"account_missing"}))


def test_a_change_is_told_from_what_to_what_in_plain_values() -> None:
    after = Policy(closed_period="first_open_day", go_live=datetime(2026, 11, 1, tzinfo=UTC))
    assert changed(Policy(), after) == {
        "closed_period": ("hold", "first_open_day"),
        "go_live": (None, "2026-11-01T00:00:00+00:00"),
    }
