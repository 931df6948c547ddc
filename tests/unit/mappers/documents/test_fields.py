"""People read plain words for every field that is compared."""

from __future__ import annotations

import pytest

from mappers.documents.differences import CODING_DETAIL, CODING_HEADER, MONEY_DETAIL, MONEY_HEADER
from mappers.documents.fields import GROUP_NAMES, GROUPS, MONEY_GROUPS, DriftField, FieldChange, label

COMPARED = (*MONEY_HEADER, *CODING_HEADER, *CODING_DETAIL, *MONEY_DETAIL, "TotalAmt", "Amount", "Description", "Tax")


@pytest.mark.parametrize("field", COMPARED)
def test_every_field_that_is_compared_has_a_name_and_a_group(field: str) -> None:
    change = FieldChange(field, None, "a", "b", money=True)
    assert not label(field).endswith(("Ref", "Amt", "Num"))
    assert change.group in GROUPS


def test_money_and_coding_are_of_different_groups() -> None:
    assert set(GROUP_NAMES) == set(GROUPS)
    assert {FieldChange(field, None, "", "", money=True).group for field in MONEY_HEADER} <= MONEY_GROUPS
    assert not {FieldChange(field, None, "", "", money=False).group for field in CODING_HEADER} & MONEY_GROUPS


def test_a_line_is_named_by_its_place_and_a_whole_line_by_its_number() -> None:
    assert label("AccountRef", 2) == "Account of line 2"
    assert label("Line", 2) == "Line 2"
    assert FieldChange("TotalAmt", None, "10.00", None, money=True).sentence == "Total from 10.00 to nothing"


def test_what_is_kept_of_a_field_is_read_again() -> None:
    field = DriftField(FieldChange("AccountRef", "7", "Supplies", "Rent", False, 1, "99"), "reported")
    assert DriftField.read(field.as_json()) == field
