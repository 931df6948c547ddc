"""Rows of QuickBooks' lists are kept with the figures that they have, and no others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from workers.reference.cache import QUICKBOOKS

_, read = QUICKBOOKS["TaxRate"]


@pytest.mark.parametrize("row", [{}, {"RateValue": None}, {"EffectiveTaxRate": []}])
def test_a_tax_rate_without_a_figure_is_not_one_of_0_percent(row: dict[str, Any]) -> None:
    assert read(row)["values"] == []


def test_a_tax_rate_of_0_percent_has_that_figure() -> None:
    assert [value["value"] for value in read({"RateValue": 0})["values"]] == [Decimal(0)]
