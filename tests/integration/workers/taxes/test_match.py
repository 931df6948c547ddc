"""Taxes: matched by rate and name, chosen by hand, created in QuickBooks once, and every document that waited goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mappers.policy import Policy
from mappers.remedies import Act, Remedy
from qbo_client.client import QboClient
from store import tasks as rows
from store.history import ActionRow
from store.reference import Entry, Pair, Suggestion
from store.tasks import Change
from tests.stage import Stage, house
from workers import actions
from workers.connections.checklist import checklist
from workers.errors import IsWithheldError, NotMatchedError, StillMatchedError
from workers.lookup import connection_named
from workers.ops import views as listings
from workers.tasks import engine as tasks
from workers.taxes.commands import refuse, unmatch
from workers.taxes.create_codes import CREATE
from workers.taxes.match import MATCH, chosen, stand

UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
REVERSE = "VAT 20 reverse charge"
REALM, SLUG = UK[0], "widgets-uk-ltd"


class KilledError(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.fixture
def empty(tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    with house(tmp_path, redis_url) as opened:
        yield opened


@pytest.fixture
def uk(empty: Stage) -> Stage:
    empty.connect(None, *UK)
    return empty


def paper(*taxes: str) -> dict[str, Any]:
    return {"name": "Paper", "quantity": 3, "price": "33.33", "taxes": list(taxes), "account": "Office Stationery"}


def invoice(stage: Stage, number: str, *lines: Mapping[str, Any]) -> dict[str, Any]:
    return stage.approved(number=number, supplier="Crown Stationers", invoiceNumber=f"S-{number}", lines=list(lines))


def run(stage: Stage, action: str, **arguments: Any) -> list[Change]:
    """Run a long action to its end, and return the rows of its plan."""
    return until_done(stage, tasks.start(stage.runtime, SLUG, action, arguments, "ann", confirmed=True))


def until_done(stage: Stage, task_id: int) -> list[Change]:
    stage.until(lambda: task(stage, task_id).state in rows.ENDED, f"task {task_id} to end", 60)
    assert task(stage, task_id).state == rows.DONE, task(stage, task_id).reason
    with stage.runtime.read() as (session, _):
        return list(listings.changes(session, task_id))


def task(stage: Stage, task_id: int) -> rows.Task:
    with stage.runtime.read() as (session, _):
        return tasks.load(session, task_id)


def by_hand(stage: Stage, tax: str, code: str) -> list[Change]:
    return run(stage, MATCH, **chosen(stage.runtime, SLUG, tax, code))


def states(stage: Stage) -> dict[str, str]:
    """Return what each tax and set is matched with, or its state."""
    found = stand(stage.runtime, SLUG)
    return {one.name: one.code.name if one.code else one.state for one in found.matches if one.name != REVERSE}


def steps(stage: Stage) -> list[tuple[str, str]]:
    """Return what the checklist before going live says of taxes."""
    with stage.runtime.read() as (session, moment):
        found = checklist(session, connection_named(session, SLUG), moment.date())
    return [(one.state, one.sentence) for one in found if one.name == "taxes"]


def codes(stage: Stage, name: str) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = stage.quickbooks.get("state")["companies"][REALM]["taxcode"]
    return [one for one in kept if one["Name"] == name]


def rates_of(stage: Stage, name: str) -> list[str]:
    return [one["TaxRateRef"]["value"] for one in codes(stage, name)[0]["PurchaseTaxRateList"]["TaxRateDetail"]]


def outside_id(stage: Stage, name: str) -> str | None:
    taxes = stage.precoro.get("state")["companies"]["2"]["taxes"]
    found: str | None = next(one["externalId"] for one in taxes if one["name"] == name)
    return found


def switch_off(stage: Stage, *names: str) -> None:
    """Let a person make tax codes inactive in QuickBooks."""
    for name in names:
        stage.quickbooks.post(f"taxcode/{codes(stage, name)[0]['Id']}?realm={REALM}", set={"Active": False})


def test_connecting_matches_what_is_certain_and_what_is_likely_is_suggested(uk: Stage) -> None:
    assert states(uk) == {"VAT 0": "suggested", "VAT 20": "20.0% S", "VAT 5": "5.0% R", "VAT exempt": "suggested"}
    planned = run(uk, MATCH)
    assert [one.sentence for one in planned if one.what == "problem"] == [
        "VAT 0 (0 %) is not matched. Several codes have these rates; choose one. Likely: 0.0% Z, Exempt.",
        "VAT 20 reverse charge (20 %) is not matched. Several codes have these rates; choose one. Likely: 20.0% RC, 20.0% S.",
        "VAT exempt (0 %) is not matched. Several codes have these rates; choose one. Likely: Exempt, 0.0% Z.",
    ]
    with uk.runtime.read() as (session, _):
        kept = session.scalars(select(Suggestion).order_by(Suggestion.precoro_key, Suggestion.score.desc())).all()
        assert [(one.precoro_key, one.qbo_key) for one in kept if one.precoro_key != "55"] == [
            ("53", "4"),
            ("53", "5"),
            ("54", "5"),
            ("54", "4"),
        ]
    assert outside_id(uk, "VAT 20") == f"qbo:{REALM}:taxcode:2"
    assert outside_id(uk, "VAT 0") is None


def test_a_match_by_hand_sends_exactly_the_documents_that_waited_for_it(uk: Stage) -> None:
    waits, other = invoice(uk, "GB-1", paper("VAT 0")), invoice(uk, "GB-2", paper("VAT exempt"))
    uk.settle()
    assert [uk.record(one).problems[0].subject for one in (waits, other)] == ["tax:53", "tax:54"]
    before = uk.record(other).requested_version
    by_hand(uk, "VAT 0", "0.0% Z")
    uk.until_state(waits, "synced")
    assert uk.record(other).state == "held"
    assert uk.record(other).requested_version == before
    bill = uk.bills(REALM)[0]
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"]["value"] == "4"
    with uk.runtime.read() as (session, _):
        told = session.scalars(select(ActionRow).where(ActionRow.action == "match taxes")).all()
    assert told[-1].details["waiting"] == [f"invoice:{waits['idn']}"]
    assert told[-1].details["after"] == {"tax:53": "5"}
    assert outside_id(uk, "VAT 0") == f"qbo:{REALM}:taxcode:4"


def test_the_id_of_others_on_a_tax_is_left_alone(uk: Stage) -> None:
    uk.precoro.post("taxes/51", company=2, set={"externalId": "netsuite-7"})
    let_a_minute_pass(uk)
    run(uk, MATCH)
    assert outside_id(uk, "VAT 20") == "netsuite-7"
    assert outside_id(uk, "VAT 5") == f"qbo:{REALM}:taxcode:3"


def test_an_unmatched_zero_rate_is_created_and_what_waited_for_it_ties(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    waits = invoice(uk, "GB-1", paper("VAT 0"), paper("VAT 20"))
    run(uk, MATCH)
    assert states(uk)["VAT 0"] == "none"
    assert steps(uk) == [("open", "2 of 5 are matched with tax codes.")]
    planned = run(uk, CREATE)
    assert planned[0].sentence == "Create tax code VAT 0 for VAT 0 (0 %) under HM Revenue & Customs (VAT)."
    assert {one.state for one in planned} == {"applied"}
    uk.until_state(waits, "synced")
    by_hand(uk, REVERSE, "20.0% RC")
    assert steps(uk) == [("done", "5 of 5 are matched with tax codes.")]
    assert states(uk) == {"VAT 0": "VAT 0", "VAT 20": "20.0% S", "VAT 5": "5.0% R", "VAT exempt": "VAT exempt"}
    assert Decimal(uk.bills(REALM)[0]["TotalAmt"]) == Decimal(str(waits["sum"]))
    assert outside_id(uk, "VAT 0") == f"qbo:{REALM}:taxcode:{codes(uk, 'VAT 0')[0]['Id']}"
    assert [one.what for one in run(uk, CREATE)] == ["unchanged"]


def test_a_code_whose_creation_was_answered_to_nobody_is_made_once(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    run(uk, MATCH)
    uk.quickbooks.post("faults", match={"method": "POST", "path": "taxservice"}, fault="reset_after_commit", times=1)
    run(uk, CREATE)
    assert [len(codes(uk, name)) for name in ("VAT 0", "VAT exempt")] == [1, 1]
    assert states(uk)["VAT 0"] == "VAT 0"


def test_a_worker_killed_after_the_creation_and_before_it_was_recorded_makes_nothing_twice(
    uk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    run(uk, MATCH)
    create, deaths = QboClient.create_tax_code, [KilledError()]

    def create_and_die(*given: Any, **named: Any) -> Any:
        made = create(*given, **named)
        if deaths:
            raise deaths.pop()
        return made

    monkeypatch.setattr(QboClient, "create_tax_code", create_and_die)
    task_id = tasks.start(uk.runtime, SLUG, CREATE, {}, "ann", confirmed=True)
    with pytest.raises(KilledError):
        work_on(uk, task_id)
    with uk.runtime.write() as (session, moment):
        session.get_one(rows.Task, task_id).lease_until = moment
    until_done(uk, task_id)
    assert [len(codes(uk, name)) for name in ("VAT 0", "VAT exempt")] == [1, 1]
    assert states(uk)["VAT 0"] == "VAT 0"


def test_taxes_on_one_line_are_remembered_and_find_the_code_of_all_their_rates(uk: Stage) -> None:
    add_canada(uk)
    waits = invoice(uk, "CA-1", paper("GST", "PST BC"))
    uk.settle()
    assert uk.record(waits).problems[0].subject == "tax_set:61+62"
    run(uk, MATCH)
    uk.until_state(waits, "synced")
    assert (states(uk)["GST + PST BC"], states(uk)["PST BC"]) == ("GST/PST BC", "none")
    bill = uk.bills(REALM)[0]
    assert [line["Amount"] for line in bill["TxnTaxDetail"]["TaxLine"]] == [Decimal(6), Decimal(7)]
    assert Decimal(bill["TotalAmt"]) == Decimal(str(waits["sum"]))
    assert stand(uk.runtime, SLUG).sentence == "3 of 6 are matched with tax codes."


def test_of_two_codes_with_the_same_rates_a_person_chooses(uk: Stage) -> None:
    create_code(uk, "GST/PST BC Capital", *add_canada(uk))
    waits = invoice(uk, "CA-1", paper("GST", "PST BC"))
    run(uk, MATCH)
    uk.settle()
    assert [one.code for one in uk.record(waits).problems] == ["tax_code_ambiguous"]
    by_hand(uk, "GST + PST BC", "GST/PST BC Capital")
    uk.until_state(waits, "synced")
    assert states(uk)["GST + PST BC"] == "GST/PST BC Capital"


def test_a_code_for_a_set_takes_the_rates_of_the_codes_made_just_before(uk: Stage) -> None:
    add_canada(uk)
    switch_off(uk, "GST/PST BC")
    waits = invoice(uk, "CA-1", paper("GST", "PST BC"))
    uk.settle()
    run(uk, MATCH)
    planned = run(uk, CREATE)
    assert [one.subject for one in planned if one.what == "add"] == ["tax_set:61", "tax_set:62", "tax_set:61+62"]
    uk.until_state(waits, "synced")
    assert rates_of(uk, "GST + PST BC") == rates_of(uk, "GST") + rates_of(uk, "PST BC")


def test_what_is_withheld_goes_to_a_liability_and_the_bill_is_what_is_payable(empty: Stage) -> None:
    empty.connect(Policy(zero_tax_code="4"), *UK)
    empty.precoro.post("taxes", company=2, id=77, name="WHT 10", value=10, isWithholdingTax=True)
    waits = invoice(empty, "GB-1", paper("VAT 20", "WHT 10"))
    empty.settle()
    assert [one.subject for one in empty.record(waits).problems] == ["withholding:77"]
    let_a_minute_pass(empty)
    asked = next(one for one in run(empty, MATCH) if one.subject == "withholding:77")
    assert "needs a liability account" in asked.sentence
    refused = by_hand(empty, "WHT 10", "Debtors")
    assert [one.what for one in refused] == ["problem"]
    assert "is of type Accounts Receivable" in refused[0].sentence
    by_hand(empty, "WHT 10", "Accruals")
    empty.until_state(waits, "synced")
    bill = empty.bills(REALM)[0]
    assert Decimal(bill["TotalAmt"]) == Decimal("109.99")  # 99.99 + 20.00 - 10.00
    assert [line["Amount"] for line in bill["Line"]] == [Decimal("99.99"), Decimal(-10)]
    assert bill["Line"][1]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == "58"


def test_a_code_made_inactive_in_quickbooks_is_no_longer_one_once_it_is_read(uk: Stage) -> None:
    switch_off(uk, "20.0% S")
    run(uk, MATCH)
    assert states(uk)["VAT 20"] == "none"


def test_with_several_agencies_one_has_to_be_chosen(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    uk.quickbooks.post(f"taxagency?realm={REALM}", DisplayName="Revenue Commissioners")
    run(uk, MATCH)
    planned = run(uk, CREATE)
    assert [one.what for one in planned] == ["problem"]
    assert "tieout settings set widgets-uk-ltd tax_agency=ID" in planned[0].sentence


def test_an_american_company_needs_no_codes(empty: Stage) -> None:
    empty.connect()
    found = stand(empty.runtime, "widgets-inc")
    assert (found.shown, found.matches) == (True, ())
    assert "added to the line amounts" in found.sentence
    with empty.runtime.read() as (session, _):
        assert session.scalars(select(Pair).where(Pair.kind == "tax_set")).all() == []


def test_the_step_hides_itself_when_precoro_has_no_taxes(empty: Stage) -> None:
    for tax_id in (51, 52, 53, 54, 55):
        empty.precoro.post(f"taxes/{tax_id}", company=2, do="delete")
    empty.connect(None, *UK)
    found = stand(empty.runtime, SLUG)
    assert (found.shown, found.is_done) == (False, True)


def test_an_undone_match_is_not_made_again_by_itself_and_new_documents_are_held(uk: Stage) -> None:
    sent = invoice(uk, "GB-1", paper("VAT 20"))
    uk.until_state(sent, "synced")
    run(uk, MATCH)
    unmatch(uk.runtime, SLUG, "VAT 20", "ann")
    assert outside_id(uk, "VAT 20") in {"", None}
    waits = invoice(uk, "GB-2", paper("VAT 20"))
    run(uk, MATCH)
    uk.settle()
    assert states(uk)["VAT 20"] == "none"
    assert (uk.record(sent).state, uk.record(waits).state) == ("synced", "held")
    assert uk.record(waits).problems[0].subject == "tax:51"
    assert acted(uk, "unmatch taxes")["before"] == {"tax:51": "1"}
    with pytest.raises(NotMatchedError, match="has no match of its own"):
        unmatch(uk.runtime, SLUG, "VAT 20", "ann")


def test_what_was_undone_can_be_matched_by_hand_once_more(uk: Stage) -> None:
    unmatch(uk.runtime, SLUG, "VAT 20", "ann")
    waits = invoice(uk, "GB-1", paper("VAT 20"))
    uk.settle()
    by_hand(uk, "VAT 20", "20.0% S")
    uk.until_state(waits, "synced")
    assert states(uk)["VAT 20"] == "20.0% S"
    with uk.runtime.read() as (session, _):
        assert session.scalars(select(Suggestion).where(Suggestion.state == "refused")).all() == []


def test_undoing_a_choice_between_codes_holds_the_document_for_that_choice_again(uk: Stage) -> None:
    create_code(uk, "GST/PST BC Capital", *add_canada(uk))
    waits = invoice(uk, "CA-1", paper("GST", "PST BC"), paper("VAT 0"))
    run(uk, MATCH)
    by_hand(uk, "GST + PST BC", "GST/PST BC Capital")
    uk.settle()
    assert [one.subject for one in uk.record(waits).problems] == ["tax:53"]
    unmatch(uk.runtime, SLUG, "GST + PST BC", "ann")
    by_hand(uk, "VAT 0", "0.0% Z")
    uk.settle()
    assert [one.code for one in uk.record(waits).problems] == ["tax_code_ambiguous"]


def test_a_withholding_tax_can_be_taken_off_its_account(empty: Stage) -> None:
    empty.connect(Policy(zero_tax_code="4"), *UK)
    empty.precoro.post("taxes", company=2, id=77, name="WHT 10", value=10, isWithholdingTax=True)
    let_a_minute_pass(empty)
    run(empty, MATCH)
    by_hand(empty, "WHT 10", "Accruals")
    unmatch(empty.runtime, SLUG, "WHT 10", "ann")
    assert [one.account for one in stand(empty.runtime, SLUG).withheld] == [None]
    with pytest.raises(IsWithheldError, match="liability account"):
        refuse(empty.runtime, SLUG, "WHT 10", "Accruals", "ann")


def test_a_code_that_a_person_refused_is_not_suggested_again(uk: Stage) -> None:
    refuse(uk.runtime, SLUG, "VAT 0", "Exempt", "ann")
    planned = {one.subject: one for one in run(uk, MATCH)}
    assert planned["tax_set:53"].sentence.endswith("Likely: 0.0% Z.")
    assert states(uk)["VAT 0"] == "suggested"
    assert acted(uk, "not the same")["after"] == "5"
    with pytest.raises(StillMatchedError) as caught:
        refuse(uk.runtime, SLUG, "VAT 20", "20.0% S", "ann")
    undo = Act("unmatch_tax", {"connection": SLUG, "tax": "VAT 20"})
    assert caught.value.remedy == Remedy("Undo that instead.", (undo,))


def acted(stage: Stage, action: str) -> dict[str, Any]:
    """Return what the history says of the last act of this kind."""
    with stage.runtime.read() as (session, _):
        told = session.scalars(select(ActionRow).where(ActionRow.action == action).order_by(ActionRow.id)).all()
        return dict(told[-1].details)


def work_on(stage: Stage, task_id: int) -> None:
    """Take one step of a task after the other, until something stops it."""
    while True:
        actions.work(stage.runtime, task_id)


def let_a_minute_pass(stage: Stage) -> None:
    """Make the taxes of Precoro old enough to be read again."""
    with stage.runtime.write() as (session, moment):
        for entry in session.scalars(select(Entry).where(Entry.kind == "tax")):
            entry.seen_at = moment - timedelta(hours=1)


def add_canada(stage: Stage) -> list[str]:
    """Add two taxes of a Canadian province on both sides; returns the ids of their rates in QuickBooks."""
    stage.precoro.post("taxes", company=2, id=61, name="GST", value=6)
    stage.precoro.post("taxes", company=2, id=62, name="PST BC", value=7)
    made = [
        stage.quickbooks.post(
            f"taxrate?realm={REALM}", Name=name, RateValue=percent, AgencyRef={"value": "1"}, Active=True, SpecialTaxType="NONE",
            EffectiveTaxRate=[{"RateValue": percent, "EffectiveDate": "2013-04-01"}],
        )
        for name, percent in (("GST (Purchases)", 6), ("PST BC (Purchases)", 7))
    ]  # fmt: skip
    rates = [one["Id"] for one in made]
    create_code(stage, "GST/PST BC", *rates)
    let_a_minute_pass(stage)
    return rates


def create_code(stage: Stage, name: str, *rates: str) -> None:
    details = [{"TaxRateRef": {"value": one}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0} for one in rates]
    stage.quickbooks.post(
        f"taxcode?realm={REALM}",
        Name=name,
        Active=True,
        Taxable=True,
        TaxGroup=True,
        PurchaseTaxRateList={"TaxRateDetail": details},
    )
