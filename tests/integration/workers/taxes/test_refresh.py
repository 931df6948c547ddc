"""What is read before taxes are matched."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from store.reference import Entry
from tests.integration.workers.taxes.vat import (
    invoice,
    match_taxes,
    paper_line,
    states,
    switch_off,
)
from tests.stage import Stage


def test_a_code_made_inactive_in_quickbooks_is_no_longer_one_once_it_is_read(uk: Stage) -> None:
    switch_off(uk, "20.0% S")
    match_taxes(uk)
    assert states(uk)["VAT 20"] == "none"


def a_day_passes(stage: Stage) -> None:
    """Make the tax codes of QuickBooks old enough to be read again."""
    with stage.runtime.write() as (session, moment):
        for entry in session.scalars(select(Entry).where(Entry.kind.in_(("tax_code", "tax_rate")))):
            entry.seen_at = moment - timedelta(days=1)


def tax_reads(stage: Stage) -> int:
    return sum("TaxCode" in str(request) for request in stage.quickbooks.get("requests"))


def test_tax_codes_are_read_once_a_day_because_nothing_tells_of_them(uk: Stage) -> None:
    switch_off(uk, "20.0% S")
    uk.settle()
    assert tax_reads(uk) == 0
    a_day_passes(uk)
    uk.until(lambda: states(uk)["VAT 20"] == "none", "the codes to be read")
    reads = tax_reads(uk)
    uk.settle()
    assert tax_reads(uk) == reads


def test_a_code_that_quickbooks_refuses_is_read_again_at_once_and_named(uk: Stage) -> None:
    match_taxes(uk)
    sent = invoice(uk, "INV-1", paper_line("VAT 20"))
    uk.until_state(sent, "synced")
    switch_off(uk, "20.0% S")
    refused = invoice(uk, "INV-2", paper_line("VAT 20"))
    uk.until_state(refused, "held")
    uk.until(
        lambda: [problem.code for problem in uk.record(refused).problems] == ["tax_code_missing"],
        "the code to be named",
    )
    assert uk.record(sent).state == "synced"
