"""What people do with taxes: undo a match, and say that a tax and a code are not the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mappers.policy import Policy
from mappers.remedies import Act, Remedy
from store.reference import Suggestion
from tests.integration.workers.taxes.vat import (
    SLUG,
    UK,
    add_canada,
    create_code,
    invoice,
    last_act,
    let_a_minute_pass,
    match_by_hand,
    match_taxes,
    outside_id,
    paper_line,
    states,
)
from tests.stage import Stage
from workers.errors import IsWithheldError, NotMatchedError, StillMatchedError
from workers.taxes import views
from workers.taxes.commands import refuse, unmatch


def test_an_undone_match_is_not_made_again_by_itself_and_new_documents_are_held(uk: Stage) -> None:
    sent = invoice(uk, "GB-1", paper_line("VAT 20"))
    uk.until_state(sent, "synced")
    match_taxes(uk)
    unmatch(uk.runtime, SLUG, "VAT 20", "ann")
    assert outside_id(uk, "VAT 20") in {"", None}
    waits = invoice(uk, "GB-2", paper_line("VAT 20"))
    match_taxes(uk)
    uk.settle()
    assert states(uk)["VAT 20"] == "none"
    assert (uk.record(sent).state, uk.record(waits).state) == ("synced", "held")
    assert uk.record(waits).problems[0].subject == "tax:51"
    assert last_act(uk, "unmatch taxes")["before"] == {"tax:51": "1"}
    with pytest.raises(NotMatchedError, match="has no match of its own"):
        unmatch(uk.runtime, SLUG, "VAT 20", "ann")


def test_what_was_undone_can_be_matched_by_hand_once_more(uk: Stage) -> None:
    unmatch(uk.runtime, SLUG, "VAT 20", "ann")
    waits = invoice(uk, "GB-1", paper_line("VAT 20"))
    uk.settle()
    match_by_hand(uk, "VAT 20", "20.0% S")
    uk.until_state(waits, "synced")
    assert states(uk)["VAT 20"] == "20.0% S"
    with uk.runtime.read() as (session, _):
        assert session.scalars(select(Suggestion).where(Suggestion.state == "refused")).all() == []


def test_undoing_a_choice_between_codes_holds_the_document_for_that_choice_again(uk: Stage) -> None:
    create_code(uk, "GST/PST BC Capital", *add_canada(uk))
    waits = invoice(uk, "CA-1", paper_line("GST", "PST BC"), paper_line("VAT 0"))
    uk.until_state(waits, "held")
    match_taxes(uk)
    match_by_hand(uk, "GST + PST BC", "GST/PST BC Capital")
    uk.settle()
    assert [problem.subject for problem in uk.record(waits).problems] == ["tax:53"]
    unmatch(uk.runtime, SLUG, "GST + PST BC", "ann")
    match_by_hand(uk, "VAT 0", "0.0% Z")
    uk.settle()
    assert [problem.code for problem in uk.record(waits).problems] == ["tax_code_ambiguous"]


def test_a_withholding_tax_can_be_taken_off_its_account(empty: Stage) -> None:
    empty.begin_connected(Policy(zero_tax_code="4"), *UK)
    empty.precoro.post("taxes", company=2, id=77, name="WHT 10", value=10, isWithholdingTax=True)
    let_a_minute_pass(empty)
    match_taxes(empty)
    match_by_hand(empty, "WHT 10", "Accruals")
    unmatch(empty.runtime, SLUG, "WHT 10", "ann")
    assert [tax.account for tax in views.taxes(empty.runtime, SLUG).withholding] == [None]
    with pytest.raises(IsWithheldError, match="liability account"):
        refuse(empty.runtime, SLUG, "WHT 10", "Accruals", "ann")


def test_a_code_that_a_person_refused_is_not_suggested_again(uk: Stage) -> None:
    refuse(uk.runtime, SLUG, "VAT 0", "Exempt", "ann")
    planned = {change.subject: change for change in match_taxes(uk)}
    assert planned["tax_set:53"].sentence.endswith("Likely: 0.0% Z.")
    assert states(uk)["VAT 0"] == "suggested"
    assert last_act(uk, "not the same")["after"] == "5"
    with pytest.raises(StillMatchedError) as caught:
        refuse(uk.runtime, SLUG, "VAT 20", "20.0% S", "ann")
    undo = Act("unmatch_tax", {"connection": SLUG, "tax": "VAT 20"})
    assert caught.value.remedy == Remedy("Undo that instead.", (undo,))
