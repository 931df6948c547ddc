"""Figures that people changed are held, their coding stays, and settings or a person decide otherwise."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from mappers.documents.decisions import Decisions
from mappers.documents.outcomes import Hold, Nothing, Update
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, line, us_books
from tests.unit.mappers.documents.plans import AGAIN, MARK, answered, held_now, replan, standing_bill

D = Decimal


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


def test_coding_holds_the_next_version_only_where_the_settings_say_so() -> None:
    sent, revised = standing_bill(), invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    current = held_now(sent, DueDate="2027-01-31")
    holding = dataclasses.replace(POLICY, changed_fields={"due_date": "hold"})
    assert isinstance(replan(revised, sent, current), Update)
    assert codes(replan(revised, sent, current, holding)) == {"changed_in_quickbooks"}


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


def test_a_tick_for_sales_tax_on_an_american_line_moves_no_money() -> None:
    sent = standing_bill()
    current = held_now(sent)
    current["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
    revised = invoice(items=[line(quantity="11")], sum="550.00", **AGAIN)
    assert isinstance(replan(revised, sent, current), Update)


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
