"""What happens to a document that stands in QuickBooks: revised, cancelled, changed there, paid, deleted, closed."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mappers.books import Books, PurchasePreferences, RecentEntity
from mappers.documents.decisions import Decisions
from mappers.documents.document import Document
from mappers.documents.fields import DriftField, FieldChange, FieldState
from mappers.documents.outcomes import (
    Adopt,
    Body,
    Create,
    Delete,
    Hold,
    Need,
    Nothing,
    Plan,
    Read,
    Search,
    Sent,
    Update,
)
from mappers.documents.plan import plan
from mappers.policy import Policy
from tests.unit.mappers.cases import (
    ACCOUNT_FIELD,
    POLICY,
    answer_of,
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

D = Decimal
AGAIN = {"approvalDate": "2026-10-09T10:00:00+00:00"}
BOTH = dataclasses.replace(POLICY, send="both")
BILL = Read("Bill", "145")
MARK = "tieout:widgets:invoice:956598"


def standing_bill(**more: Any) -> Sent:
    """Return the memory of the plain invoice, sent as a bill."""
    document = invoice()
    return sent_of(made(document), document, **more)


def held_now(sent: Sent, **changes: Any) -> Body:
    """Return what QuickBooks holds now: its answer, with what people changed since."""
    return copy.deepcopy(sent.answer) | changes


def replan(document: Document, sent: Sent, current: Body | None, policy: Policy = POLICY, **more: Any) -> Plan:
    books = more.pop("books", us_books())
    planned = plan(document, sent, books, policy, **more)
    assert planned == Read(sent.type, sent.id), planned
    return plan(document, sent, books, policy, answers={planned: current}, **more)


def test_the_same_version_is_left_alone_without_a_read() -> None:
    planned = plan(invoice(), standing_bill(), us_books(), POLICY)
    assert planned == Nothing("synced", "This approved version stands in QuickBooks.", settled=True)


def test_an_edit_without_revision_is_noted_and_sent_only_when_asked() -> None:
    edited = invoice(requiredDate="2026-12-01T00:00:00+00:00")
    assert codes(plan(edited, standing_bill(), us_books(), POLICY)) == {"changed_without_revision"}
    sent = standing_bill()
    assert isinstance(replan(edited, sent, sent.answer, requested_by_person=True), Update)


def test_another_currency_without_a_revision_is_noted_though_nothing_could_be_sent_in_it() -> None:
    planned = plan(invoice(currency="EUR"), standing_bill(), us_books(), POLICY)
    assert isinstance(planned, Nothing)
    assert codes(planned) == {"changed_without_revision"}


def test_a_new_default_account_rewrites_nothing() -> None:
    policy = dataclasses.replace(POLICY, default_line_account="42")
    planned = plan(invoice(), standing_bill(), us_books(), policy)
    assert isinstance(planned, Nothing)
    assert codes(planned) == {"changed_without_revision"}


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


def test_status_seven_makes_the_same_approval_date_a_new_version() -> None:
    sent = standing_bill(revised=True)
    assert isinstance(replan(invoice(items=[line(quantity="11")], sum="550.00"), sent, sent.answer), Update)


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


# Changed, deleted, locked, closed in QuickBooks


def test_a_figure_changed_in_quickbooks_is_held_or_overwritten() -> None:
    sent = standing_bill()
    current = held_now(sent, TotalAmt=D("480.00"), Balance=D("480.00"))
    current["Line"][0]["Amount"] = D("480.00")
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    held = replan(revised, sent, current)
    assert codes(held) == {"changed_in_quickbooks"}
    assert isinstance(held, Hold)
    assert "Amount of line 1 from 500.00 to 480.00" in held.problems[0].sentence
    overwrite = dataclasses.replace(POLICY, changed_in_quickbooks="overwrite")
    for planned in (
        replan(revised, sent, current, overwrite),
        replan(revised, sent, current, decisions=Decisions(overwrite=True)),
    ):
        assert isinstance(planned, Update)
        assert planned.body["Line"][0]["Amount"] == D("550.00")
        assert "overwritten" in codes(planned)


def test_coding_changed_in_quickbooks_stays_until_precoro_changes_that_field() -> None:
    sent = standing_bill()
    current = held_now(sent, DueDate="2026-12-24", PrivateNote=f"Ask Ann\n{MARK}")
    current["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": "42", "name": "Office supplies"}
    planned = replan(invoice(items=[line(quantity="11")], sum="550.00", **AGAIN), sent, current)
    assert isinstance(planned, Update)
    assert planned.body["DueDate"] == "2026-12-24"
    assert planned.body["PrivateNote"] == f"Ask Ann\n{MARK}"
    assert planned.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "42"
    assert codes(planned) == {"kept_from_quickbooks"}
    moved = replan(invoice(requiredDate="2026-11-20T00:00:00+00:00", **AGAIN), sent, current)
    assert isinstance(moved, Update)
    assert moved.body["DueDate"] == "2026-11-20"
    assert moved.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "42"


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


def test_a_bill_deleted_in_quickbooks_is_held_or_created_again() -> None:
    sent = standing_bill()
    assert codes(replan(invoice(**AGAIN), sent, None)) == {"deleted_in_quickbooks"}
    again = replan(invoice(**AGAIN), sent, None, dataclasses.replace(POLICY, deleted_in_quickbooks="create_again"))
    assert isinstance(again, Create)
    assert codes(again) == {"created_again"}


TYPED = RecentEntity("Bill", "777", "56", "s88123", D("500.00"), date(2026, 10, 4), None)


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


def test_a_bill_that_names_its_order_is_not_locked_by_that() -> None:
    sent = standing_bill()
    current = held_now(sent, LinkedTxn=[{"TxnId": "9", "TxnType": "PurchaseOrder"}])
    assert isinstance(replan(invoice(status=8), sent, current), Delete)


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


def test_an_entity_with_the_marker_of_another_document_is_not_ours_to_touch() -> None:
    sent = standing_bill()
    current = held_now(sent, PrivateNote="tieout:widgets:invoice:1")
    assert "belongs_to_another" in codes(replan(invoice(status=8), sent, current))


# Supplier, removal, zero


def test_another_supplier_in_the_same_currency_is_an_update_of_the_vendor() -> None:
    sent = standing_bill()
    revised = invoice(supplier={"id": 9002, "name": "Bolt"}, **AGAIN)
    planned = replan(revised, sent, held_now(sent, VendorAddr={"Line1": "1 Road St"}))
    assert isinstance(planned, Update)
    assert planned.body["VendorRef"] == {"value": "57"}
    assert "VendorAddr" not in planned.body
    assert "supplier_changed" in codes(planned)


def test_cancelling_deletes_with_the_fresh_token_and_what_is_gone_is_removed() -> None:
    sent = standing_bill()
    assert replan(invoice(status=8), sent, held_now(sent, SyncToken="4")) == Delete("Bill", "145", "4")
    gone = replan(invoice(status=3), sent, None)
    assert isinstance(gone, Nothing)
    assert gone.state == "removed"


def test_a_cancelled_document_without_a_bill_is_not_said_to_have_never_been_sent() -> None:
    assert plan(invoice(status=8), None, us_books(), POLICY) == Nothing(
        "removed", "Cancelled: nothing stands in QuickBooks for it."
    )


def test_a_cancelled_document_whose_bill_we_have_forgotten_is_removed_by_its_marker() -> None:
    document = invoice(status=8, externalId="qbo:9341:bill:145")
    assert plan(document, None, us_books(), POLICY) == BILL
    assert plan(document, None, us_books(), POLICY, answers={BILL: current_entity(SyncToken="4")}) == Delete(
        "Bill", "145", "4"
    )
    for other in (None, current_entity(PrivateNote="typed")):
        kept = plan(document, None, us_books(), POLICY, answers={BILL: other})
        assert isinstance(kept, Nothing)
        assert kept.state == "removed"
    paid = plan(document, None, us_books(), POLICY, answers={BILL: current_entity(Balance=D("1.00"))})
    assert codes(paid) == {"bill_locked"}


def test_an_invoice_revised_to_nothing_is_removed() -> None:
    sent = standing_bill()
    revised = invoice(items=[line(freeOfCharge=True)], sum="0", **AGAIN)
    assert isinstance(replan(revised, sent, sent.answer), Delete)


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


# Already in QuickBooks


def current_entity(**changes: Any) -> Body:
    """Return the bill of the plain invoice as QuickBooks would hold it."""
    return answer_of(made(invoice())) | changes


def test_an_entity_with_our_marker_vendor_and_total_is_adopted() -> None:
    document = invoice(externalId="qbo:9341:bill:145")
    planned = plan(document, None, us_books(), POLICY)
    assert planned == BILL
    adopted = plan(document, None, us_books(), POLICY, answers={BILL: current_entity()})
    assert isinstance(adopted, Adopt)
    assert adopted.line_keys == ("88001",)
    assert adopted.digest == made(invoice()).digest


def test_an_entity_known_to_carry_our_marker_is_adopted_rather_than_made_twice() -> None:
    bill = RecentEntity("Bill", "145", "56", "s88123", D("500.00"), date(2026, 10, 4), MARK)
    books = us_books(recent_entities=(bill,))
    assert plan(invoice(), None, books, POLICY) == BILL
    assert isinstance(plan(invoice(), None, books, POLICY, answers={BILL: current_entity()}), Adopt)


def test_what_people_typed_beside_our_own_bill_does_not_keep_it_from_being_adopted() -> None:
    bill = RecentEntity("Bill", "145", "56", "s88123", D("500.00"), date(2026, 10, 4), MARK)
    for document, recent in ((invoice(), (TYPED, bill)), (invoice(externalId="qbo:9341:bill:145"), (TYPED,))):
        books = us_books(recent_entities=recent)
        assert plan(document, None, books, POLICY) == BILL
        assert isinstance(plan(document, None, books, POLICY, answers={BILL: current_entity()}), Adopt)
        assert codes(plan(document, None, books, POLICY, answers={BILL: None})) == {"possible_duplicate"}


def test_of_several_bills_with_our_marker_the_one_that_precoro_names_is_adopted() -> None:
    copy_of_it, bill = (
        RecentEntity("Bill", id_, "56", "", D("500.00"), date(2026, 10, 4), MARK) for id_ in ("146", "145")
    )
    books = us_books(recent_entities=(copy_of_it, bill))
    assert plan(invoice(externalId="qbo:9341:bill:145"), None, books, POLICY) == BILL


def test_our_own_id_of_something_gone_stands_in_nobodys_way() -> None:
    made(invoice(externalId="qbo:9341:bill:145"), answers={BILL: None})


def test_our_own_id_of_the_other_type_is_in_the_way_only_while_it_stands() -> None:
    document, credit = invoice(externalId="qbo:9341:vendorcredit:7"), Read("VendorCredit", "7")
    assert plan(document, None, us_books(), POLICY) == credit
    made(document, answers={credit: None})
    assert codes(plan(document, None, us_books(), POLICY, answers={credit: current_entity()})) == {
        "already_in_quickbooks"
    }


def test_what_the_native_integration_sent_is_held_until_a_person_adopts_it() -> None:
    document = invoice(qboId="145")
    foreign = current_entity(PrivateNote="from elsewhere")
    assert codes(plan(document, None, us_books(), POLICY, answers={BILL: foreign})) == {"already_in_quickbooks"}
    adopted = plan(
        document, None, us_books(), POLICY, answers={BILL: foreign}, decisions=Decisions.read({"already_in_quickbooks"})
    )
    assert isinstance(adopted, Adopt)
    for entity in (None, current_entity(TotalAmt=D("1.00")), current_entity(VendorRef={"value": "57"})):
        assert codes(plan(document, None, us_books(), POLICY, answers={BILL: entity})) == {"already_in_quickbooks"}


def test_a_foreign_external_id_is_searched_for_our_marker() -> None:
    document = invoice(externalId="ERP-7")
    need = Search("Bill", "56", MARK, date(2026, 10, 4))
    assert plan(document, None, us_books(), POLICY) == need
    assert isinstance(plan(document, None, us_books(), POLICY, answers={need: (current_entity(),)}), Adopt)
    for entities in ((), (current_entity(), current_entity(Id="146"))):
        assert codes(plan(document, None, us_books(), POLICY, answers={need: entities})) == {"already_in_quickbooks"}


def test_what_carries_our_marker_is_never_made_twice_even_when_its_total_was_changed() -> None:
    bill = RecentEntity("Bill", "145", "56", "s88123", D("1.00"), date(2026, 10, 4), MARK)
    changed: dict[Need, Any] = {BILL: current_entity(TotalAmt=D("1.00"))}
    planned = plan(
        invoice(),
        None,
        us_books(recent_entities=(bill,)),
        POLICY,
        answers=changed,
        decisions=Decisions.read({"already_in_quickbooks"}),
    )
    assert codes(planned) == {"already_in_quickbooks"}


REVISED = invoice(items=[line(quantity="11")], sum="550.00", externalId="qbo:9341:bill:145", **AGAIN)


def test_a_forgotten_bill_that_nobody_has_changed_since_it_was_created_gets_its_revision() -> None:
    standing = current_entity(SyncToken="0")
    update = plan(REVISED, None, us_books(), POLICY, answers={BILL: standing})
    assert isinstance(update, Update)
    assert (update.id, update.body["SyncToken"], update.total) == ("145", "0", D("550.00"))
    assert [(row["Id"], row["Amount"]) for row in update.body["Line"]] == [("1", D("550.00"))]
    assert codes(update) == {"adopted"}


@pytest.mark.parametrize(
    ("document", "changed"),
    [
        (REVISED, {"SyncToken": "1"}),  # somebody changed it, or Tieout did and has forgotten that, too
        (dataclasses.replace(REVISED, external_id=None), {"SyncToken": "0"}),  # people copy a bill with its marker
        (dataclasses.replace(REVISED, external_id="qbo:9341:bill:9"), {"SyncToken": "0"}),
    ],
)
def test_a_forgotten_bill_of_which_nobody_knows_who_changed_it_is_held(
    document: Document, changed: Mapping[str, Any]
) -> None:
    bill = RecentEntity("Bill", "145", "56", "s88123", D("500.00"), date(2026, 10, 4), MARK)
    standing = current_entity(**changed)
    planned = plan(document, None, us_books(recent_entities=(bill,)), POLICY, answers={BILL: standing})
    assert codes(planned) == {"already_in_quickbooks"}


def test_the_revision_of_a_forgotten_bill_in_a_closed_period_is_held() -> None:
    closed = us_books(PurchasePreferences(book_close_date=date(2026, 12, 31)))
    planned = plan(REVISED, None, closed, POLICY, answers={BILL: current_entity(SyncToken="0")})
    assert codes(planned) == {"period_closed"}


def test_a_person_may_have_it_created_although_precoro_names_something_else() -> None:
    document = invoice(qboId="145")
    other = {BILL: current_entity(TotalAmt=D("1.00"), PrivateNote="")}
    create = made(document, answers=other, decisions=Decisions.read({"already_in_quickbooks"}))
    assert codes(create) == {"sent_despite"}


# Figures that QuickBooks answered with are not those that were sent


def answered(total: str, **more: Any) -> Sent:
    """Return the memory of a bill that QuickBooks answered with another total."""
    sent = standing_bill()
    lines = copy.deepcopy(sent.answer["Line"])
    lines[0]["Amount"] = D(total)
    return dataclasses.replace(
        sent, answer=sent.answer | {"TotalAmt": D(total), "Balance": D(total), "Line": lines}, **more
    )


def test_other_figures_in_an_old_answer_are_found_and_held() -> None:
    sent = answered("499.00")
    planned = replan(invoice(), sent, sent.answer)
    assert codes(planned) == {"total_differs_in_quickbooks"}
    assert isinstance(planned, Hold)
    assert "its total is 499.00 instead of 500.00, line 1 is 499.00 instead of 500.00" in planned.problems[0].sentence


def test_a_dropped_tax_is_another_figure() -> None:
    sent = standing_bill()
    body = sent.body | {"TxnTaxDetail": {"TotalTax": D("100.00"), "TaxLine": []}}
    planned = replan(invoice(), dataclasses.replace(sent, body=body), sent.answer)
    assert isinstance(planned, Hold)
    assert "its tax is 0.00 instead of 100.00" in planned.problems[0].sentence


def test_what_was_corrected_in_quickbooks_stands_again() -> None:
    planned = replan(invoice(), answered("499.00"), standing_bill().answer)
    assert isinstance(planned, Adopt)
    assert codes(planned) == {"corrected"}
    assert planned.digest == standing_bill().digest


def test_a_revision_after_a_correction_finds_nothing_changed_by_people() -> None:
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert isinstance(replan(revised, answered("499.00"), standing_bill().answer), Update)


def test_what_a_person_keeps_stays_and_is_not_asked_about_again() -> None:
    sent = answered("499.00")
    planned = replan(invoice(), sent, sent.answer, requested_by_person=True, decisions=Decisions(keep=True))
    assert isinstance(planned, Nothing)
    assert (planned.state, planned.settled, planned.kept, codes(planned)) == (
        "synced",
        True,
        True,
        {"kept_by_a_person"},
    )
    again = plan(invoice(), dataclasses.replace(sent, kept=True), us_books(), POLICY)
    assert again == Nothing("synced", "Kept as it is in QuickBooks.", settled=True, kept=True)


def test_what_was_changed_in_quickbooks_is_kept_for_one_version_and_asked_about_at_the_next() -> None:
    sent = standing_bill()
    current = answered("480.00").answer
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    planned = replan(revised, sent, current, requested_by_person=True, decisions=Decisions(keep=True))
    assert isinstance(planned, Nothing)
    assert planned.kept
    kept = dataclasses.replace(sent, kept=True, version=AGAIN["approvalDate"])
    later = invoice(items=[line(quantity="12")], sum="600.00", approvalDate="2026-10-10T10:00:00+00:00")
    assert codes(replan(later, kept, current)) == {"changed_in_quickbooks"}


def test_a_cancelled_document_that_people_changed_is_removed_only_on_purpose() -> None:
    sent = standing_bill()
    current = answered("480.00").answer
    cancelled = invoice(status=8)
    assert codes(replan(cancelled, sent, current)) == {"changed_before_removal"}
    overwritten = replan(cancelled, sent, current, decisions=Decisions(overwrite=True))
    assert codes(overwritten) == {"changed_before_removal"}
    kept = replan(cancelled, sent, current, decisions=Decisions(keep=True))
    assert isinstance(kept, Nothing)
    assert kept.state == "never"
    removed = replan(cancelled, sent, current, decisions=Decisions.read(["changed_before_removal"]))
    assert isinstance(removed, Delete)


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


def test_what_people_enter_beside_a_bill_holds_also_its_revision_until_it_is_gone_or_decided() -> None:
    sent = standing_bill()
    doubled = dataclasses.replace(sent, doubled_by="777")
    books = us_books(recent_entities=(dataclasses.replace(TYPED, id="777"),))
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    for document in (invoice(), revised):
        assert codes(plan(document, doubled, books, POLICY)) == {"entered_again"}
    accepted = Decisions.read(["entered_again"])
    assert isinstance(replan(revised, doubled, sent.answer, books=books, decisions=accepted), Update)
    assert isinstance(plan(invoice(), doubled, us_books(), POLICY), Nothing)
    ours_gone = dataclasses.replace(books, own_entity="gone")
    assert codes(plan(invoice(), doubled, ours_gone, POLICY)) == {"deleted_in_quickbooks"}


def changed_total(state: FieldState) -> Books:
    """Return books in which people changed the total of the bill to 480, and what was decided about that."""
    change = FieldChange("TotalAmt", None, "500.00", "480.00", money=True, raw=D("480.00"))
    return us_books(drift=(DriftField(change, state),))


def test_what_is_known_to_be_gone_or_changed_is_held_without_a_read() -> None:
    sent = standing_bill()
    kept = dataclasses.replace(sent, kept=True)
    for standing in (sent, kept):
        assert codes(plan(invoice(), standing, us_books(own_entity="gone"), POLICY)) == {"deleted_in_quickbooks"}
        held = plan(invoice(), standing, changed_total("open"), POLICY)
        assert isinstance(held, Hold)
        assert held.problems[0].sentence == "Bill 145 was changed in QuickBooks: Total from 500.00 to 480.00."
    for state in ("reported", "accepted", "ignored"):
        assert isinstance(plan(invoice(), sent, changed_total(state), POLICY), Nothing)


def test_figures_that_the_next_version_overwrites_are_said_on_the_document_meanwhile() -> None:
    overwriting = dataclasses.replace(POLICY, changed_in_quickbooks="overwrite")
    left = plan(invoice(), standing_bill(), changed_total("reported"), overwriting)
    assert isinstance(left, Nothing)
    assert left.reason == "Changed in QuickBooks: Total from 500.00 to 480.00. The next version overwrites it."


def test_figures_are_restored_at_once_where_the_settings_say_so_unless_the_bill_is_locked() -> None:
    sent, restoring = standing_bill(), dataclasses.replace(POLICY, changed_fields={"amounts": "restore"})
    cheaper = copy.deepcopy(answered("480.00").answer)
    restored = replan(invoice(), sent, cheaper, restoring, books=changed_total("open"))
    assert isinstance(restored, Update)
    assert [row["Amount"] for row in restored.body["Line"]] == [D("500.00")]
    assert {note.code for note in restored.notes} == {"overwritten"}
    paid = replan(invoice(), sent, cheaper | {"Balance": D(0)}, restoring, books=changed_total("open"))
    assert codes(paid) == {"bill_locked"}


def test_a_person_overwrites_coding_too() -> None:
    sent = standing_bill()
    current = held_now(sent, DueDate="2027-01-31")
    current["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": "99"}
    current["Line"].append({"Id": "9", "Amount": 0, "DetailType": "AccountBasedExpenseLineDetail"})
    overwritten = replan(invoice(), sent, current, requested_by_person=True, decisions=Decisions(overwrite=True))
    assert isinstance(overwritten, Update)
    assert overwritten.body["DueDate"] == sent.body["DueDate"]
    assert [row["Id"] for row in overwritten.body["Line"]] == ["1"]
    detail = overwritten.body["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["AccountRef"] == sent.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]


def test_coding_holds_the_next_version_only_where_the_settings_say_so() -> None:
    sent, revised = standing_bill(), invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    current = held_now(sent, DueDate="2027-01-31")
    holding = dataclasses.replace(POLICY, changed_fields={"due_date": "hold"})
    assert isinstance(replan(revised, sent, current), Update)
    assert codes(replan(revised, sent, current, holding)) == {"changed_in_quickbooks"}


def test_a_person_adopts_what_was_typed_and_our_marker_is_written_into_it() -> None:
    typed = current_entity(Id="777", PrivateNote="from paper", TotalAmt=D("480.00"))
    need = Read("Bill", "777")
    decided = Decisions(adopt="777")
    books = us_books(recent_entities=(TYPED,))
    adopted = plan(invoice(), None, books, POLICY, answers={need: typed}, decisions=decided, requested_by_person=True)
    assert isinstance(adopted, Adopt)
    assert adopted.kept is True
    assert adopted.marked is not None
    assert adopted.marked["PrivateNote"] == f"from paper\n{MARK}"
    assert [row["Amount"] for row in adopted.marked["Line"]] == [D("500.00")]
    foreign = typed | {"PrivateNote": "tieout:widgets:invoice:5"}
    held = plan(invoice(), None, books, POLICY, answers={need: foreign}, decisions=decided)
    assert codes(held) == {"belongs_to_another"}
    closed = us_books(PurchasePreferences(book_close_date=date(2026, 10, 31)))
    unmarked = plan(
        invoice(issueDate="2026-11-01T00:00:00+00:00"), None, closed, POLICY, answers={need: typed}, decisions=decided
    )
    assert isinstance(unmarked, Adopt)
    assert (unmarked.marked, codes(unmarked)) == (
        None,
        {"adopted", "adopted_as_it_is", "adopted_without_marker"},
    )


def test_a_tick_for_sales_tax_on_an_american_line_moves_no_money() -> None:
    sent = standing_bill()
    current = held_now(sent)
    current["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert isinstance(replan(revised, sent, current), Update)


def test_a_cancelled_document_that_stays_in_quickbooks_says_so() -> None:
    sent = standing_bill()
    held = replan(invoice(status=8, statusString="canceled"), sent, held_now(sent, Balance=D("1.00")))
    assert isinstance(held, Hold)
    assert [note.code for note in held.notes] == ["cancelled"]


def test_an_order_that_quickbooks_closed_by_itself_counts_as_sent_closed() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    planned = replan(order(status=11), sent, held_now(sent, POStatus="Closed"), BOTH)
    assert isinstance(planned, Nothing)
    assert planned.mapped == sent.body | {"POStatus": "Closed"}
    closed = dataclasses.replace(sent, body=planned.mapped)
    assert isinstance(plan(order(status=11), closed, us_books(), BOTH), Nothing)


def test_a_revision_that_changes_nothing_of_a_billed_order_or_a_paid_bill_is_not_held() -> None:
    document = order()
    sent = sent_of(made(document, policy=BOTH), document)
    billed = held_now(sent, POStatus="Closed", LinkedTxn=[{"TxnId": "9", "TxnType": "Bill"}])
    assert replan(order(**AGAIN), sent, billed, BOTH) == Nothing("synced", "QuickBooks holds it already.", settled=True)
    paid = held_now(standing_bill(), LinkedTxn=[{"TxnId": "9", "TxnType": "BillPaymentCheck"}], Balance=D(0))
    assert isinstance(replan(invoice(**AGAIN), standing_bill(), paid), Nothing)
