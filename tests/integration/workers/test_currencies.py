"""Currencies: what suppliers have and QuickBooks lacks is added once; without multicurrency it says what to switch on."""

from __future__ import annotations

from typing import Any

import pytest

from store.tasks import Change
from tests.integration.workers.long_actions import run
from tests.stage import Stage
from workers.currencies import NAME, overview
from workers.errors import CurrencyError
from workers.suppliers import commands as supplier_commands

UK = ("9130002", "ann@widgets-uk.example", "precoro-sandbox-key-2")
SLUG = "widgets-uk-ltd"


def add(stage: Stage, slug: str, *codes: str) -> list[Change]:
    return run(stage, slug, NAME, codes=list(codes))


def states(stage: Stage) -> dict[str, str]:
    return {currency.code: currency.state for currency in overview(stage.runtime, SLUG)}


def active_in_quickbooks(stage: Stage, realm: str) -> list[str]:
    rows: list[dict[str, Any]] = stage.quickbooks.rows(realm, "companycurrency")
    return sorted(row["Code"] for row in rows if row.get("Active", True))


def test_a_currency_that_suppliers_have_and_quickbooks_lacks_is_added_once(empty: Stage) -> None:
    before = active_in_quickbooks(empty, UK[0])
    assert "SEK" not in before
    empty.precoro.post("suppliers", company=2, name="Malmö Stål AB", currencies=["SEK"])
    empty.connect(None, *UK)
    assert states(empty)["SEK"] == "missing"
    empty.quickbooks.post(
        "faults", match={"method": "POST", "path": "companycurrency"}, fault="reset_after_commit", times=1
    )
    planned = add(empty, SLUG)
    assert [(change.subject, change.state) for change in planned if change.what == "add"] == [
        ("currency:SEK", "applied")
    ]
    assert active_in_quickbooks(empty, UK[0]) == sorted([*before, "SEK"])
    assert states(empty)["SEK"] == "ready"
    assert {change.what for change in add(empty, SLUG, "SEK", "GBP")} == {"unchanged"}


def test_without_multicurrency_nothing_is_added_and_it_says_where_to_switch_it_on(empty: Stage) -> None:
    empty.begin_connected()
    planned = add(empty, "widgets-inc", "CHF")
    assert [change.what for change in planned] == ["problem"]
    assert "until multicurrency is on (Account and settings, Advanced, Currency)" in planned[0].sentence


def test_a_supplier_in_another_currency_cannot_be_paired_without_multicurrency_and_it_says_why(empty: Stage) -> None:
    empty.precoro.post("suppliers", company=1, name="Alpine Tools AG", currencies=["CHF"])
    empty.connect()
    with pytest.raises(CurrencyError, match="works in USD only"):
        supplier_commands.pair(empty.runtime, "widgets-inc", "Alpine Tools AG", "87", "ann")
