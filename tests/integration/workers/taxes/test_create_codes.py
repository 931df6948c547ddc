"""`taxes create`: codes that are missing in QuickBooks are made once, and what waited for them goes out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mappers.remedies import Act, Remedy
from qbo_client.client import QboClient
from tests.integration.workers.long_actions import KilledError, expire_lease, finish
from tests.integration.workers.taxes.vat import (
    REALM,
    REVERSE,
    SLUG,
    add_canada,
    codes,
    create_missing,
    invoice,
    match_by_hand,
    match_taxes,
    outside_id,
    paper_line,
    rates_of,
    states,
    steps,
    switch_off,
)
from tests.stage import Stage
from workers.tasks import commands as task_commands
from workers.taxes import create_codes


def test_an_unmatched_zero_rate_is_created_and_what_waited_for_it_ties(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    waits = invoice(uk, "GB-1", paper_line("VAT 0"), paper_line("VAT 20"))
    match_taxes(uk)
    assert states(uk)["VAT 0"] == "none"
    assert steps(uk) == [("open", "2 of 5 are matched with tax codes.")]
    planned = create_missing(uk)
    assert planned[0].sentence == "Create tax code VAT 0 for VAT 0 (0 %) under HM Revenue & Customs (VAT)."
    assert {change.state for change in planned} == {"applied"}
    uk.until_state(waits, "synced")
    match_by_hand(uk, REVERSE, "20.0% RC")
    assert steps(uk) == [("done", "5 of 5 are matched with tax codes.")]
    assert states(uk) == {"VAT 0": "VAT 0", "VAT 20": "20.0% S", "VAT 5": "5.0% R", "VAT exempt": "VAT exempt"}
    assert Decimal(uk.bills(REALM)[0]["TotalAmt"]) == Decimal(str(waits["sum"]))
    assert outside_id(uk, "VAT 0") == f"qbo:{REALM}:taxcode:{codes(uk, 'VAT 0')[0]['Id']}"
    assert [change.what for change in create_missing(uk)] == ["unchanged"]


def test_a_code_whose_creation_was_answered_to_nobody_is_made_once(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    match_taxes(uk)
    uk.quickbooks.post("faults", match={"method": "POST", "path": "taxservice"}, fault="reset_after_commit", times=1)
    create_missing(uk)
    assert [len(codes(uk, name)) for name in ("VAT 0", "VAT exempt")] == [1, 1]
    assert states(uk)["VAT 0"] == "VAT 0"


def test_a_worker_killed_after_the_creation_and_before_it_was_recorded_makes_nothing_twice(
    uk: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    match_taxes(uk)
    create_tax_code, deaths = QboClient.create_tax_code, [KilledError()]

    def create_and_die(*args: Any, **kwargs: Any) -> Any:
        made = create_tax_code(*args, **kwargs)
        if deaths:
            raise deaths.pop()
        return made

    monkeypatch.setattr(QboClient, "create_tax_code", create_and_die)
    task_id = task_commands.start(uk.runtime, SLUG, create_codes.NAME, {}, "ann", confirmed=True)
    with pytest.raises(KilledError):
        finish(uk, task_id)
    expire_lease(uk, task_id)
    finish(uk, task_id)
    assert [len(codes(uk, name)) for name in ("VAT 0", "VAT exempt")] == [1, 1]
    assert states(uk)["VAT 0"] == "VAT 0"


def test_a_code_for_a_set_takes_the_rates_of_the_codes_made_just_before(uk: Stage) -> None:
    add_canada(uk)
    switch_off(uk, "GST/PST BC")
    waits = invoice(uk, "CA-1", paper_line("GST", "PST BC"))
    uk.settle()
    match_taxes(uk)
    planned = create_missing(uk)
    assert [change.subject for change in planned if change.what == "add"] == [
        "tax_set:61",
        "tax_set:62",
        "tax_set:61+62",
    ]
    uk.until_state(waits, "synced")
    assert rates_of(uk, "GST + PST BC") == rates_of(uk, "GST") + rates_of(uk, "PST BC")


def test_with_several_agencies_one_has_to_be_chosen(uk: Stage) -> None:
    switch_off(uk, "0.0% Z", "Exempt")
    uk.quickbooks.post(f"taxagency?realm={REALM}", DisplayName="Revenue Commissioners")
    match_taxes(uk)
    planned = create_missing(uk)
    assert [change.what for change in planned] == ["problem"]
    choose = Remedy("Choose under which agency codes are created.", (Act("choose_tax_agency"),))
    assert planned[0].remedy == choose
    assert "HM Revenue & Customs (VAT) (id 1), Revenue Commissioners (id" in planned[0].sentence
