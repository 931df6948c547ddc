"""The key of an entry that a person gives by its id or its name."""

from __future__ import annotations

import pytest

from workers.errors import AmbiguousNameError, NoSuchJobError
from workers.lookup import only_key

NAMES = {"5": ["VAT 20", "20"], "7": ["Travel"], "20": ["Meals"], "21": ["Travel"]}
MISSING = NoSuchJobError("x")


def key(text: str, *, ignore_case: bool = False) -> str:
    return only_key(text, NAMES, what="tax", missing=MISSING, ignore_case=ignore_case)


def test_an_entry_goes_by_its_name_or_its_key() -> None:
    assert (key("VAT 20"), key("7"), key("id:7")) == ("5", "7", "7")


def test_a_key_that_is_the_name_of_another_entry_is_refused_with_both_readings() -> None:
    with pytest.raises(AmbiguousNameError, match="id:20, id:5"):
        key("20")
    assert (key("id:20"), key("id:5")) == ("20", "5")


def test_what_several_entries_are_called_is_refused_with_their_keys() -> None:
    with pytest.raises(AmbiguousNameError, match="21, 7"):
        key("Travel")


def test_case_counts_unless_it_is_ignored() -> None:
    assert key("vat 20", ignore_case=True) == "5"
    with pytest.raises(NoSuchJobError) as caught:
        key("vat 20")
    assert caught.value is MISSING
