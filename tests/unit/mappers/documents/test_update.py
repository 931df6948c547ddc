"""A new version is laid over the entity just read, where its period, its links and other entities allow it."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mappers.books import PurchasePreferences, RecentEntity
from mappers.documents.decisions import Decisions
from mappers.documents.outcomes import Body, Hold, Nothing, Sent, Update
from mappers.documents.plan import plan
from tests.unit.mappers.cases import (
    ACCOUNT_FIELD,
    POLICY,
    codes,
    field_value,
    invoice,
    line,
    made,
    option,
    order,
    sent_of,
    us_books,
)
from tests.unit.mappers.documents.plans import AGAIN, BILL, BOTH, MARK, TYPED, held_now, replan, standing_bill

D = Decimal


def test_a_revision_is_a_full_update_over_the_object_just_read() -> None:
    sent = standing_bill()
    current = held_now(sent, SyncToken="7", LinkedTxn=[], VendorAddr={"Line1": "1 Road St"})
    planned = replan(invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, current)
    assert isinstance(planned, Update)
    assert planned.body["SyncToken"] == "7"
    assert planned.body["VendorAddr"] == {"Line1": "1 Road St"}
    assert planned.body["sparse"] is False
    assert [(row["Id"], row["Amount"]) for row in planned.body["Line"]] == [("1", D("550.00"))]
    assert not {"TotalAmt", "Balance", "MetaData"} & set(planned.body)
    assert planned.total == D("550.00")
    assert "Id" not in planned.mapped


def test_lines_keep_their_ids_new_ones_have_none_and_removed_ones_go() -> None:
    document = invoice(items=[line(1), line(2, "1", "20")], sum="520.00")
    sent = sent_of(made(document), document)
    revised = invoice(items=[line(3, "1", "5"), line(2, "1", "25")], sum="30.00", **AGAIN)
    planned = replan(revised, sent, sent.answer)
    assert isinstance(planned, Update)
    assert [(row.get("Id"), row["Amount"]) for row in planned.body["Line"]] == [(None, D("5.00")), ("2", D("25.00"))]
    assert planned.line_keys == ("3", "2")


def test_line_ids_that_come_back_from_storage_in_another_order_still_find_their_lines() -> None:
    document = invoice(items=[line(2, "1", "20"), line(1)], sum="520.00")
    sent = sent_of(made(document), document)
    sent = dataclasses.replace(sent, line_ids=dict(sorted(sent.line_ids.items())))
    current = held_now(sent)
    current["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": "42"}
    chosen = [field_value(ACCOUNT_FIELD, option(880))]
    revised = invoice(items=[line(2, "1", "25"), line(1, dataItemCustomFields=chosen)], sum="525.00", **AGAIN)
    planned = replan(revised, sent, current)
    assert isinstance(planned, Update)
    accounts = [row["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] for row in planned.body["Line"]]
    assert [row["Id"] for row in planned.body["Line"]] == ["1", "2"]
    assert accounts == ["42", "42"]


def test_a_revision_that_changes_nothing_writes_nothing() -> None:
    sent = standing_bill()
    planned = replan(invoice(**AGAIN), sent, sent.answer)
    assert planned == Nothing("synced", "QuickBooks holds it already.", settled=True)


@pytest.mark.parametrize(
    ("before", "after", "number"), [("supplier", "precoro", "S-88123"), ("precoro", "supplier", "INV-203")]
)
def test_another_policy_for_numbers_rewrites_no_number_that_was_sent(before: Any, after: Any, number: str) -> None:
    first, then = (dataclasses.replace(POLICY, bill_number=choice) for choice in (before, after))
    sent = sent_of(made(invoice(), policy=first), invoice())
    planned = replan(invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, sent.answer, then)
    assert isinstance(planned, Update)
    assert planned.body["DocNumber"] == number
    assert "number_stays" in codes(planned)


def test_a_due_date_of_quickbooks_that_does_not_fit_the_new_date_is_precoros_again() -> None:
    sent = standing_bill()
    current = held_now(sent, DueDate="2026-10-20")
    later = invoice(issueDate="2026-10-28T00:00:00+00:00", **AGAIN)
    planned = replan(later, sent, current)
    assert isinstance(planned, Update)
    assert planned.body["DueDate"] == sent.body["DueDate"] > planned.body["TxnDate"]


def test_a_marker_that_people_deleted_is_put_back() -> None:
    sent = standing_bill()
    current = held_now(sent, PrivateNote="Ask Ann")
    planned = replan(invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, current)
    assert isinstance(planned, Update)
    assert planned.body["PrivateNote"] == f"Ask Ann\n{MARK}"


def test_an_american_answer_with_tax_code_non_is_never_sent_back() -> None:
    sent = standing_bill()
    current = held_now(sent)
    current["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] = {"value": "NON"}
    planned = replan(invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, current)
    assert isinstance(planned, Update)
    assert "TaxCodeRef" not in planned.body["Line"][0]["AccountBasedExpenseLineDetail"]


# Another vendor, number or currency


def test_another_supplier_in_the_same_currency_is_an_update_of_the_vendor() -> None:
    sent = standing_bill()
    revised = invoice(supplier={"id": 9002, "name": "Bolt"}, **AGAIN)
    planned = replan(revised, sent, held_now(sent, VendorAddr={"Line1": "1 Road St"}))
    assert isinstance(planned, Update)
    assert planned.body["VendorRef"] == {"value": "57"}
    assert "VendorAddr" not in planned.body
    assert "supplier_changed" in codes(planned)


def test_a_bill_in_another_currency_is_not_deleted_where_its_successor_could_not_be_created() -> None:
    sent = standing_bill()
    books = us_books(recent_entities=(TYPED,))
    euros = {"CurrencyRef": {"value": "EUR"}}
    planned = plan(invoice(**AGAIN), sent, books, POLICY, answers={BILL: {**held_now(sent), **euros}},
                   decisions=Decisions(overwrite=True))  # fmt: skip
    assert codes(planned) == {"possible_duplicate"}


MOVED = {"supplier": {"id": 9002, "name": "Bolt"}, **AGAIN}
RENUMBERED = {"invoiceNumber": "S-5", **AGAIN}


@pytest.mark.parametrize(
    ("change", "typed"),
    [
        (MOVED, dataclasses.replace(TYPED, vendor_id="57")),
        (MOVED, dataclasses.replace(TYPED, vendor_id="57", number="other")),
        (RENUMBERED, dataclasses.replace(TYPED, number="S 5", total=D("1.00"))),
    ],
)
def test_a_revision_to_another_vendor_or_number_is_not_laid_beside_a_bill_that_somebody_typed(
    change: dict[str, Any], typed: RecentEntity
) -> None:
    sent, books = standing_bill(), us_books(recent_entities=(typed,))
    held = replan(invoice(**change), sent, sent.answer, books=books)
    assert codes(held) == {"possible_duplicate"}
    accepted = Decisions.read(["possible_duplicate"])
    sent_anyway = replan(invoice(**change), sent, sent.answer, books=books, decisions=accepted)
    assert isinstance(sent_anyway, Update)
    assert sent_anyway.allow_duplicate
    assert "sent_despite" in codes(sent_anyway)


def test_a_revision_that_keeps_its_vendor_and_number_is_not_asked_about_duplicates_again() -> None:
    sent, books = standing_bill(), us_books(recent_entities=(TYPED,))
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert isinstance(replan(revised, sent, sent.answer, books=books), Update)


def test_the_own_bill_of_a_document_is_never_its_duplicate_though_people_deleted_its_marker() -> None:
    sent = standing_bill()
    books = us_books(recent_entities=(RecentEntity("Bill", "145", "57", "S-5", D("500.00"), date(2026, 10, 4)),))
    planned = replan(invoice(**MOVED | RENUMBERED), sent, held_now(sent, PrivateNote=""), books=books)
    assert isinstance(planned, Update)


# Locked, or in a closed period


LOCKS: list[tuple[dict[str, Any], str]] = [
    ({"LinkedTxn": [{"TxnId": "90", "TxnType": "BillPaymentCheck"}]}, "BillPaymentCheck 90"),
    ({"Balance": Decimal("499.99")}, "balance"),
]


@pytest.mark.parametrize(("change", "word"), LOCKS)
def test_a_paid_bill_is_neither_changed_nor_removed(change: dict[str, Any], word: str) -> None:
    sent = standing_bill()
    current = held_now(sent, **change)
    for document in (invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), invoice(status=8)):
        planned = replan(document, sent, current)
        assert isinstance(planned, Hold)
        assert codes(planned) == {"bill_locked"}
        assert word in planned.problems[0].sentence


def test_a_paid_bill_may_be_recoded_by_policy_if_its_figures_stay() -> None:
    sent = standing_bill()
    current = held_now(sent, Balance=D("0.00"))
    policy = dataclasses.replace(POLICY, paid_bills="allow_recoding")
    recoded = [line(dataItemCustomFields=[field_value(ACCOUNT_FIELD, option(880))])]
    planned = replan(invoice(items=recoded, **AGAIN), sent, current, policy)
    assert isinstance(planned, Update)
    assert planned.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] == {"value": "42"}
    dearer = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert codes(replan(dearer, sent, current, policy)) == {"bill_locked"}
    billed = held_now(sent)
    billed["Line"][0]["AccountBasedExpenseLineDetail"]["BillableStatus"] = "HasBeenBilled"
    assert "bill_locked" in codes(replan(invoice(items=recoded, **AGAIN), sent, billed, policy))


def test_a_bill_in_a_closed_period_is_never_touched() -> None:
    books = us_books(PurchasePreferences(book_close_date=date(2026, 10, 31)))
    sent = standing_bill()
    for choice in ("hold", "first_open_day"):
        policy = dataclasses.replace(POLICY, closed_period=choice)
        for document in (invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), invoice(status=8)):
            assert codes(replan(document, sent, sent.answer, policy, books=books)) == {"stands_in_closed_period"}


def test_a_bill_moved_to_an_open_day_keeps_that_day_when_revised() -> None:
    books = us_books(PurchasePreferences(book_close_date=date(2026, 10, 31)))
    policy = dataclasses.replace(POLICY, closed_period="first_open_day")
    document = invoice()
    sent = sent_of(made(document, books, policy), document)
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    planned = replan(revised, sent, sent.answer, policy, books=books)
    assert isinstance(planned, Update)
    assert planned.body["TxnDate"] == "2026-11-01"


def test_a_revision_that_changes_nothing_of_a_billed_order_or_a_paid_bill_is_not_held() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    billed = held_now(sent, POStatus="Closed", LinkedTxn=[{"TxnId": "9", "TxnType": "Bill"}])
    assert replan(order(**AGAIN), sent, billed, BOTH) == Nothing("synced", "QuickBooks holds it already.", settled=True)
    paid = held_now(standing_bill(), LinkedTxn=[{"TxnId": "9", "TxnType": "BillPaymentCheck"}], Balance=D(0))
    assert isinstance(replan(invoice(**AGAIN), standing_bill(), paid), Nothing)


# Purchase orders


def test_a_billed_order_is_not_changed_but_may_be_closed() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    current = held_now(sent, LinkedTxn=[{"TxnId": "150", "TxnType": "Bill"}])
    revised = order(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert codes(replan(revised, sent, current, BOTH)) == {"order_billed"}
    closed = replan(order(status=11), sent, current, BOTH)
    assert isinstance(closed, Update)
    assert closed.body["POStatus"] == "Closed"
    assert closed.total == D("500.00")
    flipped = replan(order(status=11), sent, held_now(current_of(current), POStatus="Closed"), BOTH)
    assert isinstance(flipped, Nothing)


def current_of(body: Body) -> Sent:
    return Sent("PurchaseOrder", "145", "0", {}, body)


def test_an_order_is_changed_in_a_closed_period_because_it_posts_nothing() -> None:
    books = us_books(PurchasePreferences(book_close_date=date(2026, 12, 31)))
    document = order()
    sent = sent_of(made(document, books, BOTH), document)
    planned = replan(order(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, sent.answer, BOTH, books=books)
    assert isinstance(planned, Update)


def test_an_order_is_closed_although_its_revision_is_held() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    billed = held_now(sent, LinkedTxn=[{"TxnId": "9", "TxnType": "Bill"}])
    revised = order(status=11, items=[line(quantity="11")], sum="550.00", **AGAIN)
    closing = replan(revised, sent, billed, BOTH)
    assert isinstance(closing, Update)
    assert (closing.again, closing.body["POStatus"], closing.mapped["Line"]) == (True, "Closed", sent.body["Line"])
    closed = dataclasses.replace(sent, body=closing.mapped)
    assert codes(replan(revised, closed, billed | {"POStatus": "Closed"}, BOTH)) == {"order_billed"}


def test_an_order_that_quickbooks_closed_by_itself_counts_as_sent_closed() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    planned = replan(order(status=11), sent, held_now(sent, POStatus="Closed"), BOTH)
    assert isinstance(planned, Nothing)
    assert planned.mapped == sent.body | {"POStatus": "Closed"}
    closed = dataclasses.replace(sent, body=planned.mapped)
    assert isinstance(plan(order(status=11), closed, us_books(), BOTH), Nothing)
