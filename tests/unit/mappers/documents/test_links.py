"""Lines of a bill that are linked to lines of purchase orders, and those that cannot be."""

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappers.books import Books, OrderTwin, PredecessorState
from mappers.documents.decisions import Decisions
from mappers.documents.differences import dropped_notes
from mappers.documents.outcomes import Create, Nothing, Read, Update, digest
from mappers.documents.plan import plan
from mappers.policy import Policy
from tests.unit.mappers.cases import (
    CLASS_FIELD,
    POLICY,
    answer_of,
    codes,
    field_value,
    invoice,
    line,
    made,
    option,
    sent_of,
    us_books,
)
from tests.unit.mappers.documents.test_properties import Case, made_cases

D = Decimal
AGAIN = {"approvalDate": "2026-10-09T10:00:00+00:00"}
BILL = Read("Bill", "145")


def twin(id_: str = "167", **more: Any) -> OrderTwin:
    """Return a purchase order in QuickBooks whose one line is the ordered line 77001."""
    order = OrderTwin("481223", f"purchase order {id_}", id_, "56", date(2026, 10, 1), {"77001": "4"})
    return dataclasses.replace(order, **more)


def ordered(line_id: int = 88001, order_line: int = 77001, **more: Any) -> dict[str, Any]:
    """Return a line that bills a line of an order."""
    return line(line_id, purchaseOrderItem={"id": order_line}, **more)


def books(*orders: OrderTwin, **more: Any) -> Books:
    return us_books(orders=orders or (twin(),), **more)


