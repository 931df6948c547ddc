"""Precoro's home currency, as its documents show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mappers.documents.home_currency import Parity, home_currency, parity_of
from tests.unit.mappers.cases import invoice


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ({"exchangeRate": {"USD": 1}, "sum": "540.00", "sumInCompanyCurrency": "540.00"}, "at_par"),
        ({"exchangeRate": {"USD": "0.92"}, "sum": "540.00", "sumInCompanyCurrency": "496.80"}, "off_par"),
        ({"exchangeRate": {"USD": 1}, "sum": "540.00", "sumInCompanyCurrency": "496.80"}, None),
        ({"exchangeRate": {"USD": 1}, "sum": "540.00", "sumInCompanyCurrency": None}, None),
        ({"exchangeRate": {"USD": 1}, "sum": "0.00", "sumInCompanyCurrency": "0.00"}, None),
        ({"exchangeRate": {"EUR": "1.08"}, "sum": "540.00", "sumInCompanyCurrency": "540.00"}, None),
    ],
)
def test_a_document_shows_whether_its_currency_is_that_of_the_company(
    document: dict[str, Any], shown: str | None
) -> None:
    assert parity_of(invoice(**document)) == shown


@pytest.mark.parametrize(
    ("parities", "home"),
    [
        ({}, None),
        ({"GBP": ["at_par"], "EUR": ["off_par"]}, "GBP"),
        ({"EUR": ["off_par"]}, None),
        ({"GBP": ["at_par"], "EUR": ["at_par"]}, None),
        ({"GBP": ["at_par"], "EUR": ["at_par", "off_par"]}, "GBP"),
    ],
)
def test_the_home_currency_is_the_only_one_at_par_and_a_rate_left_at_one_by_mistake_never_makes_it_another(
    parities: Mapping[str, list[Parity]], home: str | None
) -> None:
    assert home_currency(parities) == home
