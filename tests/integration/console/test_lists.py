"""Lists on their pages: how they stand, what is chosen of them, and pairs made by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.integration.console.conftest import Visitor
from tests.stage import REALM, Stage
from workers.lists import views

People = Callable[..., Visitor]
SLUG = "widgets-inc"
SCRIPT = "<img src=x onerror=alert(1)>"
LISTS = f"/c/{SLUG}/lists"
ACCOUNTS = f"{LISTS}/accounts"


def chosen(stage: Stage) -> views.ListRow:
    """Return how the list of accounts stands."""
    return next(row for row in views.lists(stage.runtime, SLUG) if row.name == "accounts")


def entry(stage: Stage, text: str) -> views.MirroredEntry:
    """Return the only entry of the accounts that goes by a text."""
    (row,) = views.entries(stage.runtime, SLUG, "accounts", text=text).rows
    return row


@pytest.mark.usefixtures("stage")
def test_the_page_shows_every_list_and_the_default_accounts(people: People) -> None:
    page = people("viewer").get(LISTS).text
    assert "QuickBooks Locations" in page
    assert "Accounts Payable (A/P)" in page
    assert "none chosen" in page
    assert "Import from QuickBooks" not in page  # a viewer decides nothing
    assert "Choose accounts" not in page
    assert "Choose accounts" in people("accountant").get(LISTS).text


@pytest.mark.parametrize("act", ["import", "update"])
def test_an_import_or_update_of_one_list_leads_to_its_task(people: People, act: str) -> None:
    visitor = people("accountant")
    visitor.get(LISTS)
    answer = visitor.post(f"{LISTS}/{act}", list="locations")
    assert re.fullmatch(rf"/c/{SLUG}/tasks/\d+", answer.location)
    assert "Reading both companies" in visitor.get(answer.location).text


@pytest.mark.usefixtures("stage")
def test_entries_stand_beside_their_options_and_are_searched_and_paged(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = people("viewer")
    page = visitor.get(f"{ACCOUNTS}?text=office+supplies").text
    assert page.count("Office Supplies") >= 2
    assert "Nothing matches." in visitor.get(f"{ACCOUNTS}?text=nobody&state=nonsense").text
    monkeypatch.setattr("console.filters.PAGE", 5)
    page = visitor.get(ACCOUNTS).text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert visitor.get(unescape(following[1])).status_code == 200
    assert visitor.get(f"{LISTS}/nothing").status_code == 404


def test_an_option_is_paired_by_hand_with_what_a_search_finds(stage: Stage, people: People) -> None:
    made = stage.quickbooks.post(f"account?realm={REALM}", Name="Zephyr Kites", AccountType="Expense")
    visitor = people("accountant")
    visitor.follow(f"/c/{SLUG}/set-up/refresh")
    option = entry(stage, "Office Supplies").option
    page = visitor.get(f"{ACCOUNTS}?pair={option}&title=Office+Supplies&twin=zephyr").text
    assert "Pair Office Supplies with" in page
    assert f'name="entry" value="{made["Id"]}"' in page
    assert "Paired." in visitor.follow(f"{ACCOUNTS}/pair", option=option, entry=made["Id"])
    assert entry(stage, "Zephyr").option == option
    assert "has no" in visitor.follow(f"{ACCOUNTS}/pair", option=option, entry="999999")


def test_entries_types_field_and_refresh_are_chosen(stage: Stage, people: People) -> None:
    visitor = people("accountant")
    visitor.get(ACCOUNTS)
    supplies = entry(stage, "Office Supplies").entry
    assert "Chosen." in visitor.follow(f"{ACCOUNTS}/choose", leave_out=supplies)
    assert supplies in chosen(stage).selection.left_out
    assert "Chosen." in visitor.follow(f"{ACCOUNTS}/choose", also=supplies)
    assert supplies not in chosen(stage).selection.left_out
    assert "Chosen." in visitor.follow(f"{ACCOUNTS}/choose", type=["Expense"])
    assert chosen(stage).selection.types == {"Expense"}
    assert "Chosen." in visitor.follow(f"{ACCOUNTS}/choose", everything="yes")
    assert "Other Expense" in chosen(stage).selection.types
    field = chosen(stage).field_name
    assert f"GL accounts go to {field}." in visitor.follow(f"{ACCOUNTS}/field", field=field)
    assert "There is no item custom field Nothing." in visitor.follow(f"{ACCOUNTS}/field", field="Nothing")
    assert "are refreshed every day" in visitor.follow(f"{ACCOUNTS}/refresh", refresh="known")
    assert chosen(stage).refresh == "known"


def test_names_that_are_scripts_are_shown_as_they_are(stage: Stage, people: People) -> None:
    stage.quickbooks.post(f"account?realm={REALM}", Name=SCRIPT, AccountType="Expense")
    visitor = people("accountant")
    visitor.get(ACCOUNTS)
    visitor.follow(f"/c/{SLUG}/set-up/refresh")
    for page in (visitor.get(f"{ACCOUNTS}?text=img").text, visitor.get(f"/c/{SLUG}/settings").text):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page
