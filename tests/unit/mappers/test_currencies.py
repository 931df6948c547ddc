"""Currencies of suppliers and vendors: what can meet, and what is said when it cannot."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from mappers.currencies import overview, pairing_refused
from mappers.remedies import Act, Remedy


@pytest.mark.parametrize(
    ("currencies", "vendor", "multicurrency", "said"),
    [
        (["GBP"], None, False, None),
        (["GBP"], "GBP", True, None),
        ([], "EUR", True, None),
        (["eur"], "EUR", True, None),
        (["EUR"], None, False, "works in GBP only"),
        (["EUR"], None, True, "the vendor in GBP"),
        (["EUR"], "USD", True, "the vendor in USD"),
        (["EUR", "GBP"], "EUR", True, "several currencies (EUR, GBP)"),
        (["EUR", "GBP"], "GBP", False, "several currencies (EUR, GBP)"),
    ],
)
def test_a_supplier_meets_only_a_vendor_of_its_one_currency(
    currencies: Collection[str], vendor: str | None, multicurrency: bool, said: str | None
) -> None:
    refused = pairing_refused("Kessler Werkzeug GmbH", currencies, vendor, "GBP", multicurrency=multicurrency)
    assert (refused is None) == (said is None)
    if said is not None and refused is not None:
        assert said in refused
        assert "Kessler Werkzeug GmbH" in refused


def test_a_currency_that_suppliers_have_and_quickbooks_lacks_is_missing() -> None:
    rows = overview({"GBP": 8, "EUR": 3}, {"GBP": 8, "USD": 2}, {"USD"}, "GBP", multicurrency=True)
    assert [(row.code, row.suppliers, row.vendors, row.state) for row in rows] == [
        ("GBP", 8, 8, "home"),
        ("EUR", 3, 0, "missing"),
        ("USD", 0, 2, "ready"),
    ]
    assert rows[1].remedy == Remedy("Add it.", (Act("add_currency", {"currency": "EUR"}),))
    assert "Configuration, Basic Settings, Currencies" in rows[2].sentence
    assert rows[0].sentence == ""


def test_without_multicurrency_every_foreign_currency_says_what_to_switch_on() -> None:
    home, foreign = overview({"GBP": 8, "EUR": 3}, {"GBP": 9}, set(), "GBP", multicurrency=False)
    assert (home.state, foreign.state) == ("home", "off")
    assert "until multicurrency is on" in foreign.sentence
