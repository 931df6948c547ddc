"""What is cancelled or posts nothing is deleted, unless it is locked, changed by people, or not ours."""

from __future__ import annotations

from decimal import Decimal

from mappers.documents.decisions import Decisions
from mappers.documents.outcomes import Delete, Hold, Nothing
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, line, us_books
from tests.unit.mappers.documents.plans import AGAIN, BILL, answered, current_entity, held_now, replan, standing_bill

D = Decimal


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


def test_a_bill_that_names_its_order_is_not_locked_by_that() -> None:
    sent = standing_bill()
    current = held_now(sent, LinkedTxn=[{"TxnId": "9", "TxnType": "PurchaseOrder"}])
    assert isinstance(replan(invoice(status=8), sent, current), Delete)


def test_an_entity_with_the_marker_of_another_document_is_not_ours_to_touch() -> None:
    sent = standing_bill()
    current = held_now(sent, PrivateNote="tieout:widgets:invoice:1")
    assert "belongs_to_another" in codes(replan(invoice(status=8), sent, current))


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


def test_a_cancelled_document_that_stays_in_quickbooks_says_so() -> None:
    sent = standing_bill()
    held = replan(invoice(status=8, statusString="canceled"), sent, held_now(sent, Balance=D("1.00")))
    assert isinstance(held, Hold)
    assert [note.code for note in held.notes] == ["cancelled"]
