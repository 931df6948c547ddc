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


@pytest.mark.parametrize("mark", [" (deleted)", " (Deleted)"])
@pytest.mark.parametrize("kind", ["Account", "Item", "Class"])
def test_the_mark_of_an_inactive_entry_is_no_part_of_its_own_name(kind: str, mark: str) -> None:
    _, read_row = QUICKBOOKS[kind]
    assert read_row({"Id": "1", "Name": f"Copy paper{mark}"})["short"] == "Copy paper"
