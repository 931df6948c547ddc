"""What the books know of a company: its country, its rates on a day, its sets of taxes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mappers.books import TaxRate, is_us, tax_set


@pytest.mark.parametrize(
    ("country", "expected"), [("US", True), ("USA", True), ("us", True), ("GB", False), ("", False)]
)
def test_a_company_of_the_united_states_is_known_by_its_country(country: str, expected: bool) -> None:
    assert is_us(country) is expected


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), Decimal(19)),
        (date(2020, 7, 1), Decimal(16)),
        (date(2021, 1, 1), Decimal(19)),
    ],
)
def test_a_rate_has_the_percentage_in_force_on_the_day(day: date, percent: Decimal | None) -> None:
    values = (
        (Decimal(19), date(2020, 1, 1), date(2020, 6, 30)),
        (Decimal(16), date(2020, 7, 1), date(2020, 12, 31)),
        (Decimal(19), date(2021, 1, 1), None),
    )
    assert TaxRate("5", "VAT", values=values).percent(day) == percent


def test_a_set_of_taxes_has_one_key_in_whatever_order_it_comes() -> None:
    assert tax_set([7, 5, 7]) == tax_set([5, 7]) == "5+7"
