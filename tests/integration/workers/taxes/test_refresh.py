"""What is read before taxes are matched."""

from __future__ import annotations

from tests.integration.workers.taxes.vat import (
    match_taxes,
    states,
    switch_off,
)
from tests.stage import Stage


def test_a_code_made_inactive_in_quickbooks_is_no_longer_one_once_it_is_read(uk: Stage) -> None:
    switch_off(uk, "20.0% S")
    match_taxes(uk)
    assert states(uk)["VAT 20"] == "none"
