"""Credit notes: positive whatever sign Precoro uses, and otherwise what a bill with the same lines is."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappers.books import PredecessorState, PurchasePreferences, RecentEntity
from mappers.documents.decisions import Decisions
from mappers.documents.document import Document
from mappers.documents.outcomes import Create, Delete, Hold, Nothing, Plan, Read, Sent, Update, until_live
from mappers.documents.plan import plan
from tests.unit.mappers.cases import (
    POLICY,
    codes,
    field_value,
    invoice,
    line,
    made,
    option,
    sent_of,
    tax,
    uk_books,
    us_books,
)
from tests.unit.mappers.documents.test_properties import Case, made_cases
from tests.unit.mappers.quickbooks_rules import broken_rules, total_of

D = Decimal
AGAIN = {"approvalDate": "2026-10-09T10:00:00+00:00"}
CREDIT = Read("VendorCredit", "145")
ONLY_OF_BILLS = {"DueDate", "SalesTermRef"}


def credit_note(**more: Any) -> Document:
    """Return an approved credit note over 500.00."""
    return invoice(**{"logicType": 1} | more)


def standing_credit() -> Sent:
    """Return the memory of the plain credit note, sent as a vendor credit."""
    document = credit_note()
    return sent_of(made(document), document)


def replan(document: Document, **changes: Any) -> Plan:
    """Plan a document whose vendor credit was changed in QuickBooks since."""
    sent = standing_credit()
    assert plan(document, sent, us_books(), POLICY) == CREDIT
    return plan(document, sent, us_books(), POLICY, answers={CREDIT: copy.deepcopy(sent.answer) | changes})


def negative(amount: object) -> str:
    return str(-D(str(amount)))


@pytest.mark.parametrize("logic_type", [1, 5])
def test_a_credit_note_becomes_a_vendor_credit_with_the_suppliers_number(logic_type: int) -> None:
    location = [field_value(2100, option(991), document=True)]
    planned = made(credit_note(logicType=logic_type, dataDocumentCustomFields=location))
    assert planned.type == "VendorCredit"
    assert planned.total == D("500.00")
    assert (planned.body["DocNumber"], planned.body["TxnDate"]) == ("S-88123", "2026-10-04")
    assert planned.body["DepartmentRef"] == {"value": "1"}
    assert planned.body["PrivateNote"] == "Precoro credit note INV-203\ntieout:widgets:invoice:956598"
    assert not ONLY_OF_BILLS & set(planned.body)


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        ([line(quantity="10", price="-50.00")], {"sum": "-500.00", "netSum": "-500.00"}),
        ([line(quantity="-10", price="50.00")], {"sum": "-500.00", "netSum": "-500.00"}),
        ([line(quantity="10", price="-50.00")], {"sum": "500.00", "netSum": "500.00"}),
        ([line(quantity="10", price="50.00")], {"sum": "-500.00", "netSum": "-500.00"}),
        (
            [line(quantity="1", price="0", netTotal="-500.00")],
            {"sum": "-500.00", "netSum": None, "isServiceOrder": True},
        ),
        ([line(price=None, netTotal="-500.00")], {"sum": "-500.00", "netSum": None}),
    ],
    ids=["prices", "quantities", "lines only", "totals only", "service lines", "lines without prices"],
)
def test_a_credit_note_is_positive_whatever_sign_precoro_gives_it(
    rows: list[dict[str, Any]], figures: dict[str, Any]
) -> None:
    planned = made(credit_note(items=rows, **figures))
    assert [row["Amount"] for row in planned.body["Line"]] == [D("500.00")]
    assert planned.total == D("500.00")


def test_what_the_supplier_keeps_back_stays_against_the_other_lines() -> None:
    rows = [line(1, "10", "-50.00"), line(2, "1", "20.00", name="Handling fee")]
    planned = made(credit_note(items=rows, sum="-480.00", netSum="-480.00"))
    assert [row["Amount"] for row in planned.body["Line"]] == [D("500.00"), D("-20.00")]


def test_an_amount_taken_off_a_line_below_zero_is_taken_off_its_credit() -> None:
    off = {"id": 6, "name": "Rebate", "value": "50", "unit": "USD"}
    rows = [line(quantity="10", price="-50.00", discounts=[off])]
    planned = made(credit_note(items=rows, sum="-450.00", netSum="-450.00"))
    assert total_of(planned.body) == D("450.00")


def test_the_tax_of_a_british_credit_note_is_positive_too() -> None:
    rows = [line(quantity="3", price="-33.33", currency="GBP", taxes=[tax(5, "20", "-20.00")])]
    planned = made(credit_note(items=rows, currency="GBP", sum="-119.99", netSum="-99.99"), uk_books())
    assert planned.body["TxnTaxDetail"]["TotalTax"] == D("20.00")
    assert planned.body["GlobalTaxCalculation"] == "TaxExcluded"
    assert planned.total == D("119.99")


def test_a_credit_note_over_nothing_is_not_sent() -> None:
    planned = plan(credit_note(items=[line(price="0")], sum="0", netSum="0"), None, us_books(), POLICY)
    assert planned == Nothing("open", "Nothing to post: the total is 0.00.")


def test_a_credit_note_is_held_where_credits_of_that_number_or_total_stand_but_not_for_a_bill_of_it() -> None:
    bill = RecentEntity("Bill", "7", "56", "S-88123", D("500.00"), date(2026, 10, 4))
    assert isinstance(plan(credit_note(), None, us_books(recent_entities=(bill,)), POLICY), Create)
    typed = RecentEntity("VendorCredit", "8", "56", "", D("500.00"), date(2026, 10, 4))
    turned = credit_note(items=[line(price="-50.00")], sum="-500.00", netSum="-500.00")
    assert codes(plan(turned, None, us_books(recent_entities=(typed,)), POLICY)) == {"possible_duplicate"}


COMING = PredecessorState("invoice", "956000", "invoice INV-200", is_coming=True, why="needs attention")


def test_a_credit_note_waits_while_its_invoice_is_under_way_and_says_so() -> None:
    planned = plan(credit_note(), None, us_books(predecessors=(COMING,)), POLICY)
    assert isinstance(planned, Nothing)
    assert (planned.state, planned.reason) == (
        "open",
        "It waits for invoice INV-200, which goes to QuickBooks first and needs attention.",
    )
    assert [(problem.code, problem.subject) for problem in planned.problems] == [
        ("waits_for_predecessor", "invoice:956000")
    ]


def test_an_invoice_that_stands_or_never_will_holds_no_credit_note_up() -> None:
    settled = dataclasses.replace(COMING, is_coming=False)
    assert isinstance(plan(credit_note(), None, us_books(predecessors=(settled,)), POLICY), Create)


def test_a_person_need_not_wait_for_the_invoice() -> None:
    decided = Decisions(frozenset({"waits_for_predecessor"}))
    planned = plan(credit_note(), None, us_books(predecessors=(COMING,)), POLICY, decisions=decided)
    assert isinstance(planned, Create)


def test_everything_that_is_wrong_is_said_before_a_credit_note_waits() -> None:
    unpaired = credit_note(supplier={"id": 7, "name": "Nobody"})
    planned = plan(unpaired, None, us_books(predecessors=(COMING,)), POLICY)
    assert isinstance(planned, Hold)
    assert codes(planned) == {"supplier_not_paired"}


def test_before_its_connection_is_live_a_waiting_document_is_ready() -> None:
    planned = until_live(plan(credit_note(), None, us_books(predecessors=(COMING,)), POLICY))
    assert isinstance(planned, Nothing)
    assert (planned.state, planned.problems) == ("ready", ())


def test_a_revision_is_a_full_update_of_the_vendor_credit() -> None:
    planned = replan(credit_note(items=[line(quantity="9")], sum="450.00", netSum="450.00", **AGAIN), SyncToken="3")
    assert isinstance(planned, Update)
    assert (planned.type, planned.body["sparse"], planned.body["SyncToken"]) == ("VendorCredit", False, "3")
    assert [(row["Id"], row["Amount"]) for row in planned.body["Line"]] == [("1", D("450.00"))]


def test_a_cancelled_credit_note_is_removed() -> None:
    assert replan(credit_note(status=8)) == Delete("VendorCredit", "145", "0")


@pytest.mark.parametrize(
    "applied", [{"LinkedTxn": [{"TxnId": "9", "TxnType": "BillPaymentCheck"}]}, {"Balance": D("100.00")}]
)
@pytest.mark.parametrize("change", [{"status": 8}, {**AGAIN, "sum": "450.00", "items": [line(quantity="9")]}])
def test_an_applied_credit_is_left_alone(applied: dict[str, Any], change: dict[str, Any]) -> None:
    planned = replan(credit_note(**{"netSum": None} | change), **applied)
    assert isinstance(planned, Hold)
    assert {problem.code for problem in planned.problems} == {"credit_applied"}


def test_a_credit_in_a_closed_period_is_left_alone() -> None:
    closed = us_books(PurchasePreferences(class_per_line=True, book_close_date=date(2026, 10, 31)))
    sent = standing_credit()
    planned = plan(credit_note(status=8), sent, closed, POLICY, answers={CREDIT: sent.answer})
    assert isinstance(planned, Hold)
    assert {problem.code for problem in planned.problems} == {"stands_in_closed_period"}


def test_an_invoice_that_turns_out_to_be_a_credit_note_is_deleted_and_made_anew() -> None:
    document = invoice()
    sent = sent_of(made(document), document)
    planned = plan(credit_note(**AGAIN), sent, us_books(), POLICY, answers={Read("Bill", "145"): sent.answer})
    assert isinstance(planned, Delete)
    assert (planned.type, planned.again) == ("Bill", True)


@given(made_cases, st.booleans(), st.booleans())
def test_a_credit_note_of_any_sign_is_the_bill_of_the_same_lines(case: Case, lines: bool, totals: bool) -> None:
    """Only due date, term and note differ, and who of quantity and price is below zero on a line against the others."""
    case = dataclasses.replace(case, kind="invoice")
    bill, credit = case.plan(), dataclasses.replace(case, payload=turned(case, lines=lines, totals=totals)).plan()
    assume(isinstance(bill, Create))
    assume(sum((row.quantity or D(0)) * (row.price or D(0)) for row in case.document.lines if not row.free) > 0)
    assert isinstance(credit, Create), credit
    assert credit.type == "VendorCredit"
    assert comparable(credit.body) == comparable(bill.body)
    assert (credit.total, credit.line_keys) == (bill.total, bill.line_keys)
    assert broken_rules(credit.type, credit.body, case.books) == []


def turned(case: Case, *, lines: bool, totals: bool) -> dict[str, Any]:
    """Return the payload as a credit note whose lines, or totals, are below zero."""
    form = copy.deepcopy(case.payload) | {"logicType": 5}
    for row in form["items"]["data"] if lines else []:
        row["price"] = -row["price"]
        for line_tax in row["taxes"]["data"]:
            line_tax["sum"] = negative(line_tax["sum"])
    if totals:
        form |= {name: negative(form[name]) for name in ("sum", "netSum") if form[name] is not None}
    return form


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what only a bill has, and without how an amount came about."""
    kept = {name: value for name, value in body.items() if name not in {*ONLY_OF_BILLS, "PrivateNote"}}
    kept["Line"] = copy.deepcopy(body["Line"])
    for row in kept["Line"]:
        for name in ("Qty", "UnitPrice"):
            row[row["DetailType"]].pop(name, None)
    return kept
