"""One table says what each kind of pair joins, and everything else is read from it."""

from __future__ import annotations

import pytest

from mappers.counterparts import COUNTERPARTS, pair_kinds, quickbooks_kind, subject


@pytest.mark.parametrize(
    ("pair_kind", "quickbooks", "named"),
    [
        ("supplier", "vendor", "supplier:7"),
        ("supplier_in", "vendor", "supplier:7"),
        ("account", "account", "option:7"),
        ("location", "department", "option:7"),
        ("item", "item", "item:7"),
        ("withholding", "account", "withholding:7"),
        ("tax_set", "tax_set", "tax_set:7"),
    ],
)
def test_a_pair_leads_to_the_list_in_quickbooks_and_to_the_name_that_problems_use(
    pair_kind: str, quickbooks: str, named: str
) -> None:
    assert (quickbooks_kind(pair_kind), subject(pair_kind, "7")) == (quickbooks, named)


def test_an_account_may_stand_in_a_pair_of_accounts_and_of_withholding_taxes() -> None:
    assert pair_kinds("account") == ("account", "withholding")
    assert pair_kinds("vendor") == ("supplier", "supplier_in")
    assert pair_kinds("currency") == ()


def test_every_kind_of_pair_is_found_by_its_list_in_quickbooks() -> None:
    assert all(kind in pair_kinds(counterpart.quickbooks) for kind, counterpart in COUNTERPARTS.items())
