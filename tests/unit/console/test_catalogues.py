"""Long lists of entries: shared by the fields that offer the same, and picked by names that are clear."""

from __future__ import annotations

from console.catalogues import MOST_IN_A_SELECT, catalogues
from mappers.settings.rules import SettingValue

MANY = tuple(SettingValue(str(number), f"Account {number}") for number in range(MOST_IN_A_SELECT + 1))
NAMESAKES = (*MANY, SettingValue("900", "Account 1"))


def test_fields_that_offer_the_same_share_a_list_and_short_ones_have_none() -> None:
    made = catalogues({"lines": MANY, "items": MANY, "codes": MANY[:3], "others": NAMESAKES})
    assert {name: catalogue.name for name, catalogue in made.items()} == {
        "lines": "entries-1",
        "items": "entries-1",
        "others": "entries-2",
    }


def test_an_entry_is_typed_by_its_name_and_a_namesake_by_its_id() -> None:
    made = catalogues({"others": NAMESAKES})["others"]
    assert (made.text("2"), made.text("1"), made.text("900")) == ("Account 2", "id:1", "id:900")
    assert (made.text(None), made.text("7777")) == ("", "id:7777")
