"""`taxes match`: by rate and name, or chosen by hand; every document that waited goes out."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from mappers.policy import Policy
from store.history import ActionRow
from store.reference import Suggestion
from tests.integration.workers.taxes.vat import (
    REALM,
    UK,
    add_canada,
    create_code,
    invoice,
    let_a_minute_pass,
    match_by_hand,
    match_taxes,
    outside_id,
    paper_line,
    states,
)
from tests.stage import Stage


def test_connecting_matches_what_is_certain_and_what_is_likely_is_suggested(uk: Stage) -> None:
    assert states(uk) == {"VAT 0": "suggested", "VAT 20": "20.0% S", "VAT 5": "5.0% R", "VAT exempt": "suggested"}
    planned = match_taxes(uk)
    assert [change.sentence for change in planned if change.what == "problem"] == [
        "VAT 0 (0 %) is not matched. Several codes have these rates; choose one. Likely: 0.0% Z, Exempt.",
        "VAT 20 reverse charge (20 %) is not matched. Several codes have these rates; choose one. Likely: 20.0% RC, 20.0% S.",
        "VAT exempt (0 %) is not matched. Several codes have these rates; choose one. Likely: Exempt, 0.0% Z.",
    ]
    with uk.runtime.read() as (session, _):
        suggested = session.scalars(select(Suggestion).order_by(Suggestion.precoro_key, Suggestion.score.desc())).all()
        assert [(row.precoro_key, row.qbo_key) for row in suggested if row.precoro_key != "55"] == [
            ("53", "4"),
            ("53", "5"),
            ("54", "5"),
            ("54", "4"),
        ]
    assert outside_id(uk, "VAT 20") == f"qbo:{REALM}:taxcode:2"
    assert outside_id(uk, "VAT 0") is None


def test_a_match_by_hand_sends_exactly_the_documents_that_waited_for_it(uk: Stage) -> None:
    waits, other = invoice(uk, "GB-1", paper_line("VAT 0")), invoice(uk, "GB-2", paper_line("VAT exempt"))
    uk.settle()
    assert [uk.record(document).problems[0].subject for document in (waits, other)] == ["tax:53", "tax:54"]
    before = uk.record(other).requested_version
    match_by_hand(uk, "VAT 0", "0.0% Z")
    uk.until_state(waits, "synced")
    assert uk.record(other).state == "held"
    assert uk.record(other).requested_version == before
    bill = uk.bills(REALM)[0]
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"]["value"] == "4"
    with uk.runtime.read() as (session, _):
        noted = session.scalars(select(ActionRow).where(ActionRow.action == "match taxes")).all()
    assert noted[-1].details["waiting"] == [f"invoice:{waits['idn']}"]
    assert noted[-1].details["after"] == {"tax:53": "5"}
    assert outside_id(uk, "VAT 0") == f"qbo:{REALM}:taxcode:4"


def test_the_id_of_others_on_a_tax_is_left_alone(uk: Stage) -> None:
    uk.precoro.post("taxes/51", company=2, set={"externalId": "netsuite-7"})
    let_a_minute_pass(uk)
    match_taxes(uk)
    assert outside_id(uk, "VAT 20") == "netsuite-7"
    assert outside_id(uk, "VAT 5") == f"qbo:{REALM}:taxcode:3"


def test_of_two_codes_with_the_same_rates_a_person_chooses(uk: Stage) -> None:
    create_code(uk, "GST/PST BC Capital", *add_canada(uk))
    waits = invoice(uk, "CA-1", paper_line("GST", "PST BC"))
    match_taxes(uk)
    uk.settle()
    assert [problem.code for problem in uk.record(waits).problems] == ["tax_code_ambiguous"]
    match_by_hand(uk, "GST + PST BC", "GST/PST BC Capital")
    uk.until_state(waits, "synced")
    assert states(uk)["GST + PST BC"] == "GST/PST BC Capital"


def test_what_is_withheld_goes_to_a_liability_and_the_bill_is_what_is_payable(empty: Stage) -> None:
    empty.begin_connected(Policy(withholding_tax_code="5"), *UK)
    empty.precoro.post("taxes", company=2, id=77, name="WHT 10", value=10, isWithholdingTax=True)
    waits = invoice(empty, "GB-1", paper_line("VAT 20", "WHT 10"))
    empty.settle()
    assert [problem.subject for problem in empty.record(waits).problems] == ["withholding:77"]
    let_a_minute_pass(empty)
    unmapped = next(change for change in match_taxes(empty) if change.subject == "withholding:77")
    assert "needs a liability account" in unmapped.sentence
    refused = match_by_hand(empty, "WHT 10", "Debtors")
    assert [change.what for change in refused] == ["problem"]
    assert "is of type Accounts Receivable" in refused[0].sentence
    match_by_hand(empty, "WHT 10", "Accruals")
    empty.until_state(waits, "synced")
    bill = empty.bills(REALM)[0]
    assert Decimal(bill["TotalAmt"]) == Decimal("109.99")  # 99.99 + 20.00 - 10.00
    assert [line["Amount"] for line in bill["Line"]] == [Decimal("99.99"), Decimal(-10)]
    withheld = bill["Line"][1]["AccountBasedExpenseLineDetail"]
    assert (withheld["AccountRef"]["value"], withheld["TaxCodeRef"]["value"]) == ("58", "5")
