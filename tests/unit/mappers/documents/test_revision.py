"""What stands is left alone, revised, restored or created again, and figures that differ are never overlooked."""

from __future__ import annotations

import copy
import dataclasses
from decimal import Decimal

from mappers.books import Books
from mappers.documents.decisions import Decisions
from mappers.documents.fields import DriftField, FieldChange, FieldState
from mappers.documents.outcomes import Adopt, Create, Hold, Nothing, Update
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, line, us_books
from tests.unit.mappers.documents.plans import AGAIN, TYPED, answered, replan, standing_bill

D = Decimal


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


def test_status_seven_makes_the_same_approval_date_a_new_version() -> None:
    sent = standing_bill(revised=True)
    assert isinstance(replan(invoice(items=[line(quantity="11")], sum="550.00"), sent, sent.answer), Update)


def test_a_bill_deleted_in_quickbooks_is_held_or_created_again() -> None:
    sent = standing_bill()
    assert codes(replan(invoice(**AGAIN), sent, None)) == {"deleted_in_quickbooks"}
    again = replan(invoice(**AGAIN), sent, None, dataclasses.replace(POLICY, deleted_in_quickbooks="create_again"))
    assert isinstance(again, Create)
    assert codes(again) == {"created_again"}


# Figures that QuickBooks answered with are not those that were sent


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


# Entered again, deleted or changed by people


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
