"""The taxes of a connection: the sets that lines carry, and whether there is anything to do."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from store.reference import Pair
from tests.integration.workers.taxes.vat import (
    REALM,
    SLUG,
    UK,
    add_canada,
    invoice,
    match_taxes,
    paper_line,
    states,
)
from tests.stage import Stage
from workers.taxes import views


def test_taxes_on_one_line_are_remembered_and_find_the_code_of_all_their_rates(uk: Stage) -> None:
    add_canada(uk)
    waits = invoice(uk, "CA-1", paper_line("GST", "PST BC"))
    uk.settle()
    assert uk.record(waits).problems[0].subject == "tax_set:61+62"
    match_taxes(uk)
    uk.until_state(waits, "synced")
    assert (states(uk)["GST + PST BC"], states(uk)["PST BC"]) == ("GST/PST BC", "none")
    bill = uk.bills(REALM)[0]
    assert [line["Amount"] for line in bill["TxnTaxDetail"]["TaxLine"]] == [Decimal(6), Decimal(7)]
    assert Decimal(bill["TotalAmt"]) == Decimal(str(waits["sum"]))
    assert views.taxes(uk.runtime, SLUG).sentence == "3 of 6 are matched with tax codes."


def test_an_american_company_needs_no_codes(empty: Stage) -> None:
    empty.begin_connected()
    taxes = views.taxes(empty.runtime, "widgets-inc")
    assert (taxes.shown, taxes.taxes) == (True, ())
    assert "added to the line amounts" in taxes.sentence
    with empty.runtime.read() as (session, _):
        assert session.scalars(select(Pair).where(Pair.kind == "tax_set")).all() == []


def test_the_step_hides_itself_when_precoro_has_no_taxes(empty: Stage) -> None:
    for tax_id in (51, 52, 53, 54, 55):
        empty.precoro.post(f"taxes/{tax_id}", company=2, do="delete")
    empty.connect(None, *UK)
    taxes = views.taxes(empty.runtime, SLUG)
    assert (taxes.shown, taxes.done) == (False, True)