def links(body: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Return the (order, line) links of each line."""
    return [[(link["TxnId"], link["TxnLineId"]) for link in row.get("LinkedTxn", [])] for row in body["Line"]]


def test_a_line_names_order_type_and_line_and_others_name_nothing() -> None:
    freight = line(88002, "1", "25.00", name="Freight")
    planned = made(invoice(items=[ordered(), freight], sum="525.00", netSum="525.00"), books())
    assert planned.body["Line"][0]["LinkedTxn"] == [{"TxnId": "167", "TxnType": "PurchaseOrder", "TxnLineId": "4"}]
    assert links(planned.body) == [[("167", "4")], []]
    assert planned.notes == ()


def test_a_credit_is_linked_to_no_order() -> None:
    planned = made(invoice(logicType=1, items=[ordered()]), books())
    assert (planned.type, links(planned.body), planned.notes) == ("VendorCredit", [[]], ())


def test_one_bill_of_several_orders_links_each_line_to_its_own() -> None:
    orders = (twin(), twin("168", line_ids={"77009": "1"}))
    items = [ordered(1, 77009), ordered(2, 77001)]
    planned = made(invoice(items=items, sum="1000.00", netSum="1000.00"), books(*orders))
    assert links(planned.body) == [[("168", "1")], [("167", "4")]]


@pytest.mark.parametrize(
    ("line_ids", "expected"),
    [
        ({"77001@1": "4", "77001@2": "5"}, [[("167", "4")], [("167", "5")]]),
        ({"77001": "4"}, [[("167", "4")], [("167", "4")]]),
    ],
    ids=["both are parts", "only the bill is"],
)
def test_a_line_of_several_classes_is_linked_part_by_part(
    line_ids: dict[str, str], expected: list[list[tuple[str, str]]]
) -> None:
    classes = [option(900, share="60"), option(901, share="40")]
    row = ordered(dataItemCustomFields=[field_value(CLASS_FIELD, *classes)])
    assert links(made(invoice(items=[row]), books(twin(line_ids=line_ids))).body) == expected


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (twin(date=date(2026, 10, 5)), "order_is_younger"),
        (twin(vendor_id="57"), "order_of_another_vendor"),
        (twin(line_ids={"77002": "1"}), "ordered_line_missing"),
    ],
)
def test_a_bill_goes_without_a_link_that_quickbooks_would_refuse_and_says_so(order: OrderTwin, code: str) -> None:
    planned = made(invoice(items=[ordered()]), books(order))
    assert links(planned.body) == [[]]
    assert codes(planned) == {code}
    assert planned.unlinked_orders == (() if code == "ordered_line_missing" else ("167",))


EARLIER = dataclasses.replace(POLICY, bill_before_order="earlier_order")
LATER = twin(date=date(2026, 10, 5), is_movable=True)


def test_a_bill_waits_until_its_order_has_the_earlier_date_where_a_setting_says_so() -> None:
    waiting = plan(invoice(items=[ordered()]), None, books(LATER), EARLIER)
    assert isinstance(waiting, Nothing)
    assert [(problem.code, problem.subject) for problem in waiting.problems] == [
        ("order_is_later", "purchase_order:481223")
    ]
    assert links(made(invoice(items=[ordered()]), books(twin(date=date(2026, 10, 4))), EARLIER).body) == [
        [("167", "4")]
    ]


@pytest.mark.parametrize(
    ("order", "policy", "accepted"),
    [
        (dataclasses.replace(LATER, is_movable=False), EARLIER, frozenset()),
        (LATER, POLICY, frozenset()),
        (LATER, EARLIER, frozenset({"order_is_later"})),
    ],
    ids=["people have dated the order", "by default", "a person does not wait"],
)
def test_a_bill_does_not_wait_for_a_date_that_does_not_change(
    order: OrderTwin, policy: Policy, accepted: frozenset[str]
) -> None:
    planned = made(invoice(items=[ordered()]), books(order), policy, decisions=Decisions(accepted))
    assert (links(planned.body), codes(planned)) == ([[]], {"order_is_younger"})


def test_a_revision_never_waits_for_its_order() -> None:
    document = invoice(items=[ordered()])
    sent = sent_of(made(document), document)
    after = invoice(items=[ordered(quantity="9")], sum="450.00", netSum="450.00", **AGAIN)
    planned = plan(after, sent, books(LATER), EARLIER, answers={BILL: sent.answer})
    assert isinstance(planned, Update)
    assert links(planned.body) == [[]]


def test_an_order_of_the_same_day_is_linked() -> None:
    assert links(made(invoice(items=[ordered()]), books(twin(date=date(2026, 10, 4)))).body) == [[("167", "4")]]


def test_an_invoice_waits_for_its_order_and_is_not_held_up_by_one_that_never_comes() -> None:
    order = PredecessorState("purchase_order", "481223", "purchase order PO-57", is_coming=True, why="needs attention")
    waiting = plan(invoice(items=[ordered()]), None, us_books(predecessors=(order,)), POLICY)
    assert isinstance(waiting, Nothing)
    assert (waiting.state, waiting.problems[0].subject) == ("open", "purchase_order:481223")
    assert "purchase order PO-57" in waiting.reason
    left_out = dataclasses.replace(order, is_coming=False)
    planned = made(invoice(items=[ordered()]), us_books(predecessors=(left_out,)))
    assert (links(planned.body), planned.notes) == ([[]], ())


def test_a_person_may_send_it_without_the_link() -> None:
    decided = Decisions(frozenset({"link_refused"}))
    planned = made(invoice(items=[ordered()]), books(), decisions=decided)
    assert links(planned.body) == [[]]
    assert codes(planned) == {"sent_without_link"}


def test_a_link_that_quickbooks_drops_or_moves_is_said() -> None:
    planned = made(invoice(items=[ordered()]), books())
    answer = answer_of(planned)
    assert dropped_notes(planned.body, answer) == ()
    for dropped in ([], [{"TxnId": "167", "TxnType": "PurchaseOrder", "TxnLineId": "5"}]):
        answer["Line"][0]["LinkedTxn"] = dropped
        assert [note.code for note in dropped_notes(planned.body, answer)] == ["link_dropped"]
    answer["Line"][0]["LinkedTxn"] = [{"TxnId": "167", "TxnType": "PurchaseOrder"}]
    assert dropped_notes(planned.body, answer) == ()


def test_what_becomes_of_an_order_does_not_make_its_bill_differ() -> None:
    document = invoice(items=[ordered()])
    sent = sent_of(made(document, books()), document)
    for current in (books(), us_books(), books(twin(date=date(2026, 12, 1)))):
        assert plan(document, sent, current, POLICY) == Nothing(
            "synced", "This approved version stands in QuickBooks.", settled=True
        )
    assert sent.digest == digest(made(document, us_books()).body)


def revised(sent_books: Books, books_now: Books, **more: Any) -> Update:
    """Revise an invoice of two lines whose first one is ordered."""
    rows = [ordered(1), line(2, "1", "25.00")]
    document = invoice(items=rows, sum="525.00", netSum="525.00")
    sent = sent_of(made(document, sent_books), document)
    rows[1] = line(2, "1", "30.00")
    after = invoice(**{"items": rows, "sum": "530.00", "netSum": "530.00"} | AGAIN | more)
    planned = plan(after, sent, books_now, POLICY, answers={BILL: sent.answer})
    assert isinstance(planned, Update), planned
    return planned


def test_a_linked_line_keeps_its_id_and_link_when_the_bill_is_revised() -> None:
    planned = revised(books(), books())
    assert [row.get("Id") for row in planned.body["Line"]] == ["1", "2"]
    assert links(planned.body) == [[("167", "4")], []]


def test_a_line_that_stands_without_its_link_becomes_a_new_line_to_be_linked() -> None:
    planned = revised(us_books(), books())
    assert [row.get("Id") for row in planned.body["Line"]] == [None, "2"]
    assert links(planned.body) == [[("167", "4")], []]


def test_a_link_goes_when_the_order_is_gone() -> None:
    planned = revised(books(), us_books())
    assert [row.get("Id") for row in planned.body["Line"]] == ["1", "2"]
    assert links(planned.body) == [[], []]


@given(made_cases, st.data())
def test_a_link_changes_no_figure(case: Case, data: st.DataObject) -> None:
    case = dataclasses.replace(case, kind="invoice", payload=copy.deepcopy(case.payload))
    plain = case.plan()
    assume(isinstance(plain, Create))
    rows = case.payload["items"]["data"]
    for row in rows:
        row["purchaseOrderItem"] = data.draw(st.sampled_from([None, {"id": 77001}, {"id": 77002}]))
    order = twin(vendor_id=plain.body["VendorRef"]["value"], line_ids={"77001": "4", "77002@1": "5", "77002@2": "6"})
    linked = dataclasses.replace(case, books=dataclasses.replace(case.books, orders=(order,))).plan()
    assert isinstance(linked, Create)
    ordered_keys = {str(row["id"]) for row in rows if row["purchaseOrderItem"]}
    keys = [key.partition("@")[0].partition("#")[0] for key in linked.line_keys]
    assert [bool(row) for row in links(linked.body)] == [key in ordered_keys for key in keys]
    for row in linked.body["Line"]:
        row.pop("LinkedTxn", None)
    assert linked.body == plain.body
