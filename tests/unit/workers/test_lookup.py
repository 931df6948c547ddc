"""The key of an entry that a person gives by its id or its name."""

from __future__ import annotations

import pytest

from workers.errors import AmbiguousNameError, NoSuchJobError
from workers.lookup import only_key

NAMES = {"5": ["VAT 20", "20"], "7": ["Travel"], "20": ["Meals"], "21": ["Travel"]}
MISSING = NoSuchJobError("x")


def key(text: str, *, ignore_case: bool = False) -> str:
    return only_key(text, NAMES, what="tax", missing=MISSING, ignore_case=ignore_case)


def test_a_name_leads_to_its_key_and_a_key_comes_before_a_name() -> None:
    assert (key("VAT 20"), key("20")) == ("5", "20")


def test_what_several_entries_are_called_is_refused_with_their_keys() -> None:
    with pytest.raises(AmbiguousNameError, match="21, 7"):
        key("Travel")


def test_case_counts_unless_it_is_ignored() -> None:
    assert key("vat 20", ignore_case=True) == "5"
    with pytest.raises(NoSuchJobError) as caught:
        key("vat 20")
    assert caught.value is MISSING
