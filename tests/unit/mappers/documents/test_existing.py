"""What stands for an unsent document already is adopted or held, and never made twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mappers.books import PurchasePreferences, RecentEntity
from mappers.documents.decisions import Decisions
from mappers.documents.document import Document
from mappers.documents.outcomes import Adopt, Need, Read, Search, Update
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, line, made, us_books
from tests.unit.mappers.documents.plans import AGAIN, BILL, MARK, TYPED, current_entity

D = Decimal


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


def test_a_person_may_have_it_created_although_precoro_names_something_else() -> None:
    document = invoice(qboId="145")
    other = {BILL: current_entity(TotalAmt=D("1.00"), PrivateNote="")}
    create = made(document, answers=other, decisions=Decisions.read({"already_in_quickbooks"}))
    assert codes(create) == {"sent_despite"}


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


# Forgotten, as after an older database was restored


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
